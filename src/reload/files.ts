// The files that a ruleset is loaded from, and how it is known that one of them has changed.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import type { Layer } from '../ruleset/layers.ts'
import { defaultKeyFile } from '../ruleset/keys.ts'
import { keyFilesOf } from '../ruleset/rings.ts'

/** Path → the file's state when it was read. */
export type FileStates = ReadonlyMap<string, string>

/** Changes when the file does, also one behind a symbolic link that is swapped; empty while there is none. */
export function stateOf(path: string): string {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true })
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`
  } catch {
    return ''
  }
}

/** A path as people know it: from the working folder, where it is below that. */
export function shownPath(path: string): string {
  if (!isAbsolute(path)) return path
  const short = relative('', path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}

/** Notes what is read, in the state it had before: a change in the meantime is seen as one. */
export class ReadFiles {
  readonly #states = new Map<string, string>()

  get states(): FileStates {
    return this.#states
  }

  /** Reads a file of a ruleset. @throws the system's error */
  readonly readText = (path: string): string => {
    this.#states.set(path, stateOf(path))
    return readFileSync(path, 'utf8')
  }

  /** Adds the files of keys: those that the layers name, and the gateway's own. */
  addKeys(layers: readonly Layer[], dataDir: string): void {
    for (const path of [...keyFilesOf(layers), defaultKeyFile(dataDir)]) this.#states.set(path, stateOf(path))
  }
}
