// The seam between "taken" and "sent": what an exporter's batches wait in. The queue in memory is one; the one on disk has
// the same interface, and loses nothing at a stop.
import type { Signal } from '../pipeline/batch.ts'
import type { Counters } from './books.ts'
import type { Settled } from './stored.ts'

/** A batch as it waited: as it is, or in gzip. */
export interface LeasedBatch {
  readonly records: number
  /** Bytes before compression. */
  readonly size: number
  readonly encoding: 'raw' | 'gzip'
  readonly data: Uint8Array
  /** The rules that cleaned it. */
  readonly digest: string
}

/** Batches of one signal, in order, handed out to be sent. Exactly one of `done` and `retry` ends it. */
export interface Lease {
  readonly batches: readonly LeasedBatch[]
  /** Before compression. */
  readonly bytes: number
  readonly records: number
  /** The batches leave the queue: what became of their records, of each once. */
  done(settled: Settled): void
  /** The batches go back to the front of the queue, in their order. */
  retry(): void
}

export interface QueueState {
  /** Records in the queue, leased ones included. */
  readonly records: number
  /** What they take of the capacity. */
  readonly bytes: number
  readonly capacityBytes: number
  /** Bytes before compression that wait, leased ones not included. */
  readonly waitingBytes: number
  /** When the oldest waiting batch came, in `performance.now()` time; undefined when none waits. */
  readonly oldestMs: number | undefined
}

export interface Queue {
  /** It is on the disk: what is left in it at a stop is sent after the next start. */
  readonly isDurable: boolean
  /** Whether a batch of this many bytes fits now; without a signal, whichever its signal is. */
  hasRoom(bytes: number, signal?: Signal): boolean
  /** The oldest waiting batches up to `maxBytes` together; the first comes whatever its size. */
  lease(signal: Signal, maxBytes: number): Lease | undefined | Promise<Lease | undefined>
  state(signal: Signal): QueueState
  /** The records that it has booked itself; undefined where its user keeps the book. */
  counts(signal: Signal): Counters | undefined
  /** Takes nothing more; what is left and will not survive the process, as records by signal. Leases must have ended. */
  close(): readonly { readonly signal: Signal; readonly records: number }[]
}
