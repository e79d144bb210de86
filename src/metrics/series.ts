// The series that the gateway writes itself, and what bounds them: as many of a metric as the rules allow, and what would
// be one more goes to the metric's overflow series, so that no count is lost.
import type { Label } from './labels.ts'
import { labelsKey, textLabel } from './labels.ts'
import { add, zeroOf } from './value.ts'
import type { Kind, Value } from './value.ts'

/** Where series come from. */
export const origins = ['derived', 'cumulative'] as const
export type Origin = (typeof origins)[number]

/** What metrics of one sender share: what identifies it, and the messages that go out with it. */
export interface Group {
  readonly key: string
  /** A Resource and an InstrumentationScope, without tag and length. */
  readonly resource: Uint8Array
  readonly scope: Uint8Array
  readonly metrics: Map<string, Metric>
}

export interface MetricHead {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: Kind
  readonly isMonotonic: boolean
  readonly origin: Origin
}

export interface Metric extends MetricHead {
  readonly group: Group
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
  /** Expired: it is not in the table any more. */
  isEnded: boolean
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
}

/** The attribute of the series that takes what is beyond the limit (OpenTelemetry SDK specification, "Overflow attribute"). */
const overflow: readonly Label[] = [textLabel('otel.metric.overflow', 'true')]
const overflowKey = labelsKey(overflow)

export class SeriesTable {
  readonly groups = new Map<string, Group>()
  /** Increments that went to an overflow series. */
  readonly overflows: Record<Origin, number> = { derived: 0, cumulative: 0 }
  readonly count: Record<Origin, number> = { derived: 0, cumulative: 0 }
  readonly #limits: SeriesLimits

  constructor(limits: SeriesLimits) {
    this.#limits = limits
  }

  /** The group of a key; `make` is asked for its messages when it is new. */
  group(key: string, make: () => { resource: Uint8Array; scope: Uint8Array }): Group {
    let group = this.groups.get(key)
    if (group === undefined) this.groups.set(key, (group = { key, ...make(), metrics: new Map() }))
    return group
  }

  /** The metric of a group. Metrics are told apart as stores tell them apart: by name, unit and kind. */
  metric(group: Group, head: MetricHead): Metric {
    const key = metricKey(head)
    let metric = group.metrics.get(key)
    if (metric === undefined) group.metrics.set(key, (metric = { ...head, group, series: new Map() }))
    return metric
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
    const { maxSeries, maxTotal } = this.#limits
    const total = this.count.derived + this.count.cumulative
    if (metric.series.size < maxSeries && total < maxTotal) return this.#open(metric, labels, key, shape, nowMs)
    // The overflow series of a metric has room beyond the metric's own limit, never beyond that of all.
    const over = metric.series.get(overflowKey)
    if (over !== undefined) return over
    return total < maxTotal ? this.#open(metric, overflow, overflowKey, shape, nowMs) : undefined
  }

  /** Adds an increment. */
  add(series: Series, increment: Value, nowMs: number): void {
    this.touch(series, nowMs)
    if (add(series.value, increment)) return
    // Bounds changed: what was added up cannot be told in the new ones, so it begins anew.
    series.value = zeroOf(increment)
    series.startMs = nowMs
    series.isAnnounced = false
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
    series.metric.series.set(series.key, series)
    this.count[series.metric.origin] += 1
  }

  /** Takes out the series that were not added to since `beforeMs`, and the metrics and groups that are left empty. */
  expire(beforeMs: number): Series[] {
    const ended: Series[] = []
    for (const group of this.groups.values()) {
      for (const [key, metric] of group.metrics) {
        for (const series of metric.series.values()) {
          if (series.seenMs >= beforeMs) continue
          metric.series.delete(series.key)
          series.isEnded = true
          ended.push(series)
        }
        if (metric.series.size === 0) group.metrics.delete(key)
      }
      if (group.metrics.size === 0) this.groups.delete(group.key)
    }
    for (const { metric } of ended) this.count[metric.origin] -= 1
    return ended
  }

  *all(): Generator<Series> {
    for (const group of this.groups.values()) for (const metric of group.metrics.values()) yield* metric.series.values()
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
      isEnded: false,
      row: undefined,
      exemplars: undefined,
    }
    metric.series.set(key, series)
    this.count[metric.origin] += 1
    return series
  }
}

export function metricKey({ name, unit, kind, isMonotonic, origin }: MetricHead): string {
  return `${kind} ${origin} ${isMonotonic} ${unit.length} ${unit} ${name}`
}
