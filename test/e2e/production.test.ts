// The production example as it stands: the gateway in front of the real stores, nothing between them.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCode } from '../../src/commands/command.ts'
import { cli } from '../commands/cli.ts'
import { everything, gatewayPorts, runGateway, until, type GatewayUnderTest } from './support/gateway.ts'
import { person } from './support/producers/planted.ts'
import { sendOfficial } from './support/producers/official.ts'
import { temporaryFolder } from './support/processes.ts'
import { ran } from './support/report.ts'
import { areAtHand, startStores, storeNames, type Stores } from './support/stores/stores.ts'

const file = resolve(import.meta.dirname, '../../deploy/production/gateway.yaml')
const service = 'production'

describe.skipIf(!areAtHand(...storeNames))('deploy/production/gateway.yaml', () => {
  let stores: Stores
  let running: GatewayUnderTest
  let environment: Record<string, string>
  const folder = temporaryFolder('production')

  beforeAll(async () => {
    stores = await startStores()
    const ports = await gatewayPorts()
    environment = {
      TRACES_ENDPOINT: stores.jaeger.otlpGrpc,
      LOKI_ENDPOINT: stores.loki.url,
      PROMETHEUS_ENDPOINT: stores.prometheus.url,
      GATEWAY_HTTP_ENDPOINT: `127.0.0.1:${ports.http}`,
      GATEWAY_GRPC_ENDPOINT: `127.0.0.1:${ports.grpc}`,
      GATEWAY_ADMIN_ENDPOINT: `127.0.0.1:${ports.admin}`,
      GATEWAY_DATA_DIR: join(folder, 'data'),
    }
    const asked = await cli(['doctor', '--config', file], { env: environment })
    expect(asked.stdout + asked.stderr).not.toContain('  fail')
    expect(asked.code).toBe(exitCode.ok)
    running = await runGateway(file, folder, ports, environment)
  })
  afterAll(async () => {
    await running?.stop()
    await stores?.stop()
  })

  it('brings every signal to its store, and no person with it', async () => {
    const { traceId } = await sendOfficial('http/protobuf', running, service)
    await until('the trace', async () =>
      (await stores.jaeger.spansOf(service)).some((span) => span.traceId === traceId),
    )
    await until('the log', async () => (await stores.loki.query(`{service_name="${service}"}`)).length === 1)
    await until(
      'the counter',
      async () => (await stores.prometheus.value(`sum({job="${service}",__name__=~".+_total"})`)) === 7,
    )
    const stored = await stores.everything()
    const kept = everything(folder)
    for (const value of Object.values(person)) {
      expect(stored).not.toContain(value)
      expect(kept).not.toContain(value)
    }
    expect(existsSync(join(folder, 'data', 'queue.db'))).toBe(true)
    ran('jaeger, loki, prometheus: deploy/production/gateway.yaml')
  })
})
