// The contract between receivers and what is behind them.
import type { Arrival } from './batch.ts'
import type { Outcome } from './outcome.ts'

/**
 * Takes a request. `taken` means: every record that was not refused is in the queue of every exporter of its pipeline, and
 * committed where that is on the disk. The body is read before the promise is given, and not after.
 * Never rejects for what a sender sent; a rejection is a fault of the gateway and is answered as such, without its text.
 */
export interface Consumer {
  consume(arrival: Arrival): Promise<Outcome>
}
