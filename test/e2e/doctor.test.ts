// Doctor before the real stores: a configuration that works is said to work, and each thing that commonly does not is named
// with what to change.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from '../commands/cli.ts'
import type { Finding } from '../../src/commands/doctor/finding.ts'
import { until } from './support/gateway.ts'
import { answers, freePort } from './support/peers.ts'
import { startServer, temporaryFolder } from './support/processes.ts'
import { ran } from './support/report.ts'
import { started } from './support/started.ts'
import { startJaeger } from './support/stores/jaeger.ts'
import { startLoki } from './support/stores/loki.ts'
import { startPrometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf } from './support/stores/stores.ts'
import { startTempo } from './support/stores/tempo.ts'

interface Report {
  readonly code: number | null
  readonly text: string
  /** What there is to look at or to mend. */
  readonly findings: readonly Finding[]
  has(check: string, level: Finding['level']): boolean
}

async function doctor(
  exporters: Readonly<Record<string, string>>,
  signals: Readonly<Record<string, string>>,
): Promise<Report> {
  const folder = temporaryFolder('doctor')
  const yaml = `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${await freePort()}"}}}}
admin: {endpoint: "127.0.0.1:${await freePort()}"}
exporters: {${Object.entries(exporters)
    .map(([name, form]) => `${name}: ${form}`)
    .join(', ')}}
service: {pipelines: {${Object.entries(signals)
    .map(([signal, name]) => `${signal}: {receivers: [otlp], exporters: [${name}]}`)
    .join(', ')}}}
data_dir: ${folder}
`
  writeFileSync(join(folder, 'gateway.yaml'), yaml)
  const run = await cli(['doctor', '--config', join(folder, 'gateway.yaml'), '--format', 'json'])
  if (run.stderr !== '') throw new Error(run.stderr)
  const { findings } = JSON.parse(run.stdout) as { findings: readonly Finding[] }
  return {
    code: run.code,
    text: run.stdout,
    findings: findings.filter(({ level }) => level !== 'ok'),
    has: (check, level) => findings.some((finding) => finding.check === check && finding.level === level),
  }
}

describe.skipIf(!areAtHand('prometheus'))('before Prometheus', () => {
  const exporters = (url: string) => ({ 'otlp_http/prometheus': `{profile: prometheus, endpoint: "${url}"}` })
  const metrics = { metrics: 'otlp_http/prometheus' }

  it('finds nothing to mend, and its data point is there', async () => {
    const prometheus = await started(startPrometheus(pathOf('prometheus')))
    const { code, findings, has } = await doctor(exporters(prometheus.url), metrics)
    expect([code, findings]).toEqual([0, []])
    expect(has('otlp-receiver', 'ok') && has('out-of-order', 'ok') && has('clock', 'ok')).toBe(true)
    await until(
      'the data point',
      async () => (await prometheus.value('automagik_gateway_doctor_seconds')) !== undefined,
    )
    ran('prometheus: doctor')
  })

  it('says that the OTLP receiver is off, and that late samples are refused', async () => {
    const [folder, port] = [temporaryFolder('prometheus'), await freePort()]
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {scrape_interval: 15s}\n')
    const url = `http://127.0.0.1:${port}`
    await started(
      startServer(
        pathOf('prometheus'),
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        () => answers(`${url}/-/ready`),
      ),
    )
    const { code, has, text } = await doctor(exporters(url), metrics)
    expect(code).toBe(1)
    expect(has('accepts', 'fail') && has('otlp-receiver', 'fail') && has('out-of-order', 'warn')).toBe(true)
    expect(text).toContain('--web.enable-otlp-receiver')
  })

  it('advises a profile where the path is wrong', async () => {
    const prometheus = await started(startPrometheus(pathOf('prometheus')))
    const { code, text } = await doctor({ otlp_http: `{endpoint: "${prometheus.url}"}` }, { metrics: 'otlp_http' })
    expect(code).toBe(1)
    expect(text).toContain('profile: prometheus')
  })
})

describe.skipIf(!areAtHand('loki'))('before Loki', () => {
  it('finds nothing to mend, and its log record is there', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    const { code, findings, has } = await doctor(
      { 'otlp_http/loki': `{profile: loki, endpoint: "${loki.url}"}` },
      { logs: 'otlp_http/loki' },
    )
    expect([code, findings]).toEqual([0, []])
    expect(has('structured-metadata', 'ok')).toBe(true)
    await until('the record', async () => (await loki.query('{service_name="automagik-gateway-doctor"}')).length === 1)
    ran('loki: doctor')
  })
})

describe('before a trace store', () => {
  it.skipIf(!areAtHand('jaeger'))('finds nothing to mend, and its span is there', async () => {
    const jaeger = await started(startJaeger(pathOf('jaeger')))
    const { code, findings } = await doctor({ otlp_http: `{endpoint: "${jaeger.otlp}"}` }, { traces: 'otlp_http' })
    expect([code, findings]).toEqual([0, []])
    await until('the span', async () => (await jaeger.spansOf('automagik-gateway-doctor')).length === 1)
    ran('jaeger: doctor')
  })

  it('takes Tempo, or its stand-in, over HTTP and gRPC', async () => {
    const tempo = await started(startTempo())
    for (const exporter of [
      { 'otlp_http/tempo': `{profile: tempo, endpoint: "${tempo.otlp}"}` },
      { 'otlp_grpc/tempo': `{profile: tempo, endpoint: "${tempo.otlpGrpc}"}` },
    ]) {
      const { code, findings } = await doctor(exporter, { traces: Object.keys(exporter)[0] })
      expect([code, findings]).toEqual([0, []])
    }
    ran(`${tempo.is}: doctor`)
  })
})

describe.skipIf(!areAtHand('otelcol'))('before a Collector', () => {
  it('says which signal has no pipeline there', async () => {
    const [folder, grpc, http, health] = [
      temporaryFolder('otelcol'),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    writeFileSync(
      join(folder, 'collector.yaml'),
      `
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:${grpc}"}, http: {endpoint: "127.0.0.1:${http}"}}}}
exporters: {nop: {}}
extensions: {health_check: {endpoint: "127.0.0.1:${health}"}}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [otlp], exporters: [nop]}}
`,
    )
    await started(
      startServer(pathOf('otelcol'), ['--config', join(folder, 'collector.yaml')], () =>
        answers(`http://127.0.0.1:${health}/`),
      ),
    )
    for (const [name, form] of [
      ['otlp_http/c', `{profile: collector, endpoint: "http://127.0.0.1:${http}"}`],
      ['otlp_grpc/c', `{profile: collector, endpoint: "127.0.0.1:${grpc}"}`],
    ]) {
      expect((await doctor({ [name]: form }, { logs: name })).findings).toEqual([])
      const { code, findings } = await doctor({ [name]: form }, { logs: name, traces: name })
      expect(code).toBe(1)
      expect(findings).toMatchObject([{ check: 'accepts', level: 'fail', message: expect.stringMatching(/^traces/) }])
    }
    ran('otelcol: doctor')
  })
})
