// The seam between "taken" and "sent": what an exporter's batches wait in. The memory queue is one; a durable queue has
// the same interface, keeps what was given back, and so loses nothing at a stop.
import type { CleanBatch, Signal } from '../pipeline/batch.ts'

/** Batches of one signal, in order, handed out to be sent. Exactly one of `done` and `retry` ends it. */
export interface Lease {
  readonly batches: readonly CleanBatch[]
  readonly bytes: number
  readonly records: number
  /** The batches are settled, sent or not: they leave the queue. */
  done(): void
  /** The batches go back to the front of the queue, in their order. */
  retry(): void
}

export interface QueueState {
  /** Records and bytes in the queue, leased ones included. */
  readonly records: number
  readonly bytes: number
  readonly capacityBytes: number
  /** Bytes that wait, leased ones not included. */
  readonly waitingBytes: number
  /** When the oldest waiting batch came, in `performance.now()` time; undefined when none waits. */
  readonly oldestMs: number | undefined
}

export interface Queue {
  /** Whether a batch of this many bytes fits now; without a signal, whichever its signal is. */
  hasRoom(bytes: number, signal?: Signal): boolean
  /** Takes a batch; false when there is no room. */
  put(batch: CleanBatch): boolean
  /** The oldest waiting batches up to `maxBytes` together; the first comes whatever its size. */
  lease(signal: Signal, maxBytes: number): Lease | undefined
  state(signal: Signal): QueueState
  /** Takes nothing more; what is left and will not survive the process, as records by signal. Leases must have ended. */
  close(): readonly { readonly signal: Signal; readonly records: number }[]
}
