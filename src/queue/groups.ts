// What was put → the groups of a commit: contents of one signal, cleaned by the same rules and for the same readers, are
// joined (two OTLP requests joined are one), each copied once into memory that can be handed to the queue's thread.
import type { CleanBatch } from '../pipeline/batch.ts'
import type { RawGroup } from './messages.ts'

/** A batch and the names of those who are to get it. */
export interface Entry {
  readonly batch: CleanBatch
  readonly readers: readonly string[]
  /** Why it is kept in the quarantine, instead of being read. */
  readonly quarantine?: string
}

/** A group holds no more, unless a single request does. */
const groupBytes = 2 ** 20

interface Open {
  readonly first: Entry
  readonly parts: Uint8Array[]
  records: number
  size: number
}

/** @returns the groups, and for each entry the index of its own */
export function toGroups(entries: readonly Entry[]): { readonly groups: RawGroup[]; readonly groupOf: number[] } {
  const all: Open[] = []
  const current = new Map<string, number>()
  const groupOf = entries.map((entry) => {
    const { signal, digest, bytes, records } = entry.batch
    const key = `${signal} ${digest} ${entry.readers.join(' ')} ${entry.quarantine ?? ''}`
    let index = current.get(key)
    if (index === undefined || all[index].size + bytes.length > groupBytes) {
      index = all.length
      all.push({ first: entry, parts: [], records: 0, size: 0 })
      current.set(key, index)
    }
    const open = all[index]
    open.parts.push(bytes)
    open.records += records
    open.size += bytes.length
    return index
  })
  return { groups: all.map(close), groupOf }
}

function close({ first: { batch, readers, quarantine }, parts, records, size }: Open): RawGroup {
  const { signal, digest } = batch
  // Not of Node's pool, whose memory cannot be handed over.
  const data = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return { signal, digest, readers, quarantine, records, size, data, isJoined: parts.length > 1 }
}
