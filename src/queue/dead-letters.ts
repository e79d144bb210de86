// What backends refused for good, kept with who refused it and why, up to a size: beyond it the oldest go.
import type { DatabaseSync } from 'node:sqlite'
import type { DeadPart } from './stored.ts'

export interface DeadLetters {
  /** Keeps a part, within a transaction. */
  add(exporter: string, signal: string, part: DeadPart, atMs: number): void
  figures(): DeadLetterFigures
  /** A transaction was rolled back, or another process has written: the figures are read off the file again. */
  forget(): void
}

export interface DeadLetterFigures {
  readonly letters: number
  readonly bytes: number
}

export function openDeadLetters(database: DatabaseSync, capacityBytes: number): DeadLetters {
  const insert = database.prepare(
    `INSERT INTO dead_letters (at_ms, exporter, signal, reason, records, size, digest, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const total = database.prepare(
    'SELECT count(*) AS letters, coalesce(sum(length(data)), 0) AS bytes FROM dead_letters',
  )
  const oldest = database.prepare('SELECT id, length(data) AS bytes FROM dead_letters ORDER BY id LIMIT 1')
  const remove = database.prepare('DELETE FROM dead_letters WHERE id = ?')
  let known: DeadLetterFigures | undefined
  const figures = (): DeadLetterFigures => (known ??= total.get() as unknown as DeadLetterFigures)
  return {
    add(exporter, signal, { reason, records, size, digest, data }, atMs) {
      let { letters, bytes } = figures()
      while (letters > 0 && bytes + data.length > capacityBytes) {
        const first = oldest.get() as { id: number; bytes: number }
        remove.run(first.id)
        letters -= 1
        bytes -= first.bytes
      }
      insert.run(atMs, exporter, signal, reason, records, size, digest, data)
      known = { letters: letters + 1, bytes: bytes + data.length }
    },
    figures,
    forget() {
      known = undefined
    },
  }
}
