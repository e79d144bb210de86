// Data points of one metric that have the same labels at the same time, because privacy took away what told them apart →
// one point. A store takes only one of them, or refuses the whole request. What adds up is added up: a cumulative sum of
// sums rises as they do, since an SDK sends all series of a metric in each of its requests.
import { FieldCursor } from '../otlp/cursor.ts'
import { Edits } from '../otlp/edits.ts'
import { tagIn } from '../otlp/ops.ts'
import { viewOf } from '../otlp/wire.ts'
import { encodePoint } from './encode.ts'
import { labelsKey, readLabels } from './labels.ts'
import { kindOf, readMetric, type PointAt } from './points.ts'
import { storedLabel } from './stored-names.ts'
import { add, zeroOf, type AddedValue } from './value.ts'

const groupTag = tagIn('ExportMetricsServiceRequest', 'resourceMetrics')
const scopesTag = tagIn('ResourceMetrics', 'scopeMetrics')
const metricsTag = tagIn('ScopeMetrics', 'metrics')

interface Shape {
  readonly points: number
  readonly attributes: number
  readonly start: number
  readonly time: number
}

const shapeOf = (field: string, message: string, point: string): [number, Shape] => [
  tagIn('Metric', field),
  {
    points: tagIn(message, 'dataPoints'),
    attributes: tagIn(point, 'attributes'),
    start: tagIn(point, 'startTimeUnixNano'),
    time: tagIn(point, 'timeUnixNano'),
  },
]
/** By the field of Metric. */
const shapes: ReadonlyMap<number, Shape> = new Map([
  shapeOf('gauge', 'Gauge', 'NumberDataPoint'),
  shapeOf('sum', 'Sum', 'NumberDataPoint'),
  shapeOf('histogram', 'Histogram', 'HistogramDataPoint'),
  shapeOf('exponentialHistogram', 'ExponentialHistogram', 'ExponentialHistogramDataPoint'),
  shapeOf('summary', 'Summary', 'SummaryDataPoint'),
])
const nameless = { name: '', description: '', unit: '' }
/** As many exemplars as a series of the gateway sends. */
const maxExemplars = 8

interface Point {
  /** Where its tag stands, and its content without tag and length. */
  readonly field: number
  readonly start: number
  readonly end: number
  readonly startNanos: bigint
  readonly timeNanos: bigint
}

/**
 * @param bytes a clean ExportMetricsServiceRequest
 * @param dropped is told of each point that could not be added: of gauges and summaries the last one stays
 * @returns the bytes themselves where no two points are one
 */
export function mergePoints(bytes: Uint8Array, dropped: () => void): Uint8Array {
  const edits = new Edits()
  inEach(bytes, 0, bytes.length, groupTag, edits, (groupStart, groupEnd) =>
    inEach(bytes, groupStart, groupEnd, scopesTag, edits, (scopeStart, scopeEnd) =>
      inEach(bytes, scopeStart, scopeEnd, metricsTag, edits, (start, end) => {
        const fields = new FieldCursor(bytes, start, end)
        while (fields.next()) {
          const shape = shapes.get(fields.tag)
          if (shape === undefined) continue
          const data = { tag: fields.tag, start: fields.start, end: fields.end }
          const mark = edits.open(fields.field + 1, fields.start)
          mergeIn(bytes, data, shape, edits, dropped)
          edits.close(mark, fields.start, fields.end)
        }
      }),
    ),
  )
  return edits.count === 0 ? bytes : edits.apply(bytes)
}

/** Visits the messages with this tag, whose lengths are mended where something inside changes. */
function inEach(
  bytes: Uint8Array,
  start: number,
  end: number,
  tag: number,
  edits: Edits,
  visit: (start: number, end: number) => void,
): void {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== tag) continue
    const mark = edits.open(fields.field + 1, fields.start)
    visit(fields.start, fields.end)
    edits.close(mark, fields.start, fields.end)
  }
}

function mergeIn(
  bytes: Uint8Array,
  data: { readonly tag: number; readonly start: number; readonly end: number },
  shape: Shape,
  edits: Edits,
  dropped: () => void,
): void {
  const points = pointsOf(bytes, data.start, data.end, shape)
  if (points.length < 2) return
  const alike = Map.groupBy(points, (point) => keyOf(bytes, point, shape))
  if (alike.size === points.length) return
  // A point is replaced where the last of its kind stands; the others go.
  const merged = new Map<Point, Uint8Array | undefined>()
  const values = kindOf(data.tag) === undefined ? [] : [...(readMetric(bytes, nameless, data)?.points() ?? [])]
  const at = new Map(values.map((value) => [value.start, value]))
  for (const some of alike.values())
    if (some.length > 1) merged.set(some.at(-1)!, sumOf(bytes, some, at, shape, dropped))
  const gone = new Set([...alike.values()].flatMap((some) => some.slice(0, -1)))
  for (const point of points) {
    const sum = merged.get(point)
    if (gone.has(point)) edits.remove(point.field, point.end)
    else if (sum !== undefined) edits.replaceContent(point.field + 1, point.end, sum)
  }
}

function pointsOf(bytes: Uint8Array, start: number, end: number, shape: Shape): Point[] {
  const points: Point[] = []
  const view = viewOf(bytes)
  const each = new FieldCursor(bytes, start, end)
  while (each.next()) {
    if (each.tag !== shape.points) continue
    let startNanos = 0n
    let timeNanos = 0n
    const fields = new FieldCursor(bytes, each.start, each.end)
    while (fields.next()) {
      if (fields.tag === shape.start) startNanos = view.getBigUint64(fields.start, true)
      else if (fields.tag === shape.time) timeNanos = view.getBigUint64(fields.start, true)
    }
    points.push({ field: each.field, start: each.start, end: each.end, startNanos, timeNanos })
  }
  return points
}

const labelsOf = (bytes: Uint8Array, { start, end }: Point, { attributes }: Shape): ReturnType<typeof readLabels> =>
  readLabels(bytes, { start, end, tag: attributes, nameOf: (name) => ({ key: storedLabel(name) }) })

function keyOf(bytes: Uint8Array, point: Point, shape: Shape): string {
  return `${point.timeNanos} ${labelsKey(labelsOf(bytes, point, shape))}`
}

/** The points as one; undefined where the last of them stays as it is. */
function sumOf(
  bytes: Uint8Array,
  points: readonly Point[],
  at: ReadonlyMap<number, PointAt>,
  shape: Shape,
  dropped: () => void,
): Uint8Array | undefined {
  const values = points.map(({ start }) => at.get(start)).filter((each) => each?.value !== undefined)
  const first = values[0]?.value
  if (first === undefined) {
    for (let i = 1; i < points.length; i++) dropped()
    return undefined
  }
  const total = zeroOf(first) as AddedValue
  for (const each of values) if (!add(total, each!.value!)) dropped()
  for (let i = values.length; i < points.length; i++) dropped()
  const starts = points.map(({ startNanos }) => startNanos).filter((nanos) => nanos > 0n)
  return encodePoint(total.is, {
    attributes: labelsOf(bytes, points[0], shape).map((label) => label.body()),
    startNanos: starts.reduce((least, nanos) => (nanos < least ? nanos : least), starts[0] ?? 0n),
    timeNanos: points[0].timeNanos,
    value: total,
    exemplars: values.flatMap((each) => each!.exemplars).slice(0, maxExemplars),
  })
}
