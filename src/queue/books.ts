// The durable counters of each reader, and the law that holds them together: accepted = sent + failed + dead-lettered +
// still held, in records. They change in the transactions that change what is held.
import type { DatabaseSync } from 'node:sqlite'
import type { Imbalance } from './stored.ts'

type Entry = 'accepted' | 'sent' | 'failed' | 'dead'

export interface Books {
  /** Adds to a counter, within a transaction. `reason` is '' for what was accepted and sent. */
  add(reader: number, entry: Entry, reason: string, records: number): void
  read(reader: number): Counters
  /** Holds the counters of every reader against what the file holds for it. */
  check(): Imbalance[]
}

export interface Counters {
  readonly accepted: number
  readonly sent: number
  readonly failed: Readonly<Record<string, number>>
  readonly dead: Readonly<Record<string, number>>
}

export function openBooks(database: DatabaseSync): Books {
  const add = database.prepare(
    `INSERT INTO books (reader, entry, reason, records) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET records = records + excluded.records`,
  )
  const entries = database.prepare('SELECT entry, reason, records FROM books WHERE reader = ?')
  const balance = database.prepare(`
    SELECT name, signal,
      (SELECT coalesce(sum(records), 0) FROM books WHERE reader = readers.id AND entry = 'accepted') AS accepted,
      (SELECT coalesce(sum(records), 0) FROM books WHERE reader = readers.id AND entry <> 'accepted')
      + (SELECT coalesce(sum(records), 0) FROM pending JOIN groups ON groups.id = group_id WHERE reader = readers.id)
        AS accounted
    FROM readers`)
  return {
    add(reader, entry, reason, records) {
      if (records > 0) add.run(reader, entry, reason, records)
    },
    read(reader) {
      const rows = entries.all(reader) as unknown as { entry: Entry; reason: string; records: number }[]
      const of = (entry: Entry) => rows.filter((row) => row.entry === entry)
      const sum = (entry: Entry): number => of(entry).reduce((total, { records }) => total + records, 0)
      const reasons = (entry: Entry) => Object.fromEntries(of(entry).map(({ reason, records }) => [reason, records]))
      return { accepted: sum('accepted'), sent: sum('sent'), failed: reasons('failed'), dead: reasons('dead') }
    },
    check: () => (balance.all() as unknown as Imbalance[]).filter(({ accepted, accounted }) => accepted !== accounted),
  }
}
