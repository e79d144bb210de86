// A clean batch of metrics → increments in the series table, and the rest as it came. Absorbed is what no store can read
// as it is: every delta, and what Automagik's SDKs call cumulative though each point is an increment (without a start,
// or with a start that is its time). Everything else goes on untouched.
import { FieldCursor } from '../otlp/cursor.ts'
import { tagIn } from '../otlp/ops.ts'
import { varintEnd } from '../otlp/wire.ts'
import { closeLength, makeRoom, newWriter, openLength, putBytes, putVarint, type Writer } from '../otlp/write.ts'
import { textAt } from './labels.ts'
import { kindOf, readMetric, type MetricAt } from './points.ts'
import { isAutomagikSdk, readResource, scopeName, type Resource } from './sender.ts'

/** Where a metric that is absorbed comes from. */
export interface Source {
  readonly resource: Resource
  /** The InstrumentationScope, without tag and length. */
  readonly scope: Uint8Array
  /** One of Automagik's SDKs: its points are increments whatever their temporality says. */
  readonly isAutomagik: boolean
}

const groupTag = tagIn('ExportMetricsServiceRequest', 'resourceMetrics')
const resourceTag = tagIn('ResourceMetrics', 'resource')
const scopesTag = tagIn('ResourceMetrics', 'scopeMetrics')
const scopeTag = tagIn('ScopeMetrics', 'scope')
const metricsTag = tagIn('ScopeMetrics', 'metrics')
const nameTag = tagIn('Metric', 'name')
const descriptionTag = tagIn('Metric', 'description')
const unitTag = tagIn('Metric', 'unit')

/**
 * @param bytes a clean ExportMetricsServiceRequest
 * @param repairs whether increments of Automagik's SDKs are recognised; deltas always are
 * @param take gets each metric that is absorbed; without it nothing is, and only what would go on is found
 * @returns what goes on: the bytes themselves when nothing was absorbed, undefined when nothing is left
 */
export function absorb(
  bytes: Uint8Array,
  repairs: boolean,
  take: (metric: MetricAt, from: Source) => void = () => {},
): Uint8Array | undefined {
  /** Where the tags of absorbed metrics stand, ascending. */
  const absorbed: number[] = []
  const groups = new FieldCursor(bytes, 0, bytes.length)
  while (groups.next()) if (groups.tag === groupTag) readGroup(bytes, groups.start, groups.end, repairs, absorbed, take)
  if (absorbed.length === 0) return bytes
  const writer = newWriter(bytes.length + 16)
  writeRest(writer, bytes, 0, bytes.length, [groupTag, scopesTag, metricsTag], absorbed)
  return writer.to === 0 ? undefined : writer.out.subarray(0, writer.to)
}

function readGroup(
  bytes: Uint8Array,
  start: number,
  end: number,
  repairs: boolean,
  absorbed: number[],
  take: (metric: MetricAt, from: Source) => void,
): void {
  // The resource may follow its metrics; it is read when a metric needs it.
  let resource: Resource | undefined
  const resourceOnce = (): Resource => (resource ??= findResource(bytes, start, end))
  const scopes = new FieldCursor(bytes, start, end)
  while (scopes.next()) {
    if (scopes.tag !== scopesTag) continue
    const [scopeStart, scopeEnd] = findMessage(bytes, scopes.start, scopes.end, scopeTag)
    let ofAutomagik: boolean | undefined
    const fields = new FieldCursor(bytes, scopes.start, scopes.end)
    while (fields.next()) {
      if (fields.tag !== metricsTag) continue
      const metric = metricAt(bytes, fields.start, fields.end)
      if (metric === undefined) continue
      ofAutomagik ??=
        repairs &&
        (scopeName(bytes, scopeStart, scopeEnd).endsWith('.telemetry') || isAutomagikSdk(resourceOnce().text))
      if (!metric.isDelta && !(ofAutomagik && metric.isMonotonic && metric.areIncrements())) continue
      absorbed.push(fields.field)
      take(metric, { resource: resourceOnce(), scope: bytes.subarray(scopeStart, scopeEnd), isAutomagik: ofAutomagik })
    }
  }
}

/** A metric whose kind adds up; undefined for gauges, summaries and metrics without data. */
function metricAt(bytes: Uint8Array, start: number, end: number): MetricAt | undefined {
  let name = ''
  let description = ''
  let unit = ''
  let data: { tag: number; start: number; end: number } | undefined
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === nameTag) name = textAt(bytes, fields.start, fields.end)
    else if (fields.tag === descriptionTag) description = textAt(bytes, fields.start, fields.end)
    else if (fields.tag === unitTag) unit = textAt(bytes, fields.start, fields.end)
    else if (kindOf(fields.tag) !== undefined) data = { tag: fields.tag, start: fields.start, end: fields.end }
  }
  return data && readMetric(bytes, { name, description, unit }, data)
}

function findResource(bytes: Uint8Array, start: number, end: number): Resource {
  return readResource(bytes, ...findMessage(bytes, start, end, resourceTag))
}

/** Where the content of a singular message is; an empty one when it is not there. */
function findMessage(bytes: Uint8Array, start: number, end: number, tag: number): [number, number] {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) if (fields.tag === tag) return [fields.start, fields.end]
  return [start, start]
}

/** Copies a message without the absorbed metrics, and without the groups and scopes that have none left. */
function writeRest(
  w: Writer,
  bytes: Uint8Array,
  start: number,
  end: number,
  path: readonly number[],
  absorbed: readonly number[],
): void {
  const [tag, ...below] = path
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    const whole = fields.tag !== tag || !holds(absorbed, fields.field, fields.end)
    if (whole) {
      makeRoom(w, fields.end - fields.field)
      putBytes(w, bytes, fields.field, fields.end)
    } else if (below.length > 0 && hasLeft(bytes, fields.start, fields.end, below, absorbed)) {
      const guess = fields.start - varintEnd(bytes, fields.field, fields.end)
      makeRoom(w, fields.end - fields.field + 8)
      putVarint(w, tag)
      const body = openLength(w, guess)
      writeRest(w, bytes, fields.start, fields.end, below, absorbed)
      closeLength(w, body, guess)
    }
  }
}

/** Whether an absorbed metric stands at or within the field. */
function holds(absorbed: readonly number[], field: number, end: number): boolean {
  let low = 0
  let high = absorbed.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (absorbed[middle] < field) low = middle + 1
    else high = middle
  }
  return low < absorbed.length && absorbed[low] < end
}

/** Whether a metric is left below the message. */
function hasLeft(
  bytes: Uint8Array,
  start: number,
  end: number,
  [tag, ...below]: readonly number[],
  absorbed: readonly number[],
): boolean {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== tag) continue
    const left =
      below.length === 0
        ? !holds(absorbed, fields.field, fields.end)
        : hasLeft(bytes, fields.start, fields.end, below, absorbed)
    if (left) return true
  }
  return false
}
