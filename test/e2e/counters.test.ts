// Counters that rise, read back from a real Prometheus: increments of the SDKs added up over restarts, deltas, two
// gateways, and quantiles of known durations with exemplars that lead to their traces.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayWith, until, type GatewayUnderTest } from './support/gateway.ts'
import { post } from './support/producers/bodies.ts'
import { runNpmSdk } from './support/producers/npm-sdk.ts'
import { deltaMeter } from './support/producers/official.ts'
import { ran } from './support/report.ts'
import { startPrometheus, type Prometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf, storeNames } from './support/stores/stores.ts'
import { flushEvery, startWholeWay, type WholeWay } from './support/whole-way.ts'

const add = (count: number): string => `telemetry.trackMetric('messages.sent', ${count}, MetricType.COUNTER)\n`

/** Waits until an expression has a value, and then for it to be the one that is wanted. */
async function becomes(prometheus: Prometheus, expression: string, wanted: number): Promise<void> {
  await until(`${expression} = ${wanted}`, async () => ((await prometheus.value(expression)) ?? 0) >= wanted)
  expect(await prometheus.value(expression)).toBe(wanted)
}

async function figure(gateway: GatewayUnderTest, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.admin}/metrics`)).text()
  return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  )
}

describe.skipIf(!areAtHand(...storeNames))('counters behind one gateway', () => {
  let way: WholeWay
  beforeAll(async () => {
    way = await startWholeWay({ pattern: 'direct', everyS: 1 })
  })
  afterAll(() => way?.stop())

  it('three increments of 5 are 15, over a restart and a kill of the gateway', async () => {
    const { prometheus } = way.stores
    const series = 'messages_sent_total{job="counting"}'
    await runNpmSdk(way.http, 'counting', add(5))
    await becomes(prometheus, series, 5)
    await way.gateway.restart()
    await runNpmSdk(way.http, 'counting', add(5))
    await becomes(prometheus, series, 10)
    await way.gateway.restart('SIGKILL')
    await runNpmSdk(way.http, 'counting', add(5))
    await becomes(prometheus, series, 15)
    // One series, which never fell and began at zero.
    expect(await prometheus.series(series)).toHaveLength(1)
    expect(await prometheus.value(`resets(${series}[10m])`)).toBe(0)
    const [{ samples }] = await prometheus.stored(series)
    expect(samples[0][1]).toBe(0)
    // The first point is a zero, so nothing is added before it; Prometheus may add half an interval behind the last.
    const increase = await prometheus.value(`increase(${series}[10m])`)
    expect(increase).toBeGreaterThanOrEqual(14.99)
    expect(increase).toBeLessThan(16.5)
    ran('prometheus: increments of 5 over restarts')
  })

  it('increments of one request are added up as well', async () => {
    await runNpmSdk(way.http, 'counting-at-once', add(5).repeat(3))
    await becomes(way.stores.prometheus, 'messages_sent_total{job="counting-at-once"}', 15)
  })

  it('deltas of an official SDK, which Prometheus refuses, are taken and add up', async () => {
    const { prometheus } = way.stores
    const { meter, send, stop } = deltaMeter('http/protobuf', way, 'delta')
    const [orders, latency] = [meter.createCounter('orders'), meter.createHistogram('latency', { unit: 's' })]
    for (const count of [2, 3, 5]) {
      orders.add(count)
      for (let at = 0; at < count; at++) latency.record(0.2)
      await send()
    }
    await stop()
    await becomes(prometheus, 'orders_total{job="delta"}', 10)
    await becomes(prometheus, 'latency_seconds_count{job="delta"}', 10)
    await becomes(prometheus, 'latency_seconds_bucket{job="delta", le="+Inf"}', 10)
    expect(await prometheus.value('latency_seconds_sum{job="delta"}')).toBeCloseTo(2)
    expect(await figure(way.gateway, 'gateway_records_lost')).toBe(0)
  })

  describe('10,000 durations', () => {
    const truth = durations(10_000)
    beforeAll(async () => {
      for (let at = 0; at < truth.length; at += 500) {
        expect(await post(way.http, 'traces', events(truth.slice(at, at + 500)))).toBe(200)
      }
      await becomes(way.stores.prometheus, 'automagik_event_duration_seconds_count{job="load"}', truth.length)
    })

    it.each([0.5, 0.95, 0.99])('quantile %d lies in the bucket of the truth', async (quantile) => {
      const { prometheus } = way.stores
      const buckets = 'automagik_event_duration_seconds_bucket{job="load"}'
      const bounds = (await prometheus.query(buckets)).map(({ labels }) => Number(labels['le'].replace('+', '')))
      const exact = truth.toSorted((one, other) => one - other)[Math.ceil(quantile * truth.length) - 1] / 1000
      const upper = Math.min(...bounds.filter((bound) => bound >= exact))
      const lower = Math.max(0, ...bounds.filter((bound) => bound < exact))
      for (const expression of [buckets, `increase(${buckets}[10m])`]) {
        const estimate = await prometheus.value(`histogram_quantile(${quantile}, sum by (le) (${expression}))`)
        expect(estimate).toBeGreaterThanOrEqual(lower)
        expect(estimate).toBeLessThanOrEqual(upper)
      }
    })

    it('sum is the sum', async () => {
      const sum = truth.reduce((total, ms) => total + ms / 1000, 0)
      expect(await way.stores.prometheus.value('automagik_event_duration_seconds_sum{job="load"}')).toBeCloseTo(sum, 3)
    })

    it('exemplars lead to traces that Jaeger has, with the duration that they say', async () => {
      const { prometheus, jaeger } = way.stores
      const of = () => prometheus.exemplars('automagik_event_duration_seconds_bucket{job="load"}')
      await until('exemplars', async () => (await of()).length > 0)
      const exemplars = await of()
      for (const { labels, value } of exemplars) {
        await until(`trace ${labels['trace_id']}`, async () => (await jaeger.trace(labels['trace_id'])).length > 0)
        const spans = await jaeger.trace(labels['trace_id'])
        const span = spans.find(({ spanId }) => spanId === labels['span_id'])
        expect(Number(span?.attributes['duration_ms']) / 1000).toBeCloseTo(value)
      }
      // Of several buckets: a slow one is as easy to find as a fast one.
      expect(new Set(exemplars.map(({ series }) => series['le'])).size).toBeGreaterThan(3)
      ran('jaeger: traces of exemplars')
    })
  })
})

describe.skipIf(!areAtHand('prometheus'))('two gateways with folders of their own before one Prometheus', () => {
  let prometheus: Prometheus
  let gateways: GatewayUnderTest[] = []
  beforeAll(async () => {
    prometheus = await startPrometheus(pathOf('prometheus'))
    const settings = {
      exporters: `otlp_http: { endpoint: "${prometheus.otlp}" }`,
      names: ['otlp_http'],
      more: flushEvery(1),
    }
    gateways = await Promise.all([startGatewayWith(settings), startGatewayWith(settings)])
  })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await prometheus?.stop()
  })

  it('add up to what was sent, and never write one series', async () => {
    const [one, other] = gateways
    await Promise.all([runNpmSdk(one.http, 'shared', add(5)), runNpmSdk(other.http, 'shared', add(7))])
    await runNpmSdk(one.http, 'shared', add(3))
    await becomes(prometheus, 'sum(messages_sent_total{job="shared"})', 15)
    const samples = await prometheus.query('messages_sent_total{job="shared"}')
    expect(samples.map(({ value }) => value)).toEqual(expect.arrayContaining([7, 8]))
    expect(new Set(samples.map(({ labels }) => labels['instance'])).size).toBe(2)
    for (const gateway of gateways) expect(await figure(gateway, 'gateway_records_lost')).toBe(0)
    expect(prometheus.output()).not.toMatch(/duplicate|out of order/i)
    ran('prometheus: two gateways')
  })
})

/** Milliseconds that many programs' requests take: most short, a long tail; the same each time. */
function durations(count: number): number[] {
  let state = 42
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state + 1) / 0x80000001
  }
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return Math.round(Math.exp(4 + normal) * 1000) / 1000
  })
}

/** One request with an event for each duration. */
function events(durationsMs: readonly number[]): Buffer {
  const now = Date.now()
  const spans = durationsMs.map((ms) => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'automagik.api.request',
    kind: 1,
    startTimeUnixNano: `${Math.floor(now - ms)}000000`,
    endTimeUnixNano: `${now}000000`,
    attributes: [{ key: 'duration_ms', value: { doubleValue: ms } }],
    status: {},
  }))
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'load' } }] }
  return Buffer.from(
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'load.telemetry' }, spans }] }] }),
  )
}
