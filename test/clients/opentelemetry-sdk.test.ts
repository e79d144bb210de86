// Official OpenTelemetry exporters over every transport, to a running gateway: what they send arrives clean, and what
// no rule speaks of arrives as it was.
import { context, trace, SpanKind } from '@opentelemetry/api'
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as MetricsJson } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attributesOf,
  everything,
  logsIn,
  metricsIn,
  spansIn,
  startGateway,
  until,
  written,
  type GatewayUnderTest,
} from '../e2e/support/gateway.ts'

const transports = {
  'http/protobuf': (port: number) => ({
    traces: new TracesProto({ url: `http://127.0.0.1:${port}/v1/traces` }),
    metrics: new MetricsProto({ url: `http://127.0.0.1:${port}/v1/metrics` }),
    logs: new LogsProto({ url: `http://127.0.0.1:${port}/v1/logs` }),
  }),
  'http/json': (port: number) => ({
    traces: new TracesJson({ url: `http://127.0.0.1:${port}/v1/traces` }),
    metrics: new MetricsJson({ url: `http://127.0.0.1:${port}/v1/metrics` }),
    logs: new LogsJson({ url: `http://127.0.0.1:${port}/v1/logs` }),
  }),
  grpc: (port: number) => ({
    traces: new TracesGrpc({ url: `http://127.0.0.1:${port}` }),
    metrics: new MetricsGrpc({ url: `http://127.0.0.1:${port}` }),
    logs: new LogsGrpc({ url: `http://127.0.0.1:${port}` }),
  }),
}

describe.each(Object.keys(transports) as (keyof typeof transports)[])('official exporters over %s', (transport) => {
  let gateway: GatewayUnderTest

  beforeAll(async () => {
    gateway = await startGateway()
    const exporters = transports[transport](transport === 'grpc' ? gateway.grpc : gateway.http)
    const resource = resourceFromAttributes({ 'service.name': 'checkout', 'deployment.environment.name': 'test' })
    const tracers = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporters.traces)] })
    const meters = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: exporters.metrics, exportIntervalMillis: 60_000 })],
    })
    const loggers = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: exporters.logs })],
    })

    const tracer = tracers.getTracer('shop', '2.0.0')
    const parent = tracer.startSpan('order', { kind: SpanKind.SERVER, attributes: { 'order.lines': 3 } })
    const child = tracer.startSpan(
      'mail to maria@example.org',
      { attributes: { contact: '+44 20 7946 0958', ratio: 0.25, tags: ['new', 'maria@example.org'] } },
      trace.setSpan(context.active(), parent),
    )
    child.addEvent('retried', { reason: 'timeout at /Users/maria/app' })
    child.end()
    parent.end()
    const meter = meters.getMeter('shop')
    meter.createCounter('orders').add(7, { channel: 'web' })
    meter.createHistogram('latency', { unit: 's' }).record(0.3, { route: '/orders' })
    loggers.getLogger('shop').emit({
      severityNumber: 17,
      severityText: 'ERROR',
      body: 'card 4111 1111 1111 1111 of maria@example.org refused',
      attributes: { 'http.request.header.authorization': 'Bearer abcdefghijklmnop' },
    })
    await Promise.all([tracers.shutdown(), meters.shutdown(), loggers.shutdown()])
    await until('spans', () => spansIn(written(gateway, 'traces')).length >= 2)
    await until('metrics', () => metricsIn(written(gateway, 'metrics')).length >= 2)
    await until('logs', () => logsIn(written(gateway, 'logs')).length >= 1)
  })
  afterAll(() => gateway?.stop())

  it('keeps structure, names, types and values that are no personal data', () => {
    const [child, parent] = ['mail to {email}', 'order'].map((name) =>
      spansIn(written(gateway, 'traces')).find((span) => span.name === name),
    )
    expect(child.parentSpanId).toBe(parent.spanId)
    expect(child.traceId).toBe(parent.traceId)
    expect(attributesOf(parent)).toEqual({ 'order.lines': '3' })
    expect(attributesOf(child)['ratio']).toBe(0.25)
    const metrics = Object.fromEntries(metricsIn(written(gateway, 'metrics')).map((metric) => [metric.name, metric]))
    const [orders] = metrics['orders'].sum.dataPoints
    expect(orders.asDouble ?? Number(orders.asInt)).toBe(7)
    expect(metrics['latency'].histogram.dataPoints[0]).toMatchObject({ count: '1', sum: 0.3 })
    expect(logsIn(written(gateway, 'logs'))[0]).toMatchObject({ severityNumber: 17, severityText: 'ERROR' })
  })

  it('lets no personal data through', () => {
    const kept = everything(gateway.folder) + gateway.output()
    const personal = [/maria/, /7946 ?0958/, /4111 ?1111/, /abcdefghijklmnop/]
    expect(personal.filter((value) => value.test(kept))).toEqual([])
  })
})
