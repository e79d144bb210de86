import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { openSeriesStore } from '../../src/metrics/store.ts'
import { deltaCounter, metricRequest, sdkCounter, stageUnderTest } from './stage-under-test.ts'

/** A folder with a store of many series. */
function filled(): string {
  const under = stageUnderTest()
  for (let i = 0; i < 200; i++) under.take('metrics', deltaCounter(1, { i: String(i), text: 'v'.repeat(200) }))
  under.flush()
  under.store.close()
  return under.folder
}

function reopened(folder: string): { warnings: string[]; series: number } {
  const warnings: string[] = []
  const store = openSeriesStore(folder, (message) => warnings.push(message))
  const { stage } = stageUnderTest({ folder, store })
  const { series } = stage.figures()
  store.close()
  return { warnings, series: series.cumulative }
}

it('a store is read as it was written', () => {
  expect(reopened(filled())).toEqual({ warnings: [], series: 200 })
})

it('a file that is damaged in its middle is moved aside, and never stops the start', () => {
  const folder = filled()
  const file = join(folder, 'metrics.db')
  const bytes = readFileSync(file)
  expect(bytes.length).toBeGreaterThan(5 * 4096)
  bytes.fill(0xa5, 3 * 4096, 4 * 4096)
  writeFileSync(file, bytes)
  const { warnings, series } = reopened(folder)
  expect(series).toBe(0)
  expect(warnings).toEqual([expect.stringContaining('metrics.db.unreadable')])
})

it.each(['value', 'attributes', 'head'])('a row with a damaged %s is not quoted: the file is moved aside', (column) => {
  const folder = filled()
  const database = new DatabaseSync(join(folder, 'metrics.db'))
  database.exec(`UPDATE series SET ${column} = 'secret' WHERE row = 7`)
  database.close()
  const { warnings, series } = reopened(folder)
  expect(series).toBe(0)
  expect(warnings).toEqual([expect.stringContaining('it is damaged')])
  expect(warnings[0]).not.toContain('secret')
})

it('a file that another program has locked is left as it is; series are kept in memory meanwhile', () => {
  const folder = filled()
  const other = new DatabaseSync(join(folder, 'metrics.db'))
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE gateway SET last_ms = 1')
  const { warnings, series } = reopened(folder)
  expect(series).toBe(0)
  expect(warnings).toEqual([expect.stringContaining('kept in memory')])
  expect(existsSync(join(folder, 'metrics.db.unreadable'))).toBe(false)
  other.exec('ROLLBACK')
  other.close()
  expect(reopened(folder)).toEqual({ warnings: [], series: 200 })
})

it('a folder that is none does not stop the start either', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'metrics-')), 'file')
  writeFileSync(file, '')
  const { warnings } = reopened(join(file, 'folder'))
  expect(warnings).toEqual([expect.stringContaining('kept in memory')])
})

it('a file that is locked while the gateway runs costs no time, and nothing is lost', () => {
  const under = stageUnderTest()
  under.take('metrics', sdkCounter(5))
  under.flush()
  const other = new DatabaseSync(join(under.folder, 'metrics.db'))
  other.exec('BEGIN IMMEDIATE')
  under.take('metrics', sdkCounter(5))
  under.nowMs += 10_000
  expect(under.flush().map(({ point }) => point.asDouble)).toEqual([10])
  expect(under.errors).toEqual([expect.objectContaining({ message: 'database is locked' })])
  other.exec('ROLLBACK')
  other.close()
  under.flush()
  under.store.close()
  const second = stageUnderTest({ folder: under.folder })
  second.nowMs += 60_000
  expect(second.flush()[0].point.asDouble).toBe(10)
  second.store.close()
})

it('a series whose name the rules gave to another kind of metric is left out, and its row goes', () => {
  const first = stageUnderTest()
  const gauge = { name: 'y', sum: { dataPoints: [{ timeUnixNano: '5', asInt: '1' }], aggregationTemporality: 1 } }
  first.take('metrics', metricRequest(gauge))
  first.flush()
  first.store.close()
  const derived = [
    {
      name: 'y',
      description: '',
      unit: '',
      from: 'event' as const,
      where: [],
      by: [],
      distinct: undefined,
      value: { attribute: 'duration_ms', scale: 1 },
      buckets: [1],
    },
  ]
  const second = stageUnderTest({ folder: first.folder, rules: { derived } })
  expect(second.flush()).toEqual([])
  second.store.close()
  const database = new DatabaseSync(join(first.folder, 'metrics.db'))
  expect(database.prepare('SELECT count(*) AS rows FROM series').get()).toEqual({ rows: 0 })
  database.close()
  expect(readdirSync(first.folder)).toEqual(['metrics.db'])
})
