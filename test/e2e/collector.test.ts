// The real Collector on both sides: it refuses what the SDKs send and takes it from the gateway; it sends to the gateway.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everything, linesOf, logsIn, metricsIn, spansIn, startGateway, until, written } from './support/gateway.ts'
import type { GatewayUnderTest } from './support/gateway.ts'
import { findPeer, freePort } from './support/peers.ts'
import { startServer, temporaryFolder, type Running } from './support/processes.ts'
import { post, recorded } from './support/producers/bodies.ts'
import { planted } from './support/producers/planted.ts'
import { search } from '../../src/leak/search.ts'
import { ran, skipped } from './support/report.ts'

const found = findPeer('otelcol')
if ('missing' in found) skipped('otelcol', found.missing)

async function startCollector(exporter: string, http: number, grpc: number): Promise<Running> {
  const folder = temporaryFolder('otelcol')
  const file = join(folder, 'otelcol.yaml')
  const pipeline = '{ receivers: [otlp], exporters: [out] }'.replace('out', exporter.split(':')[0])
  writeFileSync(
    file,
    `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${http}" }, grpc: { endpoint: "127.0.0.1:${grpc}" } } } }
exporters:
  ${exporter}
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: ${pipeline}, metrics: ${pipeline}, logs: ${pipeline} }
`,
  )
  return startServer(
    'path' in found ? found.path : '',
    ['--config', file],
    async () => (await post(http, 'traces', Buffer.from('{}'))) === 200,
  )
}

describe.skipIf('missing' in found)('a real Collector behind the gateway', () => {
  let collector: Running
  let http = 0
  let grpc = 0
  const output = join(temporaryFolder('otelcol-out'), 'out.jsonl')

  beforeAll(async () => {
    ;[http, grpc] = [await freePort(), await freePort()]
    collector = await startCollector(`file: { path: "${output}", flush_interval: 100ms }`, http, grpc)
  })
  afterAll(() => collector?.stop())

  it('refuses six of the twelve captures when they are sent to it directly', async () => {
    const statuses = await Promise.all(recorded.map(({ signal, body }) => post(http, signal, body)))
    expect(recorded).toHaveLength(12)
    expect(statuses.filter((status) => status === 400)).toHaveLength(6)
    // It writes what it took some time later; the next tests count what comes after that.
    await until('what it took', () => {
      const lines = linesOf(output)
      return spansIn(lines).length >= 1 && metricsIn(lines).length >= 6 && logsIn(lines).length >= 2
    })
  })

  for (const transport of ['otlp_http', 'otlp_grpc'] as const) {
    it(`takes all twelve, clean, from the gateway over ${transport}`, async () => {
      const before = linesOf(output)
      const endpoint = transport === 'otlp_http' ? `http://127.0.0.1:${http}` : `127.0.0.1:${grpc}`
      const gateway = await startGateway(`${transport}: { endpoint: "${endpoint}" }`, [transport])
      try {
        for (const { signal, body } of recorded) expect(await post(gateway.http, signal, body)).toBe(200)
        const arrived = (): any[] => linesOf(output).slice(before.length)
        // 10 spans (five captures of one, one of five), 6 metrics of 4 captures, 2 logs.
        await until('ten spans', () => spansIn(arrived()).length >= 10)
        await until('six metrics', () => metricsIn(arrived()).length >= 7)
        await until('two logs', () => logsIn(arrived()).length >= 2)
        const text = JSON.stringify(arrived())
        expect(search(Buffer.from(text), planted)).toEqual([])
        expect(spansIn(arrived())).toHaveLength(10)
        expect(spansIn(arrived()).every((span) => span.traceId.length === 32)).toBe(true)
      } finally {
        await gateway.stop()
      }
      ran(`otelcol behind the gateway, ${transport}`)
    })
  }
})

describe.skipIf('missing' in found)('a real Collector in front of the gateway', () => {
  let gateway: GatewayUnderTest
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway?.stop())

  for (const exporter of ['otlp_http', 'otlp_grpc'] as const) {
    for (const compression of ['none', 'gzip', 'zstd'] as const) {
      if (exporter === 'otlp_grpc' && compression === 'zstd') continue
      it(`delivers over ${exporter}, compression ${compression}`, async () => {
        const endpoint = exporter === 'otlp_http' ? `http://127.0.0.1:${gateway.http}` : `127.0.0.1:${gateway.grpc}`
        const port = await freePort()
        const collector = await startCollector(
          `${exporter}: { endpoint: "${endpoint}", compression: ${compression}, tls: { insecure: true } }`,
          port,
          await freePort(),
        )
        try {
          const before = [spansIn(written(gateway, 'traces')).length, logsIn(written(gateway, 'logs')).length]
          // What the Collector itself accepts of the captures: Spark's span and the logs.
          const spark = recorded.find(({ name }) => name.startsWith('12-'))
          const logs = recorded.filter(({ signal }) => signal === 'logs')
          expect(await post(port, 'traces', spark!.body)).toBe(200)
          for (const { body } of logs) expect(await post(port, 'logs', body)).toBe(200)
          await until('the span', () => spansIn(written(gateway, 'traces')).length === before[0] + 1)
          await until('the logs', () => logsIn(written(gateway, 'logs')).length === before[1] + logs.length)
        } finally {
          await collector.stop()
        }
        const kept = everything(gateway.folder)
        expect(search(Buffer.from(kept, 'latin1'), planted)).toEqual([])
        ran(`otelcol in front of the gateway, ${exporter}, ${compression}`)
      })
    }
  }
})
