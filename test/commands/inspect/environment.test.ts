import { describe, expect, it } from 'vitest'
import { programEnvironment } from '../../../src/commands/inspect/environment.ts'

const told = { http: 'http://127.0.0.1:1', grpc: 'http://127.0.0.1:2', protocol: 'http/protobuf' } as const

describe('the environment of an inspected program', () => {
  it('sends every SDK to the gateway', () => {
    expect(programEnvironment({ HOME: '/h' }, told)).toMatchObject({
      HOME: '/h',
      AUTOMAGIK_TELEMETRY_ENABLED: 'true',
      AUTOMAGIK_TELEMETRY_ENDPOINT: told.http,
      OTEL_EXPORTER_OTLP_ENDPOINT: told.http,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_LOGS_EXPORTER: 'otlp',
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    })
  })

  it('speaks gRPC at the port of gRPC, and the Automagik SDKs still HTTP', () => {
    const { OTEL_EXPORTER_OTLP_ENDPOINT, AUTOMAGIK_TELEMETRY_ENDPOINT } = programEnvironment(
      {},
      { ...told, protocol: 'grpc' },
    )
    expect({ OTEL_EXPORTER_OTLP_ENDPOINT, AUTOMAGIK_TELEMETRY_ENDPOINT }).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: told.grpc,
      AUTOMAGIK_TELEMETRY_ENDPOINT: told.http,
    })
  })

  it('leaves out what would go past the gateway', () => {
    const shell = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://elsewhere',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
      OTEL_SDK_DISABLED: 'true',
      AUTOMAGIK_TELEMETRY_BACKEND: 'clickhouse',
      NO_PROXY: 'intern',
    }
    const env = programEnvironment(shell, told)
    for (const name of Object.keys(shell).slice(0, 4)) expect(env).not.toHaveProperty(name)
    expect([env['NO_PROXY'], env['no_proxy']]).toEqual(['intern,127.0.0.1', '127.0.0.1'])
  })
})
