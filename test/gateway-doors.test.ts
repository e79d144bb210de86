// A gateway from a file with several doors: TLS, names, web pages, and a second gateway behind it over TLS.
import { request } from 'node:https'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import { startGateway, type Gateway } from '../src/gateway.ts'
import { loadRuleset } from '../src/ruleset/load-ruleset.ts'
import type { Log } from '../src/telemetry/log.ts'
import { TlsFileError } from '../src/tls/files.ts'
import { temporaryFolder } from './commands/temporary-folder.ts'
import { makeAuthority, type Authority } from './tls/certificates.ts'

const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })
const silent: Log = { info() {}, warn() {}, error() {} }

let authority: Authority
beforeAll(async () => {
  authority = await makeAuthority()
})

/** A folder with `ca.pem` and the pair `cert.pem`, `key.pem`. */
async function certificates(): Promise<string> {
  const folder = temporaryFolder()
  const { cert, key } = await authority.issue()
  for (const [name, text] of Object.entries({ ca: authority.cert, cert, key }))
    writeFileSync(join(folder, `${name}.pem`), text)
  return folder
}

async function gateway(yaml: string, folder: string, log = silent): Promise<Gateway> {
  const text = `${yaml}\nadmin: {endpoint: "127.0.0.1:0"}\n`
  const { config, diagnostics } = loadConfig(join(folder, 'gateway.yaml'), { readText: () => text, env: {} })
  expect(diagnostics).toEqual([])
  const options = { config: config!, program: program!, version: '0', log, write() {} }
  const started = await startGateway(options)
  onTestFinished(() => started.stop(0))
  return started
}

const bodies = {
  traces: {
    resourceSpans: [
      {
        scopeSpans: [
          { spans: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name: 'hello' }] },
        ],
      },
    ],
  },
  logs: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] },
}

const plain = async (port: number, signal: 'traces' | 'logs'): Promise<number> =>
  (
    await fetch(`http://127.0.0.1:${port}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodies[signal]),
    })
  ).status

const secure = (port: number, signal: 'traces' | 'logs'): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', connection: 'close' }
    const options = { host: 'localhost', port, path: `/v1/${signal}`, method: 'POST', headers, ca: authority.cert }
    const call = request(options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    call.end(JSON.stringify(bodies[signal]))
  })

const portOf = ({ doors }: Gateway, receiver: string, protocol: 'http' | 'grpc'): number =>
  doors.find((door) => door.receiver === receiver && door.protocol === protocol)!.endpoint.port

const health = async ({ endpoints }: Gateway): Promise<Record<string, unknown>> =>
  (await (await fetch(`http://127.0.0.1:${endpoints.admin.port}/health`)).json()) as Record<string, unknown>

const two = `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
  otlp/tls: {protocols: {http: {endpoint: "127.0.0.1:0", tls: {cert_file: cert.pem, key_file: key.pem}}, grpc: {endpoint: "127.0.0.1:0", tls: {cert_file: cert.pem, key_file: key.pem, client_ca_file: ca.pem}}}}
exporters: {file: }
service:
  pipelines:
    traces: {receivers: [otlp, otlp/tls], exporters: [file]}
    logs: {receivers: [otlp/tls], exporters: [file]}`

describe('two receivers', () => {
  it('take what their pipelines list, and refuse the rest as a signal without a pipeline', async () => {
    const running = await gateway(two, await certificates())
    const [http, https] = [portOf(running, 'otlp', 'http'), portOf(running, 'otlp/tls', 'http')]
    expect([await plain(http, 'traces'), await plain(http, 'logs')]).toEqual([200, 415])
    expect([await secure(https, 'traces'), await secure(https, 'logs')]).toEqual([200, 200])
  })

  it('are told apart in /metrics, the ledger and /health, which says what has TLS', async () => {
    const running = await gateway(two, await certificates())
    await plain(portOf(running, 'otlp', 'http'), 'traces')
    await plain(portOf(running, 'otlp', 'http'), 'logs')
    await secure(portOf(running, 'otlp/tls', 'http'), 'logs')
    const accepted = [...running.ledger.received()].filter(({ accepted }) => accepted > 0)
    expect(accepted).toEqual([
      { receiver: 'otlp', signal: 'traces', transport: 'http', accepted: 1, refused: 0 },
      { receiver: 'otlp/tls', signal: 'logs', transport: 'http', accepted: 1, refused: 0 },
    ])
    const metrics = await (await fetch(`http://127.0.0.1:${running.endpoints.admin.port}/metrics`)).text()
    expect(metrics.split('\n')).toEqual(
      expect.arrayContaining([
        'otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 1',
        'otelcol_receiver_accepted_log_records{receiver="otlp/tls",transport="http"} 1',
        'gateway_requests_refused{receiver="otlp",transport="http",reason="unsupported"} 1',
      ]),
    )
    expect((await health(running))['receivers']).toEqual([
      { receiver: 'otlp', protocol: 'http', endpoint: expect.any(String), security: 'plaintext' },
      { receiver: 'otlp/tls', protocol: 'http', endpoint: expect.any(String), security: 'tls' },
      { receiver: 'otlp/tls', protocol: 'grpc', endpoint: expect.any(String), security: 'mtls' },
    ])
    expect(running.endpoints).toMatchObject({ http: { port: portOf(running, 'otlp', 'http') } })
    expect(running.endpoints.grpc).toBeUndefined()
  })
})

const sending = (endpoint: string, tls: string): string => `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}
exporters:
  otlp_grpc: {endpoint: "${endpoint}", tls: ${tls}, retry_on_failure: {enabled: false}, sending_queue: {batch: {flush_timeout: 1ms}}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}`

describe('a gateway behind a gateway, with certificates on both sides', () => {
  it('takes what the first one sends', async () => {
    const folder = await certificates()
    const behind = await gateway(two, folder)
    const endpoint = `localhost:${portOf(behind, 'otlp/tls', 'grpc')}`
    const front = await gateway(sending(endpoint, '{ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem}'), folder)
    expect(await plain(front.endpoints.http!.port, 'traces')).toBe(200)
    await vi.waitUntil(() => [...behind.ledger.received()].some(({ accepted }) => accepted === 1))
  })

  it('is seen in /health and the log when it is not trusted', async () => {
    const folder = await certificates()
    const behind = await gateway(two, folder)
    const said: string[] = []
    const log: Log = { ...silent, warn: (message, fields) => said.push(`${message} ${JSON.stringify(fields)}`) }
    const front = await gateway(sending(`localhost:${portOf(behind, 'otlp/tls', 'grpc')}`, '{}'), folder, log)
    await plain(front.endpoints.http!.port, 'traces')
    await vi.waitUntil(() => said.length > 0)
    expect(said).toEqual([expect.stringContaining('"reason":"tls-untrusted"')])
    const refused = { dead_lettered: { 'tls-untrusted': 1 }, last: 'tls-untrusted' }
    await expect
      .poll(() => health(front))
      .toMatchObject({ status: 'degraded', exporters: [{ signals: { traces: refused } }] })
  })
})

it('a certificate that goes between the check of the file and the start ends the start, and closes what is open', async () => {
  const folder = await certificates()
  const { config } = loadConfig(join(folder, 'gateway.yaml'), { readText: () => two, env: {} })
  writeFileSync(join(folder, 'key.pem'), 'gone')
  const options = { config: config!, program: program!, version: '0', log: silent, write() {} }
  await expect(startGateway(options)).rejects.toBeInstanceOf(TlsFileError)
})
