// The queue as plain functions over its database: what is put, leased, settled. One commit holds what came and what was
// settled meanwhile; totals in memory change when it has succeeded. Nothing here waits, and nothing knows threads.
import type { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { type Imbalance, openBooks } from './books.ts'
import { openDeadLetters, type DeadLetterFigures } from './dead-letters.ts'
import { add, nothing, ReaderMemory, type Amount } from './reader.ts'
import { quarantineReader } from './stored.ts'
import type { NewGroup, ReaderSpec, ReaderState, Settlement, StoredGroup, Work } from './stored.ts'

export interface QueueStore {
  /** A name that no other queue has: ids of groups mean something with it only. */
  readonly identity: string
  /** Records that were held for readers which are no longer there: they are dead letters now. */
  readonly removed: readonly { readonly name: string; readonly signal: string; readonly records: number }[]
  /** All of the work, or none of it. @returns the ids of the groups; 0 for what is kept aside. @throws what SQLite throws */
  commit(work: Work): number[]
  /** The oldest groups that wait for a reader, up to so many bytes before compression; the first whatever its size. */
  lease(reader: number, maxBytes: number): StoredGroup[]
  /** Leased groups go back to the front. */
  giveBack(reader: number, ids: readonly number[]): void
  /** Drops what is too old. */
  expire(): void
  /** Another process may have changed the file: looks, and says whether it has. */
  refresh(): boolean
  check(): Imbalance[]
  /** The states that have changed since they were last asked for; all of them when told so. */
  states(all?: boolean): ReaderState[]
  /** When the oldest group of each reader that has one was put, in milliseconds since 1970. */
  oldest(): { readonly reader: number; readonly createdMs: number }[]
  deadLetters(): DeadLetterFigures
  quarantine(): DeadLetterFigures
  /** Books what a former file held, as lost with it. */
  inherit(former: readonly ReaderState[]): void
}

export interface QueueStoreOptions {
  readonly database: DatabaseSync
  readonly readers: readonly ReaderSpec[]
  readonly deadLetterBytes: number
  readonly quarantineBytes: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

interface Row {
  readonly id: number
  readonly records: number
  readonly size: number
  readonly stored: number
}

/** What is done to the memory when the transaction has succeeded. */
type Then = (() => void)[]

/** Groups that are moved at once when a reader goes. */
const movedAtOnce = 64

export function openQueueStore({
  database,
  readers: specs,
  deadLetterBytes,
  quarantineBytes,
  now,
}: QueueStoreOptions): QueueStore {
  const books = openBooks(database)
  const letters = openDeadLetters(database, books, 'dead-letters', deadLetterBytes)
  const quarantine = openDeadLetters(database, books, 'quarantine', quarantineBytes)
  const sql = statements(database)
  const { identity } = sql.identity.get() as { identity: string }
  const known = new Map<string, ReaderMemory>()
  const byId = new Map<number, ReaderMemory>()
  let version = dataVersion()

  function transaction<T>(work: (then: Then) => T): T {
    const then: Then = []
    database.exec('BEGIN IMMEDIATE')
    let result: T
    try {
      result = work(then)
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      letters.forget()
      quarantine.forget()
      throw error
    }
    for (const each of then) each()
    return result
  }

  function put(group: NewGroup, createdMs: number, then: Then): number {
    const { signal, records, size, encoding, digest, data, readers } = group
    if (group.quarantine !== undefined) return putAside(group, group.quarantine, createdMs, then)
    const id = Number(sql.put.run(signal, records, size, encoding, digest, createdMs, data).lastInsertRowid)
    for (const name of readers) {
      const reader = known.get(keyOf(name, signal))
      if (reader === undefined) throw new Error(`the queue has no reader ${name} for ${signal}`)
      if (reader.spec.dropsOldest) makeRoom(reader, data.length, then)
      sql.await.run(reader.id, id)
      books.add(reader.id, 'accepted', '', records)
      then.push(() => {
        add(reader.held, { groups: 1, records, size, stored: data.length }, 1)
        changed(reader)
      })
    }
    return id
  }

  /** It is no group: nobody reads it. */
  function putAside(
    { signal, records, size, digest, data }: NewGroup,
    reason: string,
    atMs: number,
    then: Then,
  ): number {
    const reader = known.get(keyOf(quarantineReader, signal))
    if (reader === undefined) throw new Error(`the queue has no quarantine for ${signal}`)
    books.add(reader.id, 'accepted', '', records)
    quarantine.add({ ...reader.spec, id: reader.id }, { reason, records, size, digest, data }, atMs)
    then.push(() => changed(reader))
    return 0
  }

  /** Takes groups away from a reader. @returns what they were; less than all where another process took some */
  function take(reader: ReaderMemory, ids: readonly number[], then: Then): Amount {
    const amount = nothing()
    for (const id of ids) {
      const row = sql.row.get(id) as Row | undefined
      if (row === undefined || sql.done.run(reader.id, id).changes === 0) continue
      add(amount, { ...row, groups: 1 }, 1)
      sql.drop.run(id, id)
    }
    then.push(() => {
      reader.left(ids, amount)
      changed(reader)
    })
    return amount
  }

  function lose(reader: ReaderMemory, ids: readonly number[], reason: string, then: Then): void {
    if (ids.length > 0) books.add(reader.id, 'failed', reason, take(reader, ids, then).records)
  }

  /** Drops the oldest that wait until so many stored bytes fit. */
  function makeRoom(reader: ReaderMemory, bytes: number, then: Then): void {
    let over = reader.held.stored + bytes - reader.spec.capacityBytes
    if (over <= 0) return
    const ids: number[] = []
    for (const row of waiting(reader)) {
      if (over <= 0) break
      ids.push(row.id)
      over -= row.stored
    }
    lose(reader, ids, 'queue-full', then)
  }

  function* waiting(reader: ReaderMemory): Generator<Row> {
    for (const id of reader.returned) {
      const row = sql.row.get(id) as Row | undefined
      if (row !== undefined) yield row
    }
    for (let last = reader.position; ;) {
      const row = sql.next.get(reader.id, last) as Row | undefined
      if (row === undefined) return
      yield row
      last = row.id
    }
  }

  function settle({ reader: id, ids, sent, failed, dead }: Settlement, atMs: number, then: Then): void {
    const reader = byId.get(id)!
    take(reader, ids, then)
    books.add(id, 'sent', '', sent)
    for (const { reason, records } of failed) books.add(id, 'failed', reason, records)
    for (const part of dead) letters.add({ ...reader.spec, id }, part, atMs)
  }

  function release(reader: ReaderMemory, upTo: number, then: Then): void {
    const ids: number[] = []
    for (const { group_id } of sql.upTo.iterate(reader.id, upTo)) ids.push(group_id as number)
    if (ids.length > 0) books.add(reader.id, 'sent', '', take(reader, ids, then).records)
  }

  /** Its records become dead letters, from where they can be sent to another. */
  function remove(id: number, name: string, signal: string): number {
    let moved = 0
    for (;;) {
      const rows = sql.some.all(id, movedAtOnce) as unknown as (StoredGroup & { id: number })[]
      if (rows.length === 0) return moved
      transaction(() => {
        for (const { id: group, records, size, encoding, digest, data } of rows) {
          const zipped = encoding === 'gzip' ? data : gzipSync(data, { level: 1 })
          letters.add({ id, name, signal }, { reason: removedReason, records, size, digest, data: zipped }, now())
          sql.done.run(id, group)
          sql.drop.run(group, group)
          moved += records
        }
      })
    }
  }

  function configure(): { name: string; signal: string; records: number }[] {
    for (const spec of specs) {
      // The metrics stage has no bound, and nothing is replayed for it.
      sql.addReader.run(spec.name, spec.signal, Number.isFinite(spec.capacityBytes) ? spec.capacityBytes : null)
      const { id } = sql.reader.get(spec.name, spec.signal) as { id: number }
      const reader = new ReaderMemory(id, spec)
      known.set(keyOf(spec.name, spec.signal), reader)
      byId.set(id, reader)
      recount(reader)
    }
    const all = sql.readers.all() as { id: number; name: string; signal: string }[]
    const former = all.filter(({ id }) => !byId.has(id))
    for (const { id } of former) sql.forgetCapacity.run(id)
    return former
      .map(({ id, name, signal }) => ({ name, signal, records: remove(id, name, signal) }))
      .filter(({ records }) => records > 0)
  }

  /** Reads the totals of a reader off the file. */
  function recount(reader: ReaderMemory): void {
    reader.held = sql.total.get(reader.id) as unknown as Amount
    changed(reader)
  }

  function changed(reader: ReaderMemory): void {
    reader.isChanged = true
  }

  function dataVersion(): number {
    return (sql.version.get() as { data_version: number }).data_version
  }

  const removed = configure()
  return {
    identity,
    removed,
    commit: ({ groups, settlements, releases }) =>
      transaction((then) => {
        const atMs = now()
        for (const settlement of settlements) settle(settlement, atMs, then)
        for (const { name, upTo } of releases)
          for (const reader of byId.values()) if (reader.spec.name === name) release(reader, upTo, then)
        return groups.map((group) => put(group, atMs, then))
      }),
    lease(id, maxBytes) {
      const reader = byId.get(id)!
      const groups: StoredGroup[] = []
      let size = 0
      for (const row of waiting(reader)) {
        if (groups.length > 0 && size + row.size > maxBytes) break
        size += row.size
        groups.push(sql.group.get(row.id) as unknown as StoredGroup)
        reader.lease(row.id, { ...row, groups: 1 })
        if (size >= maxBytes) break
      }
      const ids = new Set(groups.map((group) => group.id))
      reader.returned = reader.returned.filter((returned) => !ids.has(returned))
      return groups
    },
    giveBack(id, ids) {
      byId.get(id)!.giveBack(ids)
    },
    expire() {
      const atMs = now()
      for (const reader of byId.values()) {
        if (reader.spec.maxAgeMs === 0 || reader.held.groups === reader.leased.size) continue
        const old: number[] = []
        for (const { id } of waiting(reader)) {
          if ((sql.created.get(id) as { created_ms: number }).created_ms > atMs - reader.spec.maxAgeMs) break
          old.push(id)
        }
        if (old.length > 0) transaction((then) => lose(reader, old, 'too-old', then))
      }
    },
    refresh() {
      const current = dataVersion()
      if (current === version) return false
      version = current
      for (const reader of byId.values()) recount(reader)
      return true
    },
    check: books.check,
    states(all = false) {
      const told = [...byId.values()].filter((reader) => all || reader.isChanged)
      for (const reader of told) {
        reader.counters = books.read(reader.id)
        reader.isChanged = false
      }
      return told.map((reader) => reader.state())
    },
    oldest: () =>
      [...byId.keys()].flatMap((reader) => {
        const row = sql.oldest.get(reader) as { created_ms: number } | undefined
        return row === undefined ? [] : [{ reader, createdMs: row.created_ms }]
      }),
    deadLetters: letters.figures,
    quarantine: quarantine.figures,
    inherit(former) {
      transaction((then) => {
        for (const { name, signal, accepted, replayed, sent, failed, dead, left, heldRecords } of former) {
          const reader = known.get(keyOf(name, signal))
          if (reader === undefined) continue
          books.add(reader.id, 'accepted', '', accepted)
          books.add(reader.id, 'replayed', '', replayed)
          books.add(reader.id, 'sent', '', sent)
          for (const [reason, records] of Object.entries(failed)) books.add(reader.id, 'failed', reason, records)
          for (const [reason, records] of Object.entries(dead)) books.add(reader.id, 'dead', reason, records)
          for (const [reason, records] of Object.entries(left)) books.add(reader.id, 'left', reason, records)
          books.add(reader.id, 'failed', 'queue-unreadable', heldRecords)
          books.add(reader.id, 'left', 'queue-unreadable', sum(dead) - sum(left))
          then.push(() => changed(reader))
        }
      })
    },
  }
}

const removedReason = 'exporter-removed'

function sum(records: Readonly<Record<string, number>>): number {
  return Object.values(records).reduce((total, each) => total + each, 0)
}

function keyOf(name: string, signal: string): string {
  return `${signal} ${name}`
}

function statements(database: DatabaseSync) {
  const amounts = 'records, size, length(data) AS stored'
  return {
    identity: database.prepare('SELECT identity FROM queue'),
    version: database.prepare('PRAGMA data_version'),
    forgetCapacity: database.prepare(
      'UPDATE readers SET capacity_bytes = NULL WHERE id = ? AND capacity_bytes IS NOT NULL',
    ),
    addReader: database.prepare(
      `INSERT INTO readers (name, signal, capacity_bytes) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET capacity_bytes = excluded.capacity_bytes
         WHERE capacity_bytes IS NOT excluded.capacity_bytes`,
    ),
    reader: database.prepare('SELECT id FROM readers WHERE name = ? AND signal = ?'),
    readers: database.prepare('SELECT id, name, signal FROM readers'),
    put: database.prepare(
      'INSERT INTO groups (signal, records, size, encoding, digest, created_ms, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    await: database.prepare('INSERT INTO pending (reader, group_id) VALUES (?, ?)'),
    done: database.prepare('DELETE FROM pending WHERE reader = ? AND group_id = ?'),
    drop: database.prepare('DELETE FROM groups WHERE id = ? AND NOT EXISTS (SELECT 1 FROM pending WHERE group_id = ?)'),
    row: database.prepare(`SELECT id, ${amounts} FROM groups WHERE id = ?`),
    group: database.prepare('SELECT id, records, size, encoding, digest, data FROM groups WHERE id = ?'),
    created: database.prepare('SELECT created_ms FROM groups WHERE id = ?'),
    next: database.prepare(
      `SELECT id, ${amounts} FROM pending JOIN groups ON id = group_id
       WHERE reader = ? AND group_id > ? ORDER BY group_id LIMIT 1`,
    ),
    some: database.prepare(
      `SELECT id, records, size, encoding, digest, data FROM pending JOIN groups ON id = group_id
       WHERE reader = ? ORDER BY group_id LIMIT ?`,
    ),
    upTo: database.prepare('SELECT group_id FROM pending WHERE reader = ? AND group_id <= ? ORDER BY group_id'),
    total: database.prepare(
      `SELECT count(*) AS groups, coalesce(sum(records), 0) AS records, coalesce(sum(size), 0) AS size,
         coalesce(sum(length(data)), 0) AS stored
       FROM pending JOIN groups ON id = group_id WHERE reader = ?`,
    ),
    oldest: database.prepare(
      `SELECT created_ms FROM pending JOIN groups ON id = group_id WHERE reader = ? ORDER BY group_id LIMIT 1`,
    ),
  }
}
