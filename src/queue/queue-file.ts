// The file of the queue: its tables, and how SQLite is told to keep them.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { keepToOwner } from '../sqlite/owned-file.ts'

/** `normal`: a commit survives a kill of the process; `full`: also a loss of power. */
export type Sync = 'normal' | 'full'

export interface QueueFileOptions {
  readonly file: string
  readonly sync: Sync
  /** The most pages of the file; for tests of a full disk. */
  readonly maxPages?: number | undefined
}

/** Of the tables. Version 1 is brought up to it when a gateway opens it. */
export const schemaVersion = 2
/** How long another program may hold the file, such as a replay or a backup. */
const patienceMs = 1_500
/** Groups are some hundred KiB: larger pages than SQLite's own halve what they cost. */
const pageBytes = 8_192
/** The journal is cut back to this when its content is in the file. */
const journalBytes = 16 * 2 ** 20

// Contents stand last in their rows, so that what is in front is read without them. A group goes with its last reader.
// The capacity is there for a replay, which is another process: null where the gateway has no such exporter any more.
const schema = `
  CREATE TABLE queue (identity TEXT NOT NULL) STRICT;
  CREATE TABLE readers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, signal TEXT NOT NULL, capacity_bytes INTEGER, UNIQUE (name, signal)
  ) STRICT;
  CREATE TABLE books (
    reader INTEGER NOT NULL, entry TEXT NOT NULL, reason TEXT NOT NULL, records INTEGER NOT NULL,
    PRIMARY KEY (reader, entry, reason)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, signal TEXT NOT NULL, records INTEGER NOT NULL, size INTEGER NOT NULL,
    encoding TEXT NOT NULL, digest TEXT NOT NULL, created_ms INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE pending (
    reader INTEGER NOT NULL, group_id INTEGER NOT NULL, PRIMARY KEY (reader, group_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pending_group ON pending (group_id);
  CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, exporter TEXT NOT NULL, signal TEXT NOT NULL,
    reason TEXT NOT NULL, records INTEGER NOT NULL, size INTEGER NOT NULL, digest TEXT NOT NULL, data BLOB NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};
`

// What version 1 dropped of the dead letters it did not book.
const upgrade = `
  BEGIN IMMEDIATE;
  ALTER TABLE readers ADD COLUMN capacity_bytes INTEGER;
  INSERT INTO books (reader, entry, reason, records)
    SELECT id, 'left', 'too-many', dropped FROM (
      SELECT id, (SELECT coalesce(sum(records), 0) FROM books WHERE reader = readers.id AND entry = 'dead')
        - (SELECT coalesce(sum(records), 0) FROM dead_letters WHERE exporter = name AND signal = readers.signal)
        AS dropped
      FROM readers) WHERE dropped > 0;
  PRAGMA user_version = ${schemaVersion};
  COMMIT;
`

/**
 * Opens the file, and makes it where it is missing. Another process may have it open as well.
 * @throws what SQLite throws, and an error without a code for a file of another version
 */
export function openQueueFile({ file, sync, maxPages }: QueueFileOptions): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  keepToOwner(file)
  const database = new DatabaseSync(file, { timeout: patienceMs })
  try {
    // Before the first table, or it has no effect: pages that are free can be given back to the disk.
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL`)
    database.exec(`PRAGMA synchronous = ${sync}; PRAGMA journal_size_limit = ${journalBytes}`)
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`)
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === 0) {
      database.exec(`BEGIN IMMEDIATE; ${schema}`)
      database.prepare('INSERT INTO queue (identity) VALUES (?)').run(randomUUID())
      database.exec('COMMIT')
    } else if (version === 1) {
      database.exec(upgrade)
    } else if (version !== schemaVersion) {
      throw new Error(`it is of version ${version}, this gateway knows ${schemaVersion}`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** How long a step of giving free pages back may take. */
const stepPages = 512

/**
 * Gives free pages back to the disk, when they are many: under steady load they are used again.
 * @param isIdle nothing waits; then all of them go
 */
export function giveBack(database: DatabaseSync, isIdle: boolean): void {
  const pages = (): { free: number; all: number } => ({
    free: (database.prepare('PRAGMA freelist_count').get() as { freelist_count: number }).freelist_count,
    all: (database.prepare('PRAGMA page_count').get() as { page_count: number }).page_count,
  })
  const { free, all } = pages()
  const wanted = isIdle ? free > 0 : free > stepPages && free * 2 > all
  if (!wanted) return
  const untilMs = performance.now() + 50
  do database.exec(`PRAGMA incremental_vacuum(${stepPages})`)
  while (performance.now() < untilMs && pages().free > 0)
  if (isIdle) database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}
