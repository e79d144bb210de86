import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCapture } from '../src/commands/demo/capture.ts'
import type { Config } from '../src/config/config.ts'
import { defaultConfig } from '../src/config/load-config.ts'
import type { Exporter } from '../src/exporters/exporter.ts'
import { startGateway, type Gateway } from '../src/gateway.ts'
import { protobufToJson } from '../src/otlp/to-json.ts'
import { AddressInUseError } from '../src/receivers/listen.ts'
import { loadRuleset } from '../src/ruleset/load-ruleset.ts'
import type { Log } from '../src/telemetry/log.ts'
import { temporaryFolder } from './commands/temporary-folder.ts'

const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })
const free = { host: '127.0.0.1', port: 0 }
const silent: Log = { info() {}, warn() {}, error() {} }

function configIn(folder: string): Config {
  const config = defaultConfig(folder)
  const [otlp] = config.receivers
  return {
    ...config,
    receivers: [{ ...otlp, http: { ...otlp.http!, endpoint: free }, grpc: { ...otlp.grpc!, endpoint: free } }],
    admin: free,
  }
}

async function gateway(config: Config, exporters: readonly Exporter[] = [], log = silent): Promise<Gateway> {
  const options = { config, program: program!, version: '0.0.0', log, write: () => true, exporters }
  const started = await startGateway(options)
  onTestFinished(() => started.stop(0))
  return started
}

const logRequest = (text: string): string =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text } }] }] }] })

const post = ({ endpoints }: Gateway, body: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${endpoints.http!.port}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

describe('the gateway', () => {
  it('hands what it took to every exporter of the pipeline, clean', async () => {
    const folder = temporaryFolder()
    const capture = createCapture()
    const running = await gateway(configIn(folder), [capture])
    expect((await post(running, logRequest('from 10.1.2.3'))).status).toBe(200)
    const [batch] = capture.take()
    const json = protobufToJson(batch.signal, batch.bytes)
    expect(json).toContain('from [ip]')
    await running.stop(5_000)
    expect(readFileSync(join(folder, 'logs.jsonl'), 'utf8')).toBe(`${json}\n`)
  })

  it('answers 503 with Retry-After and gives the batch to nobody when one exporter is full', async () => {
    const capture = createCapture()
    const full = { ...createCapture(), hasRoom: () => false }
    const running = await gateway(configIn(temporaryFolder()), [capture, full])
    const response = await post(running, logRequest('hello'))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(capture.take()).toEqual([])
    expect([...running.ledger.requestsRefused()]).toEqual([
      { receiver: 'otlp', transport: 'http', reason: 'queue-full', requests: 1 },
    ])
  })

  it('answers a fault of its own without its text, and logs where it was, not what it says', async () => {
    const broken: Exporter = {
      ...createCapture(),
      offer() {
        throw new RangeError('from 10.1.2.3')
      },
    }
    const errors: unknown[] = []
    const running = await gateway(configIn(temporaryFolder()), [broken], {
      ...silent,
      error: (...entry) => void errors.push(entry),
    })
    const response = await post(running, logRequest('from 10.1.2.3'))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('10.1.2.3')
    expect(errors).toEqual([
      [
        'a request could not be processed',
        { receiver: 'otlp', transport: 'http', error: 'RangeError', at: expect.stringContaining('.ts') },
      ],
    ])
    expect([...running.ledger.requestsRefused()]).toEqual([
      { receiver: 'otlp', transport: 'http', reason: 'internal', requests: 1 },
    ])
  })

  it('starts wholly or not at all', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    // The HTTP receiver opens first; its port must be free again when the gRPC one cannot open.
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    const httpPort = (http.address() as AddressInfo).port
    http.close()
    await once(http, 'close')
    const config = configIn(temporaryFolder())
    const [otlp] = config.receivers
    const atHttp = { ...otlp.http!, endpoint: { ...free, port: httpPort } }
    const taken: Config = {
      ...config,
      receivers: [{ ...otlp, http: atHttp, grpc: { ...otlp.grpc!, endpoint: { ...free, port } } }],
    }
    await expect(
      startGateway({ config: taken, program: program!, version: '0', log: silent, write() {} }),
    ).rejects.toThrow(AddressInUseError)
    const again = createServer().listen(httpPort, '127.0.0.1')
    await once(again, 'listening')
    again.close()
  })

  it('opens only the receivers that are configured', async () => {
    const config = configIn(temporaryFolder())
    const { grpc: _closed, ...otlp } = config.receivers[0]
    const running = await gateway({ ...config, receivers: [otlp] })
    expect(running.endpoints.grpc).toBeUndefined()
    expect(running.endpoints.http?.port).toBeGreaterThan(0)
  })

  it('takes nothing more once it stops', async () => {
    const running = await gateway(configIn(temporaryFolder()))
    await running.stop(1_000)
    await expect(post(running, logRequest('late'))).rejects.toThrow()
    await expect(fetch(`http://127.0.0.1:${running.endpoints.admin.port}/health`)).rejects.toThrow()
  })
})
