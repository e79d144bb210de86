// What a series has added up so far, by kind, and how an increment is added to it.
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
  /** Undefined when an increment came without a sum, as histograms of negative values do. */
  sum: number | undefined
}

export interface ExponentialValue extends ExponentialBuckets {
  readonly is: 'exponential'
  count: number
  sum: number | undefined
}

export type Value = SumValue | HistogramValue | ExponentialValue
export type Kind = Value['is']

export function emptyHistogram(bounds: readonly number[]): HistogramValue {
  return { is: 'histogram', bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), count: 0, sum: 0 }
}

/** A value of the same shape that has nothing in it. */
export function zeroOf(value: Value): Value {
  switch (value.is) {
    case 'sum':
      return { is: 'sum', value: 0, isInt: value.isInt }
    case 'histogram':
      return emptyHistogram(value.bounds)
    default: {
      const { scale, zeroThreshold } = value
      const none = { offset: 0, counts: [] }
      return {
        is: 'exponential',
        scale,
        zeroCount: 0,
        zeroThreshold,
        positive: none,
        negative: none,
        count: 0,
        sum: 0,
      }
    }
  }
}

/**
 * Adds an increment.
 * @returns false when the two cannot be added: other bounds, or another kind
 */
export function add(total: Value, increment: Value): boolean {
  if (total.is === 'sum' && increment.is === 'sum') {
    total.value += increment.value
    total.isInt &&= increment.isInt && Number.isSafeInteger(total.value)
    return true
  }
  if (total.is === 'histogram' && increment.is === 'histogram') {
    const { bounds } = increment
    if (bounds.length !== total.bounds.length || bounds.some((bound, i) => bound !== total.bounds[i])) return false
    for (let i = 0; i < total.counts.length; i++) total.counts[i] += increment.counts[i]
  } else if (total.is === 'exponential' && increment.is === 'exponential') addExponential(total, increment)
  else return false
  total.count += increment.count
  total.sum = total.sum === undefined || increment.sum === undefined ? undefined : total.sum + increment.sum
  return true
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
