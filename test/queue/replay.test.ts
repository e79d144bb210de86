import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDurableQueue } from '../../src/queue/open-durable-queue.ts'
import {
  letterIds,
  letterOf,
  lettersOf,
  openLetterFile,
  totalsOf,
  type Letter,
  type LetterFilter,
} from '../../src/queue/letter-file.ts'
import { createLetterMover, type Fate } from '../../src/queue/replay.ts'
import type { CleanBatch } from '../../src/pipeline/batch.ts'
import { batchOf, memoryLog } from '../exporters/batches.ts'
import { group, nothing, reader, storeUnderTest, type StoreUnderTest } from './store-under-test.ts'

/** Beside a store, as another process has it. */
function openBeside({ file }: { readonly file: string }) {
  const database = openLetterFile(file, { readOnly: false })
  const mover = createLetterMover(database)
  const replay = (letter: Letter, ...to: readonly string[]): Fate => mover.replay([{ letter, to }], 5)[0]
  const remove = (letter: Letter): Fate => mover.remove([letter])[0]
  return { database, targets: mover.targets, replay, remove, mover, close: () => database.close() }
}

function beside(file: { readonly file: string }) {
  const opened = openBeside(file)
  onTestFinished(opened.close)
  return opened
}

/** Makes one dead letter of `number` records. */
function refuse(under: StoreUnderTest, name: string, number: number, reason = 'http-400'): void {
  under.put(group(number, [name]))
  const { id } = under.stateOf(name)
  const [leased] = under.store.lease(id, 1)
  const data = gzipSync(Buffer.from(`letter ${number}`))
  const dead = [{ reason, records: number, size: 9, data, digest: 'd' }]
  under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased.id], sent: 0, failed: [], dead }] })
}

describe('a replay', () => {
  it('moves a letter into the queue of its exporter and books it on both sides', () => {
    const under = storeUnderTest([reader('a'), reader('b')])
    refuse(under, 'a', 3)
    const { database, replay } = beside(under)
    const letter = letterOf(database, 1)!
    expect(replay(letter, 'a')).toBe('done')
    expect(replay(letter, 'a')).toBe('gone')
    expect(under.store.refresh()).toBe(true)
    const { id } = under.stateOf('a')
    const groups = under.store.lease(id, 1e9)
    expect(groups).toMatchObject([{ records: 3, size: 9, encoding: 'gzip', digest: 'd' }])
    expect(under.stateOf('a')).toMatchObject({
      accepted: 3,
      replayed: 3,
      dead: { 'http-400': 3 },
      left: { replayed: 3 },
      heldRecords: 3,
    })
    expect(under.store.deadLetters()).toEqual({ letters: 0, bytes: 0, kept: [] })
    expect(under.store.check()).toEqual([])
  })

  it('sends to another exporter what one has refused', () => {
    const under = storeUnderTest([reader('a'), reader('b')])
    refuse(under, 'a', 3)
    const { database, replay } = beside(under)
    expect(replay(letterOf(database, 1)!, 'b')).toBe('done')
    under.store.refresh()
    expect(under.stateOf('a')).toMatchObject({ replayed: 0, left: { replayed: 3 }, heldRecords: 0 })
    expect(under.stateOf('b')).toMatchObject({ accepted: 0, replayed: 3, heldRecords: 3 })
    expect(under.store.check()).toEqual([])
  })

  it('refuses an exporter that is not there any more, one that does not get the signal, and a full queue', () => {
    const first = storeUnderTest([
      reader('old'),
      reader('logs', { signal: 'logs' }),
      reader('small', { capacityBytes: 40 }),
    ])
    refuse(first, 'old', 3)
    refuse(first, 'small', 2)
    refuse(first, 'small', 1)
    first.database.close()
    const under = storeUnderTest([reader('logs', { signal: 'logs' }), reader('small', { capacityBytes: 40 })], first)
    const { database, replay, targets } = beside(under)
    expect(targets()).toEqual([
      { name: 'logs', signal: 'logs' },
      { name: 'small', signal: 'traces' },
    ])
    const [old, one, two] = [1, 2, 3].map((id) => letterOf(database, id)!)
    expect(replay(old, 'old')).toBe('unknown-exporter')
    expect(replay(old, 'none')).toBe('unknown-exporter')
    expect(replay(old, 'logs')).toBe('other-signal')
    expect(replay(one, 'small')).toBe('done')
    expect(replay(two, 'small')).toBe('queue-full')
    expect(letterIds(database, {})).toEqual([1, 3])
    under.store.refresh()
    expect(under.store.check()).toEqual([])
  })

  it('leaves a letter where it was when it cannot be written', () => {
    const under = storeUnderTest([reader('a')])
    refuse(under, 'a', 3)
    const { database, replay } = beside(under)
    database.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON pending BEGIN SELECT RAISE(ABORT, 'no'); END")
    expect(() => replay(letterOf(database, 1)!, 'a')).toThrow('no')
    expect(letterIds(database, {})).toEqual([1])
    expect(under.store.check()).toEqual([])
  })

  it('books what is removed, and what the bound pushes out', () => {
    const under = storeUnderTest([reader('a')], { deadLetterBytes: 70 })
    for (const records of [1, 2, 3, 4]) refuse(under, 'a', records)
    expect(under.stateOf('a')).toMatchObject({ dead: { 'http-400': 10 }, left: { 'too-many': 3 } })
    expect(under.store.deadLetters()).toMatchObject({
      letters: 2,
      kept: [{ exporter: 'a', signal: 'traces', reason: 'http-400', letters: 2, records: 7 }],
    })
    const { database, remove } = beside(under)
    expect(remove(letterOf(database, 3)!)).toBe('done')
    under.store.refresh()
    refuse(under, 'a', 5)
    expect(under.stateOf('a')).toMatchObject({ left: { 'too-many': 3, removed: 3 } })
    expect(under.store.check()).toEqual([])
  })

  it('does not stop a gateway whose oldest letters are taken from under it', () => {
    const under = storeUnderTest([reader('a')], { deadLetterBytes: 70 })
    for (const records of [1, 2]) refuse(under, 'a', records)
    const { database, remove } = beside(under)
    for (const id of letterIds(database, {})) remove(letterOf(database, id)!)
    // It has not looked since, and thinks that there is no room.
    for (const records of [3, 4]) refuse(under, 'a', records)
    expect(letterIds(database, {})).toHaveLength(2)
    under.store.refresh()
    expect(under.store.check()).toEqual([])
  })

  it('keeps the books balanced, whatever is refused, replayed, removed and sent in between', () => {
    const name = fc.constantFrom('a', 'b')
    const step = fc.oneof(
      fc.record({ is: fc.constant('refuse' as const), name }),
      fc.record({ is: fc.constant('replay' as const), name, which: fc.nat(5) }),
      fc.record({ is: fc.constant('remove' as const), name, which: fc.nat(5) }),
      fc.record({ is: fc.constant('read' as const), name }),
      fc.record({ is: fc.constant('look' as const), name }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const under = storeUnderTest([reader('a'), reader('b')], { deadLetterBytes: 150 })
        const { database, replay, remove, close } = openBeside(under)
        let put = 0
        for (const each of steps) {
          const ids = letterIds(database, {})
          const letter =
            'which' in each && ids.length > 0 ? letterOf(database, ids[each.which % ids.length]) : undefined
          if (each.is === 'refuse') {
            under.read(each.name)
            refuse(under, each.name, (put += 1))
          } else if (each.is === 'read') under.read(each.name)
          else if (each.is === 'look') under.store.refresh()
          else if (letter !== undefined) {
            if (each.is === 'replay') expect(replay(letter, each.name)).toBe('done')
            else expect(remove(letter)).toBe('done')
          }
          expect(under.store.check()).toEqual([])
        }
        under.store.refresh()
        // Whatever happened in between, each record has ended in one place.
        const states = [under.stateOf('a'), under.stateOf('b')]
        expect(states.every(({ heldRecords, waitingBytes }) => heldRecords >= 0 && waitingBytes >= 0)).toBe(true)
        expect(under.store.deadLetters().letters).toBe(letterIds(database, {}).length)
        close()
        under.database.close()
      }),
      { numRuns: 40 },
    )
  })
})

describe('the dead letters of a file', () => {
  it('are chosen by each filter, and by nothing that a filter holds beside', () => {
    const under = storeUnderTest([reader('a'), reader('b')])
    refuse(under, 'a', 1)
    under.clock.nowMs += 1_000
    refuse(under, 'b', 2, 'http-413')
    const { database } = beside(under)
    const idsBy = (filter: LetterFilter): number[] => lettersOf(database, filter, -1).map(({ id }) => id)
    expect(idsBy({ exporter: 'a' })).toEqual([1])
    expect(idsBy({ reason: 'http-413' })).toEqual([2])
    expect(idsBy({ sinceMs: 1_000_500 })).toEqual([2])
    expect(idsBy({ beforeMs: 1_001_000 })).toEqual([1])
    expect(idsBy({ signal: 'logs' })).toEqual([])
    expect(idsBy({ ids: [2, 9] })).toEqual([2])
    expect(idsBy({ ids: [] })).toEqual([])
    for (const text of ["a' OR 1=1 --", '%', '*', '', '\u0000', "'; DROP TABLE dead_letters; --"])
      for (const key of ['exporter', 'reason'] as const) expect(idsBy({ [key]: text })).toEqual([])
    expect(totalsOf(database, {})).toMatchObject([
      { exporter: 'a', letters: 1, records: 1 },
      { exporter: 'b', letters: 1, records: 2 },
    ])
  })

  it('come along when the file is of the version before, and what that one dropped is booked', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'queue-')), 'queue.db')
    const first = storeUnderTest([reader('a')], { file })
    for (const records of [1, 2]) refuse(first, 'a', records)
    first.database.exec(`
      DELETE FROM dead_letters WHERE id = 1; ALTER TABLE readers DROP COLUMN capacity_bytes; PRAGMA user_version = 1`)
    first.database.close()
    expect(() => openLetterFile(file, { readOnly: true })).toThrow('start the gateway of this version once')
    const under = storeUnderTest([reader('a')], { file })
    expect(under.stateOf('a').left).toEqual({ 'too-many': 1 })
    expect(under.store.check()).toEqual([])
    expect(beside(under).targets()).toEqual([{ name: 'a', signal: 'traces' }])
  })
})

describe('beside a queue that runs', () => {
  it('ten thousand letters go back while it takes and sends: each arrives once, nobody is turned away', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'queue-')), 'queue.db')
    const under = storeUnderTest([reader('a', { signal: 'logs' })], { file })
    const all = 10_000
    const letter = gzipSync(batchOf('logs', ['refused']).bytes)
    const insert = under.database.prepare(
      `INSERT INTO dead_letters (at_ms, exporter, signal, reason, records, size, digest, data)
       VALUES (1, 'a', 'logs', 'http-400', 1, 40, 'now', ?)`,
    )
    under.database.exec('BEGIN')
    for (let i = 0; i < all; i++) insert.run(letter)
    under.database.exec(`INSERT INTO books SELECT id, entry, '', ${all} FROM readers,
      (SELECT 'accepted' AS entry UNION SELECT 'dead'); COMMIT`)
    under.database.close()

    const queue = await openDurableQueue({
      file,
      sync: 'normal',
      readers: [reader('a', { signal: 'logs' })],
      deadLetterBytes: 1e9,
      quarantineBytes: 1e9,
      log: memoryLog(),
      rules: () => ({ digest: 'now', clean: () => undefined }),
    })
    onTestFinished(() => queue.close(5_000))
    let arrived = 0
    let woken = 0
    queue.watch('a', () => (woken += 1))
    const replayed = new AbortController()
    const busy: unknown[] = []
    const sender = (async () => {
      let accepted = 0
      while (!replayed.signal.aborted) {
        const batch = { ...batchOf('logs', ['new']), digest: 'now' } as CleanBatch
        const refused = await queue.put([{ batch, readers: ['a'] }])
        if (refused !== undefined) busy.push(refused)
        else accepted += 1
        const lease = await queue.of('a').lease('logs', 1e6)
        arrived += lease?.records ?? 0
        lease?.done({ sent: lease.records, failed: [], dead: [] })
      }
      return accepted
    })()
    const { database, mover } = beside({ file })
    const ids = letterIds(database, {})
    for (let start = 0; start < all; start += 50) {
      const moves = ids.slice(start, start + 50).map((id) => ({ letter: letterOf(database, id)!, to: ['a'] }))
      expect(mover.replay(moves, 5)).toEqual(moves.map(() => 'done'))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const wokenBefore = woken
    replayed.abort()
    const accepted = await sender
    expect(busy).toEqual([])
    for (;;) {
      const lease = await queue.of('a').lease('logs', 1e6)
      if (lease === undefined) break
      arrived += lease.records
      lease.done({ sent: lease.records, failed: [], dead: [] })
    }
    expect(arrived).toBe(all + accepted)
    await expect
      .poll(() => queue.of('a').counts('logs'), { timeout: 5_000 })
      .toMatchObject({ accepted: all + accepted, replayed: all, sent: all + accepted, left: { replayed: all } })
    expect(wokenBefore).toBeGreaterThan(0)
    expect(await queue.check()).toEqual([])
  }, 60_000)
})
