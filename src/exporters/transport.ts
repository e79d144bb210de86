// The contract between what is shared by the network exporters (queue, batches, retries) and what is a protocol's own.
import type { Signal } from '../otlp/fields.ts'
import type { FailedReason } from './exporter.ts'

/**
 * What an attempt to send came to; `answers.ts` says which answer is which. A peer's own words are in none of it: error
 * texts echo what was sent.
 */
export type Attempt =
  /** Taken; `rejected` is what the partial success says, 0 for all of it taken. */
  | { readonly is: 'sent'; readonly rejected: number }
  /** May work later; `afterMs` when the server said when. */
  | { readonly is: 'retry'; readonly reason: FailedReason; readonly afterMs?: number | undefined }
  /** Whoever asks is refused, whatever is sent: a wrong token, a wrong address. It works once somebody has mended that. */
  | { readonly is: 'circuit'; readonly reason: FailedReason }
  /** More than the server takes at once; `maxBytes` when it said how much it takes. */
  | { readonly is: 'too-large'; readonly reason: FailedReason; readonly maxBytes?: number | undefined }
  /** Will not work later either; with `ofAll` a part of it would not fare better. */
  | { readonly is: 'refused'; readonly reason: FailedReason; readonly ofAll?: true }

export interface Transport {
  /** Whether `send` wants its bodies in gzip; a protocol that compresses by itself says false. */
  readonly gzipped: boolean
  /** One attempt, within the transport's timeout. Never rejects; an abort ends it soon, as `retry`. */
  send(signal: Signal, body: Uint8Array, abort: AbortSignal): Promise<Attempt>
  close(): Promise<void>
}

/** OTLP specification, "Full Success", "Failures": a response beyond 4 MiB is not read, and not a reason to retry. */
export const maxResponseBytes = 4 * 1024 * 1024
