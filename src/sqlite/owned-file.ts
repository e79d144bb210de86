// What every SQLite file in the data folder needs: only its owner reads it, and one that is damaged is moved aside so that
// the gateway runs.
import { chmodSync, closeSync, existsSync, openSync, renameSync } from 'node:fs'

/** Makes the file where it is missing, mode 0600; what SQLite makes beside it has the same rights. */
export function keepToOwner(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

/** SQLITE_ERROR (a table is missing), SQLITE_CORRUPT, SQLITE_NOTADB. */
const damage = new Set([1, 11, 26])

/** The file's content is at fault: what SQLite and JSON find, another version. Else it is what is around it. */
export function isDamaged(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === undefined || damage.has(sqliteCode(error) ?? 0)
}

/** The primary result code of an error of SQLite (https://www.sqlite.org/rescode.html); undefined for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: string; errcode?: number }
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? errcode & 0xff : undefined
}

/**
 * Moves a closed file and what SQLite keeps beside it out of the way. An earlier one that was moved is replaced.
 * @returns the new path
 */
export function moveAside(file: string): string {
  const aside = `${file}.unreadable`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  return aside
}
