// The shipped derived metrics in a real Prometheus, each against what was counted while the traffic was made; and three
// senders at once whose labels are dropped: no sample is refused, and sums are what was sent.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activity } from '../../src/dashboards/activity.ts'
import { buildDashboard } from '../../src/dashboards/build.ts'
import { queriesOf } from '../../src/dashboards/panels-of.ts'
import { queryText } from './support/dashboard/ask.ts'
import { startGatewayWith, until, type GatewayUnderTest } from './support/gateway.ts'
import { temporaryFolder } from './support/processes.ts'
import { post } from './support/producers/bodies.ts'
import { ran } from './support/report.ts'
import { startPrometheus, type Prometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf } from './support/stores/stores.ts'
import { flushEvery } from './support/whole-way.ts'

const flushS = 1
const attributes = (values: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'number'
        ? { doubleValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { stringValue: value },
  }))
const nanos = (ms: number): string => `${Math.round(ms)}000000`

/** What was sent, added up by hand: metric → labels → value. */
type Book = Map<string, Map<string, number>>

function count(book: Book, metric: string, labels: Readonly<Record<string, string>>, by = 1): void {
  const series = book.get(metric) ?? new Map<string, number>()
  book.set(metric, series)
  const key = keyOf(labels)
  series.set(key, (series.get(key) ?? 0) + by)
}

/** Labels that are empty are none. */
const keyOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(' ')

interface Span {
  readonly name: string
  readonly values?: Readonly<Record<string, unknown>>
  readonly tookMs?: number
}

function spans(resource: Readonly<Record<string, unknown>>, scope: string, made: readonly Span[]): Buffer {
  const now = Date.now()
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: attributes(resource) },
          scopeSpans: [
            {
              scope: { name: scope },
              spans: made.map(({ name, values = {}, tookMs = 0 }) => ({
                traceId: randomBytes(16).toString('hex'),
                spanId: randomBytes(8).toString('hex'),
                name,
                startTimeUnixNano: nanos(now - tookMs),
                endTimeUnixNano: nanos(now),
                attributes: attributes(values),
              })),
            },
          ],
        },
      ],
    }),
  )
}

const omni = (user: number): Readonly<Record<string, unknown>> => ({
  'service.name': 'automagik-omni',
  'service.version': '0.2.0',
  'user.id': `omni-user-${user}`,
  'telemetry.sdk.name': 'automagik-omni',
})
const hive = (user: number): Readonly<Record<string, unknown>> => ({
  'service.name': 'hive',
  'service.version': '1.0.0',
  'user.id': `hive-user-${user}`,
  'telemetry.sdk.name': 'automagik-telemetry',
})
const statuses = [200, 200, 200, 401, 403, 429, 500, 503]
const channels = ['whatsapp', 'discord']

/** What Omni v1 sends. */
async function sendOmni(port: number, book: Book, round: number): Promise<void> {
  const status = statuses[round % statuses.length]
  const instance = `bot-${round % 2}`
  const path = round % 3 === 0 ? `/api/v1/traces/phone/551191234567${round % 10}` : `/webhook/evolution/${instance}`
  const http_route = round % 3 === 0 ? '/api/v1/traces/phone/{phone}' : '/webhook/evolution/{instance_name}'
  const job = 'automagik-omni'
  const code = { http_response_status_code: String(status) }
  count(book, 'automagik_http_requests_total', { job, http_request_method: 'POST', http_route, ...code })
  if ([401, 403, 429].includes(status)) count(book, 'automagik_http_refused_total', { job, http_route, ...code })
  if (round % 3 !== 0) count(book, 'automagik_instance_requests_total', { job, instance: String(round % 2) })
  if (status >= 503)
    count(book, 'automagik_upstream_errors_total', { job, event_name: 'automagik.api.request', error_type: '503' })
  const channel = channels[round % 2]
  const success = round % 4 !== 0
  const event_name = 'automagik.omni.webhook.processed'
  count(book, 'automagik_messages_total', { job, event_name, channel, outcome: success ? 'success' : 'error' })
  if (!success) count(book, 'automagik_upstream_errors_total', { job, event_name, channel, error_type: 'timeout' })
  count(book, 'automagik_users_active_1h', { job }, round < 5 ? 1 : 0)
  const request = {
    'event.endpoint': path,
    'event.method': 'POST',
    'event.status_code': status,
    'event.duration_ms': 12,
  }
  const failure = success ? {} : { 'event.error': 'Evolution API: Read timed out. (read timeout=60)' }
  const webhook = { 'event.channel': channel, 'event.success': success, 'event.duration_ms': 40, ...failure }
  const made = [
    { name: 'api_request', values: request },
    { name: 'webhook_processed', values: webhook },
  ]
  expect(await post(port, 'traces', spans(omni(round % 5), 'automagik-omni.telemetry', made))).toBe(200)
}

/** What Hive would send with an SDK: errors, health, and counters whose points name a person. */
async function sendHive(port: number, book: Book, round: number): Promise<void> {
  const job = 'hive'
  const error_code = `HIVE-${round % 3}`
  const status = round % 4 === 0 ? 'down' : 'healthy'
  count(book, 'automagik_errors_total', {
    job,
    error_code,
    error_category: 'agent',
    severity: 'high',
    error_type: 'KeyError',
  })
  count(book, 'automagik_health_checks_total', { job, service_name: 'database', status })
  count(book, 'automagik_users_active_1h', { job }, round < 3 ? 1 : 0)
  const error = { error_code, error_category: 'agent', severity: 'high', error_type: 'KeyError' }
  const made = [
    { name: 'automagik.error', values: error },
    { name: 'automagik.health', values: { service_name: 'database', status } },
  ]
  expect(await post(port, 'traces', spans(hive(round % 3), 'hive.telemetry', made))).toBe(200)
  count(book, 'agents_spawned_total', { job, agent_type: 'worker' }, 2)
  const point = {
    attributes: attributes({
      agent_type: 'worker',
      'user.id': `hive-user-${round % 3}`,
      customer_name: `Ana ${round}`,
    }),
    timeUnixNano: nanos(Date.now()),
    asDouble: 2,
  }
  const sum = { dataPoints: [point], isMonotonic: true, aggregationTemporality: 2 }
  const metric = { name: 'agents.spawned', sum }
  expect(await post(port, 'metrics', metrics(hive(round % 3), 'hive.telemetry', [metric]))).toBe(200)
}

function metrics(resource: Readonly<Record<string, unknown>>, scope: string, made: readonly object[]): Buffer {
  const scopeMetrics = [{ scope: { name: scope }, metrics: made }]
  return Buffer.from(
    JSON.stringify({ resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics }] }),
  )
}

const shopStartMs = Date.now() - 60_000

/** An ordinary service: cumulative series that are told apart by a name which the rules drop, and the steps of messages. */
async function sendShop(port: number, book: Book, round: number): Promise<void> {
  const job = 'shop'
  const now = Date.now()
  const at = { startTimeUnixNano: nanos(shopStartMs), timeUnixNano: nanos(now) }
  const people = ['Ana', 'Bia', 'Caio']
  const labels = (i: number): object[] => attributes({ customer_name: people[i], plan: i === 2 ? 'paid' : 'free' })
  const cumulative = { aggregationTemporality: 2 }
  const dataPoints = people.map((_, i) => ({ ...at, attributes: labels(i), asInt: String((round + 1) * (i + 1)) }))
  const counts = people.map((_, i) => [round + 1, i, 1])
  const inBuckets = counts.map((bucketCounts, i) => ({
    ...at,
    attributes: labels(i),
    bucketCounts: bucketCounts.map(String),
    explicitBounds: [1, 5],
    count: String(bucketCounts.reduce((sum, each) => sum + each, 0)),
    sum: 10 * (round + 1),
  }))
  const exponential = people.map((_, i) => ({
    ...at,
    attributes: labels(i),
    scale: i,
    zeroCount: '1',
    positive: { offset: 0, bucketCounts: [String(round + 1)] },
    count: String(round + 2),
    sum: round + 1,
  }))
  const made = [
    { name: 'orders', sum: { dataPoints, isMonotonic: true, ...cumulative } },
    { name: 'basket', histogram: { dataPoints: inBuckets, ...cumulative } },
    { name: 'size', exponentialHistogram: { dataPoints: exponential, ...cumulative } },
  ]
  const resource = { 'service.name': 'shop', 'service.instance.id': '10.0.0.5:8080' }
  expect(await post(port, 'metrics', metrics(resource, 'shop', made))).toBe(200)
  book.set(
    'orders_total',
    new Map([
      [keyOf({ job, plan: 'free' }), (round + 1) * 3],
      [keyOf({ job, plan: 'paid' }), (round + 1) * 3],
    ]),
  )
  book.set(
    'basket_bucket{le="1"}',
    new Map([
      [keyOf({ job, plan: 'free' }), (round + 1) * 2],
      [keyOf({ job, plan: 'paid' }), round + 1],
    ]),
  )
  book.set(
    'basket_count',
    new Map([
      [keyOf({ job, plan: 'free' }), (round + 1) * 2 + 3],
      [keyOf({ job, plan: 'paid' }), round + 4],
    ]),
  )
  const steps = [
    { name: 'omni.message', tookMs: 1_000 },
    { name: 'agent.call', tookMs: 750 },
    { name: 'channel.send', tookMs: 50 },
    { name: 'automagik.omni.agent.streamed', tookMs: 600 },
    { name: 'GET /', tookMs: 9_000 },
    { name: 'chat', values: { 'gen_ai.response.time_to_first_chunk': 0.5, 'gen_ai.request.model': 'm' } },
  ]
  for (const { name: span_name, tookMs = 0 } of steps.slice(0, 4)) {
    count(book, 'automagik_step_duration_seconds_count', { job, span_name, outcome: 'success' })
    count(book, 'automagik_step_duration_seconds_sum', { job, span_name, outcome: 'success' }, tookMs / 1000)
  }
  count(book, 'automagik_first_chunk_duration_seconds_count', { job, gen_ai_request_model: 'm' })
  count(book, 'automagik_first_chunk_duration_seconds_sum', { job, gen_ai_request_model: 'm' }, 0.5)
  expect(await post(port, 'traces', spans({ 'service.name': 'shop' }, 'shop', steps))).toBe(200)
}

describe.skipIf(!areAtHand('prometheus'))('derived metrics of three senders at once', () => {
  const book: Book = new Map()
  const rounds = 24
  let prometheus: Prometheus
  let gateway: GatewayUnderTest

  beforeAll(async () => {
    prometheus = await startPrometheus(pathOf('prometheus'))
    const ruleset = join(temporaryFolder('derived'), 'ruleset.yaml')
    writeFileSync(ruleset, 'version: 1\nname: e2e\nextends: [builtin:automagik]\n')
    gateway = await startGatewayWith({
      exporters: `otlp_http: { endpoint: "${prometheus.otlp}" }\nfile: {}`,
      names: { traces: ['file'], metrics: ['otlp_http'], logs: ['file'] },
      more: `${flushEvery(flushS)}\nruleset: ${ruleset}`,
    })
    for (let round = 0; round < rounds; round++) {
      await Promise.all([sendOmni, sendHive, sendShop].map((send) => send(gateway.http, book, round)))
      await new Promise((done) => setTimeout(done, 100))
      if (round === rounds / 2) await gateway.restart()
    }
    const last = 'sum(automagik_first_chunk_duration_seconds_count)'
    await until('the last of it', async () => (await prometheus.value(last)) === rounds)
  })
  afterAll(async () => {
    await gateway?.stop()
    await prometheus?.stop()
  })

  const metricsInBook = [
    'automagik_http_requests_total',
    'automagik_http_refused_total',
    'automagik_upstream_errors_total',
    'automagik_messages_total',
    'automagik_errors_total',
    'automagik_health_checks_total',
    'automagik_users_active_1h',
    'automagik_step_duration_seconds_count',
    'automagik_step_duration_seconds_sum',
    'automagik_first_chunk_duration_seconds_count',
    'automagik_first_chunk_duration_seconds_sum',
    'agents_spawned_total',
    'orders_total',
    'basket_bucket{le="1"}',
    'basket_count',
  ]

  it.each(metricsInBook)('%s is what was sent', async (metric) => {
    const found = await prometheus.query(`sum without (instance, service_version, le) (${metric})`)
    const summed = new Map<string, number>()
    for (const { labels, value } of found) {
      if (value === 0) continue
      const key = keyOf({ ...labels, __name__: '', instance_name: '' })
      summed.set(key, (summed.get(key) ?? 0) + value)
    }
    const wanted = book.get(metric)!
    expect(new Set(summed.keys())).toEqual(new Set(wanted.keys()))
    for (const [key, value] of wanted) expect(summed.get(key), key).toBeCloseTo(value, 6)
  })

  it('which instance was accessed is told by two pseudonyms', async () => {
    const found = await prometheus.query('sum by (instance_name) (automagik_instance_requests_total)')
    const wanted = [...book.get('automagik_instance_requests_total')!.values()]
    const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)
    expect(ascending(found.map(({ value }) => value))).toEqual(ascending(wanted))
    for (const { labels } of found) expect(labels['instance_name']).toMatch(/^hm:/)
  })

  it('the day has the users of the hour, and no user is anywhere', async () => {
    expect(await prometheus.value('sum(automagik_users_active_1d)')).toBe(8)
    expect(await prometheus.everything()).not.toMatch(/hive-user|omni-user|Ana|customer_name|bot-[01]|10\.0\.0\.5/)
  })

  it('exponential histograms are one, too', async () => {
    const found = await prometheus.query('histogram_count(size)')
    expect(new Map(found.map(({ labels, value }) => [labels['plan'], value]))).toEqual(
      new Map([
        ['free', 2 * (rounds + 1)],
        ['paid', rounds + 1],
      ]),
    )
  })

  it('no sample was refused, and no counter fell, over a restart', async () => {
    expect(prometheus.output()).not.toMatch(/duplicate|out of order|out of bounds/i)
    const own = await (await fetch(`http://127.0.0.1:${gateway.admin}/metrics`)).text()
    expect(own).not.toMatch(/^(?:gateway_records_lost|otelcol_exporter_send_failed_\w+)(?:\{.*\})? [1-9]/m)
    for (const metric of metricsInBook.filter((name) => /_(?:total|count)$/.test(name)))
      expect(await prometheus.query(`resets(${metric}[10m]) > 0`), metric).toEqual([])
    ran('prometheus: derived metrics of three senders')
  })

  it('every panel of the dashboard Activity shows something', async () => {
    const empty: string[] = []
    for (const query of queriesOf(buildDashboard(activity)))
      if ((await prometheus.query(queryText(query, {}))).length === 0) empty.push(`${query.panel} ${query.refId}`)
    expect(empty).toEqual([])
  })
})
