// What senders without care, and with bad intent, send: nothing of it may cost the series of others. A store refuses a whole
// request over one point that it cannot store, and keeps one of two that are one to it.
import { describe, expect, it } from 'vitest'
import { attributes, event, metricRequest, stageUnderTest, startMs, type SentPoint } from './stage-under-test.ts'

interface Sum {
  readonly name?: string
  readonly unit?: string
  readonly value?: number
  readonly labels?: Record<string, unknown>
  readonly isMonotonic?: boolean
}

const sum = ({ name = 'x', unit = '', value = 1, labels = {}, isMonotonic = true }: Sum = {}): object => ({
  name,
  unit,
  sum: {
    dataPoints: [{ attributes: attributes(labels), timeUnixNano: '5', asInt: String(value) }],
    aggregationTemporality: 1,
    isMonotonic,
  },
})
const totals = (points: readonly SentPoint[]): unknown[] =>
  points.filter(({ point }) => point.asInt !== 0).map(({ point }) => point.asInt)
const droppedBy = (under: ReturnType<typeof stageUnderTest>): unknown =>
  Object.fromEntries(under.stage.figures().dropped)

describe('what is one series in Prometheus', () => {
  it.each([
    ['labels that differ in punctuation', sum({ labels: { 'a.b': '1' } }), sum({ value: 2, labels: { a_b: '1' } })],
    ['names that differ in punctuation', sum({ name: 'x.y' }), sum({ name: 'x_y', value: 2 })],
    ['a unit that is in the name', sum({ name: 'lat', unit: 'ms' }), sum({ name: 'lat_milliseconds', value: 2 })],
    ['"total" in the name', sum({ name: 'x' }), sum({ name: 'x.total', value: 2 })],
  ])('is one here: %s', (_what, one, other) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(one))
    under.take('metrics', metricRequest(other))
    expect(totals(under.flush())).toEqual([3])
  })

  it('is one here: scopes, of which the first goes out', () => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(sum(), { scope: 'a' }))
    under.take('metrics', metricRequest(sum({ value: 2 }), { scope: 'b' }))
    under.take('metrics', metricRequest(sum({ name: 'y', value: 5 }), { scope: 'b' }))
    expect(under.flush().map(({ metric, scope, point }) => [metric, scope, point.asInt])).toEqual([
      ['x', 'a', 0],
      ['x', 'a', 3],
      ['y', 'b', 0],
      ['y', 'b', 5],
    ])
  })

  it('is one here: services whose namespaces and names are the same job', () => {
    const under = stageUnderTest()
    for (const resource of [
      { 'service.name': 'b/c', 'service.namespace': 'a' },
      { 'service.name': 'c', 'service.namespace': 'a/b' },
    ])
      under.take('logs', {
        resourceLogs: [
          {
            resource: { attributes: attributes(resource) },
            scopeLogs: [{ logRecords: [{ eventName: 'disk.full', timeUnixNano: '5' }] }],
          },
        ],
      })
    const counted = under.flush().filter(({ metric }) => metric === 'automagik.events')
    expect(totals(counted)).toEqual([2])
  })

  it('is one here: a program of Automagik, whatever its organization', () => {
    const under = stageUnderTest()
    for (const namespace of ['a', 'b'])
      under.take(
        'metrics',
        metricRequest(sum(), {
          resource: { 'service.name': 'c', 'service.namespace': namespace },
          scope: 'c.telemetry',
        }),
      )
    expect(totals(under.flush())).toEqual([2])
  })

  it('is not made of two resources: the same instance id, or none, gets one for each', () => {
    const under = stageUnderTest()
    for (const resource of [{ 'process.pid': '1' }, { 'process.pid': '2' }])
      for (const instance of [{}, { 'service.instance.id': 'web' }])
        under.take('metrics', metricRequest(sum(), { resource: { 'service.name': 'shop', ...resource, ...instance } }))
    // An SDK of Automagik beside them, under the same name.
    under.take('metrics', metricRequest(sum(), { resource: { 'service.name': 'shop' }, scope: 'shop.telemetry' }))
    const instances = under.flush().map(({ resource }) => resource['service.instance.id'])
    expect(new Set(instances).size).toBe(5)
  })
})

describe('what Prometheus has no name for', () => {
  it.each(['', '!!', '__', 'ключ', '__name__'])('is left out: the attribute "%s"', (key) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(sum({ labels: { [key]: 'v', kept: 'v' } })))
    under.take(
      'metrics',
      metricRequest(sum({ labels: { kept: 'v' } }), { resource: { 'service.name': 'shop', [key]: 'v' } }),
    )
    const points = under.flush()
    for (const { labels, resource } of points) {
      expect(labels).toEqual({ kept: 'v' })
      expect(Object.keys(resource).toSorted()).toEqual(['service.instance.id', 'service.name'])
    }
  })

  it('is kept beside its own labels: job, instance, le', () => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(sum({ labels: { job: 'a', le: 1 } })))
    expect(under.flush()[0].labels).toEqual({ exported_job: 'a', exported_le: '1' })
  })

  it.each(['', '!!!', 'счёт'])('is dropped and counted: the metric "%s"', (name) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(sum({ name })))
    expect(under.flush()).toEqual([])
    expect(droppedBy(under)).toEqual({ name: 1 })
  })
})

const histogram = (name: string, point: object = {}): object => ({
  name,
  histogram: {
    dataPoints: [{ timeUnixNano: '5', count: '3', sum: 5, bucketCounts: ['1', '2'], explicitBounds: [1], ...point }],
    aggregationTemporality: 1,
  },
})
const exponential = (name: string, point: object = {}): object => ({
  name,
  exponentialHistogram: {
    dataPoints: [
      { timeUnixNano: '5', count: '3', sum: 5, positive: { offset: 0, bucketCounts: ['1', '2'] }, ...point },
    ],
    aggregationTemporality: 1,
  },
})

describe('a name that a metric of another kind has', () => {
  it.each([
    ['a sum that falls after one that rises', sum(), sum({ name: 'x.total', isMonotonic: false })],
    ['a count after its histogram', histogram('h'), sum({ name: 'h.count', isMonotonic: false })],
    ['a histogram after its count', sum({ name: 'h_count', isMonotonic: false }), histogram('h')],
    ['a sum after an exponential histogram', exponential('e'), sum({ name: 'e', isMonotonic: false })],
  ])('is dropped and counted: %s', (_what, one, other) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(one))
    under.take('metrics', metricRequest(other))
    expect(under.flush()).toHaveLength(2)
    expect(droppedBy(under)).toEqual({ name: 1 })
  })

  it.each([
    sum({ name: 'automagik.events.total', isMonotonic: false }),
    sum({ name: 'automagik_event_duration_seconds_sum', isMonotonic: false }),
  ])('never keeps events from being counted', (metric) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(metric, { resource: { 'service.name': 'forge' }, scope: 'forge.telemetry' }))
    under.take('traces', event('automagik.api.request', { duration_ms: 30 }))
    expect(under.flush().map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(['automagik.events', 'automagik.event.duration']),
    )
    expect(droppedBy(under)).toEqual({ name: 1 })
  })
})

describe('a point that a store refuses, and with it the request,', () => {
  const large = '18446744073709551615'
  it.each([
    ['a counter that falls', sum({ value: -4 })],
    ['more in the buckets than was counted', histogram('h', { count: '1' })],
    ['a count that no number holds', histogram('h', { count: large, bucketCounts: [large, '0'] })],
    ['a bound that is none', histogram('h', { bucketCounts: ['1', '1', '1'], explicitBounds: ['-Infinity', 1] })],
    [
      'too many buckets',
      histogram('h', {
        explicitBounds: Array.from({ length: 1_001 }, (_, i) => i),
        bucketCounts: [3, ...Array(1_001).fill(0)],
      }),
    ],
    ['a scale that is too coarse', exponential('e', { scale: -5 })],
    ['a scale that is too fine', exponential('e', { scale: 21 })],
    ['fewer in exponential buckets than was counted', exponential('e', { count: '9' })],
    [
      'exponential buckets above all numbers',
      exponential('e', { scale: 20, positive: { offset: 2147483647, bucketCounts: ['3'] } }),
    ],
    [
      'exponential buckets below all numbers',
      exponential('e', { scale: 20, negative: { offset: -2147483648, bucketCounts: ['3'] }, positive: {} }),
    ],
    [
      'too many exponential buckets',
      exponential('e', { positive: { offset: 0, bucketCounts: [3, ...Array(8_001).fill(0)] } }),
    ],
    ['a zero threshold below zero', exponential('e', { zeroThreshold: -1 })],
    ['a zero threshold without end', exponential('e', { zeroThreshold: 'Infinity' })],
  ])('is dropped and counted: %s', (_what, metric) => {
    const under = stageUnderTest()
    under.take('metrics', metricRequest(metric))
    expect(under.flush()).toEqual([])
    expect(droppedBy(under)).toEqual({ 'no-value': 1 })
  })

  it('is set right: a last bound that is infinite', () => {
    const under = stageUnderTest()
    under.take(
      'metrics',
      metricRequest(histogram('h', { bucketCounts: ['1', '2', '0'], explicitBounds: [1, 'Infinity'] })),
    )
    expect(under.flush()[1].point).toMatchObject({ bucketCounts: [1, 2], explicitBounds: [1], count: 3 })
  })

  it('never comes of adding: the scale stays one that stores take, whatever the buckets', () => {
    const under = stageUnderTest()
    const least = { offset: -1075 * 2 ** 20, bucketCounts: ['1'] }
    const most = { offset: 1024 * 2 ** 20 - 1, bucketCounts: ['1'] }
    for (const positive of [least, most])
      under.take('metrics', metricRequest(exponential('e', { count: '1', scale: 20, positive, negative: {} })))
    const [, { point }] = under.flush()
    expect(point.scale).toBeGreaterThanOrEqual(-4)
    expect(point.positive.bucketCounts.reduce((all: number, one: number) => all + one)).toBe(2)
  })
})

describe('exemplars', () => {
  it('are a few, and small', () => {
    const under = stageUnderTest()
    const exemplar = { timeUnixNano: '5', asDouble: 1 }
    const long = { ...exemplar, filteredAttributes: attributes({ note: 'v'.repeat(2_000) }) }
    under.take(
      'metrics',
      metricRequest(histogram('h', { exemplars: [long, ...Array.from({ length: 20 }, () => exemplar)] })),
    )
    const { exemplars } = under.flush()[1].point
    expect(exemplars.length).toBeLessThanOrEqual(8)
    for (const each of exemplars) expect(each.filteredAttributes).toEqual([])
  })

  it('of the future are of now: a store would take no other until then', () => {
    const under = stageUnderTest()
    under.take('traces', event('automagik.api.request', { duration_ms: 30 }, startMs + 31_536_000_000))
    const [, { point }] = under.flush().filter(({ metric }) => metric === 'automagik.event.duration')
    expect(point.exemplars[0].timeUnixNano).toBe(startMs * 1e6)
  })
})
