import { resolve } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultConfig, loadConfig } from '../../src/config/load-config.ts'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig('/etc/gateway/gateway.yaml', { readText: () => text, env })
const said = (text: string, env?: Record<string, string>): string => {
  const { config, diagnostics, sources } = load(text, env)
  if (diagnostics.some(({ severity }) => severity === 'error')) expect(config).toBeUndefined()
  return renderDiagnostics(diagnostics, sources)
}
const one = (exporters: string, more = ''): string => `exporters:\n  ${exporters}\n${more}`
const pipeline = (name: string): string => `service: {pipelines: {traces: {receivers: [otlp], exporters: [${name}]}}}\n`

describe('a configuration', () => {
  it('has every default when there is no file', () => {
    expect(defaultConfig('/var/data')).toEqual({
      receivers: [
        {
          name: 'otlp',
          signals: ['traces', 'metrics', 'logs'],
          http: { endpoint: { host: '127.0.0.1', port: 4318 }, maxRequestBodyBytes: 16_777_216 },
          grpc: { endpoint: { host: '127.0.0.1', port: 4317 }, maxRequestBodyBytes: 16_777_216 },
        },
      ],
      exporters: [{ name: 'file', type: 'file', file: { directory: '/var/data' }, queue: {} }],
      pipelines: { traces: ['file'], metrics: ['file'], logs: ['file'] },
      ruleset: 'builtin:automagik',
      dataDir: '/var/data',
      admin: { host: '127.0.0.1', port: 8882 },
      metrics: { flushIntervalMs: 10_000 },
      logs: { enabled: true },
      queue: { sync: 'normal', deadLetterBytes: 256 * 2 ** 20, quarantineBytes: 256 * 2 ** 20 },
      shutdownTimeoutMs: 10_000,
    })
    expect(defaultConfig().dataDir).toBe(resolve('data'))
  })

  it.each(['', '# nothing but words\n', '{}'])('has every default when the file says nothing: %j', (text) => {
    const { config, diagnostics } = load(text)
    expect(diagnostics).toEqual([])
    expect(config).toEqual({
      ...defaultConfig('/etc/gateway/data'),
      exporters: [{ name: 'file', type: 'file', file: { directory: '/etc/gateway/data' }, queue: {} }],
    })
  })

  it('is read whole, in ms and bytes, with absolute paths', () => {
    const { config, diagnostics } = load(
      `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 0.0.0.0:5318
        max_request_body_size: 20MiB
        auth: {bearer_token: "\${env:TOKEN}", path_token: abc-123}
      grpc:
exporters:
  otlp_http/tempo:
    endpoint: http://tempo:4318
    traces_endpoint: http://tempo:4318/custom
    headers: {X-Scope-OrgID: team}
    compression: none
    timeout: 1m30s
    retry_on_failure: {enabled: true, initial_interval: 1s, max_interval: 10s, multiplier: 2, randomization_factor: 0.1, max_elapsed_time: 0}
    sending_queue: {enabled: false, queue_size: 1MiB, num_consumers: 3, batch: {max_size: 512KiB, flush_timeout: 50ms}}
  otlp_grpc: {endpoint: "collector:4317"}
  file/audit: {directory: audit, rotation: {max_megabytes: 2, max_backups: 5}, sending_queue: {queue_size: 2MiB}}
  debug:
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [otlp_http/tempo, otlp_grpc, file/audit, debug, debug]}
ruleset: rules/mine.yaml
data_dir: /var/lib/gateway
admin: {endpoint: 127.0.0.1:9999, auth: {bearer_token: "\${env:TOKEN}"}}
metrics: {flush_interval: 500ms}
logs: {enabled: false}
shutdown_timeout: 3s
`,
      { TOKEN: '12345' },
    )
    expect(diagnostics).toEqual([])
    expect(config).toEqual({
      receivers: [
        {
          name: 'otlp',
          signals: ['traces'],
          http: {
            endpoint: { host: '0.0.0.0', port: 5318 },
            auth: { bearerToken: '12345', pathToken: 'abc-123' },
            maxRequestBodyBytes: 20 * 1024 * 1024,
          },
          grpc: { endpoint: { host: '127.0.0.1', port: 4317 }, maxRequestBodyBytes: 16_777_216 },
        },
      ],
      exporters: [
        {
          name: 'otlp_http/tempo',
          type: 'otlp_http',
          endpoint: 'http://tempo:4318',
          endpoints: { traces: 'http://tempo:4318/custom' },
          headers: { 'X-Scope-OrgID': 'team' },
          compression: 'none',
          timeoutMs: 90_000,
          retry: {
            enabled: true,
            initialIntervalMs: 1_000,
            maxIntervalMs: 10_000,
            multiplier: 2,
            randomizationFactor: 0.1,
            maxElapsedTimeMs: 0,
          },
          queue: {
            enabled: false,
            queueSizeBytes: 1_048_576,
            numConsumers: 3,
            batch: { maxSizeBytes: 524_288, flushTimeoutMs: 50 },
          },
        },
        { name: 'otlp_grpc', type: 'otlp_grpc', endpoint: 'collector:4317' },
        {
          name: 'file/audit',
          type: 'file',
          file: { directory: '/etc/gateway/audit', maxBytes: 2 * 1024 * 1024, maxBackups: 5 },
          queue: { queueSizeBytes: 2 * 1024 * 1024 },
        },
        { name: 'debug', type: 'debug', debug: {} },
      ],
      pipelines: { traces: ['otlp_http/tempo', 'otlp_grpc', 'file/audit', 'debug'] },
      ruleset: '/etc/gateway/rules/mine.yaml',
      dataDir: '/var/lib/gateway',
      admin: { host: '127.0.0.1', port: 9999, bearerToken: '12345' },
      metrics: { flushIntervalMs: 500 },
      logs: { enabled: false },
      queue: { sync: 'normal', deadLetterBytes: 256 * 2 ** 20, quarantineBytes: 256 * 2 ** 20 },
      shutdownTimeoutMs: 3_000,
    })
  })

  it('closes the protocol that it does not list', () => {
    expect(load('receivers: {otlp: {protocols: {grpc: }}}').config?.receivers).toEqual([
      {
        name: 'otlp',
        signals: ['traces', 'metrics', 'logs'],
        grpc: { endpoint: { host: '127.0.0.1', port: 4317 }, maxRequestBodyBytes: 16_777_216 },
      },
    ])
  })

  it('throws for no text', () => {
    const words = ['receivers', 'exporters', 'service', 'otlp', 'http', 'endpoint', 'debug', 'null', '1', '${env:A}']
    const marks = [': ', ':\n  ', '\n', '{', '}', '- ', '&a ', '*a']
    const part = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...marks))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const { config, diagnostics } = load(parts.join(''))
        expect(config !== undefined || diagnostics.length > 0).toBe(true)
      }),
    )
  })
})

describe('a fault is named with its place and what was meant', () => {
  it.each([
    ['recievers: {}', ['config/unknown-key', 'no key "recievers", did you mean "receivers"?', 'gateway.yaml:1:1']],
    ['receivers: {otlp: {protocols: {http: {endpoint: 4318}}}}', ['got number, want host:port', 'gateway.yaml:1:49']],
    ['receivers: {otlp: {protocols: {http: {endpoint: "http://x:1"}}}}', ['want host:port, such as 127.0.0.1:4318']],
    ['receivers: {otlp: {protocols: {}}}', ['needs http, grpc or both']],
    ['receivers: {otlp: {protocols: {http: {auth: {}}}}}', ['auth: needs a token']],
    [
      'receivers: {otlp: {protocols: {http: {auth: {bearer_token: ""}}}}}',
      ['bearer_token: want visible ASCII characters'],
    ],
    ['admin: {auth: {bearer_token: "a b"}}', ['bearer_token: want visible ASCII characters']],
    ['admin: {auth: {}}', ['admin.auth needs the key "bearer_token"']],
    [
      'receivers: {otlp: {protocols: {grpc: {auth: {bearer_token: ""}}}}}',
      ['bearer_token: want visible ASCII characters'],
    ],
    ['receivers: {otlp: {protocols: {grpc: {auth: {path_token: a}}}}}', ['has no key "path_token"']],
    ['receivers: {otlp: {protocols: {http: {max_request_body_size: big}}}}', ['want a size such as 16MiB']],
    [
      one('otlphttp: {endpoint: "http://x"}'),
      ['no type of exporter is called "otlphttp", did you mean "otlp_http"?', 'gateway.yaml:2:3'],
    ],
    [one('otlp/x: {endpoint: "x:1"}'), ['no type of exporter is called "otlp", did you mean "otlp_grpc"?']],
    [one('"otlp_http/": {endpoint: "http://x"}'), ['"otlp_http/" is no name of an exporter']],
    [
      one('kafka: {}', pipeline('kafka')),
      ['no type of exporter is called "kafka"', 'the types are otlp_http, otlp_grpc, file and debug'],
    ],
    [
      one('otlp_http: {endpoint: "localhost:4318"}', pipeline('otlp_http')),
      ['want a URL such as http://127.0.0.1:4318'],
    ],
    [
      one('otlp_http: {endpoint: "http://a:b@x"}', pipeline('otlp_http')),
      ['no user name or password', '"http://***@x"'],
    ],
    [one('otlp_grpc: {endpoint: "http://x/path"}', pipeline('otlp_grpc')), ['want host:port, or https://host:port']],
    [one('otlp_grpc: {}', pipeline('otlp_grpc')), ['exporters.otlp_grpc needs the key "endpoint"']],
    [
      one('otlp_http: {compression: gzp}', pipeline('otlp_http')),
      ['got "gzp", want one of none, gzip; did you mean "gzip"?'],
    ],
    [one('otlp_http: {timeout: 5}', pipeline('otlp_http')), ['got number, want a duration such as 5s']],
    [one('otlp_http: {sending_queue: {queue_size: 1000}}', pipeline('otlp_http')), ['want at least 65536 bytes']],
    [
      one('otlp_http: {headers: {X-Scope-OrgID: 1}}', pipeline('otlp_http')),
      ['headers.X-Scope-OrgID: got number, want string'],
    ],
    [one('debug: {verbosity: verbose}', pipeline('debug')), ['want one of basic, normal, detailed']],
    [
      'service: {pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [a]}}}',
      ['no key "processors"', 'the ruleset says'],
    ],
    [
      'service: {pipelines: {traces: {receivers: [jaeger], exporters: [a]}}}',
      ['no receiver is called "jaeger"', 'the receiver is otlp', 'gateway.yaml:1:44'],
    ],
    ['service: {pipelines: {traces: {receivers: [otlp]}}}', ['service.pipelines.traces needs the key "exporters"']],
    ['service: {pipelines: {}}', ['there is no pipeline, so nothing is taken']],
    [
      one('otlp_http/tmpo: {endpoint: "http://x"}', pipeline('otlp_http/tempo')),
      ['no exporter is called "otlp_http/tempo", did you mean "otlp_http/tmpo"?', 'gateway.yaml:3:63'],
    ],
    [
      one('otlp_http: {logs_endpoint: "http://x"}', pipeline('otlp_http')),
      ['"otlp_http" has no endpoint for traces', 'traces_endpoint'],
    ],
    [one('debug:'), ['"service" does not say what goes to them', 'exporters: [debug]']],
    [
      one('debug:\n  file: {directory: a}\n  file/b: {directory: ./a}', pipeline('debug, file, file/b')),
      ['"file" and "file/b" write into one directory'],
    ],
    [
      one('otlp_http: {endpoint: "http://localhost:4318"}', pipeline('otlp_http')),
      ["sends to the gateway's own OTLP/http", 'without end'],
    ],
    [one('otlp_grpc: {endpoint: "127.0.0.1:4317"}', pipeline('otlp_grpc')), ["sends to the gateway's own OTLP/grpc"]],
    [
      'receivers: {otlp: {protocols: {http: {endpoint: ":7000"}, grpc: {endpoint: "localhost:7000"}}}}',
      ['listen on one address'],
    ],
    ['admin: {endpoint: 127.0.0.1:4318}', ['OTLP/http and admin listen on one address', 'gateway.yaml:1:19']],
    ['shutdown_timeout: soon', ['want a duration such as 5s']],
    ['metrics: {flush_interval: 10ms}', ['flush_interval: ', 'want at least 100ms', 'gateway.yaml:1:27']],
    ['metrics: {flush_interval: 10}', ['got number, want a duration such as 5s', 'gateway.yaml:1:27']],
    ['data_dir:', ['data_dir has no value']],
  ])('%s', (text, parts) => {
    const text_ = said(text)
    for (const part of parts) expect(text_).toContain(part)
    expect(text_).toContain('error[')
  })

  it('an exporter without work is a warning', () => {
    const { config, diagnostics } = load(one('debug:\n  file:', pipeline('debug')))
    expect(config).toBeDefined()
    expect(diagnostics).toMatchObject([
      { code: 'config/unused-exporter', severity: 'warning', position: { line: 3, column: 3 } },
    ])
  })

  it('a ruleset that is not there, at the place that names it', () => {
    const readText = (path: string): string => {
      if (path.endsWith('gateway.yaml')) return 'data_dir: d\nruleset: mine.yaml\n'
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    }
    expect(loadConfig('/etc/gateway.yaml', { readText }).diagnostics).toMatchObject([
      {
        code: 'config/unreadable',
        message: 'cannot read the ruleset "/etc/mine.yaml" (ENOENT)',
        file: '/etc/gateway.yaml',
        position: { line: 2, column: 10 },
      },
    ])
  })

  it('a file that is not there', () => {
    expect(loadConfig('/nowhere/gateway.yaml').diagnostics).toMatchObject([
      { code: 'config/unreadable', message: expect.stringContaining('ENOENT') },
    ])
  })
})
