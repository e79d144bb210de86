// Increments of senders → series. Labels that only tell processes apart go first, so that what they told apart is added up.
import type { MetricRules } from '../ruleset/program.ts'
import { compileGlob, matchesGlob } from '../ruleset/glob.ts'
import type { Source } from './absorb.ts'
import { labelsKey, readLabels, sorted, textLabel } from './labels.ts'
import type { MetricAt, PointAt } from './points.ts'
import { markedResource, ownResource, scopeNamed } from './sender.ts'
import type { Metric, SeriesTable } from './series.ts'
import { emptyHistogram, observe } from './value.ts'
import type { Value } from './value.ts'

/** Why a point was not added to any series. */
export type DropReason = 'no-value' | 'series-limit'

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
/** Attribute names whose fate is remembered. */
const maxNames = 10_000
const versionKey = 'service.version'

/** @returns what takes one absorbed metric; it gives back how many points it held */
export function createCumulative(options: CumulativeOptions): (metric: MetricAt, from: Source) => number {
  const { rules, table, gatewayId, now, dropped } = options
  const globs = rules.dropLabels.map(compileGlob)
  const kept = new Map<string, boolean>()
  const keep = (name: string): boolean => {
    let stays = kept.get(name)
    if (stays === undefined) {
      const lower = name.toLowerCase()
      stays = !globs.some((glob) => matchesGlob(glob, lower))
      if (kept.size >= maxNames) kept.clear()
      kept.set(name, stays)
    }
    return stays
  }

  /** The buckets that observations of an SDK without buckets are put in. */
  function spread(value: Value, unit: string): Value {
    if (value.is !== 'histogram' || value.bounds.length > 0 || value.count === 0) return value
    const bounds = rules.buckets.get(unit) ?? rules.buckets.get('*') ?? []
    const spreaded = emptyHistogram(bounds)
    // A point of theirs is one observation; of several only the mean is known.
    observe(spreaded, (value.sum ?? 0) / value.count, value.count)
    return spreaded
  }

  function metricFor({ name, description, unit, kind, isMonotonic }: MetricAt, from: Source): Metric {
    const { resource, scope } = from
    const head = { name, description, unit, kind, isMonotonic, origin: 'cumulative' } as const
    const group = from.isAutomagik
      ? table.group(`own\n${resource.service}`, () => ({
          resource: ownResource(resource, gatewayId),
          scope: scopeNamed(options.scope),
        }))
      : table.group(`${latin1(resource.bytes)}\n${latin1(scope)}`, () => ({
          resource: markedResource(resource, gatewayId),
          scope: scope.slice(),
        }))
    return table.metric(group, head)
  }

  function addPoint(metric: Metric, at: MetricAt, from: Source, point: PointAt): void {
    if (point.value === undefined) return dropped('no-value')
    const { start, end, attributesTag: tag } = point
    let labels = readLabels(at.bytes, { start, end, tag, keep })
    const version = from.isAutomagik ? from.resource.text.get(versionKey) : undefined
    if (version !== undefined && !labels.some(({ key }) => key === versionKey))
      labels = sorted([...labels, textLabel(versionKey, version)])
    const value = from.isAutomagik ? spread(point.value, at.unit) : point.value
    const nowMs = now()
    const series = table.find(metric, labels, labelsKey(labels), value, nowMs)
    if (series === undefined) return dropped('series-limit')
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
      metric ??= metricFor(at, from)
      addPoint(metric, at, from, point)
      points += 1
    }
    return points
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
