// One signal's way from the queue to the wire: batches are joined, compressed once, and sent by a few consumers, each of
// which tries again until its request is taken, refused for good, or given up.
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import type { Lease, Queue } from '../queue/queue.ts'
import { createBackoff, maxDelayMs } from './backoff.ts'
import { compress } from './compress.ts'
import { bookFailed, type SignalBook } from './exporter.ts'
import type { BatchOptions, RetryOptions } from './options.ts'
import type { Attempt, Transport } from './transport.ts'
import type { Trouble } from './trouble.ts'

export interface LaneOptions {
  readonly signal: Signal
  readonly queue: Queue
  readonly transport: Transport
  readonly consumers: number
  readonly batch: BatchOptions
  readonly retry: RetryOptions
  readonly book: SignalBook
  readonly trouble: Trouble
  /** Aborts at the deadline of a shutdown. */
  readonly abort: AbortSignal
}

/** Answers to what a request holds, of which one batch may be the cause. Prometheus says 500 to what it cannot store. */
const refusals: ReadonlySet<string> = new Set([
  'http-400',
  'http-413',
  'http-422',
  'http-500',
  'grpc-invalid-argument',
  'grpc-internal',
  'grpc-resource-exhausted',
])
/** Parts of one request that are tried: enough to find a few bad batches among hundreds. */
const maxParts = 64

/** Between attempts while the queue is drained for a shutdown. */
const drainRetryMs = 500

type Settled = Exclude<Attempt, { is: 'retry' }>

/** What became of batches that were sent together. */
interface Outcome {
  readonly records: number
  readonly attempt: Settled
}

interface Wait {
  readonly untilMs: number
  /** The server named the wait. */
  readonly told: boolean
  readonly end: () => void
}

/** Times are those of `performance.now()`. */
export class Lane {
  readonly #options: LaneOptions
  readonly #waits = new Set<Wait>()
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
    const now = performance.now()
    if (this.#pausedUntilMs > now) return this.#isBeyond(this.#pausedUntilMs) ? undefined : this.#pausedUntilMs - now
    if (this.#deadlineMs !== undefined || waitingBytes >= batch.maxSizeBytes) return 0
    return Math.max(0, oldestMs + batch.flushTimeoutMs - now)
  }

  #isBeyond(timeMs: number): boolean {
    return this.#deadlineMs !== undefined && timeMs > this.#deadlineMs
  }

  async #deliver(lease: Lease): Promise<void> {
    const attempt = await this.#attemptUntilSettled(lease.batches)
    if (attempt === undefined) this.#givenUp.push(lease)
    else this.#settle(lease, await this.#partsOf(lease.batches, attempt, { left: maxParts }))
  }

  /** What was refused for good is tried in halves: a batch that the server cannot take must not take others along. */
  async #partsOf(batches: readonly CleanBatch[], attempt: Settled, parts: { left: number }): Promise<Outcome[]> {
    const isSplit =
      attempt.is === 'failed' && refusals.has(attempt.reason) && batches.length > 1 && (parts.left -= 2) >= 0
    if (!isSplit) return [{ records: batches.reduce((sum, { records }) => sum + records, 0), attempt }]
    const half = batches.length >> 1
    const outcomes: Outcome[] = []
    for (const part of [batches.slice(0, half), batches.slice(half)]) {
      const settled = (await this.#attemptUntilSettled(part)) ?? { is: 'failed', reason: 'shutdown' }
      outcomes.push(...(await this.#partsOf(part, settled, parts)))
    }
    return outcomes
  }

  /** The last attempt's result; undefined when the shutdown's deadline came before one. */
  async #attemptUntilSettled(batches: readonly CleanBatch[]): Promise<Settled | undefined> {
    try {
      return await this.#attempts(batches)
    } catch {
      return { is: 'failed', reason: 'internal' }
    }
  }

  async #attempts(batches: readonly CleanBatch[]): Promise<Settled | undefined> {
    const { transport, signal, retry, book, trouble, abort } = this.#options
    const joined = join(batches)
    const body = transport.gzipped ? await compress(joined) : joined
    const nextDelayMs = createBackoff(retry)
    const startMs = performance.now()
    for (let attempts = 0; ; attempts += 1) {
      if (abort.aborted) return undefined
      book.requests += 1
      if (attempts > 0) book.retries += 1
      const attempt = await transport.send(signal, body, abort)
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

  /** In a shutdown there is no time for long waits, and nobody else's load to spare. */
  #ownDelayMs(delayMs: number): number {
    return this.#deadlineMs === undefined ? delayMs : Math.min(delayMs, drainRetryMs)
  }

  #settle(lease: Lease, outcomes: readonly Outcome[]): void {
    const { book, trouble } = this.#options
    for (const { records, attempt } of outcomes) {
      if (attempt.is === 'sent') {
        const rejected = Math.min(Math.max(0, attempt.rejected), records)
        book.sent += records - rejected
        bookFailed(book, 'partial-success', rejected)
        if (rejected > 0) trouble.failed('partial-success', 'records dropped')
        else trouble.over()
      } else {
        bookFailed(book, attempt.reason, records)
        trouble.failed(attempt.reason, 'records dropped')
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

/** Export requests joined are one Export request with the contents of all (protobuf: embedded messages merge). */
function join(batches: readonly CleanBatch[]): Uint8Array {
  return batches.length === 1 ? batches[0].bytes : Buffer.concat(batches.map((batch) => batch.bytes))
}
