// Events → the metrics that the ruleset derives from them. The service is always told apart: it is the resource.
import type { DerivedMetric } from '../ruleset/program.ts'
import type { EventAt } from './event.ts'
import { eventKeys } from './event.ts'
import { labelsKey, sorted, textLabel, valueNumber, valueText, type Label } from './labels.ts'
import { ownResource, scopeNamed, serviceKey } from './sender.ts'
import type { Group, MetricHead, Series, SeriesTable } from './series.ts'
import { tagIn } from '../otlp/ops.ts'
import { bucketOf, emptyHistogram, observe, type Value } from './value.ts'

export interface DeriveOptions {
  readonly rules: readonly DerivedMetric[]
  readonly table: SeriesTable
  readonly gatewayId: string
  /** The scope of series that are the gateway's own. */
  readonly scope: string
  readonly now: () => number
  readonly dropped: (reason: 'series-limit') => void
}

export interface Derive {
  /** Attributes that an event must note for `take`. */
  readonly wanted: ReadonlySet<string>
  take(event: EventAt): void
}

interface Derivation {
  readonly rule: DerivedMetric
  readonly head: MetricHead
}

export function createDerive({ rules, table, gatewayId, scope, now, dropped }: DeriveOptions): Derive {
  const derivations = rules.map((rule) => ({ rule, head: headOf(rule) }))
  const wanted = new Set([
    ...eventKeys,
    ...rules.flatMap(({ by, value }) => [...by, ...(value ? [value.attribute] : [])]),
  ])

  function groupOf({ resource }: EventAt): Group {
    const make = (): { resource: Uint8Array; scope: Uint8Array } => ({
      resource: ownResource(resource, gatewayId),
      scope: scopeNamed(scope),
    })
    return table.group(`own\n${serviceKey(resource)}`, make)
  }

  function addTo(event: EventAt, { rule, head }: Derivation): void {
    const observed = rule.value === undefined ? undefined : observedIn(event, rule.value)
    if (rule.value !== undefined && observed === undefined) return
    const labels = sorted(rule.by.flatMap((name) => labelOf(event, name)))
    const value: Value =
      observed === undefined ? { is: 'sum', value: 1, isInt: true } : histogramOf(rule.buckets, observed)
    const metric = table.metric(groupOf(event), head)
    const series = table.add(metric, labels, labelsKey(labels), value, now())
    if (series === undefined) dropped('series-limit')
    else if (observed !== undefined) keepExemplar(series, event, observed, bucketOf(rule.buckets, observed))
  }

  return {
    wanted,
    take(event) {
      for (const derivation of derivations) addTo(event, derivation)
    },
  }
}

function headOf({ name, description, unit, value }: DerivedMetric): MetricHead {
  return {
    name,
    description,
    unit,
    kind: value === undefined ? 'sum' : 'histogram',
    isMonotonic: true,
    origin: 'derived',
  }
}

/** A metric's label: one of the two words, an attribute of the event, or one of its resource; none where there is none. */
function labelOf({ name, outcome, values, bytes, resource }: EventAt, key: string): Label[] {
  if (key === 'event.name') return [textLabel(key, name)]
  if (key === 'outcome') return [textLabel(key, outcome)]
  const own = values.get(key)
  const text = own === undefined ? resource.text.get(key) : valueText(bytes, ...own)
  return text === undefined || text === '' ? [] : [textLabel(key, text)]
}

function observedIn(
  { values, bytes }: EventAt,
  { attribute, scale }: NonNullable<DerivedMetric['value']>,
): number | undefined {
  const at = values.get(attribute)
  const value = at === undefined ? NaN : valueNumber(bytes, ...at) * scale
  return Number.isFinite(value) ? value : undefined
}

function histogramOf(bounds: readonly number[], value: number): Value {
  const histogram = emptyHistogram(bounds)
  observe(histogram, value)
  return histogram
}

const exemplarTags = {
  time: tagIn('Exemplar', 'timeUnixNano'),
  value: tagIn('Exemplar', 'asDouble'),
  spanId: tagIn('Exemplar', 'spanId'),
  traceId: tagIn('Exemplar', 'traceId'),
}

/** Of each bucket the newest event with a trace is kept until the next flush. */
function keepExemplar(series: Series, { traceId, spanId, timeNanos }: EventAt, value: number, bucket: number): void {
  if (traceId?.length !== 16) return
  const out = Buffer.alloc(9 + 9 + 18 + (spanId === undefined ? 0 : 2 + spanId.length))
  out[0] = exemplarTags.time
  out.writeBigUInt64LE(timeNanos, 1)
  out[9] = exemplarTags.value
  out.writeDoubleLE(value, 10)
  out[18] = exemplarTags.traceId
  out[19] = traceId.length
  out.set(traceId, 20)
  if (spanId !== undefined) {
    out[36] = exemplarTags.spanId
    out[37] = spanId.length
    out.set(spanId, 38)
  }
  ;(series.exemplars ??= new Map<number, Uint8Array>()).set(bucket, out)
}
