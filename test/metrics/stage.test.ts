import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { openSeriesStore } from '../../src/metrics/store.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { deltaCounter, event, sdkCounter, stageUnderTest, startMs, type SentPoint } from './stage-under-test.ts'

const shipped = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32) } }).program!

const valuesOf = (points: readonly SentPoint[]): unknown[] => points.map(({ point }) => point.asDouble ?? point.asInt)

describe('a restart', () => {
  it('continues every series where it was: same start, no second zero, no lost increment', () => {
    const first = stageUnderTest()
    first.take('metrics', sdkCounter(5, { executor: 'A' }))
    first.take('metrics', sdkCounter(5, { executor: 'A' }))
    first.flush()
    first.store.close()

    const second = stageUnderTest({ folder: first.folder })
    second.nowMs += 60_000
    expect(second.store.gatewayId).toBe(first.store.gatewayId)
    second.take('metrics', sdkCounter(5, { executor: 'A' }))
    const points = second.flush()
    expect(points).toHaveLength(1)
    expect(points[0]).toMatchObject({ startMs, labels: { executor: 'A' }, point: { asDouble: 15 } })
    second.store.close()
  })

  it('continues histograms and exponential histograms, sums that are not finite too', () => {
    const first = stageUnderTest()
    const huge = deltaCounter(1, { kind: 'huge' }) as any
    const [point] = huge.resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints
    delete point.asInt
    point.asDouble = 1.7e308
    first.take('metrics', huge)
    first.take('metrics', huge)
    const before = first.flush().at(-1)!
    expect(before.point.asDouble).toBe(Infinity)
    first.store.close()
    const second = stageUnderTest({ folder: first.folder })
    second.nowMs += 60_000
    expect(second.flush()[0].point.asDouble).toBe(Infinity)
    second.store.close()
  })

  it('with a file that is none moves it aside, says so, and begins anew', () => {
    const folder = mkdtempSync(join(tmpdir(), 'metrics-'))
    writeFileSync(join(folder, 'metrics.db'), 'this is no database, but it is long enough to look like one'.repeat(50))
    const warnings: string[] = []
    const store = openSeriesStore(folder, (message) => warnings.push(message))
    expect(warnings).toEqual([expect.stringContaining('metrics.db.unreadable')])
    expect(existsSync(join(folder, 'metrics.db.unreadable'))).toBe(true)
    expect(store.gatewayId).toMatch(/^[a-z]{8}$/)
    store.close()
  })

  it('with a file of a later version moves it aside too', () => {
    const { folder, store } = stageUnderTest()
    store.close()
    const database = new DatabaseSync(join(folder, 'metrics.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    const warnings: string[] = []
    openSeriesStore(folder, (message) => warnings.push(message)).close()
    expect(warnings[0]).toContain('version 99')
  })
})

describe('the file', () => {
  it('is for its owner only', () => {
    const { folder, store } = stageUnderTest()
    expect(statSync(join(folder, 'metrics.db')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'metrics.db-wal')).mode & 0o777).toBe(0o600)
    store.close()
  })
})

describe('two gateways', () => {
  it('never write one series', () => {
    const [a, b] = [stageUnderTest(), stageUnderTest()]
    for (const under of [a, b]) {
      under.take('metrics', sdkCounter(1))
      under.take('metrics', deltaCounter(1))
    }
    const instances = (points: SentPoint[]): unknown[] => points.map(({ resource }) => resource['service.instance.id'])
    const ofA = new Set(instances(a.flush()))
    expect(instances(b.flush()).some((id) => ofA.has(id))).toBe(false)
  })
})

describe('bounds', () => {
  const rules = { maxSeries: 3 }

  it('put what is beyond them into the overflow series of the metric: no count is lost', () => {
    const under = stageUnderTest({ rules })
    for (let i = 0; i < 10; i++) under.take('metrics', sdkCounter(1, { executor: `e${i}` }))
    const points = under.flush().filter(({ point }) => point.asDouble > 0)
    expect(valuesOf(points).reduce((sum: number, value) => sum + (value as number), 0)).toBe(10)
    expect(points).toHaveLength(4)
    expect(points.at(-1)).toMatchObject({ labels: { 'otel.metric.overflow': 'true' }, point: { asDouble: 7 } })
    expect(under.stage.figures()).toMatchObject({
      series: { cumulative: 4, derived: 0 },
      overflows: { cumulative: 7, derived: 0 },
    })
  })

  it('hold across a restart', () => {
    const first = stageUnderTest({ rules })
    for (let i = 0; i < 10; i++) first.take('metrics', sdkCounter(1, { executor: `e${i}` }))
    first.flush()
    first.store.close()
    const second = stageUnderTest({ rules, folder: first.folder })
    second.take('metrics', sdkCounter(1, { executor: 'another' }))
    expect(second.stage.figures()).toMatchObject({ series: { cumulative: 4 }, overflows: { cumulative: 1 } })
    second.store.close()
  })
})

describe('a series that nothing is added to', () => {
  it('ends after a while, says so to the store, and begins anew later', () => {
    const under = stageUnderTest({ rules: { expireAfterMs: 60_000 } })
    under.take('metrics', sdkCounter(5))
    under.flush()
    under.nowMs += 60_001
    const [end, ...others] = under.flush()
    expect(others).toEqual([])
    expect(end.point).toMatchObject({ flags: 1 })
    expect(end.point.asDouble).toBeUndefined()
    expect(under.stage.figures()).toMatchObject({ series: { cumulative: 0 }, expired: { cumulative: 1 } })
    expect(under.flush()).toEqual([])

    under.take('metrics', sdkCounter(2))
    const [zero, point] = under.flush()
    expect(zero.timeMs).toBeGreaterThan(end.timeMs)
    expect(valuesOf([zero, point])).toEqual([0, 2])
    expect(point.startMs).toBeGreaterThan(end.timeMs)
  })

  it('does not come back after a restart', () => {
    const first = stageUnderTest({ rules: { expireAfterMs: 60_000 } })
    first.take('metrics', sdkCounter(5))
    first.flush()
    first.nowMs += 60_001
    first.flush()
    first.store.close()
    const second = stageUnderTest({ folder: first.folder })
    second.nowMs += 120_000
    expect(second.flush()).toEqual([])
    second.store.close()
  })
})

describe('a flush', () => {
  it('with no room leaves its points out; the next holds all', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(5))
    under.hasRoom = false
    expect(under.flush()).toEqual([])
    under.hasRoom = true
    under.take('metrics', sdkCounter(5))
    expect(valuesOf(under.flush())).toEqual([0, 10])
    expect(under.stage.figures().emitted).toBe(2)
  })

  it('is later than the last one, also when the clock is put back', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(5))
    const [, before] = under.flush()
    under.nowMs -= 300_000
    under.take('metrics', sdkCounter(5))
    under.take('metrics', deltaCounter(1))
    const after = under.flush()
    expect(valuesOf(after)).toEqual([10, 0, 1])
    for (const { timeMs, startMs: start } of after) {
      expect(timeMs).toBeGreaterThan(before.timeMs)
      expect(start).toBeLessThan(timeMs)
    }
  })

  it('follows a clock that was hours ahead and is set right', () => {
    const under = stageUnderTest()
    under.nowMs += 7_200_000
    under.take('metrics', sdkCounter(5))
    under.flush()
    under.nowMs -= 7_200_000
    under.take('metrics', sdkCounter(5))
    const [point] = under.flush()
    expect(point).toMatchObject({ timeMs: startMs + 2, point: { asDouble: 10 } })
    expect(point.startMs).toBeLessThan(point.timeMs)
  })

  it('after a restart is later than the last one before it, whatever the clock says', () => {
    const first = stageUnderTest()
    first.take('metrics', sdkCounter(5))
    const before = first.flush().at(-1)!
    first.store.close()
    const second = stageUnderTest({ folder: first.folder })
    second.nowMs -= 60_000
    expect(second.flush()[0].timeMs).toBeGreaterThan(before.timeMs)
    second.store.close()
  })

  it('goes out though its state cannot be stored, and says so', () => {
    const failing = { ...stageUnderTest().store, load() {}, save: () => expect.fail('disk full') }
    const under = stageUnderTest({ store: failing })
    under.take('metrics', sdkCounter(5))
    expect(valuesOf(under.flush())).toEqual([0, 5])
    expect(under.errors).toHaveLength(1)
    under.take('metrics', sdkCounter(5))
    expect(valuesOf(under.flush())).toEqual([10])
  })

  it('of many series is sent in requests that a store takes, each point once', () => {
    const under = stageUnderTest({ rules: { maxSeries: 5_000 } })
    for (let i = 0; i < 2_500; i++) under.take('metrics', sdkCounter(1, { executor: `e${i}` }))
    const points = under.flush()
    expect(points).toHaveLength(5_000)
    expect(
      new Set(points.filter(({ point }) => point.asDouble === 1).map(({ labels }) => labels['executor'])).size,
    ).toBe(2_500)
    expect(
      new Set(
        points
          .slice(1)
          .filter(({ point }) => point.asDouble === 1)
          .map(({ timeMs }) => timeMs),
      ).size,
    ).toBe(1)
  })
})

describe('other rules', () => {
  const rulesOf = (...dropLabels: string[]) => ({
    ...shipped.metrics,
    cumulative: { ...shipped.metrics.cumulative, dropLabels },
  })

  it('hold from the next request on, and series go on where they were', () => {
    const under = stageUnderTest()
    under.take('metrics', sdkCounter(5, { executor: 'A' }))
    under.flush()
    under.stage.replaceRules(rulesOf(), true)
    under.take('metrics', sdkCounter(5, { executor: 'A' }))
    expect(under.flush()).toMatchObject([{ startMs, labels: { executor: 'A' }, point: { asDouble: 10 } }])
    under.stage.replaceRules(rulesOf('executor'), true)
    under.take('metrics', sdkCounter(5, { executor: 'A' }))
    const bare = under.flush().filter(({ labels }) => !('executor' in labels))
    expect(bare.at(-1)).toMatchObject({ point: { asDouble: 5 } })
    under.store.close()
  })

  it('that take increments for what they say they are let them pass', () => {
    const under = stageUnderTest()
    under.stage.replaceRules(shipped.metrics, false)
    expect(under.take('metrics', sdkCounter(5, { executor: 'A' }))).toBeDefined()
    under.store.close()
  })

  it('derive other metrics; those of before stay until they expire', () => {
    const under = stageUnderTest()
    const used = event('automagik.feature.used')
    under.take('traces', used)
    expect(new Set(under.flush().map(({ metric }) => metric))).toContain('automagik.events')
    const [first] = shipped.metrics.derived
    under.stage.replaceRules({ ...shipped.metrics, derived: [{ ...first, name: 'mine.events' }] }, true)
    under.take('traces', used)
    const points = under.flush()
    expect(points.findLast(({ metric }) => metric === 'mine.events')).toMatchObject({ point: { asInt: 1 } })
    expect(points.find(({ metric }) => metric === 'automagik.events')).toMatchObject({ point: { asInt: 1 } })
    under.store.close()
  })

  it('with a lower limit keep the series that are there, and send what is new to the overflow series', () => {
    const under = stageUnderTest()
    for (const executor of ['A', 'B', 'C']) under.take('metrics', sdkCounter(5, { executor }))
    under.flush()
    under.stage.replaceRules({ ...shipped.metrics, maxSeries: 1 }, true)
    for (const executor of ['A', 'D']) under.take('metrics', sdkCounter(5, { executor }))
    const values = Object.fromEntries(
      under.flush().map(({ labels, point }) => [labels['executor'] ?? 'overflow', point]),
    )
    expect(values).toMatchObject({ A: { asDouble: 10 }, B: { asDouble: 5 }, overflow: { asDouble: 5 } })
    expect(values).not.toHaveProperty('D')
    under.store.close()
  })
})
