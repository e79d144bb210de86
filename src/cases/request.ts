// A record as a test writes it → the request that a program would send, and back.
import { decodeRequest } from '../otlp/to-json.ts'
import type { Signal } from '../otlp/fields.ts'
import type { TestRecord } from '../ruleset/test-schema.ts'

/** What is sent: OTLP/JSON. */
export interface TestRequest {
  readonly signal: Signal
  readonly body: Buffer
}

type Json = unknown
type Attributes = Readonly<Record<string, Json>>

/** The request of a test's `in`. */
export function requestOf(record: TestRecord): TestRequest {
  const { service, event, span, log, metric } = record
  const resource = {
    attributes: pairs({ ...(service === undefined ? {} : { 'service.name': service }), ...record.resource }),
  }
  const send = (signal: Signal, group: string, scopes: string, content: unknown): TestRequest => ({
    signal,
    body: Buffer.from(JSON.stringify({ [group]: [{ resource, [scopes]: [content] }] })),
  })
  if (event !== undefined) {
    const scope = { name: `${service ?? 'test'}.telemetry` }
    return send('traces', 'resourceSpans', 'scopeSpans', { scope, spans: [spanOf(event)] })
  }
  if (span !== undefined) return send('traces', 'resourceSpans', 'scopeSpans', { spans: [spanOf(span)] })
  if (log !== undefined) {
    const { event_name: eventName, body, attributes } = log
    const written = { eventName, body: body === undefined ? undefined : anyValue(body), attributes: pairs(attributes) }
    return send('logs', 'resourceLogs', 'scopeLogs', { logRecords: [written] })
  }
  const { name = 'test', unit, attributes } = metric ?? {}
  const dataPoints = [{ asDouble: 1, timeUnixNano: '1', attributes: pairs(attributes) }]
  return send('metrics', 'resourceMetrics', 'scopeMetrics', { metrics: [{ name, unit, gauge: { dataPoints } }] })
}

function spanOf({ name = 'test', attributes, status_message: message, events = [] }: NonNullable<TestRecord['span']>) {
  return {
    traceId: '0'.repeat(31) + '1',
    spanId: '0'.repeat(15) + '1',
    name,
    attributes: pairs(attributes),
    status: message === undefined ? undefined : { message },
    events: events.map((each) => ({ name: each.name ?? 'test', attributes: pairs(each.attributes) })),
  }
}

function pairs(attributes: Attributes = {}): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Json): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return value === null ? {} : { kvlistValue: { values: pairs(value as Attributes) } }
}

/** What is left of a test's record, in the form of its `out`. */
export function recordOf(kind: keyof TestRecord, signal: Signal, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const [group] = listOf(Object.values(decodeRequest(signal, bytes))[0])
  const resource = attributesOf(objectOf(group.resource).attributes)
  const service = resource['service.name']
  delete resource['service.name']
  const [scoped] = listOf(group.scopeSpans ?? group.scopeLogs ?? group.scopeMetrics)
  const [record] = listOf(scoped.spans ?? scoped.logRecords ?? scoped.metrics)
  const common = { ...(typeof service === 'string' ? { service } : {}), resource }
  return {
    ...common,
    [kind]: signal === 'logs' ? logOf(record) : signal === 'metrics' ? metricOf(record) : leftSpan(record),
  }
}

type Plain = Readonly<Record<string, unknown>>

function leftSpan(span: Plain) {
  const events = listOf(span.events).map(({ name, attributes }) => ({ name, attributes: attributesOf(attributes) }))
  return {
    name: span.name,
    attributes: attributesOf(span.attributes),
    status_message: objectOf(span.status).message,
    events,
  }
}

function logOf({ eventName, body, attributes }: Plain) {
  return {
    event_name: eventName,
    body: body === undefined ? undefined : plainValue(body),
    attributes: attributesOf(attributes),
  }
}

function metricOf({ name, unit, gauge }: Plain) {
  const [point] = listOf(objectOf(gauge).dataPoints)
  return { name, unit, attributes: attributesOf(point.attributes) }
}

function attributesOf(list: unknown): Record<string, unknown> {
  return Object.fromEntries(listOf(list).map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue(value: unknown): unknown {
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue } = objectOf(value)
  if (arrayValue !== undefined) return listOf(objectOf(arrayValue).values).map(plainValue)
  if (kvlistValue !== undefined) return attributesOf(objectOf(kvlistValue).values)
  if (intValue !== undefined) return Number(intValue)
  return stringValue ?? boolValue ?? doubleValue ?? bytesValue ?? null
}

const objectOf = (value: unknown): Plain => (typeof value === 'object' && value !== null ? (value as Plain) : {})
const listOf = (value: unknown): readonly Plain[] => (Array.isArray(value) ? (value as Plain[]) : [])
