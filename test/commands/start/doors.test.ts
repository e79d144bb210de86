// What `start` says about its doors, and when a certificate stops it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { greeting, greetingFields, type Started } from '../../../src/commands/start/greeting.ts'
import { configOf } from '../../../src/commands/start/options.ts'
import type { CommandContext } from '../../../src/commands/command.ts'
import { defaultConfig } from '../../../src/config/load-config.ts'
import type { Door } from '../../../src/doors.ts'
import { cli } from '../cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { makeAuthority } from '../../tls/certificates.ts'

const started = (...doors: Door[]): Started =>
  ({
    config: defaultConfig(),
    gateway: { doors, endpoints: { admin: { host: '127.0.0.1', port: 8882 } } },
    program: { name: 'automagik', rules: [], digest: '0123456789abcdef' },
    notes: [],
    version: '1.0.0',
  }) as unknown as Started

const at = (port: number): Door['endpoint'] => ({ host: '127.0.0.1', port })
const http: Door = { receiver: 'otlp', protocol: 'http', endpoint: at(4318), security: 'plaintext' }
const grpc: Door = { receiver: 'otlp', protocol: 'grpc', endpoint: at(4317), security: 'plaintext' }

describe('the greeting', () => {
  it('says what is without TLS as ever', () => {
    const text = greeting(started(http, grpc))
    expect(text).toContain('  OTLP/HTTP  http://127.0.0.1:4318\n  OTLP/gRPC  127.0.0.1:4317\n')
    expect(text).toContain("curl -sS http://127.0.0.1:4318/v1/traces -H 'content-type: application/json' -d")
  })

  it('says what listens on all addresses', () => {
    const [all, six]: Door['endpoint'][] = [
      { host: '0.0.0.0', port: 4318 },
      { host: '::', port: 4317 },
    ]
    const text = greeting(started({ ...http, endpoint: all }, { ...grpc, endpoint: six, security: 'tls' }))
    expect(text).toContain('  OTLP/HTTP  http://localhost:4318  (on all addresses, without a token)\n')
    expect(text).toContain('  OTLP/gRPC  localhost:4317  (on all addresses, without a token, TLS)\n')
  })

  it('says where TLS is, who needs a certificate, and which receiver it is', () => {
    const text = greeting(
      started(
        { ...http, security: 'tls' },
        { ...grpc, security: 'tls' },
        { ...http, receiver: 'otlp/in', endpoint: at(5318), security: 'mtls' },
        { ...grpc, receiver: 'otlp/in', endpoint: at(5317), security: 'mtls' },
      ),
    )
    expect(text).toContain('  OTLP/HTTP  https://127.0.0.1:4318\n')
    expect(text).toContain('  OTLP/gRPC  127.0.0.1:4317  (TLS)\n')
    expect(text).toContain('  OTLP/HTTP  https://127.0.0.1:5318  (client certificate needed, otlp/in)\n')
    expect(text).toContain('  OTLP/gRPC  127.0.0.1:5317  (TLS, client certificate needed, otlp/in)\n')
    expect(text).toContain('curl -sS https://127.0.0.1:4318/v1/traces --cacert CA.pem')
  })

  it('shows how to send through the easiest door', () => {
    const named: Door = { ...http, receiver: 'otlp/plain', endpoint: at(5318) }
    expect(greeting(started({ ...http, security: 'tls' }, named))).toContain('curl -sS http://127.0.0.1:5318/')
    expect(greeting(started({ ...http, security: 'mtls' }))).toContain('--cert CLIENT.pem --key CLIENT-KEY.pem')
    expect(greeting(started(grpc))).not.toContain('curl')
  })

  it('says the same in fields', () => {
    expect(greetingFields(started({ ...http, security: 'tls' }))['receivers']).toEqual([
      { receiver: 'otlp', protocol: 'http', endpoint: '127.0.0.1:4318', security: 'tls' },
    ])
  })
})

describe('--http and --grpc', () => {
  const context = { env: {}, stderr: process.stderr } as unknown as CommandContext
  const configIn = (text: string, options: object) => {
    const file = join(temporaryFolder(), 'gateway.yaml')
    writeFileSync(file, text)
    return configOf(context, { config: file, ...options }).receivers
  }
  const pipelines = 'exporters: {debug: }\nservice: {pipelines: {logs: {receivers: [otlp/a], exporters: [debug]}}}\n'

  it('move the doors of otlp, and of no other receiver', () => {
    const named = 'otlp/a: {protocols: {http: {endpoint: "127.0.0.1:5318"}}}'
    const receivers = configIn(`receivers: {otlp: {protocols: {http: }}, ${named}}\n`, { http: at(1), grpc: at(2) })
    expect(receivers).toMatchObject([
      { name: 'otlp', http: { endpoint: at(1) }, grpc: { endpoint: at(2) } },
      { name: 'otlp/a', http: { endpoint: at(5318) } },
    ])
    expect(receivers[1].grpc).toBeUndefined()
  })

  it('open otlp for every pipeline where the file has no such receiver', () => {
    const text = `receivers: {otlp/a: {protocols: {http: {endpoint: "127.0.0.1:5318"}}}}\n${pipelines}`
    expect(configIn(text, { http: at(1) })).toMatchObject([
      { name: 'otlp', signals: ['logs'], http: { endpoint: at(1) } },
      { name: 'otlp/a', signals: ['logs'] },
    ])
  })
})

describe('a certificate that cannot be used', () => {
  it('stops the start with 78, file, line, the reason and no stack', async () => {
    const cwd = temporaryFolder()
    const { cert } = await makeAuthority()
    writeFileSync(join(cwd, 'cert.pem'), cert)
    const tls = 'tls: {cert_file: cert.pem, key_file: key.pem}'
    writeFileSync(join(cwd, 'gateway.yaml'), `receivers:\n  otlp:\n    protocols:\n      http:\n        ${tls}\n`)
    const { code, stderr } = await cli(['start', '--config', 'gateway.yaml'], { cwd })
    expect(code).toBe(78)
    expect(stderr).toContain('the private key "key.pem" cannot be read (ENOENT)')
    expect(stderr).toContain('gateway.yaml:5:')
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
