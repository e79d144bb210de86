import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const sdk = JSON.stringify(createRequire(import.meta.url).resolve('@automagik/telemetry'))
const program = `
const { AutomagikTelemetry, StandardEvents, MetricType, LogSeverity } = require(${sdk})
const telemetry = new AutomagikTelemetry({ projectName: 'forge', version: '1.0.0' })
telemetry.trackEvent(StandardEvents.FEATURE_USED, { feature_name: 'list', recipient: '5511912345678@s.whatsapp.net' })
telemetry.trackMetric('messages.sent', 5, MetricType.COUNTER, { channel: 'whatsapp' })
telemetry.trackLog('mail to ana.silva@example.com', LogSeverity.INFO, {})
console.log('the program says this')
telemetry.flush().then(() => process.exit(3))
`

const inspect = (options: readonly string[], ...command: readonly string[]) =>
  cli(['inspect', ...options, '--', ...command], { env: { HOME: temporaryFolder(), NO_COLOR: '1' } })

describe('inspect', () => {
  it('shows what a program sent before and after, with nothing set in the program', async () => {
    const { code, stdout, stderr } = await inspect([], process.execPath, '-e', program)
    expect(stderr).toBe('')
    expect(code).toBe(3)
    expect(stdout).toContain('the program says this')
    expect(stdout).toContain('span automagik.feature.used (forge)')
    expect(stdout).toMatch(/- 5511912345678@s\.whatsapp\.net\n {4}\+ \+55 hm:/)
    expect(stdout).toContain('metric messages.sent (forge)')
    expect(stdout).toMatch(/log\.body\n {4}- mail to ana\.silva@example\.com\n {4}\+ mail to \[email\]@hm:/)
    expect(stdout).toContain('records          3, of them changed 3')
    expect(stdout).toMatch(/found in text {4}email 1/)
    expect(stdout).toMatch(/repaired .*trace-id-64-hex 1/)
  })

  it('shows as many records as it is told to, and counts the others', async () => {
    const { stdout } = await inspect(['--limit', '1'], process.execPath, '-e', program)
    expect(stdout).toContain('and 2 records more')
    expect(stdout).toContain('records          3')
  })

  it('takes protobuf, and the names that OpenTelemetry’s SDKs look for', async () => {
    const sender = `
      if (process.env.OTEL_EXPORTER_OTLP_PROTOCOL !== 'http/protobuf') process.exit(9)
      const span = Buffer.concat([Buffer.from([0x0a, 16]), Buffer.alloc(16, 1), Buffer.from([0x12, 8]), Buffer.alloc(8, 1), Buffer.from([0x2a, 2, 0x68, 0x69])])
      const wrap = (body) => Buffer.concat([Buffer.from([0x12, body.length]), body])
      const groups = wrap(wrap(span))
      fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body: Buffer.concat([Buffer.from([0x0a, groups.length]), groups]) })`
    const { code, stdout } = await inspect([], process.execPath, '-e', sender)
    expect(code).toBe(0)
    expect(stdout).toContain('span hi (no service.name)\n  as it was')
  })

  it('says so when nothing arrives', async () => {
    const { code, stdout, stderr } = await inspect([], process.execPath, '-e', '0')
    expect(code).toBe(0)
    expect(stdout).toContain('records          0')
    expect(stderr).toContain('warning: nothing arrived.')
  })

  it('says what was refused', async () => {
    const sender =
      "fetch(process.env.AUTOMAGIK_TELEMETRY_ENDPOINT + '/v1/traces', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })"
    const { stdout } = await inspect([], process.execPath, '-e', sender)
    expect(stdout).toContain('requests refused malformed 1')
  })

  it('says that there is no such program', async () => {
    const { code, stderr } = await inspect([], 'no-such-program-here')
    expect(code).toBe(127)
    expect(stderr).toContain('error: cannot run no-such-program-here: there is no such program')
  })

  it('says so of one that may not be executed, and shows no report of it', async () => {
    const file = join(temporaryFolder(), 'program')
    writeFileSync(file, '')
    const { code, stdout, stderr } = await inspect([], file)
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' })
    expect(stderr).toContain('it may not be executed (EACCES)')
  })

  it('takes gRPC, and says what is missing when a program speaks it unasked', async () => {
    const exporter = fileURLToPath(import.meta.resolve('@opentelemetry/exporter-trace-otlp-grpc'))
    const sdk = fileURLToPath(import.meta.resolve('@opentelemetry/sdk-trace-base'))
    const sender = `
      const { OTLPTraceExporter } = require(${JSON.stringify(exporter)})
      const { BasicTracerProvider, SimpleSpanProcessor } = require(${JSON.stringify(sdk)})
      const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] })
      provider.getTracer('x').startSpan('mail ana@example.com').end()
      provider.forceFlush().catch(() => {}).then(() => process.exit())`
    const asked = await inspect(['--protocol', 'grpc'], process.execPath, '-e', sender)
    expect(asked.stdout).toContain('    + mail {email}\n    by detector email')
    const unasked = await inspect([], process.execPath, '-e', sender)
    expect(unasked.stderr).toContain('needs --protocol grpc')
  })

  it('shows JSON alone on standard output, and no value where none is wanted', async () => {
    const { stdout, stderr } = await inspect(['--format', 'json', '--no-values'], process.execPath, '-e', program)
    expect(stderr).toContain('the program says this')
    const report = JSON.parse(stdout)
    expect(report.totals.records).toBe(3)
    expect(report.totals.where["span.attributes['recipient']"]).toEqual({ 'rule phones': 1 })
    expect(stdout).not.toMatch(/5511912345678|ana\.silva|hm:/)
  })

  it('wants a program', async () => {
    const { code, stderr } = await cli(['inspect'])
    expect(code).toBe(2)
    expect(stderr).toContain('command')
  })
})
