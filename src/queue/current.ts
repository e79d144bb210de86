// What was stored, as the rules of now would have made it: a group that others cleaned is cleaned again before it is sent.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import type { LeasedBatch } from './queue.ts'
import type { StoredGroup } from './stored.ts'

/** The rules in force. */
export interface Rules {
  readonly digest: string
  clean(signal: Signal, bytes: Uint8Array): CleanBatch | undefined
}

export interface Current {
  readonly batch: LeasedBatch
  /** Records that were stored and are not in it. */
  readonly lost: number
  /** Why. */
  readonly reason: 'rules-changed' | 'unreadable'
}

const inflate = promisify(gunzip)

/** @throws when the disk has given it back damaged */
export async function cleanedAgain(
  signal: Signal,
  { encoding, data }: StoredGroup,
  rules: Rules,
): Promise<CleanBatch | undefined> {
  return rules.clean(signal, encoding === 'gzip' ? await inflate(data) : data)
}

/** Never rejects: what the disk gives back damaged is lost, and takes nothing else along. */
export async function currentOf(signal: Signal, stored: StoredGroup, rules: Rules): Promise<Current> {
  const { id: _id, ...group } = stored
  if (group.digest === rules.digest) return { batch: group, lost: 0, reason: 'rules-changed' }
  const made = (data: Uint8Array, records: number, reason: Current['reason']): Current => ({
    batch: { records, size: data.length, encoding: 'raw', data, digest: rules.digest },
    lost: Math.max(0, group.records - records),
    reason,
  })
  try {
    const batch = await cleanedAgain(signal, stored, rules)
    return made(batch?.bytes ?? new Uint8Array(), batch?.records ?? 0, 'rules-changed')
  } catch {
    return made(new Uint8Array(), 0, 'unreadable')
  }
}
