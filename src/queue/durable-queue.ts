// The queue on disk: opened here, its thread (queue-worker.ts) owns the file, and the rest of the gateway has this side.
import { Worker } from 'node:worker_threads'
import type { CleanBatch, Connection, Signal } from '../pipeline/batch.ts'
import type { BusyReason } from '../pipeline/outcome.ts'
import type { Log } from '../telemetry/log.ts'
import type { DeadLetterFigures } from './dead-letters.ts'
import type { Rules } from './current.ts'
import type { Entry } from './groups.ts'
import type { Answer, StoreFault, WorkerOptions } from './messages.ts'
import type { Queue } from './queue.ts'
import { QueueOnDisk } from './queue-on-disk.ts'
import type { Imbalance } from './stored.ts'

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

/** Opens the queue. A damaged file is moved aside, and the log says so. @throws QueueFileError */
export async function openDurableQueue(options: DurableQueueOptions): Promise<DurableQueue> {
  const { log, rules: _rules, ...workerData } = options
  // The sources run as they are; the package holds them compiled.
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./queue-worker.${suffix}`, import.meta.url), { workerData })
  const opened = await new Promise<Extract<Answer, { is: 'opened' | 'failed' }>>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (opened.is === 'failed') {
    await worker.terminate()
    throw new QueueFileError(opened.message)
  }
  for (const note of opened.notes) log.error(note)
  for (const { name, signal, records } of opened.removed)
    log.warn('an exporter is no longer configured: what waited for it is among the dead letters', {
      exporter: name,
      signal,
      records,
      reason: 'exporter-removed',
    })
  return new QueueOnDisk(worker, options, opened)
}
