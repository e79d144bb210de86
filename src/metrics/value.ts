// What a series has added up so far, by kind, and how an increment is added to it.
import { emptyDistinct, type DistinctValue } from './distinct.ts'
import { addExponential, type ExponentialBuckets } from './exponential.ts'

export interface SumValue {
  readonly is: 'sum'
  value: number
  /** Whether every increment was an integer: it is sent as one. */
  isInt: boolean
}

export interface HistogramValue {
  readonly is: 'histogram'
  /** Upper bounds, ascending. */
  bounds: readonly number[]
  /** One more than bounds: the last is what lies above them all. */
  counts: number[]
  count: number
  /** Undefined while no increment came with one, as histograms of negative values do. */
  sum: number | undefined
}

export interface ExponentialValue extends ExponentialBuckets {
  readonly is: 'exponential'
  count: number
  sum: number | undefined
}

/** What increments are added to. */
export type AddedValue = SumValue | HistogramValue | ExponentialValue
export type Value = AddedValue | DistinctValue
export type Kind = Value['is']

export function emptyHistogram(bounds: readonly number[]): HistogramValue {
  return { is: 'histogram', bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), count: 0, sum: 0 }
}

/** A value of the same shape that has nothing in it. */
export function zeroOf(value: Value): Value {
  if (value.is === 'sum') return { is: 'sum', value: 0, isInt: value.isInt }
  if (value.is === 'distinct') return emptyDistinct(value.windowMs)
  const sum = value.sum === undefined ? undefined : 0
  if (value.is === 'histogram') return { ...emptyHistogram(value.bounds), sum }
  const { scale, zeroThreshold } = value
  const none = { offset: 0, counts: [] }
  return { is: 'exponential', scale, zeroCount: 0, zeroThreshold, positive: none, negative: none, count: 0, sum }
}

/**
 * Adds an increment of the same kind. What lies in buckets of other bounds goes to the bucket that holds its upper bound:
 * counts and sums stay right, quantiles are as coarse as the coarser of the two.
 * @returns false when the count would be larger than a number holds; nothing is added then
 */
export function add(total: Value, increment: Value): boolean {
  if (total.is === 'distinct' || increment.is === 'distinct') return false
  if (total.is === 'sum') {
    if (increment.is !== 'sum') return false
    total.value += increment.value
    total.isInt &&= increment.isInt && Number.isSafeInteger(total.value)
    return true
  }
  if (increment.is === 'sum' || total.is !== increment.is) return false
  if (!Number.isSafeInteger(total.count + increment.count)) return false
  if (total.is === 'histogram') addBuckets(total, increment as HistogramValue)
  else addExponential(total, increment as ExponentialValue)
  total.count += increment.count
  if (increment.sum !== undefined) total.sum = (total.sum ?? 0) + increment.sum
  return true
}

function addBuckets({ bounds, counts }: HistogramValue, increment: HistogramValue): void {
  if (haveSameBounds(bounds, increment.bounds)) for (let i = 0; i < counts.length; i++) counts[i] += increment.counts[i]
  else
    for (const [i, count] of increment.counts.entries())
      counts[bucketOf(bounds, increment.bounds[i] ?? Infinity)] += count
}

/** Whether a series may go on with the value that it has, where the rules say `shape`. */
export function haveSameShape(value: Value, shape: Value): boolean {
  if (value.is === 'histogram' && shape.is === 'histogram') return haveSameBounds(value.bounds, shape.bounds)
  return !(value.is === 'distinct' && shape.is === 'distinct') || value.windowMs === shape.windowMs
}

function haveSameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]))
}

/** Adds one observation, `times` over. */
export function observe(total: HistogramValue, value: number, times = 1): void {
  total.counts[bucketOf(total.bounds, value)] += times
  total.count += times
  if (total.sum !== undefined) total.sum += value * times
}

/** The bucket of an observation: bounds are inclusive above (OTLP, HistogramDataPoint.explicit_bounds). */
export function bucketOf(bounds: readonly number[], value: number): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= bounds[middle]) high = middle
    else low = middle + 1
  }
  return low
}
