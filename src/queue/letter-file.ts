// The dead letters and the quarantine as another process sees them, while a gateway uses the file or not: which there are, and one of them.
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { isDamaged, sqliteCode } from '../sqlite/owned-file.ts'
import { QueueFileError } from './durable-queue.ts'
import { schemaVersion } from './queue-file.ts'
import { shelfSql, type Shelf } from './stored.ts'
import type { Signal } from '../otlp/fields.ts'

/** Which are meant; without any of them all on the shelf. */
export interface LetterFilter {
  /** The dead letters unless given. */
  readonly shelf?: Shelf
  readonly ids?: readonly number[] | undefined
  readonly exporter?: string | undefined
  readonly signal?: Signal | undefined
  readonly reason?: string | undefined
  /** Milliseconds since 1970: from then on. */
  readonly sinceMs?: number | undefined
  /** Until then, then not included. */
  readonly beforeMs?: number | undefined
}

/** A dead letter without its content. */
export interface LetterRow {
  readonly id: number
  /** When it was refused, in milliseconds since 1970. */
  readonly atMs: number
  readonly exporter: string
  readonly signal: Signal
  readonly reason: string
  readonly records: number
  /** Before compression. */
  readonly size: number
  /** Of the rules that cleaned it. */
  readonly digest: string
}

export interface Letter extends LetterRow {
  /** OTLP in gzip. */
  readonly data: Uint8Array
}

/** What is kept of one exporter, signal and reason. */
export interface LetterTotal {
  readonly exporter: string
  readonly signal: Signal
  readonly reason: string
  readonly letters: number
  readonly records: number
  readonly size: number
}

/** How long a gateway's commit is waited for. */
const patienceMs = 5_000
const sqliteBusy = 5

/**
 * Opens the file of a queue beside the gateway that may be using it.
 * @throws QueueFileError: there is none, it is of another version, it is none
 */
export function openLetterFile(file: string, { readOnly }: { readonly readOnly: boolean }): DatabaseSync {
  if (!existsSync(file))
    throw new QueueFileError(
      `there is no ${file}: no gateway with a queue on disk has used that data folder; name it with --data-dir, or the configuration with --config`,
    )
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly, timeout: patienceMs })
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version !== schemaVersion) throw new QueueFileError(versionMessage(file, version))
    return database
  } catch (error) {
    database?.close()
    throw toQueueFileError(file, error)
  }
}

function versionMessage(file: string, version: number): string {
  const what = `${file} is of version ${version}, this program knows ${schemaVersion}`
  return version < schemaVersion
    ? `${what}: start the gateway of this version once, which brings it up to date`
    : `${what}: use the automagik-gateway that runs with it`
}

/** A QueueFileError of what SQLite has thrown; other errors stay as they are. */
export function toQueueFileError(file: string, error: unknown): unknown {
  const code = sqliteCode(error)
  if (code === undefined) return error
  const message =
    code === sqliteBusy
      ? `${file} is being written to by others without a pause: try again`
      : `${file} cannot be used (${(error as Error).message})${isDamaged(error) ? damagedHelp : ''}`
  return new QueueFileError(message, { cause: error })
}

const damagedHelp = ': a gateway that finds it damaged moves it aside and begins a new one'

const columns = 'id, at_ms AS atMs, exporter, signal, reason, records, size, digest'

/** The newest `limit`, oldest first. */
export function lettersOf(database: DatabaseSync, filter: LetterFilter, limit: number): LetterRow[] {
  const { sql, values } = whereOf(filter)
  const rows = database
    .prepare(`SELECT ${columns} FROM dead_letters WHERE ${sql} ORDER BY id DESC LIMIT ?`)
    .all(...values, limit)
  return (rows as unknown as LetterRow[]).toReversed()
}

/** The ids, oldest first. */
export function letterIds(database: DatabaseSync, filter: LetterFilter): number[] {
  const { sql, values } = whereOf(filter)
  const rows = database.prepare(`SELECT id FROM dead_letters WHERE ${sql} ORDER BY id`).all(...values)
  return rows.map(({ id }) => id as number)
}

export function totalsOf(database: DatabaseSync, filter: LetterFilter): LetterTotal[] {
  const { sql, values } = whereOf(filter)
  const rows = database
    .prepare(
      `SELECT exporter, signal, reason, count(*) AS letters, sum(records) AS records, sum(size) AS size
       FROM dead_letters WHERE ${sql} GROUP BY exporter, signal, reason ORDER BY exporter, signal, reason`,
    )
    .all(...values)
  return rows as unknown as LetterTotal[]
}

/** Undefined when there is none of this id on the shelf. */
export function letterOf(database: DatabaseSync, id: number, shelf: Shelf = 'dead-letters'): Letter | undefined {
  const sql = `SELECT ${columns}, data FROM dead_letters WHERE id = ? AND ${shelfSql[shelf]}`
  return database.prepare(sql).get(id) as unknown as Letter | undefined
}

function whereOf(filter: LetterFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const { shelf = 'dead-letters', ids, exporter, signal, reason, sinceMs, beforeMs } = filter
  const conditions = [
    ['id IN (SELECT value FROM json_each(?))', ids && JSON.stringify(ids)],
    ['exporter = ?', exporter],
    ['signal = ?', signal],
    ['reason = ?', reason],
    ['at_ms >= ?', sinceMs],
    ['at_ms < ?', beforeMs],
  ] as const
  const given = conditions.filter((each): each is typeof each & [string, string | number] => each[1] !== undefined)
  return { sql: [shelfSql[shelf], ...given.map(([sql]) => sql)].join(' AND '), values: given.map(([, value]) => value) }
}
