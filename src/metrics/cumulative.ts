// Increments of senders → series. Labels that only tell processes apart go first, so that what they told apart is added up.
import type { MetricRules } from '../ruleset/program.ts'
import { compileGlob, matchesGlob } from '../ruleset/glob.ts'
import type { Source } from './absorb.ts'
import { labelsKey, readLabels, sorted, textLabel, type LabelName } from './labels.ts'
import type { MetricAt, PointAt } from './points.ts'
import { markedResource, ownResource, scopeNamed, serviceOf, type Resource } from './sender.ts'
import type { Group, Metric, SeriesTable } from './series.ts'
import { attributeName, storedLabel } from './stored-names.ts'
import { emptyHistogram, observe } from './value.ts'
import type { HistogramValue } from './value.ts'

/** Why a point was not added to any series. */
export type DropReason = 'no-value' | 'name' | 'series-limit' | 'collision'

export interface CumulativeOptions {
  readonly rules: MetricRules['cumulative']
  readonly table: SeriesTable
  readonly gatewayId: string
  /** The scope of series that are the gateway's own. */
  readonly scope: string
  readonly now: () => number
  readonly dropped: (reason: DropReason) => void
}

/** Exemplars kept of a series between two flushes. */
const exemplarSlots = 8
/** Attribute names whose fate is remembered, unless they are long. */
const maxNames = 10_000
const maxNameLength = 256
const versionKey = 'service.version'
const storedVersion = storedLabel(versionKey)

/** @returns what takes one absorbed metric; it gives back how many points it held */
export function createCumulative(options: CumulativeOptions): (metric: MetricAt, from: Source) => number {
  const { rules, table, gatewayId, now, dropped } = options
  const ownScope = scopeNamed(options.scope)
  const globs = rules.dropLabels.map(compileGlob)
  const known = new Map<string, LabelName | null>()

  function judge(attribute: string): LabelName | null {
    const lower = attribute.toLowerCase()
    const name = attributeName(attribute)
    const key = storedLabel(name)
    if (key === '' || globs.some((glob) => matchesGlob(glob, lower))) return null
    return name === attribute ? { key } : { key, renamed: name }
  }
  const nameOf = (attribute: string): LabelName | undefined => {
    let name = known.get(attribute)
    if (name === undefined) {
      name = judge(attribute)
      if (known.size >= maxNames) known.clear()
      if (attribute.length <= maxNameLength) known.set(attribute, name)
    }
    return name ?? undefined
  }

  const boundsOf = (unit: string): readonly number[] => rules.buckets.get(unit) ?? rules.buckets.get('*') ?? []

  /** An SDK's observations without buckets in those of the rules. */
  function spread({ count, sum }: HistogramValue, bounds: readonly number[]): HistogramValue {
    const spreaded = emptyHistogram(bounds)
    if (sum === undefined) spreaded.sum = undefined
    // A point of theirs is one observation; of several only the mean is known.
    if (count > 0) observe(spreaded, sum === undefined ? Infinity : sum / count, count)
    return spreaded
  }

  /** Keys of resources: within a request the same resource is asked for often. */
  const keys = new WeakMap<Resource, string>()
  function groupFor({ resource, isAutomagik }: Source): Group {
    if (isAutomagik) {
      const service = serviceOf(resource.text, true)
      return table.group(`own ${service.key}`, () => ownResource(service, gatewayId))
    }
    let key = keys.get(resource)
    if (key === undefined) keys.set(resource, (key = latin1(resource.bytes)))
    return table.group(key, () => markedResource(resource, gatewayId))
  }

  function metricFor({ name, description, unit, kind, isMonotonic }: MetricAt, from: Source): Metric | undefined {
    const scope = from.isAutomagik ? ownScope : from.scope.slice()
    const group = groupFor(from)
    return table.metric(group, { name, description, unit, kind, isMonotonic, origin: 'cumulative', scope })
  }

  function addPoint(metric: Metric, at: MetricAt, from: Source, point: PointAt): void {
    if (point.value === undefined) return dropped('no-value')
    const { start, end, attributesTag: tag } = point
    let labels = readLabels(at.bytes, { start, end, tag, nameOf })
    const version = from.isAutomagik ? from.resource.text.get(versionKey) : undefined
    if (version !== undefined && !labels.some(({ key }) => key === storedVersion))
      labels = sorted([...labels, textLabel(versionKey, version)])
    const isBare = from.isAutomagik && point.value.is === 'histogram' && point.value.bounds.length === 0
    const value = isBare ? spread(point.value, boundsOf(at.unit)) : point.value
    const nowMs = now()
    const series = table.find(metric, labels, labelsKey(labels), value, nowMs)
    if (series === undefined) return dropped('series-limit')
    if (isBare) table.reshape(series, value, nowMs)
    table.add(series, value, nowMs)
    for (const exemplar of point.exemplars) {
      const exemplars = (series.exemplars ??= new Map<number, Uint8Array>())
      if (exemplars.size < exemplarSlots) exemplars.set(exemplars.size, exemplar)
    }
  }

  return (at, from) => {
    let metric: Metric | undefined
    let points = 0
    for (const point of at.points()) {
      points += 1
      if (point.value === undefined) {
        dropped('no-value')
        continue
      }
      metric ??= metricFor(at, from)
      if (metric === undefined) dropped('name')
      else addPoint(metric, at, from, point)
    }
    return points
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
