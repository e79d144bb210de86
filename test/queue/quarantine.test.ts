// The quarantine in the queue's file: kept in the transaction of what goes on, booked, bounded by itself, and sent on.
import { describe, expect, it, onTestFinished } from 'vitest'
import { letterOf, lettersOf, openLetterFile } from '../../src/queue/letter-file.ts'
import { createLetterMover } from '../../src/queue/replay.ts'
import { quarantineReader, type NewGroup } from '../../src/queue/stored.ts'
import { group, nothing, reader, storeUnderTest, type StoreOptions, type StoreUnderTest } from './store-under-test.ts'

const own = { capacityBytes: Infinity }
const readers = [reader('a'), reader('b'), reader(quarantineReader, own)]
const kept = (records: number, bytes = 4, reason = 'schema-violation'): NewGroup => ({
  ...group(records, [], 'traces', bytes),
  encoding: 'gzip',
  quarantine: reason,
})

const storeOver = (options: StoreOptions = {}): StoreUnderTest => storeUnderTest(readers, options)

function beside({ file }: StoreUnderTest) {
  const database = openLetterFile(file, { readOnly: false })
  onTestFinished(() => database.close())
  return { database, mover: createLetterMover(database) }
}

describe('the quarantine', () => {
  it('is written with what goes on, or neither is', () => {
    const under = storeOver({ maxPages: 30 })
    expect(under.put(group(1, ['a']), kept(2), kept(3, 4, 'unknown-event'))).toEqual([1, 0, 0])
    expect(under.store.quarantine()).toEqual({
      letters: 2,
      bytes: 8,
      kept: [
        { exporter: 'quarantine', signal: 'traces', reason: 'schema-violation', letters: 1, records: 2 },
        { exporter: 'quarantine', signal: 'traces', reason: 'unknown-event', letters: 1, records: 3 },
      ],
    })
    expect(under.store.deadLetters().letters).toBe(0)
    expect(() => under.put(group(1, ['a']), kept(9, 500_000))).toThrow(/full/)
    expect(under.store.quarantine().letters).toBe(2)
    expect(under.stateOf('a').heldRecords).toBe(1)
    expect(under.stateOf(quarantineReader)).toMatchObject({
      accepted: 5,
      dead: { 'schema-violation': 2, 'unknown-event': 3 },
      heldRecords: 0,
    })
    expect(under.store.check()).toEqual([])
  })

  it('has a bound of its own: a flood of it takes no dead letter along', () => {
    const under = storeOver({ quarantineBytes: 250, deadLetterBytes: 150 })
    under.put(group(7, ['a']))
    const { id } = under.stateOf('a')
    const [leased] = under.store.lease(id, 1)
    const dead = [{ reason: 'http-400', records: 7, size: 100, data: new Uint8Array(100), digest: 'd' }]
    under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased.id], sent: 0, failed: [], dead }] })
    for (const records of [1, 2, 3, 4]) under.put(kept(records, 100))
    expect(under.store.deadLetters()).toMatchObject({ letters: 1, kept: [{ records: 7 }] })
    expect(under.store.quarantine()).toMatchObject({ letters: 2, bytes: 200, kept: [{ records: 7 }] })
    expect(under.stateOf(quarantineReader).left).toEqual({ 'too-many': 3 })
    const { database } = beside(under)
    expect(lettersOf(database, {}, 9).map(({ exporter }) => exporter)).toEqual(['a'])
    expect(lettersOf(database, { shelf: 'quarantine' }, 9).map(({ records }) => records)).toEqual([3, 4])
    expect(under.store.check()).toEqual([])
  })

  it('costs the other shelf nothing: the oldest is not looked for among what lies there', () => {
    const under = storeOver({ quarantineBytes: 1e9, deadLetterBytes: 250 })
    const { id } = under.stateOf('a')
    const refuse = (): void => {
      under.put(group(1, ['a']))
      const [leased] = under.store.lease(id, 1)
      const dead = [{ reason: 'http-400', records: 1, size: 100, data: new Uint8Array(100), digest: 'd' }]
      under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased.id], sent: 0, failed: [], dead }] })
    }
    const timeOf = (times: number): number => {
      const sinceMs = performance.now()
      for (let i = 0; i < times; i++) refuse()
      return (performance.now() - sinceMs) / times
    }
    timeOf(20)
    const alone = timeOf(50)
    for (let i = 0; i < 20; i++) under.put(...Array.from({ length: 2_000 }, () => kept(1, 500)))
    timeOf(5)
    expect(timeOf(50)).toBeLessThan(alone * 5 + 2)
    expect(under.store.deadLetters()).toMatchObject({ letters: 2, bytes: 200 })
    expect(under.store.check()).toEqual([])
  })

  it('goes on while somebody removes a flood of it: the figures are not read off the file each time', () => {
    const under = storeOver({ quarantineBytes: 1e9 })
    for (let i = 0; i < 40; i++) under.put(...Array.from({ length: 2_000 }, () => kept(1, 500)))
    const { database } = beside(under)
    const timeOf = (ids: readonly number[]): number => {
      const sinceMs = performance.now()
      for (const id of ids) {
        database.exec(`DELETE FROM dead_letters WHERE id = ${id}`)
        under.put(kept(1))
      }
      return performance.now() - sinceMs
    }
    const once = timeOf([1])
    expect(timeOf([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toBeLessThan(once * 3)
  })

  it('makes room of what somebody has removed at once', () => {
    const under = storeOver({ quarantineBytes: 40_000_000 })
    for (let i = 0; i < 40; i++) under.put(...Array.from({ length: 2_000 }, () => kept(1, 500)))
    const { database } = beside(under)
    for (const upTo of [100, 200]) {
      database.exec(`DELETE FROM dead_letters WHERE id <= ${upTo}`)
      for (let i = 0; i < 100; i++) under.put(kept(1, 500))
      expect(under.store.quarantine()).toMatchObject({ letters: 80_000, bytes: 40_000_000 })
    }
    expect(under.stateOf(quarantineReader).left).toEqual({})
  })

  it('drops the oldest after a commit that was rolled back as well', () => {
    const under = storeOver({ maxPages: 60, quarantineBytes: 250 })
    for (const records of [1, 2]) under.put(kept(records, 100))
    expect(() => under.put(kept(3, 100), group(1, ['a'], 'traces', 900_000))).toThrow(/full/)
    under.put(kept(4, 100))
    under.put(kept(5, 100))
    expect(under.store.quarantine()).toMatchObject({ letters: 2, kept: [{ records: 9 }] })
    expect(under.stateOf(quarantineReader).left).toEqual({ 'too-many': 3 })
    expect(under.store.check()).toEqual([])
  })

  it('goes into the queue of every exporter, or of none', () => {
    const first = storeUnderTest([reader('a'), reader('b', { capacityBytes: 150 }), reader(quarantineReader, own)])
    first.put(kept(2, 100), kept(3, 100))
    const { database, mover } = beside(first)
    expect(mover.targets().map(({ name }) => name)).toEqual(['a', 'b'])
    const letters = [1, 2].map((id) => letterOf(database, id, 'quarantine')!)
    expect(letterOf(database, 1)).toBeUndefined()
    expect(mover.replay([{ letter: letters[0], to: ['a', quarantineReader] }], 5)).toEqual(['unknown-exporter'])
    expect(
      mover.replay(
        letters.map((letter) => ({ letter, to: ['a', 'b'] })),
        5,
      ),
    ).toEqual(['done', 'queue-full'])
    first.store.refresh()
    for (const name of ['a', 'b'])
      expect(first.stateOf(name)).toMatchObject({ accepted: 0, replayed: 2, heldRecords: 2 })
    expect(first.stateOf(quarantineReader).left).toEqual({ replayed: 2 })
    expect(lettersOf(database, { shelf: 'quarantine' }, 9).map(({ records }) => records)).toEqual([3])
    expect(first.store.check()).toEqual([])
  })

  it('stays when a gateway starts without one, and is there when it has one again', () => {
    const first = storeOver()
    first.put(kept(2))
    first.database.close()
    const second = storeUnderTest([reader('a')], { file: first.file })
    expect(second.store.removed).toEqual([])
    second.database.close()
    const third = storeUnderTest(readers, { file: first.file })
    expect(third.store.quarantine().kept).toMatchObject([{ records: 2 }])
    expect(third.store.check()).toEqual([])
  })
})
