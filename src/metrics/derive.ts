// Events → the metrics that the ruleset derives from them. The service is always told apart: it is the resource.
import { tagIn } from '../otlp/ops.ts'
import type { DerivedMetric } from '../ruleset/program.ts'
import { createEventReader, type EventAt } from './event.ts'
import { labelsKey, sorted, textLabel, valueNumber, valueText } from './labels.ts'
import { ownResource, scopeNamed } from './sender.ts'
import type { MetricHead, Series, SeriesTable } from './series.ts'
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

/** Metrics with the same labels: what an event's labels are is asked once for all of them. */
interface Family {
  readonly by: readonly string[]
  /** Where each label comes from: one of the two words, or the index of an attribute. */
  readonly from: readonly ('event.name' | 'outcome' | number)[]
  readonly members: readonly Member[]
  /** The series of each member, by service and labels. */
  readonly found: Map<string, (Series | undefined)[]>
}

interface Member {
  readonly rule: DerivedMetric
  readonly head: MetricHead
  /** What a new series starts from. */
  readonly zero: Value
  /** The index of the observed attribute; -1 for a count. */
  readonly observed: number
}

/** Combinations of labels that are remembered, unless they are long; series have bounds of their own. */
const maxFound = 20_000
const maxKeyLength = 1_024

/** @returns what reads the events of a clean request */
export function createDerive(options: DeriveOptions): ReturnType<typeof createEventReader> {
  const { rules, table, gatewayId, scope, now, dropped } = options
  const wanted = [...new Set(rules.flatMap(({ by, value }) => [...by, ...(value ? [value.attribute] : [])]))]
  const families = familiesOf(rules, wanted, scopeNamed(scope))
  table.reserve(families.flatMap(({ members }) => members.map(({ head }) => head)))
  let generation = table.generation
  /** No time up to here is in the future. */
  let pastNanos = 0n

  function seriesOf({ rule, head, zero }: Member, texts: readonly (string | undefined)[], { resource }: EventAt) {
    const labels = sorted(
      rule.by.flatMap((name, i) => (texts[i] === undefined || texts[i] === '' ? [] : [textLabel(name, texts[i])])),
    )
    const group = table.group(`own ${resource.service}`, () => ownResource(resource, gatewayId))
    const metric = table.metric(group, head)
    const series = metric && table.find(metric, labels, labelsKey(labels), zero, now())
    if (series !== undefined) table.reshape(series, zero, now())
    return series
  }

  function addTo(family: Family, event: EventAt): void {
    const texts = family.from.map((source, i) => textFor(event, source, family.by[i]))
    let key = event.resource.service
    for (const text of texts) key += `\n${text === undefined ? '' : `${text.length}:${text}`}`
    let found = family.found.get(key)
    if (found === undefined) {
      found = family.members.map(() => undefined)
      if (family.found.size >= maxFound) family.found.clear()
      if (key.length <= maxKeyLength) family.found.set(key, found)
    }
    for (const [i, member] of family.members.entries()) {
      const value = member.observed < 0 ? 1 : observedIn(event, member.observed) * (member.rule.value?.scale ?? 1)
      // A series begins with its first value: an event without a duration makes no histogram of zeros. And its sum rises.
      if (!(Number.isFinite(value) && value >= 0)) continue
      const series = (found[i] ??= seriesOf(member, texts, event))
      if (series === undefined) dropped('series-limit')
      else addToSeries(series, value, event)
    }
  }

  function addToSeries(series: Series, value: number, event: EventAt): void {
    table.touch(series, now())
    if (series.value.is === 'sum') series.value.value += value
    else if (series.value.is === 'histogram') {
      observe(series.value, value)
      keepExemplar(series, event, value, bucketOf(series.value.bounds, value))
    }
  }

  /** After an exemplar of the future a store takes no other one until then. */
  function notInFuture(nanos: bigint): bigint {
    if (nanos > pastNanos) pastNanos = BigInt(now()) * 1_000_000n
    return nanos > pastNanos ? pastNanos : nanos
  }

  /** Of each bucket the newest event with a trace is kept until the next flush. */
  function keepExemplar(series: Series, event: EventAt, value: number, bucket: number): void {
    if (event.traceId?.length !== 16) return
    const exemplars = (series.exemplars ??= new Map<number, Uint8Array>())
    exemplars.set(bucket, writeExemplar(exemplars.get(bucket), event, value, notInFuture(event.timeNanos)))
  }

  return createEventReader(wanted, (event) => {
    if (generation !== table.generation) {
      generation = table.generation
      for (const { found } of families) found.clear()
    }
    for (const family of families) addTo(family, event)
  })
}

function familiesOf(rules: readonly DerivedMetric[], wanted: readonly string[], scope: Uint8Array): Family[] {
  const byLabels = Map.groupBy(rules, ({ by }) => JSON.stringify(by))
  return [...byLabels.values()].map((members) => ({
    by: members[0].by,
    from: members[0].by.map((name) => sourceOf(name, wanted)),
    members: members.map((rule) => ({
      rule,
      head: headOf(rule, scope),
      zero: rule.value === undefined ? { is: 'sum', value: 0, isInt: true } : emptyHistogram(rule.buckets),
      observed: rule.value === undefined ? -1 : wanted.indexOf(rule.value.attribute),
    })),
    found: new Map(),
  }))
}

function sourceOf(name: string, wanted: readonly string[]): Family['from'][number] {
  return name === 'event.name' || name === 'outcome' ? name : wanted.indexOf(name)
}

function headOf({ name, description, unit, value }: DerivedMetric, scope: Uint8Array): MetricHead {
  return {
    name,
    description,
    unit,
    kind: value === undefined ? 'sum' : 'histogram',
    isMonotonic: true,
    origin: 'derived',
    scope,
  }
}

/** A label's text: one of the two words, an attribute of the event, or else of its resource. */
function textFor(event: EventAt, source: Family['from'][number], name: string): string | undefined {
  if (source === 'event.name') return event.name
  if (source === 'outcome') return event.outcome
  const start = event.valueStart[source]
  return start < 0 ? event.resource.text.get(name) : valueText(event.bytes, start, event.valueEnd[source])
}

function observedIn({ bytes, valueStart, valueEnd }: EventAt, index: number): number {
  return valueStart[index] < 0 ? NaN : valueNumber(bytes, valueStart[index], valueEnd[index])
}

const exemplarTags = {
  time: tagIn('Exemplar', 'timeUnixNano'),
  value: tagIn('Exemplar', 'asDouble'),
  spanId: tagIn('Exemplar', 'spanId'),
  traceId: tagIn('Exemplar', 'traceId'),
}

const noTrace = new Uint8Array(16)

/** Over the exemplar before it, where that has the same length. */
function writeExemplar(
  before: Uint8Array | undefined,
  { traceId = noTrace, spanId }: EventAt,
  value: number,
  timeNanos: bigint,
): Uint8Array {
  const length = 36 + (spanId === undefined ? 0 : 2 + spanId.length)
  const out = before?.length === length ? (before as Buffer) : Buffer.allocUnsafeSlow(length)
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
  return out
}
