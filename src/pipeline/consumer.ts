// The contract between receivers and what is behind them.
import type { Arrival } from './batch.ts'
import type { Outcome } from './outcome.ts'

/**
 * Takes a request. `taken` means: every record that was not refused is in the queue of every exporter of its pipeline.
 * Never throws for what a sender sent; a throw is a fault of the gateway and is answered as such, without its text.
 */
export interface Consumer {
  consume(arrival: Arrival): Outcome
}
