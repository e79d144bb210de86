// Exponential histograms: bucket i of scale s holds what lies in (base^i, base^(i+1)] with base = 2^(2^-s). Two are added
// at the coarser of their scales (OpenTelemetry metrics data model, "Exponential histogram: perfect subsetting").

export interface Buckets {
  /** The index of the first bucket. */
  readonly offset: number
  readonly counts: readonly number[]
}

export interface ExponentialBuckets {
  scale: number
  zeroCount: number
  zeroThreshold: number
  positive: Buckets
  negative: Buckets
}

/** What the SDKs keep at most, for each sign; above it the scale goes down. */
const maxBuckets = 160

/** Adds the buckets of `more` to `total`. */
export function addExponential(total: ExponentialBuckets, more: ExponentialBuckets): void {
  let scale = Math.min(total.scale, more.scale)
  while (
    spanOf(total.positive, total.scale, more.positive, more.scale, scale) > maxBuckets ||
    spanOf(total.negative, total.scale, more.negative, more.scale, scale) > maxBuckets
  )
    scale -= 1
  total.positive = merged(coarser(total.positive, total.scale - scale), coarser(more.positive, more.scale - scale))
  total.negative = merged(coarser(total.negative, total.scale - scale), coarser(more.negative, more.scale - scale))
  total.scale = scale
  // The larger threshold holds for both: what one of them calls zero, the sum cannot tell from zero.
  total.zeroThreshold = Math.max(total.zeroThreshold, more.zeroThreshold)
  total.zeroCount += more.zeroCount
}

/** How many buckets the two would take together at a scale. */
function spanOf(a: Buckets, scaleOfA: number, b: Buckets, scaleOfB: number, scale: number): number {
  const ends = [rangeAt(a, scaleOfA - scale), rangeAt(b, scaleOfB - scale)].filter((range) => range !== undefined)
  if (ends.length === 0) return 0
  return Math.max(...ends.map(([, last]) => last)) - Math.min(...ends.map(([first]) => first)) + 1
}

function rangeAt({ offset, counts }: Buckets, steps: number): [number, number] | undefined {
  const factor = 2 ** steps
  return counts.length === 0
    ? undefined
    : [Math.floor(offset / factor), Math.floor((offset + counts.length - 1) / factor)]
}

/** The same buckets at a scale that is lower by `steps`: 2^steps of them become one. */
function coarser(buckets: Buckets, steps: number): Buckets {
  const range = rangeAt(buckets, steps)
  if (steps === 0 || range === undefined) return buckets
  const factor = 2 ** steps
  const [first, last] = range
  const counts = Array.from({ length: last - first + 1 }, () => 0)
  for (const [i, count] of buckets.counts.entries()) counts[Math.floor((buckets.offset + i) / factor) - first] += count
  return { offset: first, counts }
}

/** The sum of two sets of buckets at one scale. */
function merged(a: Buckets, b: Buckets): Buckets {
  if (b.counts.length === 0) return a
  if (a.counts.length === 0) return b
  const offset = Math.min(a.offset, b.offset)
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length)
  const counts = Array.from({ length: end - offset }, () => 0)
  for (const { offset: from, counts: own } of [a, b])
    for (const [i, count] of own.entries()) counts[from - offset + i] += count
  return { offset, counts }
}
