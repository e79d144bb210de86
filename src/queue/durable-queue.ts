// The queue on disk as the rest of the gateway has it. Its thread (queue-worker.ts) owns the file.
import type { Imbalance } from './books.ts'
import type { CleanBatch, Connection, Signal } from '../pipeline/batch.ts'
import type { BusyReason } from '../pipeline/outcome.ts'
import type { Log } from '../telemetry/log.ts'
import type { DeadLetterFigures } from './dead-letters.ts'
import type { Rules } from './current.ts'
import type { Entry } from './groups.ts'
import type { StoreFault, WorkerOptions } from './messages.ts'
import type { Queue } from './queue.ts'

/** Where in a queue a reader has come to: with another queue's identity it means nothing. */
export interface Position {
  readonly identity: string
  readonly upTo: number
}

export interface DurableQueueOptions extends WorkerOptions {
  readonly log: Log
  /** The rules of now. What was stored under others is cleaned again before it is handed out. */
  readonly rules: () => Rules
}

export interface DurableQueue {
  readonly identity: string
  /** Why nothing can be put now. */
  busy(bytes: number): BusyReason | undefined
  /** Commits a request's batches together. @returns undefined when they are committed; otherwise nobody has them */
  put(entries: readonly Entry[], connection?: Connection): Promise<BusyReason | undefined>
  /** The queue of an exporter. */
  of(name: string): Queue
  /** Tells when groups may wait for a reader that were not leased. */
  watch(name: string, tell: (signal: Signal) => void): void
  /** Hands everything that is put for a reader to it once it is committed, with the position behind it. */
  follow(name: string, take: (batch: CleanBatch) => void, reached: (position: Position) => void): void
  /** Hands over everything that the file holds for a reader, oldest first. @returns the position behind it, if any */
  readAll(name: string, take: (batch: CleanBatch) => void): Promise<Position | undefined>
  /** A reader that follows needs nothing any more up to here. */
  release(name: string, position: Position): void
  figures(): DurableQueueFigures
  /** Holds the books against the file. */
  check(): Promise<readonly Imbalance[]>
  /** Waits until everything that was put is committed. */
  idle(deadlineMs: number): Promise<void>
  /** Commits what is left to commit, and closes the file. */
  close(deadlineMs: number): Promise<void>
}

export interface DurableQueueFigures {
  readonly fileBytes: number
  /** Those of exporters that are no longer configured too. */
  readonly deadLetters: DeadLetterFigures
  readonly quarantine: DeadLetterFigures
  readonly commits: number
  readonly commitFailures: number
  /** Why the last commit failed; undefined when it went well. */
  readonly trouble: StoreFault | undefined
  /** When the oldest record of a reader was put, in milliseconds since 1970. */
  oldestMs(name: string, signal: Signal): number | undefined
  /** Readers whose books do not add up; none, unless the gateway has a fault. */
  readonly imbalances: readonly Imbalance[]
}

/** The file of the queue cannot be used. The message says which and why. */
export class QueueFileError extends Error {
  override readonly name = 'QueueFileError'
}
