import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Finding } from '../../src/commands/doctor/finding.ts'
import { makeAuthority } from '../tls/certificates.ts'
import { cli, runGateway } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Backend {
  readonly url: string
  readonly asked: { readonly method: string; readonly path: string; readonly body: Buffer }[]
}

interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers POST and GET as it is told; takes everything and knows no settings unless told otherwise. */
async function backend(
  answers: { post?: Answer; get?: (path: string) => Answer | undefined } = {},
  server: Server = createServer(),
): Promise<Backend> {
  const asked: { method: string; path: string; body: Buffer }[] = []
  server.on('request', (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const raw = Buffer.concat(chunks)
      asked.push({ method, path, body: headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw })
      const own = method === 'POST' ? (answers.post ?? { status: 200 }) : (answers.get?.(path) ?? { status: 404 })
      response.writeHead(own.status, own.headers).end(own.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked }
}

interface Options {
  readonly args?: readonly string[]
  readonly signals?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly folder?: string
  readonly more?: string
}

interface Examined {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly findings: readonly Finding[]
}

/** Runs doctor with one exporter. */
async function examine(name: string, form: string, options: Options = {}): Promise<Examined> {
  const { args = [], signals = ['traces'], env = {}, folder = temporaryFolder(), more = '' } = options
  const file = join(folder, 'gateway.yaml')
  const pipelines = signals.map((signal) => `${signal}: {receivers: [otlp], exporters: [${name}]}`).join(', ')
  const receivers = more.includes('receivers:')
    ? ''
    : 'receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}\n'
  writeFileSync(
    file,
    `${receivers}exporters: {${name}: ${form}}\nservice: {pipelines: {${pipelines}}}\nadmin: {endpoint: "127.0.0.1:0"}\ndata_dir: data\n${more}`,
  )
  const run = await cli(['doctor', '--config', file, '--format', 'json', ...args], { env })
  const { findings = [] } = run.stdout === '' ? {} : (JSON.parse(run.stdout) as { findings: Finding[] })
  return { ...run, findings }
}

const faults = ({ findings }: Examined): Finding[] => findings.filter(({ level }) => level !== 'ok')

describe('a backend that works', () => {
  it('gets a request with nothing in it, then one marked record of each signal', async () => {
    const { url, asked } = await backend()
    const examined = await examine('otlp_http', `{endpoint: "${url}"}`, { signals: ['traces', 'logs'] })
    expect([examined.code, faults(examined)]).toEqual([0, []])
    const posts = asked.filter(({ method }) => method === 'POST')
    expect(posts.map(({ path }) => path)).toEqual(['/v1/traces', '/v1/traces', '/v1/logs', '/v1/logs'])
    expect(posts.map(({ body }) => body.includes('automagik-gateway-doctor'))).toEqual([false, true, false, true])
  })

  it('gets no record with --no-probe', async () => {
    const { url, asked } = await backend()
    const { code } = await examine('otlp_http', `{endpoint: "${url}"}`, { args: ['--no-probe'] })
    expect(code).toBe(0)
    expect(asked.filter(({ body }) => body.length > 0)).toEqual([])
  })

  it('need not take a request with nothing in it, as Loki does not', async () => {
    let posts = 0
    const post = {
      get status() {
        return (posts += 1) === 1 ? 422 : 204
      },
    } as Answer
    const { url } = await backend({ post })
    const examined = await examine('otlp_http/loki', `{profile: loki, endpoint: "${url}"}`, { signals: ['logs'] })
    expect([examined.code, faults(examined)]).toEqual([0, []])
  })
})

describe('a secret in an address', () => {
  it('is not shown', async () => {
    const { url } = await backend()
    const examined = await examine('otlp_http', `{endpoint: "${url}/t/hunter2?key=hunter2"}`)
    expect(examined.code).toBe(0)
    expect(examined.stdout).toContain('/t/…/v1/traces')
    expect(examined.stdout).not.toContain('hunter2')
  })
})

describe('a backend that does not', () => {
  it.each([
    ['{profile: collector, endpoint: URL}', 401, 'auth: {bearer_token'],
    ['{endpoint: URL, auth: {bearer_token: "${env:TOKEN}"}}', 401, 'renew the token'],
    ['{endpoint: URL, auth: {basic: {username: me, password: "${env:TOKEN}"}}}', 403, 'the right to write'],
    ['{endpoint: URL}', 404, 'profile: loki'],
    ['{endpoint: URL}', 302, 'redirects are not followed'],
    ['{endpoint: URL}', 400, 'its own log'],
    ['{endpoint: URL}', 503, 'its limits and its disk'],
  ])('%s answering %i: says what to change, and no secret', async (form, status, change) => {
    const { url } = await backend({ post: { status, body: 'echo hunter2' } })
    const examined = await examine('otlp_http', form.replace('URL', `"${url}"`), { env: { TOKEN: 'hunter2' } })
    expect(examined.code).toBe(1)
    expect(faults(examined)).toMatchObject([{ subject: 'otlp_http', check: 'accepts', level: 'fail' }])
    expect(faults(examined)[0].change).toContain(change)
    expect(examined.stdout + examined.stderr).not.toContain('hunter2')
  })

  it('wants a tenant: Loki and Tempo are told by a header', async () => {
    const { url } = await backend({ post: { status: 401 } })
    const examined = await examine('otlp_http/loki', `{profile: loki, endpoint: "${url}"}`, { signals: ['logs'] })
    expect(faults(examined)[0].change).toContain('X-Scope-OrgID')
  })

  it('is not there', async () => {
    const { url } = await backend()
    const free = await new Promise<number>((resolve) => {
      const server = createTcpServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        server.close(() => resolve(port))
      })
    })
    for (const [name, form] of [
      ['otlp_http', `{endpoint: "http://127.0.0.1:${free}"}`],
      ['otlp_grpc', `{endpoint: "127.0.0.1:${free}"}`],
    ]) {
      const examined = await examine(name, form)
      expect(examined.code).toBe(1)
      expect(faults(examined)).toMatchObject([
        { check: 'reach', message: expect.stringContaining('refuses the connection') },
      ])
    }
    const nobody = await examine('otlp_http', '{endpoint: "http://nobody.invalid:4318"}')
    expect(faults(nobody)).toMatchObject([{ check: 'reach', message: 'there is no host called nobody.invalid' }])
    const wrong = await examine('otlp_grpc', `{endpoint: "${new URL(url).host}", timeout: 500ms}`)
    expect(faults(wrong)).toMatchObject([{ check: 'accepts', level: 'fail' }])
  })

  it('has a certificate that is not trusted', async () => {
    const authority = await makeAuthority()
    const { url } = await backend({}, createTlsServer(await authority.issue()))
    const folder = temporaryFolder()
    const endpoint = url.replace('http:', 'https:')
    const examined = await examine('otlp_http', `{endpoint: "${endpoint}"}`, { folder })
    expect(faults(examined)[0]).toMatchObject({ level: 'fail', change: expect.stringContaining('ca_file') })
    writeFileSync(join(folder, 'ca.pem'), authority.cert)
    expect((await examine('otlp_http', `{endpoint: "${endpoint}", tls: {ca_file: ca.pem}}`, { folder })).code).toBe(0)
  })

  it('has another clock', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString()
    const { url } = await backend({ get: () => ({ status: 200, headers: { date } }) })
    const examined = await examine('otlp_http', `{endpoint: "${url}"}`)
    expect(examined.code).toBe(0)
    expect(faults(examined)).toMatchObject([
      { check: 'clock', level: 'warn', message: expect.stringMatching(/3\d{3} s behind/) },
    ])
  })

  it('is behind a proxy that does not let it through', async () => {
    const server = createServer()
    server.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'))
    const proxy = await backend({}, server)
    const form = `{endpoint: "http://collector.invalid:4318", proxy_url: "${proxy.url.replace('http://', 'http://me:hunter2@')}"}`
    const examined = await examine('otlp_http', form)
    expect(faults(examined)).toMatchObject([
      { check: 'accepts', message: expect.stringContaining('the proxy wants a user and password') },
    ])
    expect(examined.stdout).not.toContain('hunter2')
  })

  it('gets a password without TLS', async () => {
    // Loopback is no network; a name for it is not known to be one.
    const { url } = await backend()
    const form = `{endpoint: "${url.replace('127.0.0.1', '0.0.0.0')}", auth: {bearer_token: x}}`
    expect(faults(await examine('otlp_http', form))).toMatchObject([{ check: 'plaintext', level: 'warn' }])
  })

  it('has settings that lose data', async () => {
    const { url } = await backend({
      get: (path) =>
        path === '/config' ? { status: 200, body: 'limits_config:\n  allow_structured_metadata: false\n' } : undefined,
    })
    const examined = await examine('otlp_http/loki', `{profile: loki, endpoint: "${url}/otlp"}`, { signals: ['logs'] })
    expect(faults(examined)).toMatchObject([{ check: 'structured-metadata', level: 'fail' }])
  })
})

describe("the gateway's own side", () => {
  const debug = ['debug', '{}'] as const

  it('is fine where nothing is there yet', async () => {
    const { code, findings } = await examine(...debug)
    expect(code).toBe(0)
    expect(findings.map(({ check, level }) => `${check} ${level}`)).toEqual(['folder ok', 'key ok', 'port ok'])
  })

  it('has a key that others may read', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'pseudonym.key'), Buffer.alloc(32))
    chmodSync(join(folder, 'pseudonym.key'), 0o644)
    const { stdout } = await cli(['doctor', '--config', withDataDir(folder)])
    expect(stdout).toContain(`chmod 600 ${join(folder, 'pseudonym.key')}`)
  })

  it('has a port that another program has, or the gateway itself', async () => {
    const { url } = await backend()
    const { port } = new URL(url)
    const more = `receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}"}}}}\n`
    const examined = await examine(...debug, { more })
    expect(examined.code).toBe(1)
    expect(faults(examined)).toMatchObject([
      { check: 'port', message: expect.stringContaining('taken by another program') },
    ])

    const gateway = await runGateway(['--data-dir', temporaryFolder()])
    onTestFinished(async () => void (await gateway.stop()))
    const { http, admin } = endpointsOf(gateway.started)
    const folder = temporaryFolder()
    const file = join(folder, 'gateway.yaml')
    writeFileSync(
      file,
      `receivers: {otlp: {protocols: {http: {endpoint: "${http}"}}}}\nadmin: {endpoint: "${admin}"}\ndata_dir: data\n`,
    )
    const { code, stdout } = await cli(['doctor', '--config', file])
    expect(code).toBe(0)
    expect(stdout).toContain(`${http} (otlp http) is taken, and a gateway runs here`)
  })
})

it('has a summary for people, and exit codes of their own for what is no fault of a backend', async () => {
  const folder = temporaryFolder()
  const { code, stdout } = await cli(['doctor', '--config', withDataDir(folder)])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^gateway\n {2}ok {4}.* can be written to.*\n[^]*\n\n\d ok\n$/)
  writeFileSync(join(folder, 'gateway.yaml'), 'exporters: {otlp_http: {endpont: x}}\n')
  expect((await cli(['doctor', '--config', join(folder, 'gateway.yaml')])).code).toBe(78)
  expect((await cli(['doctor', '--format', 'xml'])).code).toBe(2)
})

/** A configuration without network whose data folder is this one. */
function withDataDir(folder: string): string {
  const file = join(folder, 'gateway.yaml')
  writeFileSync(
    file,
    'receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}\nadmin: {endpoint: "127.0.0.1:0"}\ndata_dir: .\n',
  )
  return file
}

function endpointsOf(started: Readonly<Record<string, unknown>>): { http: string; admin: string } {
  const found = JSON.stringify(started)
  const http = /"protocol":"http"[^}]*?"endpoint":"([^"]+)"/.exec(found)?.[1] ?? ''
  const admin = /"admin":"([^"]+)"/.exec(found)?.[1] ?? ''
  return { http, admin }
}
