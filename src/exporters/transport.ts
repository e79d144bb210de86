// The contract between what is shared by the network exporters (queue, batches, retries) and what is a protocol's own.
import type { Signal } from '../otlp/fields.ts'
import type { FailedReason } from './exporter.ts'

/** What an attempt to send came to. A peer's own words are in none of it: error texts echo what was sent. */
export type Attempt =
  /** Taken; `rejected` is what the partial success says, 0 for all of it taken. */
  | { readonly is: 'sent'; readonly rejected: number }
  /** May work later; `afterMs` when the server said when. */
  | { readonly is: 'retry'; readonly reason: FailedReason; readonly afterMs?: number | undefined }
  /** Will not work later either. */
  | { readonly is: 'failed'; readonly reason: FailedReason }

export interface Transport {
  /** Whether `send` wants its bodies in gzip; a protocol that compresses by itself says false. */
  readonly gzipped: boolean
  /** One attempt, within the transport's timeout. Never rejects; an abort ends it soon, as `retry`. */
  send(signal: Signal, body: Uint8Array, abort: AbortSignal): Promise<Attempt>
  close(): Promise<void>
}

/** OTLP specification, "Full Success", "Failures": a response beyond 4 MiB is not read, and not a reason to retry. */
export const maxResponseBytes = 4 * 1024 * 1024
