// One signal's way from the queue to the wire: batches are joined, compressed once, and sent by a few consumers, each of
// which tries again until its request is taken, refused for good, or given up.
import { mergeEqual } from '../otlp/merge.ts'
import { splitAtMost, splitInHalves, withoutEmpty, type Piece } from '../otlp/split.ts'
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import type { Lease, Queue } from '../queue/queue.ts'
import { createBackoff, maxDelayMs } from './backoff.ts'
import { deliver, type Outcome, type Parcel, type Settled } from './bisect.ts'
import { Circuit } from './circuit.ts'
import { compress } from './compress.ts'
import { bookFailed, type SignalBook } from './exporter.ts'
import type { BatchOptions, RetryOptions } from './options.ts'
import { SizeLimit } from './size-limit.ts'
import type { Transport } from './transport.ts'
import type { Trouble } from './trouble.ts'

export interface LaneOptions {
  readonly signal: Signal
  readonly queue: Queue
  readonly transport: Transport
  readonly consumers: number
  readonly batch: BatchOptions
  /** Bytes of a request that the backend takes; a batch that is larger is split. */
  readonly maxRequestBytes?: number | undefined
  readonly retry: RetryOptions
  readonly book: SignalBook
  readonly trouble: Trouble
  /** Aborts at the deadline of a shutdown. */
  readonly abort: AbortSignal
}

/** How often a request looks again while another one tries an open circuit. */
const probedByAnotherMs = 500
/** Between attempts while the queue is drained for a shutdown. */
const drainRetryMs = 500

interface Wait {
  readonly untilMs: number
  /** The server named the wait. */
  readonly told: boolean
  readonly end: () => void
}

interface Request extends Parcel {
  readonly bytes: Uint8Array
}

/** Times are those of `performance.now()`. */
export class Lane {
  readonly #options: LaneOptions
  readonly #waits = new Set<Wait>()
  readonly #limit: SizeLimit
  readonly #circuit: Circuit
  #inFlight = 0
  #timer: NodeJS.Timeout | undefined
  /** The server wants no request before. */
  #pausedUntilMs = 0
  #deadlineMs: number | undefined
  #drained: (() => void) | undefined
  /** Requests that have no further attempt before the deadline. */
  readonly #givenUp: Lease[] = []

  constructor(options: LaneOptions) {
    this.#options = options
    this.#limit = new SizeLimit(options.maxRequestBytes)
    this.#circuit = new Circuit(options.retry)
    options.abort.addEventListener('abort', () => {
      for (const wait of this.#waits) wait.end()
      this.#pump()
    })
  }

  /** To be called after a batch was put into the queue. */
  notify(): void {
    const { queue, signal, batch } = this.#options
    // A running timer is the oldest batch's; a later one changes nothing unless a request is full now.
    if (this.#timer === undefined || queue.state(signal).waitingBytes >= batch.maxSizeBytes) this.#pump()
  }

  /** Sends what is there without waiting for more; done when nothing more can be sent before the deadline. */
  drain(deadlineMs: number): Promise<void> {
    this.#deadlineMs = deadlineMs
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve
    })
    // Who waits by own choice tries once more now; who was told to wait does so, if there is time.
    for (const wait of this.#waits) if (!wait.told || wait.untilMs > deadlineMs) wait.end()
    this.#pump()
    return drained
  }

  #pump(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { queue, signal, batch, consumers } = this.#options
    while (this.#inFlight < consumers) {
      const delayMs = this.#delayMs()
      if (delayMs === undefined) break
      if (delayMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(delayMs))
        break
      }
      const lease = queue.lease(signal, batch.maxSizeBytes)
      if (lease === undefined) break
      this.#inFlight += 1
      void this.#deliver(lease).finally(() => {
        this.#inFlight -= 1
        this.#pump()
      })
    }
    if (this.#drained && this.#inFlight === 0 && this.#timer === undefined) {
      for (const lease of this.#givenUp.splice(0).toReversed()) lease.retry()
      this.#drained()
    }
  }

  /** How long until the next request may start; undefined when there is nothing to wait for. */
  #delayMs(): number | undefined {
    const { queue, signal, batch, abort } = this.#options
    const { oldestMs, waitingBytes } = queue.state(signal)
    if (oldestMs === undefined || abort.aborted) return undefined
    // A request that is under way tries whether it is mended; nothing else moves.
    if (this.#circuit.isOpen && this.#inFlight > 0) return undefined
    const now = performance.now()
    if (this.#pausedUntilMs > now) return this.#isBeyond(this.#pausedUntilMs) ? undefined : this.#pausedUntilMs - now
    if (this.#deadlineMs !== undefined || waitingBytes >= batch.maxSizeBytes) return 0
    return Math.max(0, oldestMs + batch.flushTimeoutMs - now)
  }

  #isBeyond(timeMs: number): boolean {
    return this.#deadlineMs !== undefined && timeMs > this.#deadlineMs
  }

  async #deliver(lease: Lease): Promise<void> {
    const { signal } = this.#options
    const request = requestOf(signal, lease.batches)
    const outcomes = await deliver(request, {
      send: (piece) => this.#attemptUntilSettled(piece),
      halves: ({ bytes }) => (splitInHalves(signal, bytes) ?? []).map(toRequest),
      atMost: ({ bytes }, maxBytes) => splitAtMost(signal, bytes, maxBytes).map(toRequest),
      limit: this.#limit,
    })
    // Nothing of it has arrived: it stays in the queue for what comes after the deadline.
    if (outcomes.length > 0 && outcomes.every(({ is }) => is === 'left')) this.#givenUp.push(lease)
    else this.#settle(lease, outcomes)
  }

  /** The last attempt's result; undefined when the shutdown's deadline came before one. */
  async #attemptUntilSettled(piece: Request): Promise<Settled | undefined> {
    try {
      return await this.#attempts(piece)
    } catch {
      return { is: 'failed', reason: 'internal' }
    }
  }

  async #attempts({ bytes }: Request): Promise<Settled | undefined> {
    const { transport, signal, retry, book, trouble, abort } = this.#options
    const body = transport.gzipped ? await compress(bytes) : bytes
    const nextDelayMs = createBackoff(retry)
    let startMs = performance.now()
    for (let attempts = 0; ; attempts += 1) {
      if (abort.aborted) return undefined
      book.requests += 1
      if (attempts > 0) book.retries += 1
      const attempt = await transport.send(signal, body, abort)
      if (attempt.is === 'circuit') {
        if (!retry.enabled) return { is: 'failed', reason: attempt.reason }
        this.#circuit.open()
        book.isCircuitOpen = true
        trouble.failed(attempt.reason, 'keeping everything until that is mended')
        if (!(await this.#untilCircuitLets())) return undefined
        // Somebody has to mend it first: that time is not the backend's.
        startMs = performance.now()
        continue
      }
      if (this.#circuit.close()) book.isCircuitOpen = false
      if (attempt.is !== 'retry') return attempt
      if (abort.aborted) return undefined
      if (!retry.enabled) return { is: 'failed', reason: attempt.reason }

      const told = attempt.afterMs !== undefined
      const toldMs = Math.min(attempt.afterMs ?? 0, maxDelayMs)
      const now = performance.now()
      const untilMs = now + Math.max(this.#ownDelayMs(nextDelayMs()), toldMs)
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + toldMs)
      if (retry.maxElapsedTimeMs > 0 && untilMs - startMs > retry.maxElapsedTimeMs) {
        return { is: 'failed', reason: 'retry-exhausted' }
      }
      if (this.#isBeyond(untilMs)) return undefined
      trouble.failed(attempt.reason, 'retrying')
      await this.#wait(untilMs, told)
      if (told && performance.now() < untilMs && this.#isBeyond(untilMs)) return undefined
    }
  }

  /** False when the circuit stays open until the deadline of a shutdown. */
  async #untilCircuitLets(): Promise<boolean> {
    while (!this.#circuit.enter()) {
      const now = performance.now()
      const untilMs = this.#circuit.untilMs > now ? this.#circuit.untilMs : now + probedByAnotherMs
      if (this.#deadlineMs !== undefined || this.#options.abort.aborted) return false
      await this.#wait(untilMs, false)
    }
    return true
  }

  /** In a shutdown there is no time for long waits, and nobody else's load to spare. */
  #ownDelayMs(delayMs: number): number {
    return this.#deadlineMs === undefined ? delayMs : Math.min(delayMs, drainRetryMs)
  }

  #settle(lease: Lease, outcomes: readonly Outcome<Request>[]): void {
    const { book, trouble } = this.#options
    for (const outcome of outcomes) {
      if (outcome.is === 'sent') {
        const { records, rejected } = outcome
        book.sent += records - rejected
        bookFailed(book, 'partial-success', rejected)
        if (rejected > 0) trouble.failed('partial-success', 'records dropped')
        else trouble.over()
      } else {
        const reason = outcome.is === 'dead' ? outcome.reason : 'shutdown'
        bookFailed(book, reason, outcome.parcel.records)
        trouble.failed(reason, 'records dropped')
      }
    }
    lease.done()
  }

  #wait(untilMs: number, told: boolean): Promise<void> {
    return new Promise((resolve) => {
      const wait: Wait = {
        untilMs,
        told,
        end: () => {
          clearTimeout(timer)
          this.#waits.delete(wait)
          resolve()
        },
      }
      const timer = setTimeout(wait.end, Math.ceil(untilMs - performance.now()))
      this.#waits.add(wait)
    })
  }
}

function toRequest({ bytes, records }: Piece): Request {
  return { bytes, records, size: bytes.length }
}

/** Export requests joined are one Export request with the contents of all (protobuf: embedded messages merge). */
function requestOf(signal: Signal, batches: readonly CleanBatch[]): Request {
  const records = batches.reduce((sum, batch) => sum + batch.records, 0)
  const joined = batches.length === 1 ? batches[0].bytes : Buffer.concat(batches.map(({ bytes }) => bytes))
  try {
    const merged = batches.length === 1 ? joined : mergeEqual(signal, joined)
    const full = signal === 'metrics' ? withoutEmpty(signal, merged) : merged
    return toRequest({ bytes: full.length === 0 && records > 0 ? merged : full, records })
  } catch {
    // What is no OTLP, the backend refuses.
    return toRequest({ bytes: joined, records })
  }
}
