// How each producer writes OTLP/JSON, faults included: the shapes that the Automagik SDKs and programs really send.
import { hex } from './people.ts'
import type { Person, Random } from './people.ts'

/** An attribute value, as a program hands it over. */
type Scalar = string | number | boolean
type Attributes = Readonly<Record<string, Scalar>>
type Json = Record<string, unknown>

/** A program that sends telemetry. */
export interface Producer {
  readonly service: string
  readonly version: string
  /** Its dialect of OTLP/JSON. */
  readonly dialect: 'npm-sdk' | 'python-sdk' | 'legacy' | 'opentelemetry'
  /** The instrumentation scope, where it is not `<service>.telemetry`. */
  readonly scope?: string
}

/** What one record is written with. */
export interface Moment {
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly person: Person
}

export interface SpanDraft {
  readonly name: string
  readonly attributes: Attributes
  /** What went wrong: written as an exception event. OpenTelemetry's own dialect only. */
  readonly exception?: Attributes
}

export interface MetricDraft {
  readonly name: string
  readonly unit: string
  readonly kind: 'sum' | 'gauge' | 'histogram'
  readonly value: number
  readonly attributes: Attributes
}

export interface LogDraft {
  readonly severity: 'INFO' | 'WARN' | 'ERROR'
  readonly body: string
  readonly attributes: Attributes
}

const severityNumber = { INFO: 9, WARN: 13, ERROR: 17 } as const

/** An ExportTraceServiceRequest with one span. */
export function spanRequest(producer: Producer, moment: Moment, draft: SpanDraft): Json {
  const { random, atMs } = moment
  const span: Json = {
    // The SDKs take an id of 32 bytes, twice what OTLP has; Spark and OpenTelemetry's own do not.
    traceId: hex(random, producer.dialect === 'opentelemetry' || producer.service === 'automagik-spark' ? 32 : 64),
    spanId: hex(random, 16),
    name: draft.name,
    kind: producer.dialect === 'opentelemetry' ? 3 : 'SPAN_KIND_INTERNAL',
    ...times(producer, atMs, draft.attributes),
    attributes: keyValues(producer, { ...systemAttributes(producer), ...eventKeys(producer, draft.attributes) }),
    status: spanStatus(producer, draft),
  }
  if (draft.exception)
    span['events'] = [
      { timeUnixNano: nanos(atMs), name: 'exception', attributes: keyValues(producer, draft.exception) },
    ]
  const resource = resourceOf(producer, moment, 'traces')
  if (producer.dialect.endsWith('-sdk')) span['resource'] = resource
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: scopeOf(producer), spans: [span] }] }] }
}

/** An ExportMetricsServiceRequest with one data point. */
export function metricRequest(producer: Producer, moment: Moment, draft: MetricDraft): Json {
  const npm = producer.dialect === 'npm-sdk'
  const point: Json = {
    attributes: keyValues(producer, { ...(npm ? systemAttributes(producer) : {}), ...draft.attributes }),
    ...(npm ? {} : { startTimeUnixNano: stamp(producer, moment.atMs) }),
    timeUnixNano: stamp(producer, moment.atMs),
  }
  const metric: Json = { name: draft.name, unit: draft.unit }
  const temporality = npm ? 'AGGREGATION_TEMPORALITY_CUMULATIVE' : 2
  if (draft.kind === 'histogram') {
    // The Python SDK sends no buckets.
    const buckets = producer.dialect === 'python-sdk' ? {} : { bucketCounts: ['1'], explicitBounds: [] }
    metric['histogram'] = {
      dataPoints: [{ ...point, count: 1, sum: draft.value, ...buckets }],
      aggregationTemporality: temporality,
    }
  } else if (draft.kind === 'sum') {
    metric['sum'] = {
      dataPoints: [{ ...point, asDouble: draft.value }],
      aggregationTemporality: temporality,
      isMonotonic: true,
    }
  } else {
    metric['gauge'] = { dataPoints: [{ ...point, asDouble: draft.value }] }
  }
  const resource = resourceOf(producer, moment, 'metrics')
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: scopeOf(producer), metrics: [metric] }] }] }
}

/** An ExportLogsServiceRequest with one record. */
export function logRequest(producer: Producer, moment: Moment, draft: LogDraft): Json {
  const record: Json = {
    timeUnixNano: stamp(producer, moment.atMs),
    severityNumber: severityNumber[draft.severity],
    severityText: draft.severity,
    body: { stringValue: draft.body },
    attributes: keyValues(producer, {
      ...(producer.dialect === 'npm-sdk' ? systemAttributes(producer) : {}),
      ...draft.attributes,
    }),
  }
  const resource = resourceOf(producer, moment, 'logs')
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: scopeOf(producer), logRecords: [record] }] }] }
}

function resourceOf(producer: Producer, { person }: Moment, signal: 'traces' | 'metrics' | 'logs'): Json {
  const { service, version, dialect } = producer
  if (dialect === 'opentelemetry')
    return { attributes: keyValues(producer, { 'service.name': service, 'service.version': version }) }
  const attributes: Record<string, Scalar> = { 'service.name': service, 'service.version': version }
  if (dialect === 'python-sdk') Object.assign(attributes, { 'project.name': service, 'project.version': version })
  Object.assign(attributes, {
    'service.organization': 'namastex',
    'user.id': person.userId,
    'session.id': person.sessionId,
  })
  // The npm SDK names itself in traces only.
  if (dialect !== 'npm-sdk' || signal === 'traces') {
    const sdk = dialect === 'legacy' ? service : 'automagik-telemetry'
    const sdkVersion = { 'npm-sdk': '0.1.3', 'python-sdk': '0.1.4', legacy: version }[dialect]
    Object.assign(attributes, { 'telemetry.sdk.name': sdk, 'telemetry.sdk.version': sdkVersion })
  }
  return { attributes: keyValues(producer, attributes) }
}

function systemAttributes({ service, version, dialect }: Producer): Attributes {
  if (dialect === 'opentelemetry') return {}
  const runtime: Attributes =
    dialect === 'npm-sdk' ? { 'system.node_version': 'v22.11.0' } : { 'system.python_version': '3.12.7' }
  return {
    'system.os': dialect === 'npm-sdk' ? 'linux' : 'Linux',
    'system.os_version': '6.8.0-45-generic',
    ...runtime,
    'system.architecture': dialect === 'npm-sdk' ? 'x64' : 'x86_64',
    // Spark turns every value into text.
    'system.is_docker': service === 'automagik-spark' ? 'True' : true,
    'system.project_name': service,
    'system.project_version': version,
    'system.organization': 'namastex',
  }
}

/** Omni and Spark put `event.` before the names of an event. */
function eventKeys({ dialect }: Producer, attributes: Attributes): Attributes {
  if (dialect !== 'legacy') return attributes
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`event.${key}`, value]))
}

function spanStatus({ dialect }: Producer, draft: SpanDraft): Json {
  if (dialect === 'legacy') return { code: 'STATUS_CODE_OK' }
  // The SDKs say OK whatever happened.
  if (dialect !== 'opentelemetry') return { code: 1 }
  return draft.exception ? { code: 2, message: String(draft.exception['exception.message'] ?? '') } : {}
}

/** The Automagik producers take both stamps after the work, so that a span lasts no time at all. */
function times(producer: Producer, atMs: number, attributes: Attributes): Json {
  const durationMs = producer.dialect === 'opentelemetry' ? Number(attributes['duration_ms'] ?? 25) : 0
  return { startTimeUnixNano: stamp(producer, atMs - durationMs), endTimeUnixNano: stamp(producer, atMs) }
}

/** Python writes times as JSON numbers, JavaScript as strings. */
function stamp({ dialect }: Producer, atMs: number): string | number {
  return dialect === 'npm-sdk' || dialect === 'opentelemetry' ? nanos(atMs) : atMs * 1e6
}

const nanos = (atMs: number): string => `${Math.round(atMs)}000000`

const scopeOf = ({ service, version, scope }: Producer): Json => ({ name: scope ?? `${service}.telemetry`, version })

const keyValues = ({ dialect }: Producer, attributes: Attributes): Json[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(dialect, value) }))

function anyValue(dialect: Producer['dialect'], value: Scalar): Json {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  // The Automagik SDKs send every number as a double.
  const integral = dialect === 'opentelemetry' && Number.isSafeInteger(value)
  return integral ? { intValue: String(value) } : { doubleValue: value }
}
