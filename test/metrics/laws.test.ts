// What holds for any traffic: no increment is lost or counted twice, whatever is flushed, refused or restarted between.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absorb } from '../../src/metrics/absorb.ts'
import { addExponential, type ExponentialBuckets } from '../../src/metrics/exponential.ts'
import { requestType } from '../../src/otlp/root.ts'
import { sdkCounter, stageUnderTest, type SentPoint, type StageUnderTest } from './stage-under-test.ts'

type Step =
  | { is: 'add'; value: number; labels: Record<string, string> }
  | { is: 'flush'; hasRoom: boolean; afterMs: number }
  | { is: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      is: fc.constant('add' as const),
      value: fc.integer({ min: 0, max: 1_000 }),
      labels: fc.dictionary(fc.constantFrom('a', 'b', 'system.os'), fc.constantFrom('1', '2', '3'), { maxKeys: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('flush' as const),
      hasRoom: fc.boolean(),
      afterMs: fc.integer({ min: -5_000, max: 20_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'restart' as const }) },
)

describe('series', () => {
  it('sum up to what was added, rise only, and keep their start', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (steps, maxSeries) => {
        let under: StageUnderTest = stageUnderTest({ rules: { maxSeries } })
        let added = 0
        const last = new Map<string, SentPoint>()
        const look = (points: readonly SentPoint[]): void => {
          for (const point of points) {
            const key = JSON.stringify(point.labels)
            const before = last.get(key)
            expect(point.startMs).toBeLessThan(point.timeMs)
            if (before !== undefined) {
              expect(point.startMs).toBe(before.startMs)
              expect(point.timeMs).toBeGreaterThan(before.timeMs)
              expect(point.point.asDouble).toBeGreaterThanOrEqual(before.point.asDouble)
            } else expect(point.point.asDouble).toBe(0)
            last.set(key, point)
          }
        }
        for (const each of steps) {
          if (each.is === 'add') {
            under.take('metrics', sdkCounter(each.value, each.labels))
            added += each.value
          } else if (each.is === 'flush') {
            under.nowMs += each.afterMs
            under.hasRoom = each.hasRoom
            look(under.flush())
          } else {
            under.hasRoom = true
            look(under.flush())
            under.store.close()
            const { folder, nowMs } = under
            under = stageUnderTest({ rules: { maxSeries }, folder })
            under.nowMs = nowMs + 1_000
          }
        }
        under.hasRoom = true
        look(under.flush())
        expect([...last.values()].reduce((sum, { point }) => sum + point.asDouble, 0)).toBe(added)
        expect(last.size).toBeLessThanOrEqual(maxSeries + 1)
        under.store.close()
      }),
      { numRuns: 60 },
    )
  })
})

const metric = fc.record({
  name: fc.constantFrom('a', 'b'),
  is: fc.constantFrom('gauge' as const, 'delta' as const, 'cumulative' as const),
})
const groups = fc.array(fc.array(fc.array(metric, { maxLength: 4 }), { maxLength: 3 }), { maxLength: 3 })

describe('what is left of a request', () => {
  it('is the request without the metrics that were absorbed', () => {
    const type = requestType('metrics')
    const point = { timeUnixNano: 5, asInt: 1 }
    const dataOf = {
      gauge: { gauge: { dataPoints: [point] } },
      delta: { sum: { dataPoints: [point], aggregationTemporality: 1 } },
      cumulative: { sum: { dataPoints: [point], aggregationTemporality: 2, isMonotonic: true } },
    }
    fc.assert(
      fc.property(groups, (shape) => {
        const request = (keep: (is: string) => boolean): object => ({
          resourceMetrics: shape.map((scopes, r) => ({
            resource: { attributes: [{ key: 'r', value: { intValue: r } }] },
            scopeMetrics: scopes.map((metrics, s) => ({
              scope: { name: `scope ${s}` },
              metrics: metrics.filter(({ is }) => keep(is)).map(({ name, is }) => ({ name, ...dataOf[is] })),
              schemaUrl: 'https://example.com',
            })),
          })),
        })
        const bytes = type.encode(type.fromObject(request(() => true))).finish()
        let taken = 0
        const rest = absorb(bytes, true, () => taken++)
        const deltas = shape.flat(2).filter(({ is }) => is === 'delta').length
        expect(taken).toBe(deltas)
        if (deltas === 0) {
          expect(rest).toBe(bytes)
          return
        }
        // Groups and scopes that an absorbed metric left empty are gone; those that were empty before are as they were.
        const wanted = request((is) => is !== 'delta') as any
        for (const [r, group] of wanted.resourceMetrics.entries())
          group.scopeMetrics = group.scopeMetrics.filter(
            ({ metrics }: any, s: number) => metrics.length > 0 || shape[r][s].length === 0,
          )
        wanted.resourceMetrics = wanted.resourceMetrics.filter(
          ({ scopeMetrics }: any, r: number) =>
            scopeMetrics.some(({ metrics }: any) => metrics.length > 0) ||
            !shape[r].some((metrics) => metrics.some(({ is }) => is === 'delta')),
        )
        const expected = wanted.resourceMetrics.length === 0 ? undefined : type.encode(type.fromObject(wanted)).finish()
        expect(rest && Buffer.from(rest).toString('hex')).toBe(expected && Buffer.from(expected).toString('hex'))
      }),
      { numRuns: 300 },
    )
  })
})

describe('exponential histograms', () => {
  const empty = (scale: number): ExponentialBuckets => ({
    scale,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
  })
  /** The histogram of indexes that were found at a finer scale, straight from the definition. */
  const of = (indexes: readonly number[], scale: number, finest: number): ExponentialBuckets => {
    const at = indexes.map((index) => Math.floor(index / 2 ** (finest - scale)))
    if (at.length === 0) return empty(scale)
    const offset = Math.min(...at)
    const counts = Array.from({ length: Math.max(...at) - offset + 1 }, () => 0)
    for (const index of at) counts[index - offset] += 1
    return { ...empty(scale), positive: { offset, counts } }
  }

  it('added are the histogram of all observations', () => {
    const finest = 8
    const observations = fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 20 })
    const scale = fc.integer({ min: -2, max: finest })
    fc.assert(
      fc.property(observations, scale, observations, scale, (a, scaleA, b, scaleB) => {
        const total = of(a, scaleA, finest)
        addExponential(total, of(b, scaleB, finest))
        expect(total.scale).toBeLessThanOrEqual(Math.min(scaleA, scaleB))
        expect(total.positive.counts.length).toBeLessThanOrEqual(160)
        const { positive } = of([...a, ...b], total.scale, finest)
        expect(total.positive).toEqual(positive)
      }),
      { numRuns: 300 },
    )
  })
})
