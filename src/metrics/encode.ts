// Series → ExportMetricsServiceRequests: one cumulative point of each at one time, and of a new series a zero before it.
// In pieces, because a store refuses a request that is too large.
import { requestOf } from '../otlp/fields.ts'
import { tagIn } from '../otlp/ops.ts'
import {
  closeLength,
  makeRoom,
  newWriter,
  openLength,
  putBytes,
  putVarint,
  putVarint64,
  type Writer,
} from '../otlp/write.ts'
import { countSeen } from './distinct.ts'
import { byValue } from './exemplars.ts'
import type { Buckets } from './exponential.ts'
import type { Metric, Series } from './series.ts'
import { zeroOf } from './value.ts'
import type { Kind, Value } from './value.ts'

export interface Encoded {
  readonly bytes: Uint8Array
  /** The live series that are in it. */
  readonly series: readonly Series[]
}

/** AggregationTemporality: AGGREGATION_TEMPORALITY_CUMULATIVE. */
const cumulative = 2
/** DataPointFlags: the series ends here. */
const noRecordedValue = 1
/** A series of many buckets takes some hundreds of bytes; receivers over gRPC take 4 MiB. */
const seriesPerRequest = 1_000
const bytesPerRequest = 2 ** 20

const request = tagIn(requestOf.metrics, 'resourceMetrics')
const resourceMetrics = {
  resource: tagIn('ResourceMetrics', 'resource'),
  scopes: tagIn('ResourceMetrics', 'scopeMetrics'),
}
const scopeMetrics = { scope: tagIn('ScopeMetrics', 'scope'), metrics: tagIn('ScopeMetrics', 'metrics') }
const metricTags = {
  name: tagIn('Metric', 'name'),
  description: tagIn('Metric', 'description'),
  unit: tagIn('Metric', 'unit'),
}
const messageOf: Readonly<Record<Kind, { field: string; message: string; point: string }>> = {
  sum: { field: 'sum', message: 'Sum', point: 'NumberDataPoint' },
  histogram: { field: 'histogram', message: 'Histogram', point: 'HistogramDataPoint' },
  exponential: {
    field: 'exponentialHistogram',
    message: 'ExponentialHistogram',
    point: 'ExponentialHistogramDataPoint',
  },
  distinct: { field: 'gauge', message: 'Gauge', point: 'NumberDataPoint' },
}

interface Tags {
  readonly data: number
  readonly points: number
  /** Undefined of gauges, which have none. */
  readonly temporality: number | undefined
  readonly attributes: number
  readonly start: number
  readonly time: number
  readonly flags: number
  readonly exemplars: number
}

const tagsOf = (kind: Kind): Tags => {
  const { field, message, point } = messageOf[kind]
  return {
    data: tagIn('Metric', field),
    points: tagIn(message, 'dataPoints'),
    temporality: kind === 'distinct' ? undefined : tagIn(message, 'aggregationTemporality'),
    attributes: tagIn(point, 'attributes'),
    start: tagIn(point, 'startTimeUnixNano'),
    time: tagIn(point, 'timeUnixNano'),
    flags: tagIn(point, 'flags'),
    exemplars: tagIn(point, 'exemplars'),
  }
}
const tags: Readonly<Record<Kind, Tags>> = {
  sum: tagsOf('sum'),
  histogram: tagsOf('histogram'),
  exponential: tagsOf('exponential'),
  distinct: tagsOf('distinct'),
}
const monotonicTag = tagIn('Sum', 'isMonotonic')
const numberTags = { asDouble: tagIn('NumberDataPoint', 'asDouble'), asInt: tagIn('NumberDataPoint', 'asInt') }
const histogramTags = {
  count: tagIn('HistogramDataPoint', 'count'),
  sum: tagIn('HistogramDataPoint', 'sum'),
  counts: tagIn('HistogramDataPoint', 'bucketCounts'),
  bounds: tagIn('HistogramDataPoint', 'explicitBounds'),
}
const exponentialTags = {
  count: tagIn('ExponentialHistogramDataPoint', 'count'),
  sum: tagIn('ExponentialHistogramDataPoint', 'sum'),
  scale: tagIn('ExponentialHistogramDataPoint', 'scale'),
  zeroCount: tagIn('ExponentialHistogramDataPoint', 'zeroCount'),
  zeroThreshold: tagIn('ExponentialHistogramDataPoint', 'zeroThreshold'),
  positive: tagIn('ExponentialHistogramDataPoint', 'positive'),
  negative: tagIn('ExponentialHistogramDataPoint', 'negative'),
}
const bucketTags = { offset: tagIn('Buckets', 'offset'), counts: tagIn('Buckets', 'bucketCounts') }

/**
 * @param live series that go on
 * @param ended series that end: their point says that there is no value any more
 * @param timeMs of every point; later than the start of every series by more than 1 ms
 */
export function* encodeSeries(live: readonly Series[], ended: readonly Series[], timeMs: number): Generator<Encoded> {
  const isEnded = new Set(ended)
  const all = [...live, ...ended]
  for (let from = 0; from < all.length; from += seriesPerRequest)
    yield* inRequests(all.slice(from, from + seriesPerRequest), isEnded, timeMs)
}

/** Halves what is too large for one request. */
function* inRequests(series: readonly Series[], isEnded: ReadonlySet<Series>, timeMs: number): Generator<Encoded> {
  const bytes = encode(series, isEnded, timeMs)
  if (bytes.length <= bytesPerRequest || series.length === 1) {
    yield { bytes, series: series.filter((one) => !isEnded.has(one)) }
    return
  }
  const half = series.length >> 1
  yield* inRequests(series.slice(0, half), isEnded, timeMs)
  yield* inRequests(series.slice(half), isEnded, timeMs)
}

function encode(series: readonly Series[], isEnded: ReadonlySet<Series>, timeMs: number): Uint8Array {
  const w = newWriter(64 * 1024)
  const byGroup = Map.groupBy(series, ({ metric }) => metric.group)
  for (const [group, ofGroup] of byGroup) {
    message(w, request, () => {
      bytesField(w, resourceMetrics.resource, group.resource)
      for (const ofScope of byScope(ofGroup).values()) {
        message(w, resourceMetrics.scopes, () => {
          bytesField(w, scopeMetrics.scope, ofScope[0].metric.scope)
          for (const [metric, ofMetric] of Map.groupBy(ofScope, ({ metric }) => metric))
            message(w, scopeMetrics.metrics, () => putMetric(w, metric, ofMetric, isEnded, timeMs))
        })
      }
    })
  }
  return w.out.subarray(0, w.to)
}

function byScope(series: readonly Series[]): Map<string, Series[]> {
  const keys = new Map<Metric, string>()
  return Map.groupBy(series, ({ metric }) => {
    let key = keys.get(metric)
    if (key === undefined) keys.set(metric, (key = Buffer.from(metric.scope).toString('latin1')))
    return key
  })
}

function putMetric(
  w: Writer,
  metric: Metric,
  series: readonly Series[],
  isEnded: ReadonlySet<Series>,
  timeMs: number,
): void {
  const { data, points: pointsTag, temporality } = tags[metric.kind]
  textField(w, metricTags.name, metric.name)
  if (metric.description !== '') textField(w, metricTags.description, metric.description)
  if (metric.unit !== '') textField(w, metricTags.unit, metric.unit)
  message(w, data, () => {
    const put = (one: Series, point: Omit<Point, 'attributes' | 'startNanos'>): void => {
      message(w, pointsTag, () =>
        putPoint(w, metric.kind, { ...point, attributes: one.attributes, startNanos: nanosOf(startOf(one, timeMs)) }),
      )
    }
    for (const one of series) {
      const { value } = one
      const startMs = startOf(one, timeMs)
      if (isEnded.has(one)) {
        if (one.isAnnounced) put(one, { timeNanos: nanosOf(timeMs), value: zeroOf(value), isEnd: true, exemplars: [] })
        continue
      }
      // A gauge begins with what it is.
      if (!one.isAnnounced && value.is !== 'distinct')
        put(one, { timeNanos: nanosOf(startMs + 1), value: zeroOf(value), isEnd: false, exemplars: [] })
      put(one, { timeNanos: nanosOf(timeMs), value, isEnd: false, exemplars: byValue(one.exemplars?.values() ?? []) })
    }
    if (temporality === undefined) return
    makeRoom(w, 8)
    putVarint(w, temporality)
    putVarint(w, cumulative)
    if (metric.kind === 'sum' && metric.isMonotonic) {
      putVarint(w, monotonicTag)
      putVarint(w, 1)
    }
  })
}

/** Where the clock was put back by much, a start lies in the future. */
function startOf({ startMs }: Series, timeMs: number): number {
  return Math.min(startMs, timeMs - 2)
}

const nanosOf = (ms: number): bigint => BigInt(ms) * 1_000_000n

interface Point {
  /** KeyValues without tags and lengths. */
  readonly attributes: readonly Uint8Array[]
  readonly startNanos: bigint
  readonly timeNanos: bigint
  readonly value: Value
  readonly isEnd: boolean
  readonly exemplars: Iterable<Uint8Array>
}

/** A data point of this kind, without tag and length. */
export function encodePoint(kind: Kind, point: Omit<Point, 'isEnd'>): Uint8Array {
  const w = newWriter(256)
  putPoint(w, kind, { ...point, isEnd: false })
  return w.out.subarray(0, w.to)
}

function putPoint(w: Writer, kind: Kind, { attributes, startNanos, timeNanos, value, isEnd, exemplars }: Point): void {
  const { attributes: attributesTag, start, time, flags, exemplars: exemplarsTag } = tags[kind]
  for (const attribute of attributes) bytesField(w, attributesTag, attribute)
  fixed64Field(w, start, startNanos)
  fixed64Field(w, time, timeNanos)
  if (!(isEnd && (value.is === 'sum' || value.is === 'distinct'))) putValue(w, value, Number(timeNanos / 1_000_000n))
  for (const exemplar of exemplars) bytesField(w, exemplarsTag, exemplar)
  if (!isEnd) return
  makeRoom(w, 2)
  putVarint(w, flags)
  putVarint(w, noRecordedValue)
}

function putValue(w: Writer, value: Value, timeMs: number): void {
  if (value.is === 'distinct') fixed64Field(w, numberTags.asInt, BigInt(countSeen(value, timeMs)))
  else if (value.is === 'sum') {
    if (value.isInt) fixed64Field(w, numberTags.asInt, BigInt.asUintN(64, BigInt(value.value)))
    else doubleField(w, numberTags.asDouble, value.value)
  } else if (value.is === 'histogram') {
    fixed64Field(w, histogramTags.count, BigInt(value.count))
    if (value.sum !== undefined) doubleField(w, histogramTags.sum, value.sum)
    eightsField(w, histogramTags.counts, value.counts, (at, count) => w.view.setBigUint64(at, BigInt(count), true))
    eightsField(w, histogramTags.bounds, value.bounds, (at, bound) => w.view.setFloat64(at, bound, true))
  } else {
    fixed64Field(w, exponentialTags.count, BigInt(value.count))
    if (value.sum !== undefined) doubleField(w, exponentialTags.sum, value.sum)
    makeRoom(w, 11)
    putVarint(w, exponentialTags.scale)
    putVarint(w, zigzag(value.scale))
    fixed64Field(w, exponentialTags.zeroCount, BigInt(value.zeroCount))
    doubleField(w, exponentialTags.zeroThreshold, value.zeroThreshold)
    bucketsField(w, exponentialTags.positive, value.positive)
    bucketsField(w, exponentialTags.negative, value.negative)
  }
}

function bucketsField(w: Writer, tag: number, { offset, counts }: Buckets): void {
  if (counts.length === 0) return
  message(w, tag, () => {
    makeRoom(w, 11)
    putVarint(w, bucketTags.offset)
    putVarint(w, zigzag(offset))
    message(w, bucketTags.counts, () => {
      makeRoom(w, counts.length * 10)
      for (const count of counts) putVarint64(w, Math.floor(count / 2 ** 32), count >>> 0)
    })
  })
}

function message(w: Writer, tag: number, body: () => void): void {
  makeRoom(w, 8)
  putVarint(w, tag)
  const start = openLength(w, 2)
  body()
  makeRoom(w, 4)
  closeLength(w, start, 2)
}

function bytesField(w: Writer, tag: number, bytes: Uint8Array): void {
  makeRoom(w, bytes.length + 8)
  putVarint(w, tag)
  putVarint(w, bytes.length)
  putBytes(w, bytes, 0, bytes.length)
}

function textField(w: Writer, tag: number, text: string): void {
  bytesField(w, tag, Buffer.from(text))
}

function fixed64Field(w: Writer, tag: number, value: bigint): void {
  makeRoom(w, 10)
  putVarint(w, tag)
  w.view.setBigUint64(w.to, value, true)
  w.to += 8
}

function doubleField(w: Writer, tag: number, value: number): void {
  makeRoom(w, 10)
  putVarint(w, tag)
  w.view.setFloat64(w.to, value, true)
  w.to += 8
}

function eightsField(
  w: Writer,
  tag: number,
  values: readonly number[],
  write: (at: number, value: number) => void,
): void {
  makeRoom(w, values.length * 8 + 8)
  putVarint(w, tag)
  putVarint(w, values.length * 8)
  for (const value of values) {
    write(w.to, value)
    w.to += 8
  }
}

/** sint32 (protobuf encoding, "Signed integers"). */
function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2
}
