// Receivers with names, and web pages that may send.
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { expectPointer } from './pointed-at.ts'

const load = (text: string) => loadConfig('/etc/gateway/gateway.yaml', { readText: () => text, env: {} })
const two = `receivers:
  otlp: {protocols: {http: }}
  otlp/tls: {protocols: {http: {endpoint: "0.0.0.0:5318"}, grpc: {endpoint: "0.0.0.0:5317"}}}
exporters: {debug: }
`
const pipelines = (traces: string, logs = traces): string =>
  `service: {pipelines: {traces: {receivers: [${traces}], exporters: [debug]}, logs: {receivers: [${logs}], exporters: [debug]}}}\n`

describe('receivers', () => {
  it('feed the pipelines that name them', () => {
    const { config, diagnostics } = load(two + pipelines('otlp, otlp/tls', 'otlp/tls'))
    expect(diagnostics).toEqual([])
    expect(config?.receivers).toMatchObject([
      { name: 'otlp', signals: ['traces'], http: { endpoint: { port: 4318 } } },
      { name: 'otlp/tls', signals: ['traces', 'logs'], grpc: { endpoint: { host: '0.0.0.0', port: 5317 } } },
    ])
    expect(config?.receivers[0].grpc).toBeUndefined()
    expect(config?.pipelines).toEqual({ traces: ['debug'], logs: ['debug'] })
  })

  it('feed everything where no pipeline is written', () => {
    const { config } = load('receivers: {otlp/a: {protocols: {http: {endpoint: "127.0.0.1:1"}}}}\n')
    expect(config?.receivers).toMatchObject([{ name: 'otlp/a', signals: ['traces', 'metrics', 'logs'] }])
  })

  it('that are none are no second fault when the file has none of its own', () => {
    const { diagnostics } = load(`exporters: {debug: }\n${pipelines('otpl')}`)
    expect(diagnostics.map(({ code }) => code)).toEqual(['config/unknown-receiver', 'config/unknown-receiver'])
  })
})

describe('CORS', () => {
  it('is read whole', () => {
    const cors = '{allowed_origins: [https://a.example, "http://localhost:*"], allowed_headers: [X-Team], max_age: 600}'
    const { config, diagnostics } = load(`receivers: {otlp: {protocols: {http: {cors: ${cors}}}}}`)
    expect(diagnostics).toEqual([])
    expect(config?.receivers[0].http?.cors).toEqual({
      allowedOrigins: ['https://a.example', 'http://localhost:*'],
      allowedHeaders: ['X-Team'],
      maxAgeSeconds: 600,
    })
  })
})

const cors = (form: string): string => `receivers: {otlp: {protocols: {http: {cors: ${form}}}}}\n`
const origins = (...list: string[]): string => cors(`{allowed_origins: ${JSON.stringify(list)}}`)

describe('a fault is named with its place and what was meant', () => {
  it.each([
    [two + pipelines('otlp, otlp/tsl'), ['no receiver is called "otlp/tsl", did you mean "otlp/tls"?'], 'otlp/tsl]'],
    [two + pipelines('otlp, otlp/tsl'), ['the receivers are otlp and otlp/tls'], 'otlp/tsl]'],
    [
      two + pipelines('otlp, otlp/tsl'),
      ['error[config/unused-receiver]: no pipeline uses the receiver "otlp/tls", did you mean "otlp/tsl"?'],
      'otlp/tls: {',
    ],
    [two + pipelines('otlp'), ['no pipeline uses the receiver "otlp/tls"', 'take it out'], 'otlp/tls: {'],
    [
      'receivers: {otpl: {protocols: {http: }}}',
      ['no type of receiver is called "otpl", did you mean "otlp"?'],
      'otpl',
    ],
    ['receivers: {jaeger: {}}', ['no type of receiver is called "jaeger"', 'the type is otlp'], 'jaeger'],
    ['receivers: {"otlp/": {protocols: {http: }}}', ['"otlp/" is no name of a receiver'], '"otlp/"'],
    ['receivers: {}', ['receivers: needs a receiver, such as otlp'], '{}'],
    ['receivers: {otlp: {}}', ['receivers.otlp needs the key "protocols"'], '{}'],
    [
      'receivers: {otlp/b: {protocols: {http: }}}',
      ['receivers.otlp/b.protocols.http needs the key "endpoint"', 'only the receiver otlp has'],
      'http: }',
    ],
    [
      'receivers: {otlp/b: {protocols: {grpc: {max_request_body_size: 1MiB}}}}',
      ['receivers.otlp/b.protocols.grpc needs the key "endpoint"'],
      'grpc: {',
    ],
    [
      'receivers: {otlp: {protocols: {http: }}, otlp/b: {protocols: {grpc: {endpoint: "127.0.0.1:4318"}}}}',
      ['OTLP/http and OTLP/grpc of otlp/b listen on one address'],
      '"127.0.0.1:4318"',
    ],
    [
      'receivers: {otlp/b: {protocols: {http: {endpoint: "127.0.0.1:8882"}}}}\nadmin: {endpoint: "127.0.0.1:8882"}',
      ['OTLP/http of otlp/b and admin listen on one address'],
      '"127.0.0.1:8882"}',
    ],
    [
      `receivers: {otlp/b: {protocols: {http: {endpoint: "127.0.0.1:9"}}}}
exporters: {otlp_http: {endpoint: "http://localhost:9"}}
service: {pipelines: {traces: {receivers: [otlp/b], exporters: [otlp_http]}}}`,
      ["sends to the gateway's own OTLP/http of otlp/b"],
      '"http://localhost:9"',
    ],
    [cors('{}'), ['cors needs the key "allowed_origins"'], '{}'],
    [origins(), ['allowed_origins: must not be empty'], '[]'],
    [origins('app.example.com'), ['want an origin such as https://app.example.com'], '"app.example.com"'],
    [origins('https://app.example.com/'), ['want an origin such as'], '"https://app'],
    [origins('https://*.*.example.com'), ['at most one "*"'], '"https://*.*'],
    [origins('null'), ['want an origin such as'], '"null"'],
    [cors('{allowed_origins: ["*"], max_age: 1m}'), ['max_age: got string, want number'], '1m}'],
    [cors('{allowed_origins: ["*"], allowed_headers: ["a b"]}'), ['want the name of a header'], '"a b"'],
    ['receivers: {otlp: {protocols: {grpc: {cors: {allowed_origins: ["*"]}}}}}', ['grpc has no key "cors"'], 'cors'],
  ])('%s', (text, parts, mark) => {
    const { config, diagnostics, sources } = load(text)
    const said = renderDiagnostics(diagnostics, sources)
    for (const part of parts) expect(said).toContain(part)
    expect(config).toBeUndefined()
    expectPointer(diagnostics, text, mark)
  })
})
