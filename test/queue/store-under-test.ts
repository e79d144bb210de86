// A queue store over a file of its own, with a clock in the test's hand, and groups that are told apart by their number.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Signal } from '../../src/pipeline/batch.ts'
import { openQueueFile } from '../../src/queue/queue-file.ts'
import { openQueueStore, type QueueStore } from '../../src/queue/queue-store.ts'
import type { NewGroup, ReaderSpec, ReaderState, Settled, StoredGroup } from '../../src/queue/stored.ts'

export const reader = (name: string, more: Partial<ReaderSpec> = {}): ReaderSpec => ({
  name,
  signal: 'traces',
  capacityBytes: 1e9,
  maxAgeMs: 0,
  dropsOldest: false,
  gzipped: false,
  ...more,
})

/** A group with a number in it, of as many records. */
export const group = (number: number, readers: readonly string[], signal: Signal = 'traces', bytes = 4): NewGroup => {
  const data = Buffer.alloc(bytes)
  data.writeUInt32LE(number)
  return { signal, records: number, size: bytes, encoding: 'raw', data, digest: 'd', readers, quarantine: undefined }
}

export const numbersIn = (groups: readonly StoredGroup[]): number[] =>
  groups.map(({ data }) => Buffer.from(data).readUInt32LE())

export const allSent = (groups: readonly StoredGroup[]): Settled => ({
  sent: groups.reduce((sum, { records }) => sum + records, 0),
  failed: [],
  dead: [],
})

export const nothing = { groups: [], settlements: [], releases: [] }

export interface StoreUnderTest {
  readonly store: QueueStore
  readonly database: DatabaseSync
  readonly file: string
  readonly clock: { nowMs: number }
  put(...groups: NewGroup[]): number[]
  /** Leases, and settles as sent. @returns the numbers of the groups */
  read(name: string, maxBytes?: number): number[]
  stateOf(name: string, signal?: Signal): ReaderState
}

export interface StoreOptions {
  readonly file?: string
  readonly maxPages?: number
  readonly deadLetterBytes?: number
  readonly quarantineBytes?: number
}

export function storeUnderTest(readers: readonly ReaderSpec[], options: StoreOptions = {}): StoreUnderTest {
  const file = options.file ?? join(mkdtempSync(join(tmpdir(), 'queue-')), 'queue.db')
  const database = openQueueFile({ file, sync: 'normal', maxPages: options.maxPages })
  const { deadLetterBytes = 1e6, quarantineBytes = 1e6 } = options
  const clock = { nowMs: 1_000_000 }
  const store = openQueueStore({ database, readers, deadLetterBytes, quarantineBytes, now: () => clock.nowMs })
  const under: StoreUnderTest = {
    store,
    database,
    file,
    clock,
    put: (...groups) => store.commit({ ...nothing, groups }),
    read(name, maxBytes = 1e9) {
      const { id } = under.stateOf(name)
      const groups = store.lease(id, maxBytes)
      store.commit({
        ...nothing,
        settlements: [{ reader: id, ids: groups.map((each) => each.id), ...allSent(groups) }],
      })
      return numbersIn(groups)
    },
    stateOf: (name, signal = 'traces') =>
      store.states(true).find((state) => state.name === name && state.signal === signal)!,
  }
  return under
}
