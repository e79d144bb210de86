// The one way in: a request from a receiver goes through the engine and into the queue of every exporter of its pipeline,
// or into none. What it answers is what the sender is told.
import { countRecords } from '../otlp/count.ts'
import { WireError } from '../otlp/wire-error.ts'
import type { Arrival, CleanBatch, Signal } from './batch.ts'
import type { Consumer } from './consumer.ts'
import type { ReceiverLedger } from './ledger.ts'
import type { Outcome, Refusal } from './outcome.ts'
import type { Sender } from './sender.ts'

/** What the engine makes of a request: clean bytes of `records` records, and how many were refused. */
interface Cleaned {
  /** Undefined when nothing is left to send. */
  readonly batch: CleanBatch | undefined
  readonly refused: readonly Refusal[]
  readonly records: number
}

export interface IntakeOptions {
  /** The engine. Throws WireError for a body that cannot be read. */
  readonly process: (arrival: Arrival) => Cleaned
  /**
   * Takes out of a batch that has room what the gateway adds up itself, and gives back what goes on; undefined when that
   * is nothing.
   */
  readonly aggregate?: (batch: CleanBatch) => CleanBatch | undefined
  /** The exporters of each signal's pipeline; a signal without a pipeline is not taken. */
  readonly senders: Readonly<Record<Signal, readonly Sender[] | undefined>>
  readonly ledger: ReceiverLedger
}

const full: Outcome = { is: 'busy', reason: 'queue-full', retryAfterMs: 1_000 }

/** JSON takes about this many times the bytes of the same request in protobuf. */
const jsonRatio = 3

export function createIntake({ process, aggregate = (batch) => batch, senders, ledger }: IntakeOptions): Consumer {
  return {
    consume(arrival) {
      const { signal, transport } = arrival
      const pipeline = senders[signal]
      if (pipeline === undefined) {
        return { is: 'refused', reason: 'unsupported', message: `no pipeline is configured for ${signal}` }
      }
      // Under overload a request is turned away before any work is done on it.
      const expected = arrival.encoding === 'json' ? arrival.body.length / jsonRatio : arrival.body.length
      if (!haveRoom(pipeline, expected, signal)) {
        ledger.refused(signal, transport, { reason: 'queue-full', records: recordsIn(arrival) })
        return full
      }
      const cleaned = cleanedOrOutcome(process, arrival)
      if ('is' in cleaned) return cleaned
      const { batch, records, refused } = cleaned
      if (batch !== undefined) {
        if (!haveRoom(pipeline, batch.bytes.length, signal)) {
          ledger.refused(signal, transport, { reason: 'queue-full', records })
          return full
        }
        const onward = aggregate(batch)
        if (onward !== undefined) for (const sender of pipeline) sender.offer(onward)
      }
      ledger.taken(signal, transport, records, refused)
      return { is: 'taken', refused }
    },
  }
}

/** Records of a request that is not looked into. JSON would have to be read for that, which is the work to be spared. */
function recordsIn({ signal, encoding, body }: Arrival): number {
  if (encoding === 'json') return 0
  try {
    return countRecords(signal, body)
  } catch {
    return 0
  }
}

function haveRoom(pipeline: readonly Sender[], bytes: number, signal: Signal): boolean {
  return pipeline.every((sender) => sender.hasRoom(bytes, signal))
}

function cleanedOrOutcome(process: IntakeOptions['process'], arrival: Arrival): Cleaned | Outcome {
  try {
    return process(arrival)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    // A WireError's message holds no byte of the body.
    return { is: 'refused', reason: error.code === 'too-large' ? 'too-large' : 'malformed', message: error.message }
  }
}
