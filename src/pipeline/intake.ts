// The one way in: a request from a receiver goes through the engine and into the queue of every exporter of its pipeline,
// or into none. What it answers is what the sender is told.
import { countRecords } from '../otlp/count.ts'
import { WireError } from '../otlp/wire-error.ts'
import type { Arrival, CleanBatch, Signal } from './batch.ts'
import type { Consumer } from './consumer.ts'
import type { ReceiverLedger } from './ledger.ts'
import type { BusyReason, Outcome, Quarantined, Refusal } from './outcome.ts'
import type { Outlet } from './outlet.ts'

/** What the engine makes of a request: clean bytes of `records` records, what is kept aside, and how many were refused. */
interface Cleaned {
  /** Undefined when nothing is left to send. */
  readonly batch: CleanBatch | undefined
  readonly quarantined: readonly Quarantined[]
  readonly refused: readonly Refusal[]
  readonly records: number
}

export interface IntakeOptions {
  /** The engine. Throws WireError for a body that cannot be read. */
  readonly process: (arrival: Arrival) => Cleaned
  /** Behind the engine, for each signal's pipeline; a signal without a pipeline is not taken. */
  readonly outlets: Readonly<Record<Signal, Outlet | undefined>>
  readonly ledger: ReceiverLedger
}

const retryAfterMs = 1_000

/** JSON takes about this many times the bytes of the same request in protobuf. */
const jsonRatio = 3

export function createIntake({ process, outlets, ledger }: IntakeOptions): Consumer {
  function busy({ signal, transport }: Arrival, reason: BusyReason, records: number): Outcome {
    ledger.refused(signal, transport, { reason, records })
    return { is: 'busy', reason, retryAfterMs }
  }

  /** What goes on and what is kept aside are taken together, or neither. Without a quarantine the latter is refused. */
  async function takeBoth(arrival: Arrival, outlet: Outlet, cleaned: Cleaned): Promise<Outcome> {
    const { signal, transport, connection } = arrival
    const { batch, records } = cleaned
    const aside = cleaned.quarantined.map(({ reason, batch: kept }) => ({ reason, records: kept.records }))
    const quarantined = outlet.hasQuarantine ? cleaned.quarantined : []
    const bytes = (batch?.bytes.length ?? 0) + quarantined.reduce((sum, each) => sum + each.batch.bytes.length, 0)
    const reason = outlet.busy(bytes) ?? (await outlet.take(batch, connection, quarantined))
    if (reason !== undefined) return busy(arrival, reason, records + total(aside))
    const refused = outlet.hasQuarantine ? cleaned.refused : [...cleaned.refused, ...aside]
    ledger.taken(signal, transport, records, refused, outlet.hasQuarantine ? aside : [])
    return { is: 'taken', refused }
  }

  return {
    async consume(arrival) {
      const { signal, transport } = arrival
      const outlet = outlets[signal]
      if (outlet === undefined) {
        return { is: 'refused', reason: 'unsupported', message: `no pipeline is configured for ${signal}` }
      }
      // Under overload a request is turned away before any work is done on it.
      const expected = arrival.encoding === 'json' ? arrival.body.length / jsonRatio : arrival.body.length
      const expectedBusy = outlet.busy(expected)
      if (expectedBusy !== undefined) return busy(arrival, expectedBusy, recordsIn(arrival))
      const cleaned = cleanedOrOutcome(process, arrival)
      if ('is' in cleaned) return cleaned
      const { batch, quarantined, records, refused } = cleaned
      if (quarantined.length > 0) return takeBoth(arrival, outlet, cleaned)
      if (batch !== undefined) {
        const reason = outlet.busy(batch.bytes.length) ?? (await outlet.take(batch, arrival.connection))
        if (reason !== undefined) return busy(arrival, reason, records)
      }
      ledger.taken(signal, transport, records, refused)
      return { is: 'taken', refused }
    },
  }
}

function total(parts: readonly Refusal[]): number {
  return parts.reduce((sum, { records }) => sum + records, 0)
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

function cleanedOrOutcome(process: IntakeOptions['process'], arrival: Arrival): Cleaned | Outcome {
  try {
    return process(arrival)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    // A WireError's message holds no byte of the body.
    return { is: 'refused', reason: error.code === 'too-large' ? 'too-large' : 'malformed', message: error.message }
  }
}
