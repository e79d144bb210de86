// What an event is, on the wire: a span that Automagik's SDKs sent, or that has the name of one of Automagik's events, or a
// log record with an event name. Read off clean bytes, so names are canonical and nothing in it is personal data.
import { FieldCursor } from '../otlp/cursor.ts'
import { findField } from '../otlp/find-field.ts'
import { lastLength } from '../otlp/any-value.ts'
import { pair, readPair } from '../otlp/key-value.ts'
import { tagIn } from '../otlp/ops.ts'
import { readVarint, viewOf } from '../otlp/wire.ts'
import type { Signal } from '../pipeline/batch.ts'
import { textAt, valueText } from './labels.ts'
import { isAutomagikSdk, readResource, scopeName, type Resource } from './sender.ts'

export interface EventAt {
  readonly resource: Resource
  readonly name: string
  readonly outcome: 'success' | 'error'
  readonly timeNanos: bigint
  /** Where its ids are in `bytes`; undefined where it has none. */
  readonly traceId: Uint8Array | undefined
  readonly spanId: Uint8Array | undefined
  /** Its attributes among those that were asked for: where their AnyValues are in `bytes`. */
  readonly values: ReadonlyMap<string, readonly [start: number, end: number]>
  readonly bytes: Uint8Array
}

const prefix = Buffer.from('automagik.')
const eventNameKey = 'event.name'
const eventNameBytes = Buffer.from(eventNameKey)
const successKey = 'success'
/** SeverityNumber: SEVERITY_NUMBER_ERROR and worse. */
const errorSeverity = 17
/** StatusCode: STATUS_CODE_ERROR. */
const errorStatus = 2

const span = {
  traceId: tagIn('Span', 'traceId'),
  spanId: tagIn('Span', 'spanId'),
  name: tagIn('Span', 'name'),
  end: tagIn('Span', 'endTimeUnixNano'),
  attributes: tagIn('Span', 'attributes'),
  status: tagIn('Span', 'status'),
  code: tagIn('Status', 'code'),
}
const log = {
  traceId: tagIn('LogRecord', 'traceId'),
  spanId: tagIn('LogRecord', 'spanId'),
  time: tagIn('LogRecord', 'timeUnixNano'),
  severity: tagIn('LogRecord', 'severityNumber'),
  attributes: tagIn('LogRecord', 'attributes'),
  eventName: tagIn('LogRecord', 'eventName'),
}
const shapes = {
  traces: {
    group: tagIn('ExportTraceServiceRequest', 'resourceSpans'),
    resource: tagIn('ResourceSpans', 'resource'),
    scopes: tagIn('ResourceSpans', 'scopeSpans'),
    scope: tagIn('ScopeSpans', 'scope'),
    records: tagIn('ScopeSpans', 'spans'),
  },
  logs: {
    group: tagIn('ExportLogsServiceRequest', 'resourceLogs'),
    resource: tagIn('ResourceLogs', 'resource'),
    scopes: tagIn('ResourceLogs', 'scopeLogs'),
    scope: tagIn('ScopeLogs', 'scope'),
    records: tagIn('ScopeLogs', 'logRecords'),
  },
} as const

/**
 * The events of a clean request.
 * @param wanted attributes to note
 */
export function* eventsIn(
  signal: Exclude<Signal, 'metrics'>,
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
): Generator<EventAt> {
  const shape = shapes[signal]
  const groups = new FieldCursor(bytes, 0, bytes.length)
  while (groups.next()) {
    if (groups.tag !== shape.group) continue
    // The resource may follow its records; it is read when an event needs it.
    let resource: Resource | undefined
    const { start, end } = groups
    const resourceOnce = (): Resource =>
      (resource ??= readResource(bytes, ...content(bytes, start, end, shape.resource)))
    const scopes = new FieldCursor(bytes, start, end)
    while (scopes.next()) {
      if (scopes.tag !== shape.scopes) continue
      const isOwn =
        signal === 'traces' &&
        scopeName(bytes, ...content(bytes, scopes.start, scopes.end, shape.scope)).endsWith('.telemetry') &&
        isAutomagikSdk(resourceOnce())
      const records = new FieldCursor(bytes, scopes.start, scopes.end)
      while (records.next()) {
        if (records.tag !== shape.records) continue
        const { start: from, end: to } = records
        // What is no event costs one look for its name.
        if (signal === 'traces') {
          if (isOwn || isEventSpan(bytes, from, to)) yield spanEvent(bytes, from, to, wanted, resourceOnce())
        } else if (isEventLog(bytes, from, to)) yield logEvent(bytes, from, to, wanted, resourceOnce())
      }
    }
  }
}

function content(bytes: Uint8Array, start: number, end: number, tag: number): [number, number] {
  const at = findField(bytes, start, end, tag)
  return at < 0 ? [start, start] : [at, at + lastLength]
}

function isEventSpan(bytes: Uint8Array, start: number, end: number): boolean {
  const at = findField(bytes, start, end, span.name)
  return at >= 0 && lastLength > prefix.length && isAt(bytes, at, prefix)
}

function isEventLog(bytes: Uint8Array, start: number, end: number): boolean {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === log.eventName) return fields.end > fields.start
    if (fields.tag !== log.attributes) continue
    readPair(bytes, fields.start, fields.end)
    if (pair.keyEnd - pair.keyStart === eventNameBytes.length && isAt(bytes, pair.keyStart, eventNameBytes)) return true
  }
  return false
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}

type Values = Map<string, readonly [number, number]>

function spanEvent(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: ReadonlySet<string>,
  resource: Resource,
): EventAt {
  const values: Values = new Map()
  let name = ''
  let traceId: Uint8Array | undefined
  let spanId: Uint8Array | undefined
  let timeNanos = 0n
  let isError = false
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    const { tag, start: from, end: to } = fields
    if (tag === span.attributes) note(values, bytes, from, to, wanted)
    else if (tag === span.name) name = textAt(bytes, from, to)
    else if (tag === span.traceId) traceId = bytes.subarray(from, to)
    else if (tag === span.spanId) spanId = bytes.subarray(from, to)
    else if (tag === span.end) timeNanos = viewOf(bytes).getBigUint64(from, true)
    else if (tag === span.status) {
      const code = findField(bytes, from, to, span.code)
      isError = code >= 0 && bytes[code] === errorStatus
    }
  }
  const outcome = isError ? 'error' : 'success'
  return { resource, name, outcome, timeNanos, traceId, spanId, values, bytes }
}

function logEvent(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: ReadonlySet<string>,
  resource: Resource,
): EventAt {
  const values: Values = new Map()
  let name = ''
  let traceId: Uint8Array | undefined
  let spanId: Uint8Array | undefined
  let timeNanos = 0n
  let isError = false
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    const { tag, start: from, end: to } = fields
    if (tag === log.attributes) note(values, bytes, from, to, wanted)
    else if (tag === log.eventName) name = textAt(bytes, from, to)
    else if (tag === log.traceId) traceId = bytes.subarray(from, to)
    else if (tag === log.spanId) spanId = bytes.subarray(from, to)
    else if (tag === log.time) timeNanos = viewOf(bytes).getBigUint64(from, true)
    else if (tag === log.severity) isError = readVarint(bytes, from, to) >= errorSeverity
  }
  const named = values.get(eventNameKey)
  if (name === '' && named !== undefined) name = valueText(bytes, ...named)
  const success = values.get(successKey)
  if (success !== undefined && valueText(bytes, ...success).toLowerCase() === 'false') isError = true
  if (/(^|[._])error$/.test(name)) isError = true
  const outcome = isError ? 'error' : 'success'
  return { resource, name, outcome, timeNanos, traceId, spanId, values, bytes }
}

/** Attributes that an event is read by, whoever asks. */
export const eventKeys: readonly string[] = [eventNameKey, successKey]

function note(values: Values, bytes: Uint8Array, start: number, end: number, wanted: ReadonlySet<string>): void {
  readPair(bytes, start, end)
  const key = textAt(bytes, pair.keyStart, pair.keyEnd)
  if (wanted.has(key)) values.set(key, [pair.valueStart, pair.valueEnd])
}
