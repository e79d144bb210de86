// Labels that privacy takes away add series up instead of making two of one: through the engine, with any labels dropped.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'
import {
  attributes,
  event,
  metricRequest,
  pointsIn,
  startMs,
  stageUnderTest,
  type SentPoint,
  type StageUnderTest,
} from './stage-under-test.ts'

const labelNames = ['plan', 'region', 'tier'] as const
const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

function programDropping(labels: readonly string[]): Program {
  const rule = `rules: [{id: r, attr: [${labels.join(', ')}], in: datapoint, class: content}]`
  const text = `version: 1\nname: t\nextends: builtin:automagik\n${labels.length === 0 ? '' : rule}\n`
  const { program, diagnostics } = loadRuleset({ file: '/t.yaml', readText: () => text, key })
  expect(diagnostics).toEqual([])
  return program!
}
type Labels = Readonly<Record<string, string>>
const labels: fc.Arbitrary<Labels> = fc.record({
  plan: fc.constantFrom('free', 'paid'),
  region: fc.constantFrom('eu', 'br', 'us'),
  tier: fc.constantFrom('a', 'b'),
})
/** Series of one metric, as one export of an SDK holds them: each set of labels once. */
const series = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ labels: Labels; value: T }[]> =>
  fc.uniqueArray(fc.record({ labels, value }), { selector: ({ labels: own }) => JSON.stringify(own), maxLength: 12 })
const dropped = fc.subarray([...labelNames])

const nanos = (ms: number): string => `${ms}000000`
const times = { startTimeUnixNano: nanos(startMs - 60_000), timeUnixNano: nanos(startMs) }
const temporality = { cumulative: 2, delta: 1 } as const

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => one.localeCompare(other)
const kept = (own: Labels, gone: readonly string[]): string =>
  JSON.stringify(
    Object.entries(own)
      .filter(([name]) => !gone.includes(name))
      .sort(byName),
  )
const keptOf = ({ labels: own }: SentPoint): string => JSON.stringify(Object.entries(own).sort(byName))

/** A stage for each set of dropped labels; each run is a service of its own. */
const stages = new Map<string, StageUnderTest>()
let runs = 0

/** What a store has in the end: every point that was sent, the later over the earlier. */
function sent(gone: readonly string[], metric: object): Map<string, SentPoint> {
  const name = gone.join(' ')
  const under = stages.get(name) ?? stageUnderTest({ program: programDropping(gone) })
  stages.set(name, under)
  const service = `shop${String.fromCharCode(97 + (runs % 26))}${'x'.repeat(Math.floor(runs++ / 26))}`
  const rest = under.take('metrics', metricRequest(metric, { resource: { 'service.name': service } }))
  const through = rest === undefined ? [] : pointsIn(rest.bytes)
  const flushed = under.flush().filter(({ resource }) => resource['service.name'] === service)
  under.nowMs += 10_000
  const seen = new Set<string>()
  for (const point of [...through, ...flushed]) {
    const identity = JSON.stringify([point.resource, point.metric, keptOf(point), point.timeMs])
    expect(seen.has(identity), `two points are one: ${identity}`).toBe(false)
    seen.add(identity)
  }
  const last = flushed.filter(({ timeMs, startMs: from }) => timeMs > from + 1)
  return new Map([...through, ...last].map((point) => [keptOf(point), point]))
}

/** The sum of each group that is left. */
function grouped<T>(all: readonly { labels: Labels; value: T }[], gone: readonly string[]): Map<string, T[]> {
  const groups = Map.groupBy(all, ({ labels: own }) => kept(own, gone))
  return new Map([...groups].map(([name, some]) => [name, some.map(({ value }) => value)]))
}

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0)

describe.each(['cumulative', 'delta'] as const)('%s points under any dropped labels', (kind) => {
  it('sums stay', () => {
    fc.assert(
      fc.property(series(fc.integer({ min: 0, max: 1e9 })), dropped, fc.boolean(), (all, gone, isMonotonic) => {
        const dataPoints = all.map(({ labels: own, value }) => ({
          ...times,
          attributes: attributes(own),
          asInt: String(isMonotonic ? value : value - 5e8),
        }))
        const sum = { dataPoints, isMonotonic, aggregationTemporality: temporality[kind] }
        const points = sent(gone, { name: 'orders', sum })
        const wanted = grouped(all, gone)
        expect(new Set(points.keys())).toEqual(new Set(wanted.keys()))
        for (const [name, values] of wanted)
          expect(points.get(name)!.point.asInt).toBe(total(values.map((value) => (isMonotonic ? value : value - 5e8))))
      }),
      { numRuns: 60 },
    )
  })

  it('histograms stay, bucket by bucket', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(series(counts), dropped, (all, gone) => {
        const dataPoints = all.map(({ labels: own, value }) => ({
          ...times,
          attributes: attributes(own),
          count: String(total(value)),
          sum: total(value) * 2,
          bucketCounts: value.map(String),
          explicitBounds: [1, 2, 5],
        }))
        const histogram = { dataPoints, aggregationTemporality: temporality[kind] }
        const points = sent(gone, { name: 'latency', histogram })
        for (const [name, values] of grouped(all, gone)) {
          const { point } = points.get(name)!
          expect(point.bucketCounts).toEqual([0, 1, 2, 3].map((i) => total(values.map((value) => value[i]))))
          expect(point.explicitBounds).toEqual([1, 2, 5])
          expect(point.count).toBe(total(values.flat()))
          expect(point.sum).toBe(2 * total(values.flat()))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('exponential histograms stay: what is counted at a scale is counted at the coarser one', () => {
    const value = fc.record({
      scale: fc.integer({ min: 0, max: 3 }),
      offset: fc.integer({ min: -20, max: 20 }),
      counts: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 }),
      zero: fc.integer({ min: 0, max: 9 }),
    })
    fc.assert(
      fc.property(series(value), dropped, (all, gone) => {
        const dataPoints = all.map(({ labels: own, value: { scale, offset, counts, zero } }) => ({
          ...times,
          attributes: attributes(own),
          count: String(total(counts) + zero),
          sum: total(counts),
          scale,
          zeroCount: String(zero),
          positive: { offset, bucketCounts: counts.map(String) },
        }))
        const exponentialHistogram = { dataPoints, aggregationTemporality: temporality[kind] }
        const points = sent(gone, { name: 'size', exponentialHistogram })
        for (const [name, values] of grouped(all, gone)) {
          const { point } = points.get(name)!
          expect(point.count ?? 0).toBe(total(values.map(({ counts, zero }) => total(counts) + zero)))
          expect(point.zeroCount ?? 0).toBe(total(values.map(({ zero }) => zero)))
          const found = new Map<number, number>()
          for (const [i, count] of (point.positive?.bucketCounts ?? []).entries())
            if (count > 0) found.set((point.positive.offset ?? 0) + i, count)
          const wanted = new Map<number, number>()
          for (const { scale, offset, counts } of values)
            for (const [i, count] of counts.entries()) {
              const index = Math.floor((offset + i) / 2 ** (scale - (point.scale ?? 0)))
              if (count > 0) wanted.set(index, (wanted.get(index) ?? 0) + count)
            }
          expect(found).toEqual(wanted)
        }
      }),
      { numRuns: 60 },
    )
  })
})

const point = (own: object, more: object): object => ({ ...times, attributes: attributes(own as Labels), ...more })

describe('cumulative points that became one', () => {
  const sum = (dataPoints: object[]): object => ({
    name: 'orders',
    sum: { dataPoints, isMonotonic: true, aggregationTemporality: 2 },
  })
  const under = (): StageUnderTest => stageUnderTest({ program: programDropping(['plan']) })

  it('start with the first of them', () => {
    const body = sum([
      point({ plan: 'a' }, { asInt: '2', startTimeUnixNano: nanos(startMs - 5_000) }),
      point({ plan: 'b' }, { asInt: '3', startTimeUnixNano: nanos(startMs - 9_000) }),
      point({ plan: 'c' }, { asDouble: 0.5, startTimeUnixNano: nanos(startMs - 1_000) }),
    ])
    const [only, ...others] = pointsIn(under().take('metrics', metricRequest(body))!.bytes)
    expect(others).toEqual([])
    expect(only).toMatchObject({ point: { asDouble: 5.5 }, startMs: startMs - 9_000, timeMs: startMs, labels: {} })
  })

  it('of different times stay: they are one series at two times', () => {
    const body = sum([
      point({ plan: 'a' }, { asInt: '2', timeUnixNano: nanos(startMs - 10) }),
      point({ plan: 'a' }, { asInt: '3' }),
    ])
    expect(pointsIn(under().take('metrics', metricRequest(body))!.bytes).map((each) => each.point.asInt)).toEqual([
      2, 3,
    ])
  })

  it('rise from request to request as what they are made of rises', () => {
    const stage = under()
    const values = [1, 4, 4, 9].map((value, i) => {
      const at = { timeUnixNano: nanos(startMs + i * 1_000) }
      const body = sum([
        point({ plan: 'a' }, { asInt: String(value), ...at }),
        point({ plan: 'b' }, { asInt: '7', ...at }),
      ])
      return pointsIn(stage.take('metrics', metricRequest(body))!.bytes)[0].point.asInt
    })
    expect(values).toEqual([8, 11, 11, 16])
  })

  it('of two processes stay apart: their instance is a pseudonym where it is an address, and where it was a session', () => {
    const stage = under()
    const send = (resource: object): SentPoint[] =>
      pointsIn(stage.take('metrics', metricRequest(sum([point({}, { asInt: '1' })]), { resource }))!.bytes)
    const instances = [
      { 'service.instance.id': '10.0.0.5:8080' },
      { 'service.instance.id': '10.0.0.6:8080' },
      { 'session.id': 'one' },
      { 'session.id': 'two' },
    ].map((own) => send({ 'service.name': 'shop', ...own })[0].resource['service.instance.id'])
    expect(new Set(instances).size).toBe(4)
    for (const instance of instances) expect(instance).toMatch(/^hm:/)
  })

  it.each([
    ['gauges', { gauge: { dataPoints: [point({ plan: 'a' }, { asInt: '1' }), point({ plan: 'b' }, { asInt: '2' })] } }],
    [
      'summaries',
      { summary: { dataPoints: [point({ plan: 'a' }, { count: '1' }), point({ plan: 'b' }, { count: '2' })] } },
    ],
    ['a value that is none', sum([point({ plan: 'a' }, { asInt: '1' }), point({ plan: 'b' }, { flags: 1 })])],
  ])('%s do not add up: one stays, the other is counted', (_what, metric) => {
    const stage = under()
    const rest = stage.take('metrics', metricRequest({ name: 'level', ...metric }))!
    expect(rest.records).toBe(1)
    expect(Object.fromEntries(stage.stage.figures().dropped)).toEqual({ collision: 1 })
  })

  it('are of the gateway too, where a rule takes a label of its series', () => {
    const text = `version: 1
name: t
extends: builtin:base
rules: [{id: r, attr: plan, in: datapoint, class: content}]
metrics: {derived: [{name: m, from: event, count: true, by: [plan]}]}
`
    const { program } = loadRuleset({ file: '/t.yaml', readText: () => text, key })
    const stage = stageUnderTest({ program: program! })
    for (const plan of ['a', 'b', 'b']) stage.take('traces', event('automagik.health', { plan }))
    const points = stage.flush()
    expect(points.map((each) => [each.timeMs - each.startMs > 1, each.labels, each.point.asInt])).toEqual([
      [false, {}, 0],
      [true, {}, 3],
    ])
  })
})
