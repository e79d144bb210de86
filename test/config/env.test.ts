import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig('gateway.yaml', { readText: () => text, env })
const withQueue = (fields: string): string =>
  `exporters: {otlp_http: {endpoint: "http://x", ${fields}}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_http]}}}`

describe('variables', () => {
  it.each([
    ['${env:A}', { A: 'x' }, 'x'],
    ['a-${env:A}-${env:B:-c}', { A: 'b' }, 'a-b-c'],
    ['${env:A:-http://d:1/x}', {}, 'http://d:1/x'],
    ['"${env:A:-}z"', {}, 'z'],
    ['${env:A:-d}', { A: '' }, 'd'],
    ['a$$b', {}, 'a$b'],
    ['a$b', {}, 'a$b'],
    ['$${env:A}', {}, '${env:A}'],
    // A value is text, never YAML and never another variable.
    ['${env:A}', { A: '{x: 1}' }, '{x: 1}'],
    ['${env:A}', { A: '${env:B}' }, '${env:B}'],
    ['${env:A}', { A: '0123' }, '0123'],
  ])('%s with %j is %j', (text, env, value) => {
    const { config, diagnostics } = load(`ruleset: builtin:automagik\ndata_dir: ${text}`, env)
    expect(diagnostics).toEqual([])
    expect(config?.dataDir.slice(process.cwd().length + 1)).toBe(value.replace('http://', 'http:/'))
  })

  it('are numbers and booleans where these are wanted', () => {
    const { config, diagnostics } = load(
      withQueue('sending_queue: {enabled: "${env:ON}", num_consumers: "${env:N:-7}", queue_size: "${env:SIZE}"}'),
      { ON: 'false', SIZE: '131072' },
    )
    expect(diagnostics).toEqual([])
    expect(config?.exporters[0]).toMatchObject({ queue: { enabled: false, numConsumers: 7, queueSizeBytes: 131_072 } })
  })

  it('that are not set are named, with the place', () => {
    expect(load('a: 1\ndata_dir: ${env:NOPE}').diagnostics).toMatchObject([
      {
        code: 'config/unset-variable',
        message: 'the environment variable NOPE is not set',
        position: { line: 2, column: 11, length: 11 },
      },
    ])
  })

  it.each(['${HOME}', '${env:}', '${env:A', '${file:x}', '${env:A:=b}'])(
    '%s is refused, not taken as it stands',
    (text) => {
      expect(load(`data_dir: ${text}`, { A: 'x', HOME: 'x' }).diagnostics).toMatchObject([
        { code: 'config/variable-syntax' },
      ])
    },
  )

  it('never show their values in a message', () => {
    const secret = 's3cr3t value'
    const text = `receivers: {otlp: {protocols: {http: {endpoint: "\${env:S}", auth: {bearer_token: "\${env:S}", path_token: "\${env:S}"}}}}}
exporters: {otlp_http: {endpoint: "\${env:S}", compression: "\${env:S}", timeout: "\${env:S}", sending_queue: {num_consumers: "\${env:S}"}}}
service: {pipelines: {traces: {receivers: ["\${env:S}"], exporters: ["\${env:S}"]}}}
data_dir: ["\${env:S}"]
admin: "\${env:S}"`
    const { diagnostics, sources } = load(text, { S: secret })
    expect(diagnostics.length).toBeGreaterThan(8)
    expect(renderDiagnostics(diagnostics, sources)).not.toContain('s3cr3t')
    const dangling = load(`service: {pipelines: {traces: {receivers: [otlp], exporters: ["\${env:S}"]}}}`, {
      S: secret,
    })
    expect(renderDiagnostics(dangling.diagnostics, dangling.sources)).toContain('no exporter is called "${env:S}"')
  })
})
