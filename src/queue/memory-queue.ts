// A bounded queue in memory, first in first out, with a bound for each signal so that one that cannot be delivered does
// not stop the others. Between `offer` of an exporter and its requests.
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import type { Lease, Queue, QueueState } from './queue.ts'

export interface MemoryQueueOptions {
  /** Bytes a signal's batches may hold together. A batch larger than that is taken when nothing else is there. */
  readonly capacityBytes: number
  /** Batches a signal may hold; no bound when left out. */
  readonly maxBatches?: number
}

interface Entry {
  readonly batch: CleanBatch
  readonly sinceMs: number
}

export interface MemoryQueue extends Queue {
  /** Takes a batch; false when there is no room. */
  put(batch: CleanBatch): boolean
  lease(signal: Signal, maxBytes: number): Lease | undefined
}

export function createMemoryQueue(options: MemoryQueueOptions): MemoryQueue {
  const lines = new Map<Signal, Line>()
  let closed = false
  function lineOf(signal: Signal): Line {
    let line = lines.get(signal)
    if (line === undefined) lines.set(signal, (line = new Line(options)))
    return line
  }
  const hasRoom = (bytes: number, signal?: Signal): boolean =>
    !closed && (signal ? [lineOf(signal)] : [...lines.values()]).every((line) => line.hasRoom(bytes))
  return {
    isDurable: false,
    hasRoom,
    counts: () => undefined,
    put(batch) {
      if (!hasRoom(batch.bytes.length, batch.signal)) return false
      lineOf(batch.signal).push(batch)
      return true
    },
    lease: (signal, maxBytes) => lineOf(signal).lease(maxBytes),
    state: (signal) => lineOf(signal).state(),
    close() {
      closed = true
      return [...lines].map(([signal, line]) => ({ signal, records: line.clear() }))
    },
  }
}

class Line {
  readonly #capacityBytes: number
  readonly #maxBatches: number
  #entries: (Entry | undefined)[] = []
  /** Where the first waiting entry stands; what is before it has been leased. */
  #head = 0
  #batches = 0
  #bytes = 0
  #records = 0
  #waitingBytes = 0

  constructor({ capacityBytes, maxBatches = Infinity }: MemoryQueueOptions) {
    this.#capacityBytes = capacityBytes
    this.#maxBatches = maxBatches
  }

  hasRoom(bytes: number): boolean {
    return this.#batches === 0 || (this.#bytes + bytes <= this.#capacityBytes && this.#batches < this.#maxBatches)
  }

  push(batch: CleanBatch): void {
    this.#entries.push({ batch, sinceMs: performance.now() })
    this.#batches += 1
    this.#bytes += batch.bytes.length
    this.#records += batch.records
    this.#waitingBytes += batch.bytes.length
  }

  lease(maxBytes: number): Lease | undefined {
    let end = this.#head
    let bytes = 0
    let records = 0
    for (; end < this.#entries.length; end += 1) {
      const { batch } = this.#entries[end]!
      if (end > this.#head && bytes + batch.bytes.length > maxBytes) break
      bytes += batch.bytes.length
      records += batch.records
    }
    if (end === this.#head) return undefined
    const taken = this.#entries.slice(this.#head, end) as Entry[]
    this.#skipTo(end)
    this.#waitingBytes -= bytes
    let ended = false
    const endOnce = (settle: () => void) => (): void => {
      if (ended) throw new Error('a lease of the queue was ended twice')
      ended = true
      settle()
    }
    return {
      batches: taken.map(({ batch: { bytes: data, records, digest } }) => ({
        records,
        size: data.length,
        encoding: 'raw',
        data,
        digest,
      })),
      bytes,
      records,
      done: endOnce(() => {
        this.#batches -= taken.length
        this.#bytes -= bytes
        this.#records -= records
      }),
      retry: endOnce(() => {
        this.#entries = [...taken, ...this.#entries.slice(this.#head)]
        this.#head = 0
        this.#waitingBytes += bytes
      }),
    }
  }

  state(): QueueState {
    return {
      records: this.#records,
      bytes: this.#bytes,
      capacityBytes: this.#capacityBytes,
      waitingBytes: this.#waitingBytes,
      oldestMs: this.#entries[this.#head]?.sinceMs,
    }
  }

  clear(): number {
    const records = this.#records
    this.#entries = []
    this.#head = this.#batches = this.#bytes = this.#records = this.#waitingBytes = 0
    return records
  }

  /** Moves the head; the entries before it are let go in larger steps, so that a long line is not copied for each lease. */
  #skipTo(index: number): void {
    this.#entries.fill(undefined, this.#head, index)
    this.#head = index
    if (this.#head * 2 < this.#entries.length) return
    this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
  }
}
