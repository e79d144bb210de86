// What `preview` reads: OTLP/JSON (one document, or one a line), OTLP in protobuf, or lines of events.
import { randomBytes } from 'node:crypto'
import { isSlip } from '../../diagnostics/suggest.ts'
import { canonicalize } from '../../otlp/canonical.ts'
import { requestOf, signals, type Signal } from '../../otlp/fields.ts'
import { fieldsOf } from '../before-after/fields.ts'
import { singleRecords, toJson, type Json } from '../before-after/records.ts'

export interface PreviewRequest {
  readonly signal: Signal
  readonly request: Json
}

/** A file holds what cannot be shown; the message says what and where, and quotes nothing of it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

const containers: readonly (readonly [key: string, signal: Signal])[] = [
  ['resourceSpans', 'traces'],
  ['resourceMetrics', 'metrics'],
  ['resourceLogs', 'logs'],
]

/** What a line of an event may have beside `event`. Other keys, such as a time, are not looked at. */
const optionalKeys = ['service', 'attributes']

/** The requests in a file's bytes. Throws UnreadableFile. */
export function requestsIn(bytes: Uint8Array, nowMs: number): PreviewRequest[] {
  const text = Buffer.from(bytes).toString()
  if (text.trim() === '') throw new UnreadableFile('it is empty')
  if (!/^\s*[{[]/.test(text)) return [fromProtobuf(bytes)]
  const whole = tryParse(text)
  if (whole !== undefined) return fromJson(whole, text, 'the file', nowMs)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.flatMap((line, i) => fromJson(tryParse(line), line, `line ${i + 1}`, nowMs))
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function fromJson(document: unknown, text: string, where: string, nowMs: number): PreviewRequest[] {
  if (Array.isArray(document)) {
    return document.flatMap((each, i) => fromJson(each, JSON.stringify(each), `item ${i + 1} of ${where}`, nowMs))
  }
  // Python's SDK writes NaN without quotes: what is no JSON may still be OTLP.
  const key = containers.find(([name]) =>
    document === undefined ? text.includes(`"${name}"`) : name in Object(document),
  )
  if (key !== undefined) {
    const [, signal] = key
    try {
      return [{ signal, request: toJson({ signal, encoding: 'json', body: Buffer.from(text) }) }]
    } catch {
      throw new UnreadableFile(`${where} is neither JSON nor what the SDKs write instead`)
    }
  }
  const event = document as Partial<{ event: unknown; service: unknown; attributes: unknown }> | undefined
  if (typeof event?.event !== 'string')
    throw new UnreadableFile(
      `${where} is no OTLP (resourceSpans, resourceMetrics, resourceLogs) and no event: {"event": "automagik.api.request", "service": "omni", "attributes": {…}}`,
    )
  for (const key of Object.keys(event)) {
    const meant = optionalKeys.filter((name) => !(name in event)).find((name) => isSlip(key, name))
    if (meant !== undefined) throw new UnreadableFile(`${where} has the key "${key}", did you mean "${meant}"?`)
  }
  const service = event.service ?? undefined
  const attributes = event.attributes ?? {}
  if (service !== undefined && typeof service !== 'string') throw new UnreadableFile(`"service" of ${where} is no text`)
  if (typeof attributes !== 'object' || Array.isArray(attributes))
    throw new UnreadableFile(`"attributes" of ${where} is no object: {"name": value, …}`)
  return [{ signal: 'traces', request: eventSpan(event.event, service, attributes as Json, nowMs) }]
}

/** An event as the Automagik SDKs send it. */
export function eventSpan(name: string, service = 'unknown_service', attributes: Json, nowMs: number): Json {
  const stamp = `${nowMs}000000`
  const resource = { 'service.name': service, 'telemetry.sdk.name': 'automagik-telemetry' }
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind: 1,
    startTimeUnixNano: stamp,
    endTimeUnixNano: stamp,
    attributes: pairs(attributes),
    status: { code: 1 },
  }
  return {
    resourceSpans: [
      {
        resource: { attributes: pairs(resource) },
        scopeSpans: [{ scope: { name: `${service}.telemetry` }, spans: [span] }],
      },
    ],
  }
}

function pairs(values: Json): Json[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: unknown): Json {
  if (typeof value === 'number') return { doubleValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value === 'object' && value !== null) return { kvlistValue: { values: pairs(value as Json) } }
  return { stringValue: String(value) }
}

/** The signal is not written in protobuf: it is the one by whose table every field is known, and every span has its ids. */
function fromProtobuf(bytes: Uint8Array): PreviewRequest {
  for (const signal of signals) {
    if (!isKnown(signal, bytes)) continue
    const request = toJson({ signal, encoding: 'protobuf', body: bytes })
    if (signal !== 'traces' || [...singleRecords(signal, request)].every(hasIds)) return { signal, request }
  }
  throw new UnreadableFile('it is neither JSON nor OTLP in protobuf')
}

function isKnown(signal: Signal, bytes: Uint8Array): boolean {
  let unknown = 0
  try {
    canonicalize(requestOf[signal], bytes, () => unknown++)
  } catch {
    return false
  }
  return unknown === 0
}

/** A name where the trace id is in spans has another length. */
function hasIds(request: Json): boolean {
  const fields = fieldsOf(request)
  return fields.get('span.trace_id')?.value.length === 32 && fields.get('span.span_id')?.value.length === 16
}
