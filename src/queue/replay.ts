// Takes dead letters, and what is in the quarantine, out: back into the queue of an exporter, or away. A few in one transaction with their books, so that a
// kill leaves each in one place or the other; a gateway that runs meanwhile sees it within about a second.
import type { DatabaseSync } from 'node:sqlite'
import { openBooks } from './books.ts'
import type { Letter, LetterRow } from './letter-file.ts'

/** An exporter with a queue on disk and a signal that goes to it, as the gateway noted when it started last. */
export interface Target {
  readonly name: string
  readonly signal: string
}

/**
 * What became of a dead letter. `gone`: somebody else has taken it; `unknown-exporter`, `other-signal`: there is no such
 * queue on disk, or not for the signal; `queue-full`: there is no room in it.
 */
export type Fate = 'done' | 'gone' | 'unknown-exporter' | 'other-signal' | 'queue-full'

type Removable = Pick<LetterRow, 'id' | 'exporter' | 'signal' | 'records'>

export interface LetterMover {
  /** Whom dead letters can be sent to. */
  targets(): Target[]
  /**
   * Puts letters into the queues of exporters, in one transaction: each into every one that it is for, or into none.
   * @throws what SQLite throws; then none has moved
   */
  replay(moves: readonly { readonly letter: Letter; readonly to: readonly string[] }[], nowMs: number): Fate[]
  /** Takes letters away for good, in one transaction. @throws what SQLite throws; then none has gone */
  remove(letters: readonly Removable[]): Fate[]
}

export function createLetterMover(database: DatabaseSync): LetterMover {
  const books = openBooks(database)
  const sql = statements(database)
  /** What waits for a reader, in stored bytes: as it was found first, and what was put since. */
  const held = new Map<number, number>()

  const targets = (): Target[] => sql.targets.all() as unknown as Target[]

  function transaction(work: () => Fate[]): Fate[] {
    database.exec('BEGIN IMMEDIATE')
    try {
      const fates = work()
      database.exec('COMMIT')
      return fates
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      held.clear()
      throw error
    }
  }

  function take(letter: Removable, reason: 'replayed' | 'removed'): boolean {
    if (sql.delete.run(letter.id).changes === 0) return false
    const from = sql.reader.get(letter.exporter, letter.signal) as { id: number } | undefined
    if (from !== undefined) books.add(from.id, 'left', reason, letter.records)
    return true
  }

  function put(letter: Letter, to: readonly string[], nowMs: number): Fate {
    const { signal, records, size, digest, data } = letter
    const readers: number[] = []
    for (const name of to) {
      const target = sql.reader.get(name, signal) as { id: number; capacity: number | null } | undefined
      if (target === undefined || target.capacity === null)
        return targets().some((each) => each.name === name) ? 'other-signal' : 'unknown-exporter'
      const before = heldBy(target.id)
      if (before > 0 && before + data.length > target.capacity) return 'queue-full'
      readers.push(target.id)
    }
    if (!take(letter, 'replayed')) return 'gone'
    const group = sql.put.run(signal, records, size, digest, nowMs, data).lastInsertRowid
    for (const reader of readers) {
      sql.await.run(reader, group)
      books.add(reader, 'replayed', '', records)
      held.set(reader, heldBy(reader) + data.length)
    }
    return 'done'
  }

  function heldBy(reader: number): number {
    const known = held.get(reader) ?? (sql.held.get(reader) as { bytes: number }).bytes
    held.set(reader, known)
    return known
  }

  return {
    targets,
    replay: (moves, nowMs) => transaction(() => moves.map(({ letter, to }) => put(letter, to, nowMs))),
    remove: (letters) => transaction(() => letters.map((letter) => (take(letter, 'removed') ? 'done' : 'gone'))),
  }
}

function statements(database: DatabaseSync) {
  return {
    targets: database.prepare(
      'SELECT name, signal FROM readers WHERE capacity_bytes IS NOT NULL ORDER BY name, signal',
    ),
    reader: database.prepare('SELECT id, capacity_bytes AS capacity FROM readers WHERE name = ? AND signal = ?'),
    held: database.prepare(
      `SELECT coalesce(sum(length(data)), 0) AS bytes FROM pending JOIN groups ON id = group_id WHERE reader = ?`,
    ),
    delete: database.prepare('DELETE FROM dead_letters WHERE id = ?'),
    put: database.prepare(
      `INSERT INTO groups (signal, records, size, encoding, digest, created_ms, data) VALUES (?, ?, ?, 'gzip', ?, ?, ?)`,
    ),
    await: database.prepare('INSERT INTO pending (reader, group_id) VALUES (?, ?)'),
  }
}
