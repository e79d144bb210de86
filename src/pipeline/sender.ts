// The contract between the pipeline and an exporter.
import type { CleanBatch, Signal } from './batch.ts'

/** Where clean batches go. `offer` never blocks and never throws. */
export interface Sender {
  /** `otlp_http/tempo`, `file`, `debug`: the name in the configuration. */
  readonly name: string
  /** What is for it is committed to the queue on disk before it is taken; it gets it from there, and is offered nothing. */
  readonly isDurable: boolean
  /** Whether a batch of this many bytes can be queued now; without its signal, whichever that is. */
  hasRoom(bytes: number, signal?: Signal): boolean
  /** Queues the batch: from here on the sender accounts for every record in it (sent, failed with a reason, or still queued). */
  offer(batch: CleanBatch): void
  /** Stops taking, sends what is queued for at most this long, then counts the rest as lost (`shutdown`). */
  close(deadlineMs: number): Promise<void>
}
