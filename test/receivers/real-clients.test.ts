// The exporters that OpenTelemetry publishes, against the receivers: what they send comes whole, and they take the answers
// for what they mean.
import { Metadata } from '@grpc/grpc-js'
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as MetricsJson } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Outcome } from '../../src/pipeline/outcome.ts'
import { makeAuthority, onDisk } from '../tls/certificates.ts'
import { startRig, taken } from './rig.ts'

const name = 'session.finished'
const spans = recordSpans()
const logs = recordLogs()
const metrics = await recordMetrics()

interface Result {
  code: number
  error?: Error
}
interface Exporter<Items> {
  export(items: Items, done: (result: Result) => void): void
  shutdown(): Promise<void>
}

interface Target {
  url: string
  token?: string
}
const http = ({ url, token }: Target) => ({ url, ...(token && { headers: { authorization: `Bearer ${token}` } }) })
const grpc = ({ url, token }: Target) => {
  const metadata = new Metadata()
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`)
  return { url, metadata }
}

const clients: [
  client: string,
  signal: string,
  transport: string,
  path: string,
  send: (target: Target) => Promise<Result>,
][] = [
  ['traces-otlp-proto', 'traces', 'http', '/v1/traces', (target) => exported(new TracesProto(http(target)), spans)],
  ['traces-otlp-http', 'traces', 'http', '/v1/traces', (target) => exported(new TracesJson(http(target)), spans)],
  ['traces-otlp-grpc', 'traces', 'grpc', '', (target) => exported(new TracesGrpc(grpc(target)), spans)],
  [
    'metrics-otlp-proto',
    'metrics',
    'http',
    '/v1/metrics',
    (target) => exported(new MetricsProto(http(target)), metrics),
  ],
  ['metrics-otlp-http', 'metrics', 'http', '/v1/metrics', (target) => exported(new MetricsJson(http(target)), metrics)],
  ['metrics-otlp-grpc', 'metrics', 'grpc', '', (target) => exported(new MetricsGrpc(grpc(target)), metrics)],
  ['logs-otlp-proto', 'logs', 'http', '/v1/logs', (target) => exported(new LogsProto(http(target)), logs)],
  ['logs-otlp-http', 'logs', 'http', '/v1/logs', (target) => exported(new LogsJson(http(target)), logs)],
  ['logs-otlp-grpc', 'logs', 'grpc', '', (target) => exported(new LogsGrpc(grpc(target)), logs)],
]

afterEach(() => vi.unstubAllEnvs())

describe.each(clients)('the official exporter %s', (client, signal, transport, path, send) => {
  it.each(['none', 'gzip'])('delivers (compression %s)', async (compression) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression)
    await using rig = await startRig({ auth: { bearerToken: 'bearer-7f3a9c' } })
    const url = `http://127.0.0.1:${transport === 'grpc' ? rig.grpc.port : rig.http.port}${path}`
    expect(await send({ url, token: 'bearer-7f3a9c' })).toMatchObject({ code: 0 })
    const [{ body, connection: _connection, ...rest }] = rig.arrivals
    expect(rest).toEqual({ signal, transport, encoding: client.endsWith('-http') ? 'json' : 'protobuf' })
    expect(Buffer.from(body).includes(name)).toBe(true)
    const [, , , wireBytes, bodyBytes] = rig.observed[0].split(' ').map(Number)
    expect(bodyBytes).toBe(body.length)
    expect(wireBytes < bodyBytes).toBe(compression === 'gzip')
  })

  it('delivers over TLS, with a certificate of its own', async () => {
    const authority = await makeAuthority()
    const [server, sender] = [await authority.issue(), await authority.issue({ name: 'sender' })]
    const files = onDisk({ ca: authority.cert, cert: sender.cert, key: sender.key })
    vi.stubEnv('OTEL_EXPORTER_OTLP_CERTIFICATE', files.ca)
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', files.cert)
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_KEY', files.key)
    await using rig = await startRig({ tls: { files: onDisk({ ...server, ca: authority.cert }) } })
    const url = `https://localhost:${transport === 'grpc' ? rig.grpc.port : rig.http.port}${path}`
    expect(await send({ url })).toMatchObject({ code: 0 })
    expect(rig.arrivals).toMatchObject([{ signal, transport }])
  })

  it('takes a partial success for a success, and a refusal for final', async () => {
    await using rig = await startRig()
    const url = `http://127.0.0.1:${transport === 'grpc' ? rig.grpc.port : rig.http.port}${path}`
    rig.consume = () => ({ is: 'taken', refused: [{ reason: 'missing-trace-id', records: 1 }] })
    expect(await send({ url })).toMatchObject({ code: 0 })
    rig.consume = () => ({ is: 'refused', reason: 'malformed', message: 'not an Export request' })
    expect(await send({ url })).toMatchObject({ code: 1 })
    expect(rig.arrivals).toHaveLength(2)
  })
})

// The gRPC exporters for JavaScript never try again, whatever the status.
it.each(clients.filter(([, signal, transport]) => signal === 'traces' && transport === 'http'))(
  'the official exporter %s tries again when the gateway is busy',
  async (_client, _signal, _transport, path, send) => {
    await using rig = await startRig()
    const url = `http://127.0.0.1:${rig.http.port}${path}`
    const outcomes: Outcome[] = [{ is: 'busy', reason: 'queue-full', retryAfterMs: 10 }, taken]
    rig.consume = () => outcomes.shift()!
    expect(await send({ url })).toMatchObject({ code: 0 })
    expect(rig.arrivals).toHaveLength(2)
  },
)

async function exported<Items>(exporter: Exporter<Items>, items: Items): Promise<Result> {
  const result = await new Promise<Result>((resolve) => exporter.export(items, resolve))
  await exporter.shutdown()
  return result
}

function recordSpans(): ReadableSpan[] {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] })
  for (let i = 0; i < 50; i++) provider.getTracer('test').startSpan(name, { attributes: { i } }).end()
  return memory.getFinishedSpans()
}

function recordLogs(): ReadableLogRecord[] {
  const memory = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: memory })] })
  for (let i = 0; i < 50; i++) provider.getLogger('test').emit({ body: name, attributes: { i } })
  return memory.getFinishedLogRecords()
}

async function recordMetrics(): Promise<ResourceMetrics> {
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter: memory,
    exportIntervalMillis: 1e6,
    exportTimeoutMillis: 1e5,
  })
  const provider = new MeterProvider({ readers: [reader] })
  for (let i = 0; i < 50; i++) provider.getMeter('test').createCounter(name).add(1, { i })
  await provider.forceFlush()
  const [recorded] = memory.getMetrics()
  await provider.shutdown()
  return recorded
}
