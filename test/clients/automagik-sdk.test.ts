// The published npm SDK, unmodified, as a program of its own: what it tracks arrives, repaired and clean.
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attributesOf,
  everything,
  logsIn,
  metricsIn,
  spansIn,
  startGatewayWith,
  until,
  written,
  type GatewayUnderTest,
} from '../e2e/support/gateway.ts'

const require = createRequire(import.meta.url)
const program = `
const { AutomagikTelemetry, StandardEvents, MetricType, LogSeverity } = require(${JSON.stringify(require.resolve('@automagik/telemetry'))})
const telemetry = new AutomagikTelemetry({ projectName: 'forge', version: '1.2.3' })
telemetry.trackEvent(StandardEvents.FEATURE_USED, { feature_name: 'send_message', recipient: '5511912345678@s.whatsapp.net', worktree_path: '/home/ana/worktrees/wish-42', token_count: 1834 })
telemetry.trackEvent(StandardEvents.API_REQUEST, { endpoint: '/api/v1/traces/phone/5511912345678', method: 'GET', status: 503, duration_ms: 250 })
telemetry.trackError(new TypeError('fetch failed for ana.silva@example.com from 203.0.113.9 with Bearer FAKEfakeFAKEfake0001'), { error_code: 'FORGE-2001' })
telemetry.trackMetric('automagik.forge.tasks.created', 1, MetricType.COUNTER, { executor: 'CODEX' })
telemetry.trackMetric('automagik.performance.latency', 12.5, MetricType.HISTOGRAM, { operation_type: 'api' })
telemetry.trackLog('Task for +55 11 91234-5678 finished', LogSeverity.WARN, { message: 'oi, tudo bem com voce', api_token: 'FAKE-token-not-real' })
telemetry.flush().then(() => process.exit(0))
`
const personal = [
  /5511912345678/,
  /91234-5678/,
  /ana\.silva/,
  /203\.0\.113\.9/,
  /FAKEfake/,
  /FAKE-token/,
  /\/home\/ana/,
  /oi, tudo bem/,
]

describe('the published npm SDK', () => {
  let gateway: GatewayUnderTest
  const home = mkdtempSync(join(tmpdir(), 'sdk-home-'))

  beforeAll(async () => {
    gateway = await startGatewayWith({
      exporters: 'file: {}',
      names: ['file'],
      more: 'metrics: { flush_interval: 300ms }',
    })
    await promisify(execFile)(process.execPath, ['-e', program], {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        AUTOMAGIK_TELEMETRY_ENABLED: 'true',
        AUTOMAGIK_TELEMETRY_ENDPOINT: `http://127.0.0.1:${gateway.http}`,
      },
      timeout: 30_000,
    })
    await until('three spans', () => spansIn(written(gateway, 'traces')).length >= 3)
    await until('two metrics', () => metricsIn(written(gateway, 'metrics')).length >= 2)
    await until('one log', () => logsIn(written(gateway, 'logs')).length >= 1)
  })
  afterAll(() => gateway?.stop())

  it('delivers its events with names, types, times and status as they should be', () => {
    const spans = spansIn(written(gateway, 'traces'))
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set(['automagik.feature.used', 'automagik.api.request', 'automagik.error']),
    )
    expect(spans.every(({ traceId }) => /^[0-9a-f]{32}$/.test(traceId))).toBe(true)
    const request = spans.find(({ name }) => name === 'automagik.api.request')
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': '503',
      'url.path': '/api/v1/traces/phone/{phone}',
      'http.route': '/api/v1/traces/phone/{phone}',
    })
    expect(request.status.code).toBe(2)
    expect(BigInt(request.endTimeUnixNano) - BigInt(request.startTimeUnixNano)).toBe(250_000_000n)
    const feature = spans.find(({ name }) => name === 'automagik.feature.used')
    expect(attributesOf(feature)).toMatchObject({ feature_name: 'send_message', worktree_path: '~/worktrees/wish-42' })
    expect(attributesOf(feature)['recipient']).toMatch(/^\+55 hm:k[0-9a-f]{6}:[0-9a-f]{16}$/)
  })

  it('leaves no personal data in what is exported, kept or printed', async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.admin}/metrics`)).text()
    const kept = everything(gateway.folder) + gateway.output() + metrics
    expect(personal.filter((value) => value.test(kept))).toEqual([])
  })

  it('sends its metrics as sums of this gateway, whose resource tells nobody who', () => {
    const requests = written(gateway, 'metrics')
    const resources = requests.flatMap(({ resourceMetrics }) => resourceMetrics)
    expect(attributesOf(resources[0].resource)).toEqual({
      'service.name': 'forge',
      'service.instance.id': expect.stringMatching(/^[a-z]{8}$/),
    })
    const names = new Set(metricsIn(requests).map(({ name }) => name))
    expect(names).toEqual(
      new Set([
        'automagik.events',
        'automagik.event.duration',
        'automagik.errors',
        'automagik.http.requests',
        'automagik.upstream.errors',
        'automagik.users.active.1d',
        'automagik.users.active.1h',
        'automagik.forge.tasks.created',
        'automagik.performance.latency',
      ]),
    )
    const counter = metricsIn(requests).findLast(({ name }) => name === 'automagik.forge.tasks.created').sum
    expect(counter).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 })
    const last = counter.dataPoints.at(-1)
    expect(last.asDouble).toBe(1)
    expect(BigInt(last.startTimeUnixNano)).toBeLessThan(BigInt(last.timeUnixNano))
    expect(attributesOf(last)).toEqual({ executor: 'CODEX', 'service.version': '1.2.3' })
  })
})
