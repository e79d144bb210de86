// docs/connect.md: the variables that it names, and nothing else, make the published clients send; browsers may send
// from the pages that it allows; and what arrives can be seen the way it says.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributesOf, everything, logsIn, metricsIn, spansIn, until, written } from '../e2e/support/gateway.ts'
import { temporaryFolder } from '../e2e/support/processes.ts'
import { makeAuthority } from '../tls/certificates.ts'
import { blockOf, connectPage, environmentOf, startPageGateway, type PageGateway } from './connect-page.ts'

const require = createRequire(import.meta.url)
const sdk = require.resolve('@automagik/telemetry')
const root = fileURLToPath(new URL('../../', import.meta.url))

/** The page's first gateway.yaml, with the tokens that the page's variables have. */
const withTokens = {
  '{ endpoint: 127.0.0.1:4318 }': '{ endpoint: 127.0.0.1:4318, auth: { bearer_token: TOKEN, path_token: TOKEN } }',
  '{ endpoint: 127.0.0.1:4317 }': '{ endpoint: 127.0.0.1:4317, auth: { bearer_token: TOKEN } }',
}

let open: PageGateway
let closed: PageGateway
let caFile: string
beforeAll(async () => {
  const authority = await makeAuthority()
  const { cert, key } = await authority.issue()
  caFile = join(temporaryFolder('connect-ca'), 'ca.pem')
  writeFileSync(caFile, authority.cert)
  const files = { 'tls/server.pem': cert, 'tls/server.key': key }
  open = await startPageGateway('otlp/tls', { files })
  closed = await startPageGateway('otlp/tls', { files, replaced: withTokens })
})
afterAll(() => Promise.all([open?.stop(), closed?.stop()]))

const addressesOf = ({ http, grpc, tls }: PageGateway) => ({
  '127.0.0.1:4318': `127.0.0.1:${http}`,
  '127.0.0.1:4317': `127.0.0.1:${grpc}`,
  'gateway.example.com:4318': `127.0.0.1:${tls}`,
  'ca.pem': caFile,
})

/** Runs a program with these variables and nothing else of this process. */
function run(program: string, env: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: temporaryFolder('connect-home'), ...env },
    timeout: 60_000,
  })
}

describe('the variables of the Automagik SDKs', () => {
  const program = (feature: string): string => `
    import { createRequire } from 'node:module'
    const { AutomagikTelemetry, StandardEvents } = createRequire(import.meta.url)(${JSON.stringify(sdk)})
    const telemetry = new AutomagikTelemetry({ projectName: 'forge', version: '1.0.0' })
    telemetry.trackEvent(StandardEvents.FEATURE_USED, { feature_name: '${feature}' })
    await telemetry.flush()
    process.exit(0)
  `

  it.each([
    ['sdk', () => open],
    ['sdk-token', () => closed],
  ] as const)('%s are enough for the npm SDK', async (name, gateway) => {
    await run(program(name), environmentOf(name, addressesOf(gateway())))
    const features = () => spansIn(written(gateway(), 'traces')).map((span) => attributesOf(span)['feature_name'])
    await until('the event', () => features().includes(name))
  })

  it("are enough for the page's own program, which ends", async () => {
    await run(blockOf('js sdk'), environmentOf('sdk', addressesOf(open)))
    const features = () => spansIn(written(open, 'traces')).map((span) => attributesOf(span)['feature_name'])
    await until('the event', () => features().includes('list_contacts'))
  })

  it('with a wrong token make the npm SDK say what the page says, when it is asked to', async () => {
    const env = environmentOf('sdk-token', { ...addressesOf(closed), TOKEN: 'WRONG' })
    const { stdout, stderr } = await run(program('refused'), { ...env, AUTOMAGIK_TELEMETRY_VERBOSE: 'true' })
    expect(stdout + stderr).toContain('Telemetry event failed with status 401')
    expect(connectPage.text).toContain('`Telemetry event failed with status 401`')
  })

  it('that the npm SDK reads are all in the table, ClickHouse apart', () => {
    const source = readdirSync(dirname(sdk))
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(dirname(sdk), name), 'utf8'))
      .join('\n')
    const read = new Set(source.match(/\bAUTOMAGIK_TELEMETRY_[A-Z_]+/g))
    const named = new Set(connectPage.text.match(/\bAUTOMAGIK_TELEMETRY_[A-Z_]+/g))
    expect([...named].toSorted()).toEqual([...read].filter((name) => !name.includes('CLICKHOUSE')).toSorted())
  })
})

describe('the variables of OpenTelemetry', () => {
  /** The exporters take everything from the environment; the protocol chooses the package, as OpenTelemetry's own set-up does. */
  const program = (mark: string): string => `
    const kind = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === 'grpc' ? 'grpc' : 'proto'
    const exporterOf = async (signal, name) => new (await import(\`@opentelemetry/exporter-\${signal}-otlp-\${kind}\`))[name]()
    const { detectResources, envDetector } = await import('@opentelemetry/resources')
    const { BasicTracerProvider, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
    const { MeterProvider, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
    const { LoggerProvider, SimpleLogRecordProcessor } = await import('@opentelemetry/sdk-logs')
    const resource = detectResources({ detectors: [envDetector] })
    const tracers = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(await exporterOf('trace', 'OTLPTraceExporter'))] })
    const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: await exporterOf('metrics', 'OTLPMetricExporter') })] })
    const loggers = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: await exporterOf('logs', 'OTLPLogExporter') })] })
    tracers.getTracer('shop').startSpan('${mark}').end()
    meters.getMeter('shop').createGauge('${mark}').record(1)
    loggers.getLogger('shop').emit({ body: '${mark} of ana.silva@example.com' })
    await Promise.all([tracers.shutdown(), meters.shutdown(), loggers.shutdown()])
  `

  it.each([
    ['otel-http', [], () => open],
    ['otel-grpc', [], () => open],
    ['otel-http', ['otel-token'], () => closed],
    ['otel-grpc', ['otel-token'], () => closed],
    ['otel-http', ['otel-tls'], () => open],
  ] as const)('%s %j are enough for the official exporters, all signals', async (name, more, gateway) => {
    const mark = [name, ...more].join('.')
    const env = Object.assign({}, ...[name, ...more].map((each) => environmentOf(each, addressesOf(gateway()))))
    await run(program(mark), env)
    await until('the span', () => spansIn(written(gateway(), 'traces')).some((span) => span.name === mark))
    await until('the metric', () => metricsIn(written(gateway(), 'metrics')).some((metric) => metric.name === mark))
    const bodies = () => logsIn(written(gateway(), 'logs')).map(({ body }) => body.stringValue as string)
    await until('the log', () => bodies().some((body) => body.startsWith(`${mark} of [email]`)))
    const resources = written(gateway(), 'traces').flatMap(({ resourceSpans }) => resourceSpans)
    expect(resources.map(({ resource }) => attributesOf(resource)['service.name'])).toContain('checkout')
    expect(everything(gateway().folder)).not.toContain('ana.silva')
  })

  it('of Claude Code lead it here; what Genie has it send arrives as the page says', async () => {
    const env = environmentOf('claude-code', addressesOf(open))
    expect(env['OTEL_EXPORTER_OTLP_PROTOCOL']).toBe('http/json')
    const body = readFileSync(
      new URL('../samples/extra/genie-v4-claude-code-logs.synthesized.json', import.meta.url),
      'utf8',
    )
    const answer = await fetch(`${env['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(200)
    const prompts = () =>
      logsIn(written(open, 'logs')).filter((log) => attributesOf(log)['event.name'] === 'claude_code.user_prompt')
    await until('the prompt', () => prompts().length > 0)
    const attributes = attributesOf(prompts()[0])
    expect(Object.keys(attributes)).not.toContain('prompt')
    expect(attributes['user.email']).toMatch(/^\[email\]@hm:/)
    for (const name of ['user.id', 'user.account_uuid', 'session.id', 'organization.id'])
      expect(attributes[name]).toMatch(/^hm:/)
  })
})

describe('browsers', () => {
  let gateway: PageGateway
  beforeAll(async () => {
    gateway = await startPageGateway('cors')
  })
  afterAll(() => gateway?.stop())
  const ask = (origin: string, method: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.http}/v1/traces`, {
      method,
      headers: { origin, ...headers },
      ...(method === 'POST' && { body: '{}' }),
    })
  const preflight = (origin: string): Promise<Response> =>
    ask(origin, 'OPTIONS', {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    })

  it.each(['https://forge.example.com', 'http://localhost:5173'])('may send from %s', async (origin) => {
    const asked = await preflight(origin)
    expect(asked.ok).toBe(true)
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin)
    expect(asked.headers.get('access-control-allow-headers')).toContain('content-type')
    const sent = await ask(origin, 'POST', { 'content-type': 'application/json' })
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, origin])
  })

  it.each(['https://evil.example.com', 'https://forge.example.com.evil.com', 'null'])(
    'are kept from it on %s',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})

describe('see that it arrives', () => {
  it('by the lines of /metrics that the page greps for', async () => {
    const pattern = /\/metrics \| grep -E '(.+)'/.exec(connectPage.text)?.[1] ?? 'no pattern'
    const body = /-d '\n([\s\S]+)'\n/.exec(blockOf('sh by-hand'))?.[1] ?? ''
    const headers = { 'content-type': 'application/json' }
    const sent = await fetch(`http://127.0.0.1:${open.http}/v1/logs`, { method: 'POST', headers, body })
    expect(sent.status).toBe(200)
    const stranger = await fetch(`http://127.0.0.1:${closed.http}/v1/logs`, { method: 'POST', headers, body })
    expect(stranger.status).toBe(401)
    const linesOf = async ({ admin }: PageGateway): Promise<string> => {
      const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text()
      return text
        .split('\n')
        .filter((line) => new RegExp(pattern).test(line))
        .join('\n')
    }
    expect(await linesOf(open)).toMatch(/^otelcol_receiver_accepted_log_records\{.*\} [1-9]/m)
    expect(await linesOf(closed)).toMatch(/^gateway_requests_refused\{.*reason="unauthenticated".*\} [1-9]/m)
  })
})
