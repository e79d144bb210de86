import { statSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { giveBack } from '../../src/queue/queue-file.ts'
import { allSent, group, nothing, numbersIn, reader, storeUnderTest } from './store-under-test.ts'

const count = (under: { database: { prepare(sql: string): { get(): unknown } } }, table: string): number =>
  (under.database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows

describe('the queue store', () => {
  it('gives each reader every group that was put for it, oldest first, and drops a group with its last reader', () => {
    const under = storeUnderTest([reader('a'), reader('b')])
    under.put(group(1, ['a', 'b']), group(2, ['b']))
    under.put(group(3, ['a', 'b']))
    expect(under.read('a')).toEqual([1, 3])
    expect(count(under, 'groups')).toBe(3)
    expect(under.read('b')).toEqual([1, 2, 3])
    expect(count(under, 'groups')).toBe(0)
  })

  it('leases up to a size, the first group whatever its size, and no group twice', () => {
    const under = storeUnderTest([reader('a')])
    under.put(group(1, ['a'], 'traces', 50), group(2, ['a'], 'traces', 20), group(3, ['a'], 'traces', 20))
    const { id } = under.stateOf('a')
    expect(numbersIn(under.store.lease(id, 10))).toEqual([1])
    expect(numbersIn(under.store.lease(id, 45))).toEqual([2, 3])
    expect(under.store.lease(id, 45)).toEqual([])
    expect(under.stateOf('a')).toMatchObject({ heldRecords: 6, heldBytes: 90, waitingBytes: 0 })
  })

  it('puts what was given back in front of the others, in its order', () => {
    const under = storeUnderTest([reader('a')])
    under.put(group(1, ['a']), group(2, ['a']), group(3, ['a']))
    const { id } = under.stateOf('a')
    const [first] = under.store.lease(id, 1)
    const [second] = under.store.lease(id, 1)
    under.store.giveBack(id, [second.id])
    under.store.giveBack(id, [first.id])
    expect(under.read('a')).toEqual([1, 2, 3])
  })

  it('keeps the signals of an exporter apart', () => {
    const under = storeUnderTest([reader('a'), reader('a', { signal: 'logs' })])
    under.put(group(1, ['a']), group(2, ['a'], 'logs'))
    const logs = under.stateOf('a', 'logs').id
    const lease = under.store.lease(under.stateOf('a').id, 1e9)
    expect(numbersIn(under.store.lease(logs, 1e9))).toEqual([2])
    expect(numbersIn(lease)).toEqual([1])
  })

  it('books what became of a lease, and keeps what was refused for good', () => {
    const under = storeUnderTest([reader('a')])
    under.put(group(10, ['a']))
    const { id } = under.stateOf('a')
    const [leased] = under.store.lease(id, 1)
    const dead = { reason: 'http-400', records: 3, size: 4, data: gzipSync('dead'), digest: 'd' }
    const settled = { sent: 5, failed: [{ reason: 'partial-success', records: 2 }], dead: [dead] }
    under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased.id], ...settled }] })
    expect(under.stateOf('a')).toMatchObject({
      accepted: 10,
      sent: 5,
      failed: { 'partial-success': 2 },
      dead: { 'http-400': 3 },
      heldRecords: 0,
    })
    expect(under.store.check()).toEqual([])
    const letter = under.database.prepare('SELECT exporter, reason, records, data FROM dead_letters').get()!
    expect(letter).toMatchObject({ exporter: 'a', reason: 'http-400', records: 3 })
    expect(gunzipSync(letter['data'] as Uint8Array).toString()).toBe('dead')
  })

  it('says which books do not add up', () => {
    const under = storeUnderTest([reader('a'), reader('b')])
    under.put(group(10, ['a', 'b']))
    under.database.exec("UPDATE books SET records = 11 WHERE reader = (SELECT id FROM readers WHERE name = 'b')")
    expect(under.store.check()).toEqual([{ name: 'b', signal: 'traces', book: 'queue', accepted: 11, accounted: 10 }])
  })

  it('drops the oldest that wait, where it is told to, and counts them; never what is leased', () => {
    const under = storeUnderTest([reader('a', { dropsOldest: true, capacityBytes: 100 })])
    under.put(group(1, ['a'], 'traces', 40), group(2, ['a'], 'traces', 40))
    under.store.lease(under.stateOf('a').id, 40)
    under.put(group(3, ['a'], 'traces', 40))
    expect(under.stateOf('a')).toMatchObject({ failed: { 'queue-full': 2 }, storedBytes: 80, heldRecords: 4 })
    expect(under.read('a')).toEqual([3])
    expect(under.store.check()).toEqual([])
  })

  it('drops what is too old', () => {
    const under = storeUnderTest([reader('a', { maxAgeMs: 1_000 }), reader('b')])
    under.put(group(1, ['a', 'b']))
    under.clock.nowMs += 600
    under.put(group(2, ['a', 'b']))
    under.clock.nowMs += 600
    under.store.expire()
    expect(under.stateOf('a').failed).toEqual({ 'too-old': 1 })
    expect(under.read('a')).toEqual([2])
    expect(under.read('b')).toEqual([1, 2])
  })

  it('after a restart has all that was not settled, and its books', () => {
    const first = storeUnderTest([reader('a')])
    first.put(group(1, ['a']), group(2, ['a']))
    first.read('a', 1)
    first.store.lease(first.stateOf('a').id, 1)
    first.database.close()
    const second = storeUnderTest([reader('a')], { file: first.file })
    expect(second.stateOf('a')).toMatchObject({ accepted: 3, sent: 1, heldRecords: 2, waitingBytes: 4 })
    expect(second.read('a')).toEqual([2])
  })

  it('never uses an id again, also when it was empty in between', () => {
    const first = storeUnderTest([reader('a')])
    const [id] = first.put(group(1, ['a']))
    first.read('a')
    first.database.close()
    const second = storeUnderTest([reader('a')], { file: first.file })
    expect(second.put(group(2, ['a']))[0]).toBeGreaterThan(id)
    expect(second.store.identity).toBe(first.store.identity)
  })

  it('makes dead letters of what waits for an exporter that is no longer there', () => {
    const first = storeUnderTest([reader('a'), reader('b')])
    first.put(group(3, ['a', 'b']), group(4, ['b']))
    first.database.close()
    const second = storeUnderTest([reader('a')], { file: first.file })
    expect(second.store.removed).toEqual([{ name: 'b', signal: 'traces', records: 7 }])
    expect(second.read('a')).toEqual([3])
    expect(count(second, 'groups')).toBe(0)
    expect(second.store.deadLetters().letters).toBe(2)
    expect(second.store.check()).toEqual([])
  })

  it('bounds the dead letters: the oldest go', () => {
    const under = storeUnderTest([reader('a')], { deadLetterBytes: 250 })
    for (const records of [1, 2, 3]) {
      under.put(group(records, ['a']))
      const { id } = under.stateOf('a')
      const [{ id: leased }] = under.store.lease(id, 1)
      const dead = [{ reason: 'http-400', records, size: 100, data: new Uint8Array(100), digest: 'd' }]
      under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased], sent: 0, failed: [], dead }] })
    }
    expect(under.database.prepare('SELECT records FROM dead_letters').all()).toEqual([{ records: 2 }, { records: 3 }])
  })

  it('releases what a reader that follows has read, and nothing behind it', () => {
    const under = storeUnderTest([reader('metrics'), reader('a')])
    const [, second] = under.put(group(1, ['metrics', 'a']), group(2, ['metrics']), group(3, ['metrics']))
    under.store.commit({ ...nothing, releases: [{ name: 'metrics', upTo: second }] })
    expect(under.read('metrics')).toEqual([3])
    expect(under.read('a')).toEqual([1])
  })

  it('takes nothing of a commit for which the disk has no room, goes on, and recovers', () => {
    const under = storeUnderTest([reader('a')], { maxPages: 30 })
    under.put(group(1, ['a'], 'traces', 100_000))
    const { id } = under.stateOf('a')
    const before = under.stateOf('a')
    expect(() => under.put(group(2, ['a']), group(3, ['a'], 'traces', 200_000))).toThrow(/full/)
    expect(under.stateOf('a')).toEqual(before)
    const leased = under.store.lease(id, 1)
    under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased[0].id], ...allSent(leased) }] })
    expect(under.put(group(4, ['a'], 'traces', 100_000))).toHaveLength(1)
    expect(under.read('a')).toEqual([4])
    expect(under.store.check()).toEqual([])
  })

  it('sees what another process has put, and totals follow', () => {
    const under = storeUnderTest([reader('a')])
    under.put(group(1, ['a']))
    expect(under.store.refresh()).toBe(false)
    const other = storeUnderTest([reader('a')], { file: under.file })
    other.put(group(5, ['a']))
    other.database.close()
    expect(under.store.refresh()).toBe(true)
    expect(under.stateOf('a')).toMatchObject({ accepted: 6, heldRecords: 6 })
    expect(under.read('a')).toEqual([1, 5])
  })

  it('gives its room back to the disk when it is empty again', () => {
    const under = storeUnderTest([reader('a')])
    under.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const floor = statSync(under.file).size
    under.put(...Array.from({ length: 40 }, (_, i) => group(i + 1, ['a'], 'traces', 50_000)))
    under.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(statSync(under.file).size).toBeGreaterThan(floor + 1_000_000)
    under.read('a')
    for (let i = 0; i < 20; i++) giveBack(under.database, true)
    expect(statSync(under.file).size).toBe(floor)
    expect(statSync(`${under.file}-wal`).size).toBe(0)
  })

  it('is for its owner only', () => {
    const { file } = storeUnderTest([])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
