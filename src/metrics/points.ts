// The data points of one metric, read off clean bytes: whether they are increments, and each as a Value to be added.
import { FieldCursor } from '../otlp/cursor.ts'
import { tagIn } from '../otlp/ops.ts'
import { readVarint, viewOf } from '../otlp/wire.ts'
import type { Buckets } from './exponential.ts'
import type { ExponentialValue, HistogramValue, Kind, SumValue, Value } from './value.ts'

export interface MetricAt {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: Kind
  readonly isDelta: boolean
  /** Histograms are always. */
  readonly isMonotonic: boolean
  /** Whether no point has a start that lies before its time: how Automagik's SDKs send increments. */
  areIncrements(): boolean
  points(): Generator<PointAt>
  readonly bytes: Uint8Array
}

export interface PointAt {
  /** The data point, without tag and length. */
  readonly start: number
  readonly end: number
  /** The tag of its attributes. */
  readonly attributesTag: number
  /**
   * Undefined where the point says that there is no value, or has none that can be added and stored: not a finite number,
   * less than nothing of what only rises, counts that do not fit each other.
   */
  readonly value: Value | undefined
  /** The first few exemplars, without tag and length. */
  readonly exemplars: readonly Uint8Array[]
}

/** AggregationTemporality. */
const delta = 1
/** DataPointFlags: FLAG_NO_RECORDED_VALUE. */
const noRecordedValue = 1

interface Shape {
  readonly kind: Kind
  readonly pointsTag: number
  readonly temporalityTag: number
  readonly point: Readonly<Record<'attributes' | 'start' | 'time' | 'flags' | 'exemplars', number>>
  readonly value: (bytes: Uint8Array, start: number, end: number) => Value | undefined
}

/** A point that has more, or larger ones, would be a way to fill the memory. */
const maxExemplars = 8
const maxExemplarBytes = 1024
/** Each is a series in Prometheus. */
const maxBuckets = 1_000

function shape(kind: Kind, message: string, point: string, value: Shape['value']): Shape {
  return {
    kind,
    pointsTag: tagIn(message, 'dataPoints'),
    temporalityTag: tagIn(message, 'aggregationTemporality'),
    point: {
      attributes: tagIn(point, 'attributes'),
      start: tagIn(point, 'startTimeUnixNano'),
      time: tagIn(point, 'timeUnixNano'),
      flags: tagIn(point, 'flags'),
      exemplars: tagIn(point, 'exemplars'),
    },
    value,
  }
}

const shapes: ReadonlyMap<number, Shape> = new Map([
  [tagIn('Metric', 'sum'), shape('sum', 'Sum', 'NumberDataPoint', readSum)],
  [tagIn('Metric', 'histogram'), shape('histogram', 'Histogram', 'HistogramDataPoint', readHistogram)],
  [
    tagIn('Metric', 'exponentialHistogram'),
    shape('exponential', 'ExponentialHistogram', 'ExponentialHistogramDataPoint', readExponential),
  ],
])
const monotonicTag = tagIn('Sum', 'isMonotonic')

/** The kind of metric that a field of Metric holds; undefined for those that do not add up. */
export function kindOf(tag: number): Kind | undefined {
  return shapes.get(tag)?.kind
}

/** @param data the Sum, Histogram or ExponentialHistogram, and the tag it had in its Metric */
export function readMetric(
  bytes: Uint8Array,
  head: { readonly name: string; readonly description: string; readonly unit: string },
  { tag, start, end }: { readonly tag: number; readonly start: number; readonly end: number },
): MetricAt | undefined {
  const form = shapes.get(tag)
  if (form === undefined) return undefined
  let temporality = 0
  let isMonotonic = form.kind !== 'sum'
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === form.temporalityTag) temporality = readVarint(bytes, fields.start, fields.end)
    else if (fields.tag === monotonicTag && form.kind === 'sum') isMonotonic = bytes[fields.start] === 1
  }
  return {
    ...head,
    kind: form.kind,
    isDelta: temporality === delta,
    isMonotonic,
    areIncrements: () => areIncrements(bytes, start, end, form),
    *points() {
      const each = new FieldCursor(bytes, start, end)
      while (each.next()) {
        if (each.tag !== form.pointsTag) continue
        const point = readPoint(bytes, each.start, each.end, form)
        const falls = isMonotonic && point.value?.is === 'sum' && point.value.value < 0
        yield falls ? { ...point, value: undefined } : point
      }
    },
    bytes,
  }
}

function areIncrements(bytes: Uint8Array, start: number, end: number, { pointsTag, point }: Shape): boolean {
  const view = viewOf(bytes)
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== pointsTag) continue
    let startNanos = 0n
    let timeNanos = 0n
    const times = new FieldCursor(bytes, fields.start, fields.end)
    while (times.next()) {
      if (times.tag === point.start) startNanos = view.getBigUint64(times.start, true)
      else if (times.tag === point.time) timeNanos = view.getBigUint64(times.start, true)
    }
    if (startNanos !== 0n && startNanos < timeNanos) return false
  }
  return true
}

function readPoint(bytes: Uint8Array, start: number, end: number, { point, value }: Shape): PointAt {
  const exemplars: Uint8Array[] = []
  let flags = 0
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === point.flags) flags = readVarint(bytes, fields.start, fields.end)
    else if (fields.tag === point.exemplars && exemplars.length < maxExemplars) {
      if (fields.end - fields.start <= maxExemplarBytes) exemplars.push(bytes.slice(fields.start, fields.end))
    }
  }
  const isRecorded = (flags & noRecordedValue) === 0
  return {
    start,
    end,
    attributesTag: point.attributes,
    value: isRecorded ? value(bytes, start, end) : undefined,
    exemplars,
  }
}

const number = { asDouble: tagIn('NumberDataPoint', 'asDouble'), asInt: tagIn('NumberDataPoint', 'asInt') }

function readSum(bytes: Uint8Array, start: number, end: number): SumValue | undefined {
  const view = viewOf(bytes)
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === number.asInt)
      return { is: 'sum', value: Number(view.getBigInt64(fields.start, true)), isInt: true }
    if (fields.tag !== number.asDouble) continue
    const value = view.getFloat64(fields.start, true)
    return Number.isFinite(value) ? { is: 'sum', value, isInt: false } : undefined
  }
  return undefined
}

const histogram = {
  count: tagIn('HistogramDataPoint', 'count'),
  sum: tagIn('HistogramDataPoint', 'sum'),
  counts: tagIn('HistogramDataPoint', 'bucketCounts'),
  bounds: tagIn('HistogramDataPoint', 'explicitBounds'),
}

function readHistogram(bytes: Uint8Array, start: number, end: number): HistogramValue | undefined {
  const view = viewOf(bytes)
  let count = 0
  let sum: number | undefined
  let counts: number[] = []
  let bounds: number[] = []
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === histogram.count) count = Number(view.getBigUint64(fields.start, true))
    else if (fields.tag === histogram.sum) sum = view.getFloat64(fields.start, true)
    else if (fields.tag === histogram.counts)
      counts = eights(fields.start, fields.end, (at) => Number(view.getBigUint64(at, true)))
    else if (fields.tag === histogram.bounds)
      bounds = eights(fields.start, fields.end, (at) => view.getFloat64(at, true))
  }
  if (sum !== undefined && !Number.isFinite(sum)) return undefined
  // Python's SDK sends no buckets at all; one that holds everything says the same.
  if (counts.length === 0 && bounds.length === 0) counts = [count]
  if (counts.length !== bounds.length + 1 || !addUp(counts, count)) return undefined
  // What Prometheus's own libraries end with; the bucket above it has nothing.
  if (bounds.at(-1) === Infinity) {
    bounds.pop()
    counts.push(counts.pop()! + counts.pop()!)
  }
  if (!bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]))) return undefined
  return { is: 'histogram', bounds, counts, count, sum }
}

/** Whether the buckets hold exactly what was counted, and a number holds it: stores refuse the whole request otherwise. */
function addUp(counts: readonly number[], count: number): boolean {
  return Number.isSafeInteger(count) && counts.reduce((sum, each) => sum + each, 0) === count
}

/** Of more than can be, one that does not fit anything. */
function eights(start: number, end: number, read: (at: number) => number): number[] {
  if (end - start > 8 * maxBuckets) return [NaN]
  const values: number[] = []
  for (let at = start; at + 8 <= end; at += 8) values.push(read(at))
  return values
}

const exponential = {
  count: tagIn('ExponentialHistogramDataPoint', 'count'),
  sum: tagIn('ExponentialHistogramDataPoint', 'sum'),
  scale: tagIn('ExponentialHistogramDataPoint', 'scale'),
  zeroCount: tagIn('ExponentialHistogramDataPoint', 'zeroCount'),
  zeroThreshold: tagIn('ExponentialHistogramDataPoint', 'zeroThreshold'),
  positive: tagIn('ExponentialHistogramDataPoint', 'positive'),
  negative: tagIn('ExponentialHistogramDataPoint', 'negative'),
}
const bucket = { offset: tagIn('Buckets', 'offset'), counts: tagIn('Buckets', 'bucketCounts') }
/** Prometheus refuses a coarser one, which holds what this one holds; SDKs use none that is finer. */
const scales = { least: -4, most: 20 }
/** The powers of two that doubles lie between. */
const exponents = { least: -1075, most: 1024 }

function readExponential(bytes: Uint8Array, start: number, end: number): ExponentialValue | undefined {
  const view = viewOf(bytes)
  const none = { offset: 0, counts: [] }
  const value: ExponentialValue = {
    is: 'exponential',
    count: 0,
    sum: undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: none,
    negative: none,
  }
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    const { tag, start: at } = fields
    if (tag === exponential.count) value.count = Number(view.getBigUint64(at, true))
    else if (tag === exponential.sum) value.sum = view.getFloat64(at, true)
    else if (tag === exponential.scale) value.scale = zigzag(readVarint(bytes, at, fields.end))
    else if (tag === exponential.zeroCount) value.zeroCount = Number(view.getBigUint64(at, true))
    else if (tag === exponential.zeroThreshold) value.zeroThreshold = view.getFloat64(at, true)
    else if (tag === exponential.positive) value.positive = readBuckets(bytes, at, fields.end)
    else if (tag === exponential.negative) value.negative = readBuckets(bytes, at, fields.end)
  }
  const { scale, positive, negative, zeroCount, zeroThreshold, count, sum } = value
  if (scale < scales.least || scale > scales.most) return undefined
  if (sum !== undefined && !Number.isFinite(sum)) return undefined
  if (!(zeroThreshold >= 0 && Number.isFinite(zeroThreshold))) return undefined
  if (!addUp([zeroCount, ...positive.counts, ...negative.counts], count)) return undefined
  return isOfDoubles(positive, scale) && isOfDoubles(negative, scale) ? value : undefined
}

/** Whether every bucket is one that a double can lie in: so they never need a scale below the least. */
function isOfDoubles({ offset, counts }: Buckets, scale: number): boolean {
  return offset >= exponents.least * 2 ** scale && offset + counts.length <= exponents.most * 2 ** scale + 1
}

function readBuckets(bytes: Uint8Array, start: number, end: number): Buckets {
  const buckets = { offset: 0, counts: [] as number[] }
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === bucket.offset) buckets.offset = zigzag(readVarint(bytes, fields.start, fields.end))
    if (fields.tag !== bucket.counts) continue
    if (fields.end - fields.start > 8 * maxBuckets) return { offset: 0, counts: [NaN] }
    for (let at = fields.start; at < fields.end;) {
      buckets.counts.push(readVarint(bytes, at, fields.end))
      while (bytes[at] >= 0x80) at++
      at++
    }
  }
  return buckets
}

/** sint32 (protobuf encoding, "Signed integers"). */
function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
