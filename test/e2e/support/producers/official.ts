// A program with OpenTelemetry's own SDK and exporters, over each transport.
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc'
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as MetricsJson,
} from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { person } from './planted.ts'
import type { Target } from './target.ts'

export type Temporality = 'cumulative' | 'delta'

const exporters = {
  'http/protobuf': ({ http }: Target, temporality: Temporality) => ({
    traces: new TracesProto({ url: `http://127.0.0.1:${http}/v1/traces` }),
    metrics: new MetricsProto({ url: `http://127.0.0.1:${http}/v1/metrics`, ...preference(temporality) }),
    logs: new LogsProto({ url: `http://127.0.0.1:${http}/v1/logs` }),
  }),
  'http/json': ({ http }: Target, temporality: Temporality) => ({
    traces: new TracesJson({ url: `http://127.0.0.1:${http}/v1/traces` }),
    metrics: new MetricsJson({ url: `http://127.0.0.1:${http}/v1/metrics`, ...preference(temporality) }),
    logs: new LogsJson({ url: `http://127.0.0.1:${http}/v1/logs` }),
  }),
  grpc: ({ grpc }: Target, temporality: Temporality) => ({
    traces: new TracesGrpc({ url: `http://127.0.0.1:${grpc}` }),
    metrics: new MetricsGrpc({ url: `http://127.0.0.1:${grpc}`, ...preference(temporality) }),
    logs: new LogsGrpc({ url: `http://127.0.0.1:${grpc}` }),
  }),
}
export type Transport = keyof typeof exporters
export const transports = Object.keys(exporters) as Transport[]

function preference(temporality: Temporality): { temporalityPreference: AggregationTemporalityPreference } {
  const { CUMULATIVE, DELTA } = AggregationTemporalityPreference
  return { temporalityPreference: temporality === 'delta' ? DELTA : CUMULATIVE }
}

/** What `sendOfficial` sent: two spans of one trace, a counter (7), a gauge (42), a histogram (0.3 s), one log of the trace. */
export interface SentOfficial {
  readonly service: string
  readonly traceId: string
}

/** Sends as a program would and waits until the exporters are done. Throws when one of them was not answered. */
export async function sendOfficial(transport: Transport, target: Target, service: string): Promise<SentOfficial> {
  const { traces, metrics, logs } = exporters[transport](target, 'cumulative')
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': 'i-1' })
  const tracers = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(traces)] })
  const meters = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 60_000 })],
  })
  const loggers = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: logs })] })
  const tracer = tracers.getTracer('shop', '2.0.0')
  const parent = tracer.startSpan('order', { kind: SpanKind.SERVER, attributes: { 'order.lines': 3, express: true } })
  const within = trace.setSpan(context.active(), parent)
  const child = tracer.startSpan(
    `mail to ${person.email}`,
    { kind: SpanKind.CLIENT, attributes: { contact: person.phone, ratio: 0.25, tags: ['new', person.email] } },
    within,
  )
  child.addEvent('retried', { reason: `timeout at ${person.home}/app` })
  child.setStatus({ code: SpanStatusCode.ERROR, message: `no route to ${person.address}` })
  child.end()
  parent.end()
  const meter = meters.getMeter('shop')
  meter.createCounter('orders').add(7, { channel: 'web' })
  meter.createGauge('stock').record(42, { contact: person.email })
  meter.createHistogram('latency', { unit: 's' }).record(0.3, { route: '/orders' })
  loggers.getLogger('shop').emit({
    severityNumber: 17,
    severityText: 'ERROR',
    body: `card ${person.card} of ${person.email} refused`,
    attributes: { 'http.request.header.authorization': `Bearer ${person.token}`, attempt: 2 },
    context: within,
  })
  await Promise.all([tracers.shutdown(), meters.shutdown(), loggers.shutdown()])
  return { service, traceId: parent.spanContext().traceId }
}

/** A program whose counters and histograms go out as what was added since the last time. */
export function deltaMeter(transport: Transport, target: Target, service: string) {
  const { metrics } = exporters[transport](target, 'delta')
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    readers: [reader],
  })
  return {
    meter: provider.getMeter('shop'),
    send: () => provider.forceFlush(),
    stop: () => provider.shutdown(),
  }
}
