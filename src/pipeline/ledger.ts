// The book of what came in: plain numbers, written by the consumer and the receivers, read by /metrics and the status
// line. What went out is in the senders' own figures.
import { signals } from '../otlp/fields.ts'
import type { Arrival, Signal } from './batch.ts'
import type { Refusal } from './outcome.ts'

export type Transport = Arrival['transport']

const transports: readonly Transport[] = ['http', 'grpc']

interface Door {
  /** Records that are in the queue of every exporter of their pipeline, or in the quarantine. */
  accepted: number
  /** Records that are not, for whatever reason. */
  refused: number
}

/** The pages of one receiver. */
export class ReceiverLedger {
  readonly #doors = new Map<Signal, Map<Transport, Door>>(
    signals.map((signal) => [signal, new Map(transports.map((transport) => [transport, { accepted: 0, refused: 0 }]))]),
  )
  readonly #records = new Map<Signal, Map<string, number>>(signals.map((signal) => [signal, new Map()]))
  readonly #quarantined = new Map<Signal, Map<string, number>>(signals.map((signal) => [signal, new Map()]))
  readonly #requests = new Map<Transport, Map<string, number>>(transports.map((transport) => [transport, new Map()]))

  /** Books records that were queued, and those of the same request that were refused, or went into the quarantine. */
  taken(
    signal: Signal,
    transport: Transport,
    records: number,
    refused: readonly Refusal[],
    quarantined: readonly Refusal[] = [],
  ): void {
    const door = this.#door(signal, transport)
    door.accepted += records
    for (const refusal of refused) this.refused(signal, transport, refusal)
    for (const { reason, records: aside } of quarantined) {
      door.accepted += aside
      add(this.#quarantined.get(signal)!, reason, aside)
    }
  }

  /** Books records that were refused. */
  refused(signal: Signal, transport: Transport, { reason, records }: Refusal): void {
    this.#door(signal, transport).refused += records
    add(this.#records.get(signal)!, reason, records)
  }

  /** Books a request that was refused or put off as a whole; how many records it held need not be known. */
  requestRefused(transport: Transport, reason: string): void {
    add(this.#requests.get(transport)!, reason, 1)
  }

  *received(): Generator<{ signal: Signal; transport: Transport; accepted: number; refused: number }> {
    for (const [signal, doors] of this.#doors)
      for (const [transport, door] of doors) yield { signal, transport, ...door }
  }

  recordsRefused(): Generator<BySignal> {
    return listed(this.#records)
  }

  recordsQuarantined(): Generator<BySignal> {
    return listed(this.#quarantined)
  }

  *requestsRefused(): Generator<{ transport: Transport; reason: string; requests: number }> {
    for (const [transport, reasons] of this.#requests)
      for (const [reason, requests] of reasons) yield { transport, reason, requests }
  }

  #door(signal: Signal, transport: Transport): Door {
    return this.#doors.get(signal)!.get(transport)!
  }
}

/** The book of all receivers. */
export class Ledger {
  readonly #receivers = new Map<string, ReceiverLedger>()

  /** The pages of a receiver, by its name in the configuration. */
  of(receiver: string): ReceiverLedger {
    const there = this.#receivers.get(receiver)
    if (there !== undefined) return there
    const pages = new ReceiverLedger()
    this.#receivers.set(receiver, pages)
    return pages
  }

  *received(): Generator<{
    receiver: string
    signal: Signal
    transport: Transport
    accepted: number
    refused: number
  }> {
    for (const [receiver, pages] of this.#receivers)
      for (const figures of pages.received()) yield { receiver, ...figures }
  }

  /** Over all receivers. */
  recordsRefused(): Generator<BySignal> {
    return summed(this.#receivers.values(), (pages) => pages.recordsRefused())
  }

  /** Over all receivers. */
  recordsQuarantined(): Generator<BySignal> {
    return summed(this.#receivers.values(), (pages) => pages.recordsQuarantined())
  }

  *requestsRefused(): Generator<{ receiver: string; transport: Transport; reason: string; requests: number }> {
    for (const [receiver, pages] of this.#receivers)
      for (const figures of pages.requestsRefused()) yield { receiver, ...figures }
  }
}

/** Records of a signal by a reason. */
interface BySignal {
  readonly signal: Signal
  readonly reason: string
  readonly records: number
}

type Book = ReadonlyMap<Signal, Map<string, number>>

function* listed(book: Book): Generator<BySignal> {
  for (const [signal, reasons] of book) for (const [reason, records] of reasons) yield { signal, reason, records }
}

function summed(
  all: Iterable<ReceiverLedger>,
  figures: (pages: ReceiverLedger) => Iterable<BySignal>,
): Generator<BySignal> {
  const sums = new Map<Signal, Map<string, number>>(signals.map((signal) => [signal, new Map()]))
  for (const pages of all)
    for (const { signal, reason, records } of figures(pages)) add(sums.get(signal)!, reason, records)
  return listed(sums)
}

function add(counter: Map<string, number>, key: string, by: number): void {
  counter.set(key, (counter.get(key) ?? 0) + by)
}
