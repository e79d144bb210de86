// TLS in gateway.yaml: what it becomes, and what is wrong with it and where.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'
import { expectPointer } from './pointed-at.ts'
import { makeAuthority, type Authority, type Pair } from '../tls/certificates.ts'

let authority: Authority
let pair: Pair
let other: Pair
beforeAll(async () => {
  authority = await makeAuthority()
  pair = await authority.issue()
  other = await authority.issue()
})

/** A folder with certificates in it, and what is said about a file there. */
function folderWith(files: Record<string, string> = {}): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'certs'))
  const all = { 'server.pem': pair.cert, 'server-key.pem': pair.key, 'ca.pem': authority.cert, ...files }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, 'certs', name), text)
  return folder
}

function load(text: string, folder = folderWith()) {
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, text)
  const { config, diagnostics, sources } = loadConfig(file, { env: {} })
  return { folder, config, diagnostics, said: renderDiagnostics(diagnostics, sources) }
}

const own = 'cert_file: certs/server.pem, key_file: certs/server-key.pem'
const door = (tls: string, protocol = 'http'): string =>
  `receivers: {otlp: {protocols: {${protocol}: {tls: ${tls}}}}}\n`
const exporter = (form: string, type = 'otlp_grpc'): string =>
  `exporters:\n  ${type}: {${form}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [${type}]}}}\n`

describe('TLS', () => {
  it('of a receiver has paths from the folder of the file', () => {
    const text = `receivers:
  otlp:
    protocols:
      http: {tls: {${own}}}
      grpc: {tls: {${own}, client_ca_file: certs/ca.pem, min_version: 1.3, reload_interval: 1m}}
`
    const { config, diagnostics, folder } = load(text)
    expect(diagnostics).toEqual([])
    const certs = { certFile: join(folder, 'certs/server.pem'), keyFile: join(folder, 'certs/server-key.pem') }
    expect(config?.receivers[0].http?.tls).toEqual({ ...certs, reloadIntervalMs: 10_000 })
    expect(config?.receivers[0].grpc?.tls).toEqual({
      ...certs,
      clientCaFile: join(folder, 'certs/ca.pem'),
      minVersion: '1.3',
      reloadIntervalMs: 60_000,
    })
  })

  it('of an exporter is read whole', () => {
    const form = `endpoint: "collector:4317", tls: {ca_file: certs/ca.pem, ${own}, server_name_override: c, min_version: "1.2", include_system_ca_certs_pool: true}`
    const { config, diagnostics, folder } = load(exporter(form))
    expect(diagnostics).toEqual([])
    expect(config?.exporters[0]).toMatchObject({
      tls: {
        caFile: join(folder, 'certs/ca.pem'),
        certFile: join(folder, 'certs/server.pem'),
        keyFile: join(folder, 'certs/server-key.pem'),
        serverNameOverride: 'c',
        minVersion: '1.2',
        includeSystemCas: true,
        reloadIntervalMs: 10_000,
      },
    })
  })

  it.each([
    ['endpoint: "c:4317", tls: {}', 'otlp_grpc'],
    ['endpoint: "c:4317", tls: {insecure: true}', 'otlp_grpc'],
    ['endpoint: "http://c:4317", tls: {insecure: true}', 'otlp_grpc'],
    ['endpoint: "https://c:4317", tls: {ca_file: certs/ca.pem}', 'otlp_grpc'],
    ['endpoint: "https://c", tls: {ca_file: certs/ca.pem}', 'otlp_http'],
    ['endpoint: "http://c", traces_endpoint: "https://d/v1/traces", tls: {ca_file: certs/ca.pem}', 'otlp_http'],
    ['endpoint: "http://c", tls: {insecure: true}', 'otlp_http'],
  ])('is taken: %s (%s)', (form, type) => {
    expect(load(exporter(form, type)).said).toBe('')
  })

  it('that checks nobody is a warning', () => {
    const { config, diagnostics } = load(exporter('endpoint: "c:4317", tls: {insecure_skip_verify: true}'))
    expect(config).toBeDefined()
    expect(diagnostics).toMatchObject([
      { code: 'config/insecure-skip-verify', severity: 'warning', position: { line: 2, column: 63 } },
    ])
  })
})

describe('a fault is named with its place', () => {
  it.each([
    [door('{key_file: certs/server-key.pem}'), ['http.tls needs the key "cert_file"'], '{key_file'],
    [door('{}'), ['http.tls needs the key "cert_file"', 'http.tls needs the key "key_file"'], '{}'],
    [
      door(`{${own}, ca_file: certs/ca.pem}`),
      ['no key "ca_file"', 'the keys are cert_file, key_file, client_ca_file'],
      'ca_file: certs',
    ],
    [door(`{${own}, min_version: 1.1}`), ['got "1.1", want one of 1.2, 1.3'], '1.1}'],
    [door(`{${own}, reload_interval: 1ms}`), ['want at least 100ms'], '1ms}'],
    [
      door('{cert_file: certs/sever.pem, key_file: certs/server-key.pem}'),
      ['error[config/tls-file]', 'the certificate "certs/sever.pem" cannot be read (ENOENT)'],
      'certs/sever.pem',
    ],
    [
      door('{cert_file: certs/server.pem, key_file: certs/other-key.pem}', 'grpc'),
      ['the private key "certs/other-key.pem" does not belong to the certificate'],
      'certs/other-key.pem',
    ],
    [door(`{${own}, client_ca_file: certs/none.pem}`), ['the CA "certs/none.pem" cannot be read'], 'certs/none.pem'],
    [
      door('{cert_file: certs/server-key.pem, key_file: certs/server-key.pem}'),
      ['the certificate "certs/server-key.pem" holds no certificate', 'want PEM'],
      'certs/server-key.pem',
    ],
    [
      exporter('endpoint: "c:1", tls: {ca_file: certs/none.pem}'),
      ['the CA "certs/none.pem" cannot be read (ENOENT)'],
      'certs/none.pem',
    ],
    [
      exporter('endpoint: "c:1", tls: {cert_file: certs/server.pem}'),
      ['exporters.otlp_grpc.tls needs the key "key_file"', 'come together'],
      'cert_file',
    ],
    [
      exporter('endpoint: "c:1", tls: {key_file: certs/server-key.pem}'),
      ['exporters.otlp_grpc.tls needs the key "cert_file"'],
      'key_file',
    ],
    [
      exporter('endpoint: "https://c:1", tls: {insecure: true}'),
      ['error[config/tls-contradiction]', '"insecure" turns TLS off, and the endpoint wants it'],
      '"https://c:1"',
    ],
    [
      exporter('endpoint: "c:1", tls: {insecure: true, ca_file: certs/ca.pem}'),
      ['"insecure" turns TLS off, and the other keys of "tls" need it'],
      'true, ca_file',
    ],
    [
      exporter('endpoint: "http://c:1", tls: {}'),
      ['"tls" is there, but the endpoint is without (http://)', 'or nothing before the host'],
      '"http://c:1"',
    ],
    [
      exporter('endpoint: "http://c", tls: {ca_file: certs/ca.pem}', 'otlp_http'),
      ['"tls" is there, but the endpoint is without', 'write https://, or take "tls" out'],
      '"http://c"',
    ],
    [
      exporter('traces_endpoint: "https://c", tls: {insecure: true}', 'otlp_http'),
      ['and the endpoint wants it (https://)'],
      '"https://c"',
    ],
    [exporter('endpoint: "c:1", tls: {insecure: maybe}'), ['got string, want boolean'], 'maybe'],
    [
      exporter('endpoint: "c:1", tls: {server_name: c}'),
      ['no key "server_name"', 'server_name_override'],
      'server_name',
    ],
  ])('%s', (text, parts, mark) => {
    const { said, config, diagnostics } = load(text, folderWith({ 'other-key.pem': other.key }))
    for (const part of parts) expect(said).toContain(part)
    expect(config).toBeUndefined()
    expectPointer(diagnostics, text, mark)
  })

  it.skipIf(process.getuid?.() === 0)('a key that the gateway may not read', () => {
    const folder = folderWith()
    chmodSync(join(folder, 'certs/server-key.pem'), 0)
    const { said } = load(door(`{${own}}`), folder)
    expect(said).toContain('the private key "certs/server-key.pem" cannot be read (EACCES)')
    expect(said).toContain('let the user of the gateway read it')
  })
})
