// What every exporter is to the gateway: a sender whose figures can be read, and the book that keeps them balanced:
// offered + replayed = sent + failed + dead-lettered + still queued, in records, for each signal.
import { signals } from '../otlp/fields.ts'
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import type { Sender } from '../pipeline/sender.ts'
import type { Counters } from '../queue/books.ts'
import type { Queue } from '../queue/queue.ts'

/** What is wrong between here and a backend that was reached, before any request. */
export type TlsReason = 'tls-untrusted' | 'tls-expired' | 'tls-name' | 'tls-refused' | 'tls-handshake'

/** Why records were lost. A closed set: statuses have three digits, the rest are codes of gRPC and the file system. */
export type FailedReason =
  | 'queue-full'
  | 'too-old'
  | 'rules-changed'
  | 'queue-unreadable'
  | 'exporter-removed'
  | 'shutdown'
  | 'retry-exhausted'
  | 'partial-success'
  | 'timeout'
  | 'connection'
  | TlsReason
  | 'response-too-large'
  | 'no-endpoint'
  | 'invalid-request'
  | 'unreadable'
  | 'internal'
  | `http-${number}`
  | `proxy-${number}`
  | `grpc-${string}`
  | `disk-${string}`

export interface SignalFigures {
  /** Records. */
  readonly offered: number
  readonly sent: number
  /** Lost, by reason. */
  readonly failed: Readonly<Partial<Record<FailedReason, number>>>
  /** Refused by the backend and kept as dead letters, by reason. */
  readonly dead: Readonly<Partial<Record<FailedReason, number>>>
  /** Dead letters that were put into the queue again. */
  readonly replayed: number
  /** Dead letters that are none any more, by why. */
  readonly left: Counters['left']
  readonly queuedRecords: number
  readonly queuedBytes: number
  readonly capacityBytes: number
  /** Attempts, retries included; for files, writes. */
  readonly requests: number
  readonly retries: number
  /** Why the last attempt failed; absent when it went well. */
  readonly trouble?: FailedReason
  /** The backend refuses whoever asks: nothing moves, everything is kept. */
  readonly isCircuitOpen?: true
}

export interface Exporter extends Sender {
  /** The figures of now, as plain data. */
  figures(): Readonly<Record<Signal, SignalFigures>>
}

export interface SignalBook {
  offered: number
  sent: number
  readonly failed: Map<FailedReason, number>
  requests: number
  retries: number
  trouble?: FailedReason | undefined
  isCircuitOpen?: boolean
}

export type Book = Readonly<Record<Signal, SignalBook>>

export function createBook(): Book {
  return bySignal(() => ({ offered: 0, sent: 0, failed: new Map(), requests: 0, retries: 0 }))
}

export function bookFailed(book: SignalBook, reason: FailedReason, records: number): void {
  if (records > 0) book.failed.set(reason, (book.failed.get(reason) ?? 0) + records)
}

/** Books an offered batch that there was no room for. */
export function bookRefused(book: Book, batch: CleanBatch, reason: 'queue-full' | 'shutdown'): void {
  bookFailed(book[batch.signal], reason, batch.records)
}

/** @param queue books itself what is durable */
export function toFigures(book: Book, queue: Pick<Queue, 'state' | 'counts'>): Readonly<Record<Signal, SignalFigures>> {
  return bySignal((signal) => {
    const { offered, sent, failed, requests, retries, trouble, isCircuitOpen } = book[signal]
    const { records, bytes, capacityBytes } = queue.state(signal)
    const counts = queue.counts(signal)
    return {
      offered: counts?.accepted ?? offered,
      sent: counts?.sent ?? sent,
      failed: counts?.failed ?? Object.fromEntries(failed),
      dead: counts?.dead ?? {},
      replayed: counts?.replayed ?? 0,
      left: counts?.left ?? {},
      queuedRecords: records,
      queuedBytes: bytes,
      capacityBytes,
      requests,
      retries,
      ...(isCircuitOpen === true ? { isCircuitOpen } : {}),
      ...(trouble === undefined ? {} : { trouble }),
    }
  })
}

export function bySignal<T>(make: (signal: Signal) => T): Record<Signal, T> {
  return Object.fromEntries(signals.map((signal) => [signal, make(signal)])) as Record<Signal, T>
}
