// The series that the gateway writes itself, and what bounds them: as many of a metric as the rules allow, and what would
// be one more goes to the metric's overflow series, so that no count is lost.
import type { Label } from './labels.ts'
import { labelsKey, textLabel } from './labels.ts'
import { histogramSuffixes, storedMetric, type NamedMetric } from './stored-names.ts'
import { add, haveSameShape, zeroOf } from './value.ts'
import type { Value } from './value.ts'

/** Where series come from. */
export type Origin = 'derived' | 'cumulative'

/** The metrics of one sender. No two groups have the same job and instance. */
export interface Group {
  readonly key: string
  /** A Resource, without tag and length. */
  readonly resource: Uint8Array
  /** By the name that stores know. */
  readonly metrics: Map<string, Metric>
}

export interface MetricHead extends NamedMetric {
  readonly description: string
  readonly origin: Origin
  /** An InstrumentationScope, without tag and length: no part of what tells metrics apart, as stores have no word for it. */
  readonly scope: Uint8Array
}

export interface Metric extends MetricHead {
  readonly group: Group
  /** The name that stores know. */
  readonly stored: string
  /** By `labelsKey`. */
  readonly series: Map<string, Series>
}

export interface Series {
  readonly metric: Metric
  readonly key: string
  /** KeyValues without tags and lengths, sorted by name. */
  readonly attributes: readonly Uint8Array[]
  /** Since when it is added up. */
  startMs: number
  /** When it was last added to. */
  seenMs: number
  value: Value
  /** Whether its zero point is out; the first increment would not be seen by `increase()` without it. */
  isAnnounced: boolean
  /** Added to since it was last stored. */
  isChanged: boolean
  /** Its row in the store; undefined until it has one. */
  row: number | undefined
  /** Exemplars since the last flush, without tag and length; at most one for each slot. */
  exemplars: Map<number, Uint8Array> | undefined
}

export interface SeriesLimits {
  /** Series of one metric of one group. */
  readonly maxSeries: number
  /** Series in all, overflow series included. */
  readonly maxTotal: number
  /** Bytes of all names, labels, resources and buckets: who sends long ones has room for fewer. */
  readonly maxBytes: number
}

/** The attribute of the series that takes what is beyond the limit (OpenTelemetry SDK specification, "Overflow attribute"). */
const overflow: readonly Label[] = [textLabel('otel.metric.overflow', 'true')]
const overflowKey = labelsKey(overflow)
/** Labels that are longer together belong to no series of their own: a few of them would take the room of all. */
const maxLabels = 8_192
/** Metrics whose stored names are remembered, unless they are long. */
const maxNames = 10_000
const maxNameLength = 512

export class SeriesTable {
  readonly groups = new Map<string, Group>()
  /** Increments that went to an overflow series. */
  readonly overflows: Record<Origin, number> = { derived: 0, cumulative: 0 }
  readonly count: Record<Origin, number> = { derived: 0, cumulative: 0 }
  /** Series that count different ids. */
  sketches = 0
  /** Rises whenever series end: what was found before may be gone. */
  generation = 0
  /** May be lowered while there are more: those that are there stay until they expire. */
  limits: SeriesLimits
  readonly #storedNames = new Map<string, string>()
  #reserved: ReadonlyMap<string, NamedMetric> = new Map()
  #bytes = 0

  constructor(limits: SeriesLimits) {
    this.limits = limits
  }

  /** Keeps the names of metrics from those of another kind; names that were kept before are free. */
  reserve(heads: readonly NamedMetric[]): void {
    this.#reserved = new Map(heads.map((head) => [storedMetric(head), head]))
  }

  /** The group of a key; `makeResource` is asked for its resource when it is new. It stays when a series comes into it. */
  group(key: string, makeResource: () => Uint8Array): Group {
    return this.groups.get(key) ?? { key, resource: makeResource(), metrics: new Map() }
  }

  /**
   * The metric of a group. Metrics are told apart as stores tell them apart: by their name there.
   * @returns undefined when it has no name there, or a metric of another kind has it
   */
  metric(group: Group, head: MetricHead): Metric | undefined {
    const stored = this.#storedName(head)
    const known = group.metrics.get(stored)
    if (known !== undefined) return isSameKind(known, head) ? known : undefined
    if (stored === '' || isTaken(group.metrics, stored, head) || isTaken(this.#reserved, stored, head)) return undefined
    return { ...head, group, stored, series: new Map() }
  }

  /**
   * The series with these labels, or the overflow series.
   * @param labels sorted
   * @param key `labelsKey(labels)`
   * @param shape a value of the kind, and with the bounds, that a new series has
   * @returns undefined when there is no room even for an overflow series
   */
  find(metric: Metric, labels: readonly Label[], key: string, shape: Value, nowMs: number): Series | undefined {
    const known = metric.series.get(key)
    if (known !== undefined) return known
    const hasRoom = this.#hasRoom()
    if (hasRoom && metric.series.size < this.limits.maxSeries && key.length <= maxLabels)
      return this.#open(metric, labels, key, shape, nowMs)
    // The overflow series of a metric has room beyond the metric's own limit, never beyond that of all.
    const over = metric.series.get(overflowKey)
    if (over !== undefined) return over
    return hasRoom ? this.#open(metric, overflow, overflowKey, shape, nowMs) : undefined
  }

  /** Begins a series anew whose buckets, or whose window, are not those that the rules say. */
  reshape(series: Series, shape: Value, nowMs: number): void {
    if (!haveSameShape(series.value, shape)) this.#begin(series, shape, nowMs)
  }

  /** Adds an increment. */
  add(series: Series, increment: Value, nowMs: number): void {
    this.touch(series, nowMs)
    if (add(series.value, increment)) return
    this.#begin(series, increment, nowMs)
    add(series.value, increment)
  }

  /** Says that a series is being added to. */
  touch(series: Series, nowMs: number): void {
    series.seenMs = nowMs
    series.isChanged = true
    if (series.key === overflowKey) this.overflows[series.metric.origin] += 1
  }

  /** Takes a series as it was stored. */
  restore(series: Series): void {
    this.#put(series)
  }

  /** Takes out the series that were not added to since `beforeMs`, and the metrics and groups that are left empty. */
  expire(beforeMs: number): Series[] {
    const ended: Series[] = []
    for (const group of this.groups.values()) {
      for (const [key, metric] of group.metrics) {
        for (const series of metric.series.values()) {
          if (series.seenMs + lingerMs(series.value) >= beforeMs) continue
          metric.series.delete(series.key)
          this.#bytes -= sizeOfSeries(series)
          if (series.value.is === 'distinct') this.sketches -= 1
          ended.push(series)
        }
        if (metric.series.size > 0) continue
        group.metrics.delete(key)
        this.#bytes -= sizeOfMetric(metric)
      }
      if (group.metrics.size > 0) continue
      this.groups.delete(group.key)
      this.#bytes -= sizeOfGroup(group)
    }
    for (const { metric } of ended) this.count[metric.origin] -= 1
    if (ended.length > 0) this.generation += 1
    return ended
  }

  *all(): Generator<Series> {
    for (const group of this.groups.values()) for (const metric of group.metrics.values()) yield* metric.series.values()
  }

  #hasRoom(): boolean {
    const { maxTotal, maxBytes } = this.limits
    return this.count.derived + this.count.cumulative < maxTotal && this.#bytes < maxBytes
  }

  #open(metric: Metric, labels: readonly Label[], key: string, shape: Value, nowMs: number): Series {
    const series: Series = {
      metric,
      key,
      attributes: labels.map((label) => label.body()),
      startMs: nowMs,
      seenMs: nowMs,
      value: zeroOf(shape),
      isAnnounced: false,
      isChanged: true,
      row: undefined,
      exemplars: undefined,
    }
    this.#put(series)
    return series
  }

  #put(series: Series): void {
    const { metric, key } = series
    const { group, stored } = metric
    if (!this.groups.has(group.key)) {
      this.groups.set(group.key, group)
      this.#bytes += sizeOfGroup(group)
    }
    if (!group.metrics.has(stored)) {
      group.metrics.set(stored, metric)
      this.#bytes += sizeOfMetric(metric)
    }
    metric.series.set(key, series)
    this.count[metric.origin] += 1
    if (series.value.is === 'distinct') this.sketches += 1
    this.#bytes += sizeOfSeries(series)
  }

  #begin(series: Series, shape: Value, nowMs: number): void {
    this.#bytes -= sizeOfSeries(series)
    series.value = zeroOf(shape)
    series.startMs = nowMs
    series.isAnnounced = false
    series.isChanged = true
    this.#bytes += sizeOfSeries(series)
  }

  #storedName(head: MetricHead): string {
    const { name, unit, kind, isMonotonic } = head
    const key = `${kind} ${isMonotonic} ${unit.length} ${unit} ${name}`
    let stored = this.#storedNames.get(key)
    if (stored === undefined) {
      stored = storedMetric(head)
      if (this.#storedNames.size >= maxNames) this.#storedNames.clear()
      if (key.length <= maxNameLength) this.#storedNames.set(key, stored)
    }
    return stored
  }
}

function isSameKind(a: NamedMetric, b: NamedMetric): boolean {
  return a.kind === b.kind && a.isMonotonic === b.isMonotonic
}

/** Whether a series of the metric would have the name of another's: of another kind, or as a sum `x.count` and a histogram `x`. */
function isTaken(metrics: ReadonlyMap<string, NamedMetric>, stored: string, head: NamedMetric): boolean {
  const same = metrics.get(stored)
  if (same !== undefined && !isSameKind(same, head)) return true
  return histogramSuffixes.some((suffix) =>
    head.kind === 'histogram'
      ? metrics.has(stored + suffix)
      : stored.endsWith(suffix) && metrics.get(stored.slice(0, -suffix.length))?.kind === 'histogram',
  )
}

function sizeOfGroup({ key, resource }: Group): number {
  return 256 + key.length + resource.length
}

function sizeOfMetric({ name, description, unit, stored, scope }: Metric): number {
  return 256 + name.length + description.length + unit.length + stored.length + scope.length
}

function sizeOfSeries({ key, attributes, value }: Series): number {
  return attributes.reduce((sum, body) => sum + body.length, 256 + key.length + 8 * numbersIn(value))
}

function numbersIn(value: Value): number {
  if (value.is === 'histogram') return 2 * value.counts.length
  return value.is === 'exponential' ? 320 : value.is === 'distinct' ? 512 : 0
}

/** Who was seen an hour ago is still counted for the day. */
function lingerMs(value: Value): number {
  return value.is === 'distinct' ? value.windowMs : 0
}
