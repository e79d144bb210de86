import { describe, expect, it } from 'vitest'
import { textLabel, labelsKey } from '../../src/metrics/labels.ts'
import { SeriesTable, type MetricHead, type Series } from '../../src/metrics/series.ts'
import { emptyHistogram, type Value } from '../../src/metrics/value.ts'
import { deltaCounter, event, metricRequest, stageUnderTest } from './stage-under-test.ts'

const head: MetricHead = {
  name: 'x',
  description: '',
  unit: '',
  kind: 'sum',
  isMonotonic: true,
  origin: 'cumulative',
  scope: new Uint8Array(),
}
const zero: Value = { is: 'sum', value: 0, isInt: true }

function open(
  table: SeriesTable,
  service: string,
  label: string,
  more: Partial<MetricHead> = {},
  shape = zero,
): Series | undefined {
  const metric = table.metric(
    table.group(service, () => new Uint8Array()),
    { ...head, ...more },
  )!
  const labels = [textLabel('a', label)]
  return table.find(metric, labels, labelsKey(labels), shape, 0)
}

describe('the room for series', () => {
  const limits = { maxSeries: 1_000, maxTotal: 1_000, maxBytes: 100_000 }

  it.each([
    ['labels', (table: SeriesTable, i: number) => open(table, 's', `${i} ${'v'.repeat(4_000)}`)],
    ['resources', (table: SeriesTable, i: number) => open(table, `${i} ${'v'.repeat(4_000)}`, 'v')],
    ['names', (table: SeriesTable, i: number) => open(table, 's', 'v', { name: `x${i}${'v'.repeat(4_000)}` })],
    [
      'buckets',
      (table: SeriesTable, i: number) =>
        open(
          table,
          's',
          `${i}`,
          { kind: 'histogram' },
          emptyHistogram(Array.from({ length: 500 }, (_, bound) => bound)),
        ),
    ],
  ])('is used up by long %s, and comes back when they end', (_what, openOne) => {
    const table = new SeriesTable(limits)
    for (let i = 0; i < 500; i++) openOne(table, i)
    const used = table.count.cumulative
    expect(used).toBeGreaterThan(5)
    expect(used).toBeLessThan(40)
    // What finds no room leaves nothing behind.
    expect(table.groups.size).toBeLessThanOrEqual(used)
    expect(new Set(table.all()).size).toBe(used)

    table.expire(1)
    expect(table.groups.size).toBe(0)
    for (let i = 500; i < 1_000; i++) openOne(table, i)
    expect(table.count.cumulative).toBe(used)
  })
})

describe('the overflow series', () => {
  it('takes what has very long labels: a few of them would use up the room of all', () => {
    const table = new SeriesTable({ maxSeries: 1_000, maxTotal: 1_000, maxBytes: 100_000 })
    for (let i = 0; i < 100; i++)
      expect(open(table, 's', `${i} ${'v'.repeat(9_000)}`)?.key).toBe(
        labelsKey([textLabel('otel.metric.overflow', 'true')]),
      )
    expect(table.count.cumulative).toBe(1)
  })

  it('gives back what it took for others when there is room again', () => {
    const under = stageUnderTest({ rules: { maxSeries: 2, expireAfterMs: 60_000 } })
    under.take('traces', event('automagik.first'))
    under.take('traces', event('automagik.other'))
    under.take('traces', event('automagik.second'))
    under.flush()
    for (let i = 0; i < 5; i++) {
      under.nowMs += 30_000
      under.take('traces', event('automagik.second'))
      under.flush()
    }
    const names = under.flush().map(({ labels }) => labels['event.name'])
    expect(names).toContain('automagik.second')
  })
})

describe('points that find no room in the queue', () => {
  it('leave room for others: each series gets its turn, with its zero first', () => {
    const under = stageUnderTest({ rules: { maxSeries: 10_000 } })
    const point = (i: number): object =>
      (deltaCounter(1, { i: String(i) }) as any).resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints[0]
    const data = {
      dataPoints: Array.from({ length: 3_500 }, (_, i) => point(i)),
      isMonotonic: true,
      aggregationTemporality: 1,
    }
    under.take('metrics', metricRequest({ name: 'orders', sum: data }))
    under.hasRoom = 250_000
    const seen = new Map<unknown, number[]>()
    for (let flush = 0; flush < 6; flush++) {
      under.nowMs += 10_000
      const points = under.flush()
      expect(points.length).toBeGreaterThan(0)
      expect(points.length).toBeLessThan(7_000)
      for (const { labels, point } of points) seen.set(labels['i'], [...(seen.get(labels['i']) ?? []), point.asInt])
    }
    expect(seen.size).toBe(3_500)
    for (const values of seen.values()) expect(values.slice(0, 2)).toEqual([0, 1])
  })
})

describe('a flush', () => {
  it('is sent in requests that receivers take, however long its labels are', () => {
    const under = stageUnderTest()
    const text = 'v w '.repeat(500)
    for (let i = 0; i < 900; i++) under.take('metrics', deltaCounter(1, { k1: `${i} ${text}`, k2: text }))
    const labels = under.flush().map((point) => `${String(point.labels['k1'])} ${point.point.asInt}`)
    expect(new Set(labels).size).toBe(1_800)
    expect(labels).toHaveLength(1_800)
    expect(under.sent.length).toBeGreaterThan(6)
    for (const { bytes } of under.sent) expect(bytes.length).toBeLessThan(2 ** 21)
  })
})

describe('buckets of the rules', () => {
  it('that were changed hold from the next restart', () => {
    const rules = (buckets: number[]): object => ({
      derived: [
        {
          name: 'd',
          description: '',
          unit: 's',
          from: 'event',
          where: [],
          by: [],
          value: { attribute: 'duration_ms', scale: 0.001 },
          buckets,
        },
      ],
    })
    const first = stageUnderTest({ rules: rules([1, 2]) })
    first.take('traces', event('automagik.api.request', { duration_ms: 30 }))
    first.flush()
    first.store.close()
    const second = stageUnderTest({ rules: rules([1, 5]), folder: first.folder })
    second.nowMs += 10_000
    second.take('traces', event('automagik.api.request', { duration_ms: 3_000 }))
    expect(second.flush().map(({ point }) => [point.explicitBounds, point.bucketCounts])).toEqual([
      [
        [1, 5],
        [0, 0, 0],
      ],
      [
        [1, 5],
        [0, 1, 0],
      ],
    ])
    second.store.close()
  })
})
