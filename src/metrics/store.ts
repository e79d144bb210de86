// The series table on disk, in the data folder, so that a restart continues every series where it was. One transaction
// for each flush. Only clean data is in it.
import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isDamaged, keepToOwner, moveAside } from '../sqlite/owned-file.ts'
import type { MetricHead, Series, SeriesTable } from './series.ts'
import type { Value } from './value.ts'

export interface SeriesStore {
  /** Eight letters that no other gateway has: they stand in the `service.instance.id` of every series. */
  readonly gatewayId: string
  /** When the last flush was, in milliseconds since 1970; 0 for never. */
  readonly lastMs: number
  /** Up to where in the queue on disk everything has been added up; undefined for nowhere yet. */
  readonly position: Position | undefined
  /** Puts the stored series into the table. */
  load(table: SeriesTable): void
  /**
   * Stores the series that changed, and removes those that ended.
   * @param timeMs the time of the last flush
   * @param position up to where they have been added up
   * @throws what SQLite throws; nothing is stored then
   */
  save(changed: Iterable<Series>, ended: readonly Series[], timeMs: number, position: Position | undefined): void
  close(): void
}

/** A place in a queue on disk: the queue, and the last of its groups that is behind. */
export interface Position {
  readonly identity: string
  readonly upTo: number
}

const fileName = 'metrics.db'
/** SQLite's name for no file. */
const inMemory = ':memory:'
const schemaVersion = 3
/** How long another program may lock the file at the start, as a backup does. */
const patienceMs = 5_000
const schema = `
  CREATE TABLE gateway (
    id TEXT NOT NULL, last_ms INTEGER NOT NULL, queue TEXT NOT NULL DEFAULT '', up_to INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE series (
    row INTEGER PRIMARY KEY,
    resource BLOB NOT NULL, scope BLOB NOT NULL, group_key TEXT NOT NULL, head TEXT NOT NULL,
    key TEXT NOT NULL, attributes TEXT NOT NULL,
    start_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL, is_announced INTEGER NOT NULL, value TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`

const fromVersion2 = `
  ALTER TABLE gateway ADD COLUMN queue TEXT NOT NULL DEFAULT '';
  ALTER TABLE gateway ADD COLUMN up_to INTEGER NOT NULL DEFAULT 0;
  PRAGMA user_version = 3`

/**
 * Opens the store in a folder, and makes it where it is missing. A file that is damaged is moved aside, and the series begin
 * anew. One that cannot be used now, because it is locked or may not be written, is left as it is: the series are kept in
 * memory then.
 * @param warn gets what the user should know, in a sentence
 */
export function openSeriesStore(folder: string, warn: (message: string) => void): SeriesStore {
  const file = join(folder, fileName)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      return openFile(file)
    } catch (error) {
      if (!isDamaged(error)) throw error
      const aside = moveAside(file)
      warn(`${file} cannot be read (${reasonOf(error)}): it is now ${aside}, and counters begin anew`)
      return openFile(file)
    }
  } catch (error) {
    warn(`${file} cannot be used (${reasonOf(error)}): counters are kept in memory, and begin anew with each start`)
    return openFile(inMemory)
  }
}

/** Without text of the file, which a message of JSON's quotes. */
function reasonOf(error: unknown): string {
  return error instanceof SyntaxError ? 'it is damaged' : (error as Error).message
}

function openFile(file: string): SeriesStore {
  if (file !== inMemory) keepToOwner(file)
  const database = new DatabaseSync(file, { timeout: patienceMs })
  try {
    // Each flush is on the disk before it is sent: after a power cut a counter must not be less than what was sent.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === 0) {
      database.exec(`BEGIN; ${schema}`)
      database.prepare('INSERT INTO gateway (id, last_ms) VALUES (?, 0)').run(newGatewayId())
      database.exec('COMMIT')
    } else if (version === 2) database.exec(`BEGIN; ${fromVersion2}; COMMIT`)
    else if (version !== schemaVersion)
      throw new Error(`it is of version ${version}, this gateway knows ${schemaVersion}`)
    const store = storeOver(database)
    // While it runs nothing waits: what cannot be stored now is stored at the next flush.
    database.exec('PRAGMA busy_timeout = 0')
    return store
  } catch (error) {
    database.close()
    throw error
  }
}

/** Letters only: no detector takes them for a number. */
function newGatewayId(): string {
  return Array.from({ length: 8 }, () => String.fromCharCode(97 + randomInt(26))).join('')
}

function storeOver(database: DatabaseSync): SeriesStore {
  const insert = database.prepare(
    `INSERT INTO series (resource, scope, group_key, head, key, attributes, start_ms, seen_ms, is_announced, value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const update = database.prepare(
    'UPDATE series SET start_ms = ?, seen_ms = ?, is_announced = ?, value = ? WHERE row = ?',
  )
  const remove = database.prepare('DELETE FROM series WHERE row = ?')
  const stamp = database.prepare('UPDATE gateway SET last_ms = ?, queue = ?, up_to = ?')
  const gateway = database.prepare('SELECT id, last_ms, queue, up_to FROM gateway').get() as unknown as GatewayRow
  // Read here, so that damage anywhere in the file is found when it is opened.
  const stored = Array.from(database.prepare('SELECT * FROM series').iterate(), (row) => read(row as unknown as Row))
  return {
    gatewayId: gateway.id,
    lastMs: gateway.last_ms,
    position: gateway.queue === '' ? undefined : { identity: gateway.queue, upTo: gateway.up_to },
    load(table) {
      for (const each of stored.splice(0)) if (!restore(each, table)) remove.run(each.series.row!)
    },
    save(changed, ended, timeMs, position) {
      const inserted: [Series, number][] = []
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const series of changed) {
          if (series.row === undefined) inserted.push([series, insertInto(insert, series)])
          else update.run(series.startMs, series.seenMs, Number(series.isAnnounced), write(series.value), series.row)
        }
        for (const { row } of ended) if (row !== undefined) remove.run(row)
        stamp.run(timeMs, position?.identity ?? '', position?.upTo ?? 0)
        database.exec('COMMIT')
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
      for (const [series, row] of inserted) series.row = row
    },
    close: () => database.close(),
  }
}

function insertInto(insert: StatementSync, series: Series): number {
  const { metric, key, attributes, startMs, seenMs, isAnnounced, value } = series
  const { group, scope, name, description, unit, kind, isMonotonic, origin } = metric
  const head: StoredHead = { name, description, unit, kind, isMonotonic, origin }
  const { lastInsertRowid } = insert.run(
    group.resource,
    scope,
    group.key,
    JSON.stringify(head),
    key,
    JSON.stringify(attributes.map((body) => Buffer.from(body).toString('base64'))),
    startMs,
    seenMs,
    Number(isAnnounced),
    write(value),
  )
  return Number(lastInsertRowid)
}

interface GatewayRow {
  readonly id: string
  readonly last_ms: number
  readonly queue: string
  readonly up_to: number
}

interface Row {
  readonly row: number
  readonly resource: Uint8Array
  readonly scope: Uint8Array
  readonly group_key: string
  readonly head: string
  readonly key: string
  readonly attributes: string
  readonly start_ms: number
  readonly seen_ms: number
  readonly is_announced: number
  readonly value: string
}

type StoredHead = Omit<MetricHead, 'scope'>

interface Stored {
  readonly groupKey: string
  readonly resource: Uint8Array
  readonly head: MetricHead
  readonly series: Omit<Series, 'metric'>
}

function read(row: Row): Stored {
  return {
    groupKey: row.group_key,
    resource: row.resource,
    head: { ...(JSON.parse(row.head) as StoredHead), scope: row.scope },
    series: {
      key: row.key,
      attributes: (JSON.parse(row.attributes) as string[]).map((body) => Buffer.from(body, 'base64')),
      startMs: row.start_ms,
      seenMs: row.seen_ms,
      value: readValue(row.value),
      isAnnounced: row.is_announced === 1,
      isChanged: false,
      row: row.row,
      exemplars: undefined,
    },
  }
}

/** False where the rules have given the name to another kind of metric since. */
function restore({ groupKey, resource, head, series }: Stored, table: SeriesTable): boolean {
  const metric = table.metric(
    table.group(groupKey, () => resource),
    head,
  )
  if (metric === undefined) return false
  table.restore({ ...series, metric })
  return true
}

/** Values are finite numbers, but for what was added up beyond that; JSON has no word for those. */
function write(value: Value): string {
  const total = value.is === 'sum' ? value.value : value.is === 'distinct' ? 0 : (value.sum ?? 0)
  if (Number.isFinite(total)) return JSON.stringify(value)
  return JSON.stringify(value, (_key, part: unknown) => (part === Infinity || part === -Infinity ? String(part) : part))
}

function readValue(text: string): Value {
  return JSON.parse(text, (_key, part: unknown) =>
    part === 'Infinity' || part === '-Infinity' ? Number(part) : part,
  ) as Value
}
