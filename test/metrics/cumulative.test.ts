import { describe, expect, it } from 'vitest'
import {
  attributes,
  deltaCounter,
  metricRequest,
  pointsIn,
  sdkCounter,
  stageUnderTest,
  startMs,
} from './stage-under-test.ts'

describe('increments', () => {
  it('of a counter rise: three of 5 are 15, after a zero', () => {
    const under = stageUnderTest()
    for (let i = 0; i < 3; i++) expect(under.take('metrics', sdkCounter(5, { executor: 'CODEX' }))).toBeUndefined()
    under.nowMs += 10_000
    const [zero, point, ...others] = under.flush()
    expect(others).toEqual([])
    expect(zero).toMatchObject({ startMs, timeMs: startMs + 1, point: { asDouble: 0 } })
    expect(point).toMatchObject({
      metric: 'tasks.created',
      startMs,
      labels: { executor: 'CODEX', 'service.version': '1.0.0' },
      resource: { 'service.name': 'forge', 'service.instance.id': under.store.gatewayId },
      scope: 'automagik-gateway',
      point: { asDouble: 15 },
      data: { isMonotonic: true, aggregationTemporality: 2 },
    })
    expect(point.timeMs).toBeGreaterThanOrEqual(startMs + 10_000)
  })

  it('are sent at every flush with the same start, also when nothing came', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(1))
    under.flush()
    under.nowMs += 10_000
    const [again, ...others] = under.flush()
    expect(others).toEqual([])
    expect(again).toMatchObject({ startMs, point: { asDouble: 1 } })
    under.take('metrics', sdkCounter(2))
    under.nowMs += 10_000
    expect(under.flush()[0]).toMatchObject({ startMs, point: { asDouble: 3 } })
  })

  it('of processes are one series; labels that only tell machines apart are dropped', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(1, { executor: 'A', 'system.os': 'linux', duration_ms: 12 }))
    under.take('metrics', sdkCounter(1, { 'system.os': 'darwin', executor: 'A', duration_ms: 99 }))
    expect(under.flush().at(-1)).toMatchObject({
      labels: { executor: 'A', 'service.version': '1.0.0' },
      point: { asDouble: 2 },
    })
  })

  it('whose labels are equal as text are one series, whatever their order and type', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(1, { status: 200, is_ok: true }))
    under.take('metrics', sdkCounter(1, { is_ok: 'true', status: '200' }))
    const points = under.flush()
    expect(points).toHaveLength(2)
    expect(points[1].point.asDouble).toBe(2)
  })

  it('of others are taken when they are deltas, and keep their resource and scope', () => {
    const under = stageUnderTest()
    expect(under.take('metrics', deltaCounter(4, { kind: 'book' }))).toBeUndefined()
    under.take('metrics', deltaCounter(3, { kind: 'book' }))
    expect(under.flush().at(-1)).toMatchObject({
      resource: { 'service.name': 'shop', 'service.instance.id': expect.stringMatching(/^[a-z]{8}\/[a-z]{8}$/) },
      scope: 'shop.meter',
      labels: { kind: 'book' },
      point: { asInt: 7 },
    })
  })

  it('of an instance that has an id are told apart by it, and by the gateway', () => {
    const under = stageUnderTest()
    const body = metricRequest(
      { name: 'orders', sum: { dataPoints: [{ timeUnixNano: '2', asInt: '1' }], aggregationTemporality: 1 } },
      { resource: { 'service.name': 'shop', 'service.instance.id': 'pod-7', 'k8s.pod.name': 'x' } },
    )
    under.take('metrics', body)
    const point = under.flush().at(-1)!
    expect(point.resource).toMatchObject({
      'service.instance.id': expect.stringMatching(new RegExp(`^pod-7/${under.store.gatewayId}/[a-z]{8}$`)),
      'k8s.pod.name': 'x',
    })
    expect(point.data.isMonotonic ?? false).toBe(false)
  })

  it.each([
    ['a gauge', { gauge: { dataPoints: [{ timeUnixNano: '1', asDouble: 75.5 }] } }],
    [
      'a sum that is truly cumulative',
      {
        sum: {
          dataPoints: [{ startTimeUnixNano: '1', timeUnixNano: '2', asInt: '5' }],
          isMonotonic: true,
          aggregationTemporality: 2,
        },
      },
    ],
    [
      'a sum that rises and falls',
      { sum: { dataPoints: [{ timeUnixNano: '2', asInt: '5' }], isMonotonic: false, aggregationTemporality: 2 } },
    ],
    ['a summary', { summary: { dataPoints: [{ timeUnixNano: '2', count: '1', sum: 3 }] } }],
  ])('are not %s, which goes on as it came', (_what, data) => {
    const under = stageUnderTest()
    const body = metricRequest({ name: 'x', ...data }, { scope: 'forge.telemetry' })
    expect(under.take('metrics', body)).toMatchObject({ signal: 'metrics', records: 1 })
    expect(under.flush()).toEqual([])
    expect(under.stage.figures().absorbed).toBe(0)
  })

  it('of SDKs are left alone where the ruleset does not repair; deltas never are', () => {
    const under = stageUnderTest({ repairs: false })
    expect(under.take('metrics', sdkCounter(1))).toMatchObject({ records: 1 })
    expect(under.take('metrics', deltaCounter(1))).toBeUndefined()
  })

  it('leave the rest of their request as it came', () => {
    const under = stageUnderTest()
    const metrics = [
      { name: 'cpu', gauge: { dataPoints: [{ timeUnixNano: '5', asDouble: 75.5 }] } },
      {
        name: 'sent',
        sum: { dataPoints: [{ timeUnixNano: '5', asDouble: 1 }], isMonotonic: true, aggregationTemporality: 2 },
      },
      { name: 'memory', gauge: { dataPoints: [{ timeUnixNano: '5', asDouble: 1 }] } },
    ]
    const resource = { attributes: attributes({ 'service.name': 'hive' }) }
    const scoped = (own: object[]): object => ({ scope: { name: 'hive.telemetry' }, metrics: own })
    const rest = under.take('metrics', {
      resourceMetrics: [
        { resource, scopeMetrics: [scoped(metrics), scoped([metrics[1]])] },
        { resource, scopeMetrics: [scoped([metrics[1]])] },
      ],
    })
    expect(pointsIn(rest!.bytes).map(({ metric, scope }) => [metric, scope])).toEqual([
      ['cpu', 'hive.telemetry'],
      ['memory', 'hive.telemetry'],
    ])
    expect(rest!.records).toBe(2)
    expect(under.flush().at(-1)).toMatchObject({ metric: 'sent', point: { asDouble: 3 } })
    expect(under.stage.figures()).toMatchObject({ absorbed: 3, emitted: 2 })
  })

  it('that no number can be read from are dropped, and counted', () => {
    const under = stageUnderTest()
    const histogram = (point: object): object =>
      metricRequest({ name: 'h', histogram: { dataPoints: [point], aggregationTemporality: 1 } })
    under.take(
      'metrics',
      histogram({ timeUnixNano: '5', count: '3', bucketCounts: ['1', '2'], explicitBounds: [1, 2] }),
    )
    under.take(
      'metrics',
      histogram({ timeUnixNano: '5', count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [2, 1] }),
    )
    under.take('metrics', histogram({ timeUnixNano: '5', count: '3', sum: 'NaN' }))
    under.take(
      'metrics',
      metricRequest({ name: 's', sum: { dataPoints: [{ timeUnixNano: '5' }], aggregationTemporality: 1 } }),
    )
    under.take(
      'metrics',
      metricRequest({ name: 's', sum: { dataPoints: [{ asDouble: 'NaN' }], aggregationTemporality: 1 } }),
    )
    under.take(
      'metrics',
      metricRequest({ name: 's', sum: { dataPoints: [{ asInt: '1', flags: 1 }], aggregationTemporality: 1 } }),
    )
    expect(under.flush()).toEqual([])
    expect([...under.stage.figures().dropped]).toEqual([['no-value', 6]])
  })
})

describe('histograms', () => {
  it('of SDKs without buckets get those of their unit', () => {
    const under = stageUnderTest({
      rules: {
        cumulative: {
          dropLabels: [],
          buckets: new Map([
            ['ms', [10, 100]],
            ['*', [1]],
          ]),
        },
      },
    })
    const observed = (value: number, unit: string): object =>
      metricRequest(
        {
          name: 'latency',
          unit,
          histogram: {
            dataPoints: [{ timeUnixNano: '5', count: 1, sum: value, bucketCounts: [1], explicitBounds: [] }],
            aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
          },
        },
        { scope: 'forge.telemetry' },
      )
    for (const value of [5, 10, 11, 1_000]) under.take('metrics', observed(value, 'ms'))
    under.take('metrics', observed(0.5, 'boxes'))
    const [, ms, , boxes] = under.flush()
    expect(ms.point).toMatchObject({ count: 4, sum: 1_026, bucketCounts: [2, 1, 1], explicitBounds: [10, 100] })
    expect(boxes.point).toMatchObject({ count: 1, sum: 0.5, bucketCounts: [1, 0], explicitBounds: [1] })
  })

  it('of Python, which has neither buckets nor bounds, too', () => {
    const under = stageUnderTest()
    const body = metricRequest(
      {
        name: 'api.latency',
        histogram: {
          dataPoints: [{ count: 1, sum: 123.45, startTimeUnixNano: 5, timeUnixNano: 5 }],
          aggregationTemporality: 2,
        },
      },
      { scope: 'hive.telemetry' },
    )
    under.take('metrics', body)
    const { point } = under.flush()[1]
    expect(point.bucketCounts.reduce((sum: number, count: number) => sum + count, 0)).toBe(1)
    expect(point.explicitBounds.length).toBeGreaterThan(5)
  })

  const delta = (bounds: number[], counts: number[], sum?: number): object =>
    metricRequest({
      name: 'latency',
      histogram: {
        dataPoints: [
          {
            timeUnixNano: '5',
            count: String(counts.reduce((all, one) => all + one, 0)),
            ...(sum === undefined ? {} : { sum }),
            bucketCounts: counts.map(String),
            explicitBounds: bounds,
          },
        ],
        aggregationTemporality: 1,
      },
    })

  it('of others are added bucket by bucket', () => {
    const under = stageUnderTest()
    under.take('metrics', delta([1, 2], [1, 2, 3], 10))
    under.take('metrics', delta([1, 2], [4, 0, 1], 5))
    expect(under.flush()[1].point).toMatchObject({
      count: 11,
      sum: 15,
      bucketCounts: [5, 2, 4],
      explicitBounds: [1, 2],
    })
  })

  it('of other bounds go to the buckets that hold theirs: nothing begins anew, no count is lost', () => {
    const under = stageUnderTest()
    under.take('metrics', delta([1, 2], [1, 2, 3], 10))
    under.flush()
    under.nowMs += 1_000
    under.take('metrics', delta([1, 5], [1, 10, 100], 1))
    under.take('metrics', delta([], [1_000], 1))
    const [point, ...others] = under.flush()
    expect(others).toEqual([])
    expect(point.startMs).toBe(startMs)
    expect(point.point).toMatchObject({ count: 1_117, sum: 12, bucketCounts: [2, 2, 1_113], explicitBounds: [1, 2] })
  })

  it('without a sum leave the sum as it is, which must not fall', () => {
    const under = stageUnderTest()
    under.take('metrics', delta([1], [1, 0], 1))
    under.take('metrics', delta([1], [1, 0]))
    expect(under.flush()[1].point).toMatchObject({ count: 2, sum: 1 })
    const never = stageUnderTest()
    never.take('metrics', delta([1], [1, 0]))
    for (const { point } of never.flush()) expect(point.sum).toBeUndefined()
  })

  it('of which there are too many to count begin anew: stores refuse a request whose buckets do not add up', () => {
    const under = stageUnderTest()
    const huge = 2 ** 53 - 1
    under.take('metrics', delta([1], [huge, 0], 1))
    under.flush()
    under.nowMs += 1_000
    under.take('metrics', delta([1], [2, 1], 1))
    const [zero, point] = under.flush()
    expect(zero.point.count ?? 0).toBe(0)
    expect(point.point).toMatchObject({ count: 3, bucketCounts: [2, 1] })
    expect(point.startMs).toBe(startMs + 1_000)
  })

  it('of an SDK without observations add nothing and begin nothing anew', () => {
    const under = stageUnderTest()
    const latency = (count: number): object =>
      metricRequest(
        {
          name: 'latency',
          unit: 'ms',
          histogram: {
            dataPoints: [
              { timeUnixNano: '5', count: String(count), sum: 30 * count, bucketCounts: [], explicitBounds: [] },
            ],
            aggregationTemporality: 2,
          },
        },
        { resource: { 'service.name': 'forge' }, scope: 'forge.telemetry' },
      )
    under.take('metrics', latency(1))
    under.take('metrics', latency(0))
    under.take('metrics', latency(1))
    const points = under.flush()
    expect(points).toHaveLength(2)
    expect(points[1].point).toMatchObject({ count: 2, sum: 60 })
    expect(points[1].point.explicitBounds.length).toBeGreaterThan(5)
  })

  it('with exponential buckets are added at the coarser scale', () => {
    const under = stageUnderTest()
    const exponential = (scale: number, offset: number, counts: number[]): object =>
      metricRequest({
        name: 'latency',
        exponentialHistogram: {
          dataPoints: [
            {
              timeUnixNano: '5',
              count: String(counts.reduce((sum, count) => sum + count, 1)),
              sum: 3,
              scale,
              zeroCount: '1',
              positive: { offset, bucketCounts: counts.map(String) },
            },
          ],
          aggregationTemporality: 1,
        },
      })
    under.take('metrics', exponential(1, 2, [1, 1, 1]))
    under.take('metrics', exponential(0, -1, [1, 0, 5]))
    const { point } = under.flush()[1]
    expect(point.scale ?? 0).toBe(0)
    expect(point).toMatchObject({
      zeroCount: 2,
      count: 11,
      sum: 6,
      positive: { offset: -1, bucketCounts: [1, 0, 7, 1] },
    })
  })
})
