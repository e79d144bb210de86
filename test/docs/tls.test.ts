// The certificates of docs/tls.md are made as it says, where openssl is at hand, and its files work with them.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { credentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { startGateway, type Gateway } from '../../src/gateway.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { readTlsFiles } from '../../src/tls/files.ts'
import { callGrpc, exportMethods } from '../receivers/grpc-client.ts'
import { pages } from './pages.ts'

const blocks = pages.find(({ path }) => path === 'docs/tls.md')!.blocks
const command = (name: string): string => blocks.find(({ info }) => info === `sh ${name}`)!.text
const missing = (program: string): boolean => spawnSync(program, ['version']).error !== undefined
const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })

describe.skipIf(missing('openssl'))('the page on TLS', () => {
  let folder: string
  const certs = (name: string): string => join(folder, 'certs', `${name}.pem`)
  const run = (text: string, cwd: string): string =>
    execFileSync('sh', ['-ec', text], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docs-tls-'))
    mkdirSync(join(folder, 'certs'))
    for (const name of ['make-ca', 'make-server', 'make-sender']) run(command(name), join(folder, 'certs'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** A gateway from the page's file that holds this text, on free ports. */
  async function gateway(holding: string): Promise<Gateway> {
    const block = blocks.find(({ info, text }) => info === 'yaml gateway' && text.includes(holding))!
    const text = block.text
      .replaceAll(/endpoint: 0\.0\.0\.0:\d+/g, 'endpoint: 127.0.0.1:0')
      .replace('http:\n      grpc:', 'http: { endpoint: 127.0.0.1:0 }')
    const file = join(folder, 'gateway.yaml')
    writeFileSync(file, `${text}\nadmin: { endpoint: 127.0.0.1:0 }\ndata_dir: ${folder}/data\n`)
    const { config, diagnostics } = loadConfig(file, { env: {} })
    expect(diagnostics).toEqual([])
    const log = { info() {}, warn() {}, error() {} }
    const started = await startGateway({ config: config!, program: program!, version: '0', log, write() {} })
    onTestFinished(() => started.stop(0))
    return started
  }

  it('makes certificates that are fit', () => {
    expect(readTlsFiles({ cert: certs('gateway'), key: certs('gateway-key'), ca: certs('ca') }).ca).toHaveLength(1)
    expect(readTlsFiles({ cert: certs('sender'), key: certs('sender-key') }).cert).toBeDefined()
    expect(run(command('look'), folder)).toMatch(/notAfter=[^]*DNS:gateway\.example\.com/)
  })

  it('opens a door with TLS, to be tried as it says', async () => {
    const { endpoints } = await gateway('grpc:\n        endpoint: 0.0.0.0:4317\n        tls')
    const { port } = endpoints.http!
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const ca = readFileSync(certs('ca'))
      const call = request({ host: 'localhost', port, path: '/v1/traces', method: 'POST', headers, ca }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      call.on('error', reject)
      call.end('{}')
    })
    expect(status).toBe(200)
    if (missing('curl')) return
    // Not in the way of the gateway, which runs in this process.
    const text = command('try-server').replace(':4318', `:${port}`)
    const { stdout } = await promisify(execFile)('sh', ['-ec', text], { cwd: folder })
    expect(stdout).toBe('{}')
  })

  it('lets in only who has a certificate', async () => {
    const { doors } = await gateway('client_ca_file')
    const { port } = doors.find(({ security }) => security === 'mtls')!.endpoint
    const ca = readFileSync(certs('ca'))
    const call = (channel: ReturnType<typeof credentials.createSsl>) =>
      callGrpc(port, exportMethods.traces, Buffer.alloc(0), { channel, deadlineMs: 5000 })
    const sender = credentials.createSsl(ca, readFileSync(certs('sender-key')), readFileSync(certs('sender')))
    expect((await call(sender)).code).toBe(0)
    expect((await call(credentials.createSsl(ca))).code).toBe(14)
  })
})
