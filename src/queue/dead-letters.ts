// What backends refused for good, kept with who refused it and why, up to a size: beyond it the oldest go, which is booked.
// The quarantine, events that did not fit their schema, is kept in the same way and within a size of its own.
import type { DatabaseSync } from 'node:sqlite'
import type { Books } from './books.ts'
import { shelfSql, type DeadPart, type Shelf } from './stored.ts'

export interface DeadLetters {
  /** Keeps and books a part that was for a reader, within a transaction. */
  add(reader: Whose, part: DeadPart, atMs: number): void
  figures(): DeadLetterFigures
  /** A transaction was rolled back: the figures are read off the file again, as after what another process has written. */
  forget(): void
}

interface Whose {
  /** Of the reader. */
  readonly id: number
  readonly name: string
  readonly signal: string
}

export interface DeadLetterFigures {
  readonly letters: number
  readonly bytes: number
  /** What is kept, the most records first; beyond `mostKinds` with the reason `others`. */
  readonly kept: readonly KeptLetters[]
}

/** The dead letters of one exporter, signal and reason. */
interface KeptLetters {
  readonly exporter: string
  readonly signal: string
  readonly reason: string
  readonly letters: number
  readonly records: number
}

/** Each is a series in `/metrics`. */
const mostKinds = 50

/** Reading the figures off the file takes long from here on; then so many times as long passes before the next time. */
const quickMs = 10
const pauseRatio = 20

interface Known {
  letters: number
  bytes: number
  readonly kinds: Map<string, { -readonly [Key in keyof KeptLetters]: KeptLetters[Key] }>
}

type Kind = Pick<KeptLetters, 'exporter' | 'signal' | 'reason'>

export function openDeadLetters(
  database: DatabaseSync,
  books: Books,
  shelf: Shelf,
  capacityBytes: number,
): DeadLetters {
  const insert = database.prepare(
    `INSERT INTO dead_letters (at_ms, exporter, signal, reason, records, size, digest, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const total = database.prepare(
    `SELECT exporter, signal, reason, count(*) AS letters, sum(records) AS records, sum(length(data)) AS bytes
     FROM dead_letters WHERE ${shelfSql[shelf]} GROUP BY exporter, signal, reason`,
  )
  const oldest = database.prepare(
    `SELECT letter.id, exporter, letter.signal, reason, records, length(data) AS bytes, readers.id AS reader
     FROM dead_letters AS letter LEFT JOIN readers ON name = exporter AND readers.signal = letter.signal
     WHERE letter.id > ? AND ${shelfSql[shelf]} ORDER BY letter.id LIMIT 1`,
  )
  const remove = database.prepare('DELETE FROM dead_letters WHERE id = ?')
  const version = database.prepare('PRAGMA data_version')
  let known: Known | undefined
  let knownVersion: unknown
  let readAgainMs = 0
  /** Up to here nothing is left on this shelf, and ids only rise: what lies on the other is not read again and again. */
  let dropped = 0

  /**
   * What another process removed makes room: without looking, a letter would be dropped for nothing. Where there is room
   * anyway, a look that takes long waits, or one who removes half a million would have the thread do nothing else.
   */
  function current(bytes = 0): Known {
    const { data_version: now } = version.get() as { data_version: number }
    if (known !== undefined && knownVersion === now) return known
    const sinceMs = performance.now()
    if (known !== undefined && sinceMs < readAgainMs && known.bytes + bytes <= capacityBytes) return known
    known = read()
    knownVersion = now
    const tookMs = performance.now() - sinceMs
    readAgainMs = tookMs < quickMs ? 0 : sinceMs + tookMs * pauseRatio
    return known
  }

  function read(): Known {
    const figures: Known = { letters: 0, bytes: 0, kinds: new Map() }
    for (const { bytes, ...kind } of total.all() as unknown as (KeptLetters & { bytes: number })[])
      count(figures, kind, kind.letters, kind.records, bytes)
    return figures
  }

  /** False when there is none. */
  function dropOldest(figures: Known): boolean {
    const first = oldest.get(dropped) as
      | (Kind & { id: number; reader: number; records: number; bytes: number })
      | undefined
    if (first === undefined) return false
    remove.run(first.id)
    dropped = first.id
    books.add(first.reader, 'left', 'too-many', first.records)
    count(figures, first, -1, -first.records, -first.bytes)
    return true
  }

  return {
    add({ id, name, signal }, { reason, records, size, digest, data }, atMs) {
      const figures = current(data.length)
      while (figures.bytes + data.length > capacityBytes && dropOldest(figures));
      insert.run(atMs, name, signal, reason, records, size, digest, data)
      books.add(id, 'dead', reason, records)
      count(figures, { exporter: name, signal, reason }, 1, records, data.length)
    },
    figures() {
      const { letters, bytes, kinds } = current()
      return { letters, bytes, kept: bounded([...kinds.values()]) }
    },
    forget() {
      known = undefined
      dropped = 0
    },
  }
}

function count(figures: Known, { exporter, signal, reason }: Kind, letters: number, records: number, bytes: number) {
  const key = `${signal} ${exporter} ${reason}`
  let kind = figures.kinds.get(key)
  if (kind === undefined) figures.kinds.set(key, (kind = { exporter, signal, reason, letters: 0, records: 0 }))
  kind.letters += letters
  kind.records += records
  figures.letters += letters
  figures.bytes += bytes
}

function bounded(kinds: readonly KeptLetters[]): KeptLetters[] {
  if (kinds.length <= mostKinds) return kinds.map((kind) => ({ ...kind }))
  const sorted = kinds.toSorted((a, b) => b.records - a.records)
  const rest = new Map<string, KeptLetters>()
  for (const { exporter, signal, letters, records } of sorted.slice(mostKinds)) {
    const key = `${signal} ${exporter}`
    const others = rest.get(key)
    rest.set(key, {
      exporter,
      signal,
      reason: 'others',
      letters: letters + (others?.letters ?? 0),
      records: records + (others?.records ?? 0),
    })
  }
  return [...sorted.slice(0, mostKinds).map((kind) => ({ ...kind })), ...rest.values()]
}
