// telemetrygen, the Collector project's own load generator, through the gateway: all that it sends arrives.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logsIn, metricsIn, spansIn, startGateway, until, written, type GatewayUnderTest } from './support/gateway.ts'
import { findPeer } from './support/peers.ts'
import { ran, skipped } from './support/report.ts'

const found = findPeer('telemetrygen')
if ('missing' in found) skipped('telemetrygen', found.missing)

describe.skipIf('missing' in found)('telemetrygen', () => {
  let gateway: GatewayUnderTest
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway?.stop())

  for (const transport of ['grpc', 'http'] as const) {
    it(`delivers every span, point and record over ${transport}`, async () => {
      const count = (): number[] => [
        spansIn(written(gateway, 'traces')).length,
        metricsIn(written(gateway, 'metrics')).length,
        logsIn(written(gateway, 'logs')).length,
      ]
      const before = count()
      const port = transport === 'grpc' ? gateway.grpc : gateway.http
      const common = [
        '--otlp-insecure',
        '--otlp-endpoint',
        `127.0.0.1:${port}`,
        '--rate',
        '0',
        ...(transport === 'http' ? ['--otlp-http'] : []),
      ]
      const generate = (signal: string, ...args: string[]) =>
        promisify(execFile)('path' in found ? found.path : '', [signal, ...common, ...args], { timeout: 60_000 })
      await generate('traces', '--traces', '50', '--child-spans', '3')
      await generate('metrics', '--metrics', '40')
      await generate('logs', '--logs', '30')
      await until('everything', () => {
        const now = count()
        return now[0] - before[0] >= 200 && now[1] - before[1] >= 40 && now[2] - before[2] >= 30
      })
      expect(count().map((now, index) => now - before[index])).toEqual([200, 40, 30])
      ran(`telemetrygen, ${transport}`)
    })
  }
})
