// What receivers tell about requests, as plain calls; the gateway turns them into counters and log lines. Records are
// counted by the consumer: a receiver does not look into a body.
import type { Arrival } from '../pipeline/batch.ts'
import type { BusyReason, RefusedReason } from '../pipeline/outcome.ts'

type Transport = Arrival['transport']

/**
 * Why a request was not taken as a whole. `aborted`: the sender went away, or stalled, before its body was complete; `tls`:
 * its TLS handshake failed, so that there was no request.
 */
export type RequestRefusal = RefusedReason | BusyReason | 'not-found' | 'method' | 'internal' | 'aborted' | 'tls'

export interface ReceiverObserver {
  /** A body came whole: its size in bytes on the wire and decompressed. Called once a request, before the consumer. */
  received(transport: Transport, signal: Arrival['signal'], wireBytes: number, bodyBytes: number): void
  /** A request was not taken as a whole, whether the receiver or the consumer said so. Called at most once a request. */
  refused(transport: Transport, reason: RequestRefusal): void
  /** The consumer threw. The error's message may quote data: a log may show its class and where it was thrown, no more. */
  fault(transport: Transport, error: unknown): void
}
