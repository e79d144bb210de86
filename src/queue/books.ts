// The durable counters of each reader, and the laws that hold them together, in records:
//   accepted + replayed = sent + failed + dead-lettered + still held
//   dead-lettered = still a dead letter + left (replayed, removed, too many)
// They change in the transactions that change what is held. None of them ever falls.
import type { DatabaseSync } from 'node:sqlite'
import type { Signal } from '../pipeline/batch.ts'

/** `replayed` came from the dead letters, of this reader or another's; `left` are dead letters that are none any more. */
type Entry = 'accepted' | 'replayed' | 'sent' | 'failed' | 'dead' | 'left'

/** Why dead letters are none any more. */
type LeftReason = 'replayed' | 'removed' | 'too-many' | 'queue-unreadable'

export interface Books {
  /** Adds to a counter, within a transaction. `reason` is '' for what was accepted, replayed and sent. */
  add(reader: number, entry: Entry, reason: string, records: number): void
  read(reader: number): Counters
  /** Holds the counters of every reader against what the file holds for it. */
  check(): Imbalance[]
}

/** A reader whose figures do not add up. */
export interface Imbalance {
  readonly name: string
  readonly signal: Signal
  readonly book: 'queue' | 'dead letters'
  /** What was accepted and replayed; of dead letters, what was dead-lettered. */
  readonly accepted: number
  /** Sent, lost, dead-lettered and held together; of dead letters, those that are kept or have left. */
  readonly accounted: number
}

export interface Counters {
  readonly accepted: number
  readonly replayed: number
  readonly sent: number
  readonly failed: Readonly<Record<string, number>>
  readonly dead: Readonly<Record<string, number>>
  readonly left: Readonly<Partial<Record<LeftReason, number>>>
}

export function openBooks(database: DatabaseSync): Books {
  const add = database.prepare(
    `INSERT INTO books (reader, entry, reason, records) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET records = records + excluded.records`,
  )
  const entries = database.prepare('SELECT entry, reason, records FROM books WHERE reader = ?')
  const booked = (...names: readonly Entry[]): string => {
    const list = names.map((name) => `'${name}'`).join(', ')
    return `(SELECT coalesce(sum(records), 0) FROM books WHERE reader = readers.id AND entry IN (${list}))`
  }
  const balance = database.prepare(`
    SELECT name, signal, 'queue' AS book, ${booked('accepted', 'replayed')} AS accepted,
      ${booked('sent', 'failed', 'dead')}
      + (SELECT coalesce(sum(records), 0) FROM pending JOIN groups ON groups.id = group_id WHERE reader = readers.id)
        AS accounted
    FROM readers
    UNION ALL
    SELECT name, readers.signal, 'dead letters', ${booked('dead')}, ${booked('left')} + coalesce(sum(kept.records), 0)
    FROM readers LEFT JOIN dead_letters AS kept ON kept.exporter = name AND kept.signal = readers.signal
    GROUP BY readers.id`)
  return {
    add(reader, entry, reason, records) {
      if (records > 0) add.run(reader, entry, reason, records)
    },
    read(reader) {
      const rows = entries.all(reader) as unknown as { entry: Entry; reason: string; records: number }[]
      const of = (entry: Entry) => rows.filter((row) => row.entry === entry)
      const sum = (entry: Entry): number => of(entry).reduce((total, { records }) => total + records, 0)
      const reasons = (entry: Entry) => Object.fromEntries(of(entry).map(({ reason, records }) => [reason, records]))
      return {
        accepted: sum('accepted'),
        replayed: sum('replayed'),
        sent: sum('sent'),
        failed: reasons('failed'),
        dead: reasons('dead'),
        left: reasons('left'),
      }
    },
    check: () => (balance.all() as unknown as Imbalance[]).filter(({ accepted, accounted }) => accepted !== accounted),
  }
}
