// What an event is, on the wire: a span that Automagik's SDKs sent, or that has the name of one of Automagik's events, or a
// log record with an event name. Read off clean bytes, so names are canonical and nothing in it is personal data. Spans
// that are no events are read where a metric is made from them.
import { lastLength } from '../otlp/any-value.ts'
import { FieldCursor } from '../otlp/cursor.ts'
import { findField } from '../otlp/find-field.ts'
import { pair, readPair } from '../otlp/key-value.ts'
import { tagIn } from '../otlp/ops.ts'
import { readVarint, viewOf } from '../otlp/wire.ts'
import type { Signal } from '../pipeline/batch.ts'
import { textAt, valueText } from './labels.ts'
import { isAutomagikSdk, readResource, scopeName, type Resource } from './sender.ts'

type Outcome = 'success' | 'error'

/** One event, or a span. The same object is used for the next one. */
export interface EventAt {
  readonly bytes: Uint8Array
  readonly resource: Resource
  readonly isEvent: boolean
  /** Of a span, event or not; undefined of a log record. */
  readonly spanName: string | undefined
  /** Nanoseconds from its start to its end; NaN of a log record, and of a span that ends before it starts. */
  readonly spanDuration: number
  /** The event's; '' of a span that is none. */
  readonly name: string
  readonly outcome: Outcome
  readonly timeNanos: bigint
  /** Undefined where it has none. */
  readonly traceId: Uint8Array | undefined
  readonly spanId: Uint8Array | undefined
  /** Where the AnyValues of the wanted attributes are, by their index in what was wanted; -1 where there is none. */
  readonly valueStart: Int32Array
  readonly valueEnd: Int32Array
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const eventNameKey = 'event.name'
const successKey = 'success'
const eventName = Buffer.from(eventNameKey)
const prefix = Buffer.from('automagik.')
/** SeverityNumber: SEVERITY_NUMBER_ERROR and worse. */
const errorSeverity = 17
/** StatusCode: STATUS_CODE_ERROR. */
const errorStatus = 2

const span = {
  traceId: tagIn('Span', 'traceId'),
  spanId: tagIn('Span', 'spanId'),
  name: tagIn('Span', 'name'),
  start: tagIn('Span', 'startTimeUnixNano'),
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

/** What to read. */
export interface EventReaderOptions {
  /** Attributes to note of each event. */
  readonly wanted: readonly string[]
  /** Spans that are no events are read where they have one of these names, */
  readonly spanNames: readonly string[]
  /** and in requests that hold one of these texts: looking for a text costs next to nothing beside reading spans. */
  readonly spanTexts: readonly string[]
}

/** @param visit gets each event, and the spans, of the clean requests that the answer is called with */
export function createEventReader(
  { wanted, spanNames, spanTexts }: EventReaderOptions,
  visit: (event: EventAt) => void,
): (signal: Exclude<Signal, 'metrics'>, bytes: Uint8Array) => void {
  const keys = [...wanted, eventNameKey, successKey]
  const nameIndex = wanted.length
  const successIndex = wanted.length + 1
  const names = Map.groupBy(
    spanNames.map((name) => Buffer.from(name)),
    ({ length }) => length,
  )
  const byLength = new Map<number, { readonly key: Uint8Array; readonly index: number }[]>()
  for (const [index, text] of keys.entries()) {
    const key = Buffer.from(text)
    byLength.set(key.length, [...(byLength.get(key.length) ?? []), { key, index }])
  }
  const event: Mutable<EventAt> = {
    bytes: new Uint8Array(),
    resource: { text: new Map(), bytes: new Uint8Array(), service: { name: '', namespace: '', key: '' } },
    isEvent: true,
    spanName: undefined,
    spanDuration: NaN,
    name: '',
    outcome: 'success',
    timeNanos: 0n,
    traceId: undefined,
    spanId: undefined,
    valueStart: new Int32Array(keys.length),
    valueEnd: new Int32Array(keys.length),
  }

  function begin(bytes: Uint8Array): void {
    event.bytes = bytes
    event.spanName = undefined
    event.spanDuration = NaN
    event.name = ''
    event.outcome = 'success'
    event.timeNanos = 0n
    event.traceId = event.spanId = undefined
    event.valueStart.fill(-1)
  }

  /** Notes the KeyValue at [start, end) when it is wanted. */
  function note(bytes: Uint8Array, start: number, end: number): void {
    readPair(bytes, start, end)
    const candidates = byLength.get(pair.keyEnd - pair.keyStart)
    if (candidates === undefined) return
    for (const { key, index } of candidates) {
      if (!isAt(bytes, pair.keyStart, key)) continue
      event.valueStart[index] = pair.valueStart
      event.valueEnd[index] = pair.valueEnd
    }
  }

  /** A program sends the same resource with each of its requests. */
  let last: Resource | undefined
  function resourceAt(bytes: Uint8Array, start: number, end: number): Resource {
    if (last?.bytes.length === end - start && Buffer.compare(last.bytes, bytes.subarray(start, end)) === 0) return last
    return (last = readResource(bytes, start, end))
  }

  const textOf = (index: number): string | undefined =>
    event.valueStart[index] < 0 ? undefined : valueText(event.bytes, event.valueStart[index], event.valueEnd[index])

  /** By its name, or its `success`: programs that are no SDK of Automagik's leave the status of such spans unset. */
  function tellsOfFailure(): boolean {
    return textOf(successIndex)?.toLowerCase() === 'false' || /(^|[._])error$/.test(event.name)
  }

  function visitSpan(bytes: Uint8Array, start: number, end: number): void {
    begin(bytes)
    let startNanos = 0n
    const fields = new FieldCursor(bytes, start, end)
    while (fields.next()) {
      const { tag, start: from, end: to } = fields
      if (tag === span.attributes) note(bytes, from, to)
      else if (tag === span.name) event.spanName = textAt(bytes, from, to)
      else if (tag === span.traceId) event.traceId = bytes.subarray(from, to)
      else if (tag === span.spanId) event.spanId = bytes.subarray(from, to)
      else if (tag === span.start) startNanos = viewOf(bytes).getBigUint64(from, true)
      else if (tag === span.end) event.timeNanos = viewOf(bytes).getBigUint64(from, true)
      else if (tag === span.status) {
        const code = findField(bytes, from, to, span.code)
        if (code >= 0 && bytes[code] === errorStatus) event.outcome = 'error'
      }
    }
    event.spanName ??= ''
    if (event.isEvent) {
      event.name = event.spanName
      if (tellsOfFailure()) event.outcome = 'error'
    }
    if (startNanos > 0n && event.timeNanos >= startNanos) event.spanDuration = Number(event.timeNanos - startNanos)
    visit(event)
  }

  function visitLog(bytes: Uint8Array, start: number, end: number): void {
    begin(bytes)
    const fields = new FieldCursor(bytes, start, end)
    while (fields.next()) {
      const { tag, start: from, end: to } = fields
      if (tag === log.attributes) note(bytes, from, to)
      else if (tag === log.eventName) event.name = textAt(bytes, from, to)
      else if (tag === log.traceId) event.traceId = bytes.subarray(from, to)
      else if (tag === log.spanId) event.spanId = bytes.subarray(from, to)
      else if (tag === log.time) event.timeNanos = viewOf(bytes).getBigUint64(from, true)
      else if (tag === log.severity && readVarint(bytes, from, to) >= errorSeverity) event.outcome = 'error'
    }
    if (event.name === '') event.name = textOf(nameIndex) ?? ''
    if (tellsOfFailure()) event.outcome = 'error'
    visit(event)
  }

  return (signal, bytes) => {
    const shape = shapes[signal]
    const all = signal === 'traces' && spanTexts.length > 0 && holdsOne(bytes, spanTexts)
    const groups = new FieldCursor(bytes, 0, bytes.length)
    while (groups.next()) {
      if (groups.tag !== shape.group) continue
      // The resource may follow its records; it is read when an event needs it.
      let resource: Resource | undefined
      const resourceOnce = (): Resource =>
        (resource ??= resourceAt(bytes, ...content(bytes, groups.start, groups.end, shape.resource)))
      const scopes = new FieldCursor(bytes, groups.start, groups.end)
      while (scopes.next()) {
        if (scopes.tag !== shape.scopes) continue
        const isOwn =
          signal === 'traces' &&
          scopeName(bytes, ...content(bytes, scopes.start, scopes.end, shape.scope)).endsWith('.telemetry') &&
          isAutomagikSdk(resourceOnce().text)
        const records = new FieldCursor(bytes, scopes.start, scopes.end)
        while (records.next()) {
          if (records.tag !== shape.records) continue
          const { start, end } = records
          // What is no event costs one look for its name.
          const isEvent = signal === 'logs' ? isEventLog(bytes, start, end) : isOwn || isEventSpan(bytes, start, end)
          if (!isEvent && !all && !(signal === 'traces' && isNamed(bytes, start, end, names))) continue
          event.resource = resourceOnce()
          event.isEvent = isEvent
          if (signal === 'logs') visitLog(bytes, start, end)
          else visitSpan(bytes, start, end)
        }
      }
    }
  }
}

function holdsOne(bytes: Uint8Array, texts: readonly string[]): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return texts.some((text) => buffer.includes(text))
}

function content(bytes: Uint8Array, start: number, end: number, tag: number): [number, number] {
  const at = findField(bytes, start, end, tag)
  return at < 0 ? [start, start] : [at, at + lastLength]
}

function isEventSpan(bytes: Uint8Array, start: number, end: number): boolean {
  const at = findField(bytes, start, end, span.name)
  return at >= 0 && lastLength > prefix.length && isAt(bytes, at, prefix)
}

function isNamed(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: ReadonlyMap<number, readonly Uint8Array[]>,
): boolean {
  if (names.size === 0) return false
  const at = findField(bytes, start, end, span.name)
  const some = at < 0 ? undefined : names.get(lastLength)
  return some !== undefined && some.some((name) => isAt(bytes, at, name))
}

function isEventLog(bytes: Uint8Array, start: number, end: number): boolean {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag === log.eventName) return fields.end > fields.start
    if (fields.tag !== log.attributes) continue
    readPair(bytes, fields.start, fields.end)
    if (pair.keyEnd - pair.keyStart === eventName.length && isAt(bytes, pair.keyStart, eventName)) return true
  }
  return false
}

function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
