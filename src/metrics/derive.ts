// Events and spans → the metrics that the ruleset derives from them. The service is always told apart: it is the resource.
import type { DerivedMetric } from '../ruleset/program.ts'
import { isRecordWord, spanDuration } from '../ruleset/words.ts'
import { createFilter, hintsOf, sourceOf, textFor, type Source } from './conditions.ts'
import { emptyDistinct, see } from './distinct.ts'
import { createEventReader, type EventAt } from './event.ts'
import { labelsKey, sorted, textLabel, valueNumber } from './labels.ts'
import { ownResource, scopeNamed } from './sender.ts'
import type { MetricHead, Series, SeriesTable } from './series.ts'
import { bucketOf, emptyHistogram, observe, type Value } from './value.ts'
import { writeExemplar } from './write-exemplar.ts'

export interface DeriveOptions {
  readonly rules: readonly DerivedMetric[]
  readonly table: SeriesTable
  readonly gatewayId: string
  /** The scope of series that are the gateway's own. */
  readonly scope: string
  readonly now: () => number
  readonly dropped: (reason: 'series-limit') => void
}

/** Metrics of the same events with the same labels: what an event's labels are is asked once for all of them. */
interface Family {
  readonly takes: (event: EventAt) => boolean
  readonly by: readonly string[]
  /** Where each label comes from. */
  readonly from: readonly Source[]
  readonly members: readonly Member[]
  /** The series of each member, by service and labels. */
  readonly found: Map<string, (Series | undefined)[]>
}

interface Member {
  readonly rule: DerivedMetric
  readonly head: MetricHead
  /** What a new series starts from. */
  readonly zero: Value
  /** Where what is observed, or whose values are counted, comes from; undefined for a count. */
  readonly observed: Source | 'span.duration' | undefined
}

/** Ids that all series which count different ones keep together, and the bounds of one of them. */
const idsInAll = 200_000
const idsOfOne = { least: 64, most: 2048 }

/** Combinations of labels that are remembered, unless they are long; series have bounds of their own. */
const maxFound = 20_000
const maxKeyLength = 1_024

/** @returns what reads the events of a clean request */
export function createDerive(options: DeriveOptions): ReturnType<typeof createEventReader> {
  const { rules, table, gatewayId, scope, now, dropped } = options
  const wanted = wantedBy(rules)
  const families = familiesOf(rules, wanted, scopeNamed(scope))
  table.reserve(families.flatMap(({ members }) => members.map(({ head }) => head)))
  let generation = table.generation
  /** No time up to here is in the future. */
  let pastNanos = 0n

  function seriesOf({ rule, head, zero }: Member, texts: readonly (string | undefined)[], { resource }: EventAt) {
    const labels = sorted(
      rule.by.flatMap((name, i) => (texts[i] === undefined || texts[i] === '' ? [] : [textLabel(name, texts[i])])),
    )
    const { service } = resource
    const group = table.group(`own ${service.key}`, () => ownResource(service, gatewayId))
    const metric = table.metric(group, head)
    const series = metric && table.find(metric, labels, labelsKey(labels), zero, now())
    if (series !== undefined) table.reshape(series, zero, now())
    return series
  }

  function addTo(family: Family, event: EventAt): void {
    const texts = family.from.map((source, i) => textFor(event, source, family.by[i]))
    let key = event.resource.service.key
    for (const text of texts) key += `\n${text === undefined ? '' : `${text.length}:${text}`}`
    let found = family.found.get(key)
    if (found === undefined) {
      found = family.members.map(() => undefined)
      if (family.found.size >= maxFound) family.found.clear()
      if (key.length <= maxKeyLength) family.found.set(key, found)
    }
    for (const [i, member] of family.members.entries()) {
      const amount = amountIn(event, member)
      // A series begins with its first value: an event without a duration makes no histogram of zeros. And its sum rises.
      if (!(Number.isFinite(amount) && amount >= 0)) continue
      const series = (found[i] ??= seriesOf(member, texts, event))
      if (series === undefined) dropped('series-limit')
      else addToSeries(series, amount, member, event)
    }
  }

  function addToSeries(series: Series, amount: number, member: Member, event: EventAt): void {
    table.touch(series, now())
    const { value } = series
    if (value.is === 'sum') {
      value.value += amount
      keepExemplar(series, event, amount, 0)
    } else if (value.is === 'histogram') {
      observe(value, amount)
      keepExemplar(series, event, amount, bucketOf(value.bounds, amount))
    } else if (value.is === 'distinct') see(value, idIn(event, member), now(), capacity())
  }

  function capacity(): number {
    return Math.max(idsOfOne.least, Math.min(idsOfOne.most, Math.floor(idsInAll / Math.max(1, table.sketches))))
  }

  /** After an exemplar of the future a store takes no other one until then. */
  function notInFuture(nanos: bigint): bigint {
    if (nanos > pastNanos) pastNanos = BigInt(now()) * 1_000_000n
    return nanos > pastNanos ? pastNanos : nanos
  }

  /** Of each bucket, and of each count, the newest event with a trace is kept until the next flush. */
  function keepExemplar(series: Series, event: EventAt, value: number, bucket: number): void {
    if (event.traceId?.length !== 16) return
    const exemplars = (series.exemplars ??= new Map<number, Uint8Array>())
    exemplars.set(bucket, writeExemplar(exemplars.get(bucket), event, value, notInFuture(event.timeNanos)))
  }

  const hints = rules.map(hintsOf)
  const spanNames = new Set(hints.flatMap(({ names }) => names))
  const spanTexts = new Set(hints.map(({ text }) => text).filter((text) => text !== undefined))
  return createEventReader({ wanted, spanNames: [...spanNames], spanTexts: [...spanTexts] }, (event) => {
    if (generation !== table.generation) {
      generation = table.generation
      for (const { found } of families) found.clear()
    }
    for (const family of families) if (family.takes(event)) addTo(family, event)
  })
}

/** Every attribute that the rules speak of. */
function wantedBy(rules: readonly DerivedMetric[]): string[] {
  const names = rules.flatMap(({ by, where, value, distinct }) => [
    ...by,
    ...where.map(({ attribute }) => attribute),
    ...[value?.attribute, distinct?.attribute].filter((name) => name !== undefined),
  ])
  return [...new Set(names)].filter((name) => !isRecordWord(name) && name !== spanDuration)
}

function familiesOf(rules: readonly DerivedMetric[], wanted: readonly string[], scope: Uint8Array): Family[] {
  const alike = Map.groupBy(rules, ({ from, where, by }) => JSON.stringify([from, where, by]))
  return [...alike.values()].map((members) => ({
    takes: createFilter(members[0], wanted),
    by: members[0].by,
    from: members[0].by.map((name) => sourceOf(name, wanted)),
    members: members.map((rule) => ({
      rule,
      head: headOf(rule, scope),
      zero: zeroOf(rule),
      observed: observedBy(rule, wanted),
    })),
    found: new Map(),
  }))
}

function zeroOf({ value, distinct, buckets }: DerivedMetric): Value {
  if (distinct !== undefined) return emptyDistinct(distinct.windowMs)
  return value === undefined ? { is: 'sum', value: 0, isInt: true } : emptyHistogram(buckets)
}

function observedBy({ value, distinct }: DerivedMetric, wanted: readonly string[]): Member['observed'] {
  const name = value?.attribute ?? distinct?.attribute
  if (name === undefined || name === spanDuration) return name
  return sourceOf(name, wanted)
}

function headOf({ name, description, unit, value, distinct }: DerivedMetric, scope: Uint8Array): MetricHead {
  const kind = distinct !== undefined ? 'distinct' : value === undefined ? 'sum' : 'histogram'
  return { name, description, unit, kind, isMonotonic: kind !== 'distinct', origin: 'derived', scope }
}

/** What a count or a histogram gains by an event; NaN where the event has nothing to observe. */
function amountIn(event: EventAt, member: Member): number {
  const { rule, observed } = member
  if (rule.distinct !== undefined) return idIn(event, member) === '' ? NaN : 1
  if (rule.value === undefined) return 1
  if (observed === spanDuration) return event.spanDuration * rule.value.scale
  if (typeof observed !== 'number' || event.valueStart[observed] < 0) return NaN
  return valueNumber(event.bytes, event.valueStart[observed], event.valueEnd[observed]) * rule.value.scale
}

/** The value of which the different ones are counted; '' where the event has none. */
function idIn(event: EventAt, { rule, observed }: Member): string {
  if (rule.distinct === undefined || observed === undefined || observed === spanDuration) return ''
  return textFor(event, observed, rule.distinct.attribute) ?? ''
}
