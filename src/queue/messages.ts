// What the thread that owns the queue's file and the rest say to each other.
import type { Imbalance } from './books.ts'
import type { DeadLetterFigures } from './dead-letters.ts'
import type { Sync } from './queue-file.ts'
import type { NewGroup, ReaderSpec, ReaderState, Release, Settlement, StoredGroup } from './stored.ts'

/** What the thread is started with. */
export interface WorkerOptions {
  readonly file: string
  readonly sync: Sync
  readonly readers: readonly ReaderSpec[]
  readonly deadLetterBytes: number
  readonly quarantineBytes: number
  readonly maxPages?: number | undefined
}

/** A group as it is put; the thread decides whether it is compressed. */
export interface RawGroup extends Omit<NewGroup, 'encoding'> {
  /** Contents of more than one request. */
  readonly isJoined: boolean
}

export type Request =
  /** One transaction; answered with `committed`. */
  | {
      readonly is: 'commit'
      readonly groups: readonly RawGroup[]
      readonly settlements: readonly Settlement[]
      readonly releases: readonly Release[]
      /** Of which file the settlements and releases are. */
      readonly identity: string
    }
  | { readonly is: 'lease'; readonly id: number; readonly reader: number; readonly maxBytes: number }
  | { readonly is: 'give-back'; readonly reader: number; readonly ids: readonly number[]; readonly identity: string }
  | { readonly is: 'check'; readonly id: number }
  | { readonly is: 'close' }

/** Why nothing could be stored. */
export type StoreFault = 'disk-full' | 'disk-error'

export type Answer =
  | {
      readonly is: 'opened'
      readonly identity: string
      readonly states: readonly ReaderState[]
      readonly removed: readonly { readonly name: string; readonly signal: string; readonly records: number }[]
      /** What the user should know, in sentences. */
      readonly notes: readonly string[]
    }
  | { readonly is: 'failed'; readonly message: string }
  | {
      readonly is: 'committed'
      /** Of the groups, in their order; or why they were not stored. */
      readonly result: { readonly ids: readonly number[] } | { readonly fault: StoreFault; readonly message: string }
      readonly identity: string
      readonly states: readonly ReaderState[]
    }
  | {
      readonly is: 'leased'
      readonly id: number
      readonly identity: string
      readonly groups: readonly StoredGroup[]
      readonly states: readonly ReaderState[]
    }
  | { readonly is: 'checked'; readonly id: number; readonly imbalances: readonly Imbalance[] }
  /** The file was found damaged while running; another one has been begun. */
  | {
      readonly is: 'replaced'
      readonly identity: string
      readonly message: string
      readonly states: readonly ReaderState[]
    }
  /** Once a second. */
  | { readonly is: 'tick'; readonly states: readonly ReaderState[]; readonly figures: FileFigures }
  | { readonly is: 'closed'; readonly imbalances: readonly Imbalance[] }

/** What the file and its thread have come to. */
export interface FileFigures {
  /** The file and its journal, on the disk. */
  readonly fileBytes: number
  readonly oldest: readonly { readonly reader: number; readonly createdMs: number }[]
  readonly deadLetters: DeadLetterFigures
  readonly quarantine: DeadLetterFigures
}
