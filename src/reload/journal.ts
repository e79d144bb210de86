// The reloads of a gateway, one JSON object a line, in the data folder: when, by what, from which file, what came of it.
import { appendFileSync, chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Beyond this the older half goes. */
const maxBytes = 512 * 1024

export interface Journal {
  /** @throws the system's error */
  add(entry: object): void
}

export function openJournal(dataDir: string): Journal {
  const file = join(dataDir, 'reloads.jsonl')
  return {
    add(entry) {
      const line = `${JSON.stringify(entry)}\n`
      if (sizeOf(file) + line.length > maxBytes) shorten(file)
      appendFileSync(file, line, { mode: 0o600 })
    },
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function shorten(file: string): void {
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf('\n', text.length / 2) + 1
  const draft = `${file}.new`
  writeFileSync(draft, text.slice(from), { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, file)
}
