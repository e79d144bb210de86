// The data folder belongs to one gateway at a time: two would mix their files and share ports silently. The lock is
// SQLite's own, held by the operating system for as long as the process lives: a crash leaves nothing to clean up.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const sqliteBusy = 5

export interface DataFolder {
  release(): void
}

/** The data folder is in use by another gateway, or cannot be written to. The message names the folder and the way out. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
}

/** Makes the folder where it is missing (mode 0700) and takes its lock. Throws DataFolderError. */
export function claimDataFolder(folder: string): DataFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const database = new DatabaseSync(join(folder, 'gateway.lock'), { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw error
    }
    return { release: () => database.close() }
  } catch (error) {
    const busy = (error as { errcode?: number }).errcode === sqliteBusy
    throw new DataFolderError(
      busy
        ? `another gateway is using the data folder ${folder}: stop it, or choose another folder with --data-dir`
        : `the data folder ${folder} cannot be used: ${(error as Error).message}`,
      { cause: error },
    )
  }
}
