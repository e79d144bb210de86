// What the queue on disk keeps, as plain data: it crosses between the thread that owns the file and the rest.
import type { Signal } from '../pipeline/batch.ts'
import type { Counters } from './books.ts'

/** An exporter, or the metrics stage, for one signal: it gets every group that was put for it, oldest first. */
export interface ReaderSpec {
  readonly name: string
  readonly signal: Signal
  /** Stored bytes that may wait. */
  readonly capacityBytes: number
  /** What is older is dropped; 0 for never. */
  readonly maxAgeMs: number
  /** What is put beyond the capacity pushes out the oldest; otherwise the queue is asked for room before. */
  readonly dropsOldest: boolean
  /** It sends gzip: then what is stored is compressed. */
  readonly gzipped: boolean
}

/** One row: the contents of a few requests that are committed together, clean OTLP of one signal. */
export interface NewGroup {
  readonly signal: Signal
  readonly records: number
  /** Bytes before compression. */
  readonly size: number
  readonly encoding: 'raw' | 'gzip'
  readonly data: Uint8Array
  /** The rules that cleaned it. */
  readonly digest: string
  /** The names of its readers; none of what is kept in the quarantine. */
  readonly readers: readonly string[]
  /** Why it is kept in the quarantine. */
  readonly quarantine: string | undefined
}

export interface StoredGroup extends Omit<NewGroup, 'readers' | 'quarantine' | 'signal'> {
  /** Rises from group to group, and is never used again. */
  readonly id: number
}

/**
 * The reader that books what is kept in the quarantine: all that it accepts becomes dead letters at once. No exporter is
 * called so: their names begin with their type.
 */
export const quarantineReader = 'quarantine'

/** Where what does not go on is kept: what backends refused, or what validation kept aside. */
export type Shelf = 'dead-letters' | 'quarantine'

/** Which rows of the table `dead_letters` are whose. */
export const shelfSql: Readonly<Record<Shelf, string>> = {
  'dead-letters': `exporter <> '${quarantineReader}'`,
  quarantine: `exporter = '${quarantineReader}'`,
}

/** Part of a lease that its backend refused for good. */
export interface DeadPart {
  readonly reason: string
  readonly records: number
  readonly size: number
  /** In gzip. */
  readonly data: Uint8Array
  readonly digest: string
}

/** What became of the records of a lease: all of them, each once. */
export interface Settled {
  readonly sent: number
  /** Lost, by reason. */
  readonly failed: readonly { readonly reason: string; readonly records: number }[]
  readonly dead: readonly DeadPart[]
}

/** The end of a lease. */
export interface Settlement extends Settled {
  readonly reader: number
  readonly ids: readonly number[]
}

/** Everything of a reader up to a group has been read. */
export interface Release {
  readonly name: string
  readonly upTo: number
}

export interface Work {
  readonly groups: readonly NewGroup[]
  readonly settlements: readonly Settlement[]
  readonly releases: readonly Release[]
}

/** A reader's figures. What was accepted and replayed = sent + failed + dead-lettered + still held, in records. */
export interface ReaderState extends Counters {
  readonly id: number
  readonly name: string
  readonly signal: Signal
  /** In the file, leased ones included. */
  readonly heldRecords: number
  /** Before compression. */
  readonly heldBytes: number
  readonly storedBytes: number
  /** Before compression, without what is leased. */
  readonly waitingBytes: number
}
