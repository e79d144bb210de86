// Delivery to the real stores when some of it is what they refuse: the guilty records are counted, each with its reason, and
// everything else arrives, once.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSenders } from '../../src/exporters/create.ts'
import type { Exporter } from '../../src/exporters/exporter.ts'
import type { ExporterOptions } from '../../src/exporters/options.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { countRecords } from '../../src/otlp/count.ts'
import type { Signal } from '../../src/otlp/fields.ts'
import { memoryLog, rawBatch } from '../exporters/batches.ts'
import { until } from './support/gateway.ts'
import { answers, freePort } from './support/peers.ts'
import { startServer, temporaryFolder } from './support/processes.ts'
import { ran } from './support/report.ts'
import { started } from './support/started.ts'
import { startLoki } from './support/stores/loki.ts'
import { startPrometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf } from './support/stores/stores.ts'
import { startTempo } from './support/stores/tempo.ts'

function exporterTo(options: ExporterOptions): Exporter {
  const [exporter] = createSenders([options], { log: memoryLog(), write: () => {} })
  onTestFinished(() => exporter.close(5_000))
  return exporter
}

function offer(exporter: Exporter, signal: Signal, request: object): void {
  const bytes = jsonToProtobuf(signal, Buffer.from(JSON.stringify(request))).bytes.slice()
  exporter.offer(rawBatch(signal, bytes, countRecords(signal, bytes)))
}

const settled = (exporter: Exporter, signal: Signal): Promise<void> =>
  until('an empty queue', async () => exporter.figures()[signal].queuedRecords === 0, 60_000)

const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } })
const nano = (ms: number): string => `${ms}000000`

describe.skipIf(!areAtHand('prometheus'))('Prometheus', () => {
  const metrics = (all: readonly object[]): object => ({
    resourceMetrics: [
      {
        resource: { attributes: [attribute('service.name', 'p'), attribute('service.instance.id', 'i')] },
        scopeMetrics: [{ metrics: all }],
      },
    ],
  })
  const gauge = (name: string, atMs: number, value = 1): object => ({
    name,
    gauge: { dataPoints: [{ timeUnixNano: nano(atMs), asDouble: value }] },
  })

  it('gets every metric but those it refuses, whatever its answer to them is', async () => {
    const prometheus = await started(startPrometheus(pathOf('prometheus')))
    const exporter = exporterTo({
      type: 'otlp_http',
      name: 'otlp_http/prometheus',
      profile: 'prometheus',
      endpoint: prometheus.url,
    })
    const now = Date.now()
    offer(exporter, 'metrics', metrics([gauge('g0', now, 1)]))
    await settled(exporter, 'metrics')
    const good = Array.from({ length: 120 }, (_, index) => gauge(`good_${index}`, now))
    const guilty = [
      gauge('g0', now, 2), // duplicate sample for timestamp: 400
      gauge('old', now - 7_200_000), // too old: 400
      gauge('future', now + 7_200_000), // too far in the future: 400
      {
        name: 'delta',
        sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ timeUnixNano: nano(now), asDouble: 1 }] },
      }, // 500
    ]
    const nothing = [{ name: 'without_data' }, { name: 'without_points', gauge: {} }] // 500 for the first of them
    offer(
      exporter,
      'metrics',
      metrics([
        ...good.slice(0, 30),
        guilty[0],
        ...good.slice(30, 60),
        guilty[1],
        guilty[2],
        nothing[0],
        ...good.slice(60),
        guilty[3],
        nothing[1],
      ]),
    )
    await settled(exporter, 'metrics')
    const { sent, failed } = exporter.figures().metrics
    expect({ sent, failed }).toEqual({ sent: 121, failed: { 'http-400': 3, 'http-500': 1 } })
    expect(await prometheus.value('count({__name__=~"good_.*"})')).toBe(120)
    expect(await prometheus.value('g0')).toBe(1)
    ran('prometheus: refusals')
  })

  it('takes nothing while its OTLP receiver is off, and everything once it is on', async () => {
    const [folder, port] = [temporaryFolder('prometheus'), await freePort()]
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {scrape_interval: 15s}\n')
    const url = `http://127.0.0.1:${port}`
    const start = (...flags: string[]) =>
      startServer(
        pathOf('prometheus'),
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          ...flags,
        ],
        () => answers(`${url}/-/ready`),
      )
    const off = await start()
    const exporter = exporterTo({
      type: 'otlp_http',
      name: 'otlp_http/prometheus',
      profile: 'prometheus',
      endpoint: url,
      retry: { initialIntervalMs: 200, maxIntervalMs: 500 },
    })
    offer(exporter, 'metrics', metrics([gauge('kept', Date.now())]))
    await until('two tries', async () => exporter.figures().metrics.retries >= 2)
    expect(exporter.figures().metrics).toMatchObject({ isCircuitOpen: true, failed: {}, trouble: 'http-404' })
    await off.stop()
    await started(start('--web.enable-otlp-receiver'))
    await settled(exporter, 'metrics')
    expect(exporter.figures().metrics).toMatchObject({ sent: 1, failed: {} })
  })
})

describe.skipIf(!areAtHand('loki'))('Loki', () => {
  const logs = (service: string, lines: readonly (readonly [atMs: number, line: string])[]): object => ({
    resourceLogs: [
      {
        resource: { attributes: [attribute('service.name', service)] },
        scopeLogs: [
          { logRecords: lines.map(([at, line]) => ({ timeUnixNano: nano(at), body: { stringValue: line } })) },
        ],
      },
    ],
  })

  it('gets every line but those it refuses, once each, though it keeps the good ones of a request that it refuses', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    const exporter = exporterTo({ type: 'otlp_http', name: 'otlp_http/loki', profile: 'loki', endpoint: loki.url })
    const now = Date.now() - 60_000
    const good = Array.from({ length: 60 }, (_, index) => [now + index, `good ${index}`] as const)
    offer(exporter, 'logs', logs('svc', good.slice(0, 1)))
    await settled(exporter, 'logs')
    offer(
      exporter,
      'logs',
      logs('svc', [
        ...good.slice(1, 20),
        [now - 10_800_000, 'too far behind'],
        ...good.slice(20, 40),
        [now + 7_200_000, 'too far in the future'],
        [now, 'x'.repeat(300_000)],
        ...good.slice(40),
      ]),
    )
    await settled(exporter, 'logs')
    const { sent, failed } = exporter.figures().logs
    expect({ sent, failed }).toEqual({ sent: 60, failed: { 'http-400': 3 } })
    const lines = await loki.query('{service_name="svc"}')
    expect(lines.map(({ line }) => line)).toEqual(good.map(([, line]) => line))
    ran('loki: refusals')
  })

  it('gets in parts what it would answer 503 for ever: a request above the 4 MiB between its own parts', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    const now = Date.now() - 60_000
    const lines = Array.from({ length: 56 }, (_, index) => [now + index, `${index}`.padEnd(100_000, 'y')] as const)
    for (const profile of ['loki', undefined] as const) {
      const exporter = exporterTo({
        type: 'otlp_http',
        name: 'otlp_http/loki',
        ...(profile && { profile }),
        endpoint: `${loki.url}/otlp`,
        timeoutMs: 20_000,
        retry: { initialIntervalMs: 1_000 },
      })
      const service = `large-${profile ?? 'plain'}`
      offer(exporter, 'logs', logs(service, lines))
      await settled(exporter, 'logs')
      expect(exporter.figures().logs).toMatchObject({ sent: 56, failed: {} })
      const counted = await loki.queryRange(`sum(count_over_time({service_name="${service}"}[10m]))`)
      expect(counted[0].samples.at(-1)?.[1]).toBe(56)
    }
  })
})

describe('Tempo, or its stand-in', () => {
  it('gets every span but the one with an id that it does not take', async () => {
    const tempo = await started(startTempo())
    const exporter = exporterTo({ type: 'otlp_http', name: 'otlp_http/tempo', profile: 'tempo', endpoint: tempo.otlp })
    const now = Date.now()
    const span = (index: number, traceId: string): object => ({
      traceId,
      spanId: (index + 1).toString(16).padStart(16, '0'),
      name: `span ${index}`,
      startTimeUnixNano: nano(now),
      endTimeUnixNano: nano(now + 1),
    })
    const spans = Array.from({ length: 40 }, (_, index) =>
      span(index, index === 13 ? '0'.repeat(32) : (index + 1).toString(16).padStart(32, 'a')),
    )
    offer(exporter, 'traces', {
      resourceSpans: [{ resource: { attributes: [attribute('service.name', 'svc')] }, scopeSpans: [{ spans }] }],
    })
    await settled(exporter, 'traces')
    const { sent, failed } = exporter.figures().traces
    expect({ sent, failed }).toEqual({ sent: 39, failed: { 'http-400': 1 } })
    await until('39 traces', async () => (await tempo.search('{ resource.service.name = "svc" }')).length >= 20)
    ran(`${tempo.is}: refusals`)
  })
})

describe.skipIf(!areAtHand('otelcol'))('a Collector', () => {
  it.each([
    ['otlp_grpc', 4],
    ['otlp_grpc', 1],
    ['otlp_http', 1],
  ] as const)('over %s that takes %i MiB gets a large request in parts', async (type, mebibytes) => {
    const [folder, grpc, http, health] = [
      temporaryFolder('otelcol'),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    const out = join(folder, 'out.jsonl')
    writeFileSync(
      join(folder, 'collector.yaml'),
      `
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "127.0.0.1:${grpc}", max_recv_msg_size_mib: ${mebibytes}}
      http: {endpoint: "127.0.0.1:${http}", max_request_body_size: ${mebibytes * 1_048_576}}
exporters: {file: {path: ${out}}}
extensions: {health_check: {endpoint: "127.0.0.1:${health}"}}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [otlp], exporters: [file]}}
`,
    )
    await started(
      startServer(pathOf('otelcol'), ['--config', join(folder, 'collector.yaml')], () =>
        answers(`http://127.0.0.1:${health}/`),
      ),
    )
    const endpoint = type === 'otlp_grpc' ? `127.0.0.1:${grpc}` : `http://127.0.0.1:${http}`
    const exporter = exporterTo({ type, name: type, endpoint, profile: 'collector', timeoutMs: 20_000 })
    const logRecords = Array.from({ length: 100 }, (_, index) => ({
      body: { stringValue: `${index}`.padEnd(50_000, 'z') },
    }))
    offer(exporter, 'logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
    await settled(exporter, 'logs')
    expect(exporter.figures().logs).toMatchObject({ sent: 100, failed: {} })
    const counted = (): number => (readFileSync(out, 'utf8').match(/"body":/g) ?? []).length
    await until('all of them', async () => counted() === 100)
    ran(`otelcol: large requests over ${type}`)
  })
})
