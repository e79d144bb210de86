// The side of the queue on disk that is not its thread: what is put while a commit is under way goes into the next one, and
// what the thread answers goes to those who wait for it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { signals, type Signal } from '../otlp/fields.ts'
import type { CleanBatch, Connection } from '../pipeline/batch.ts'
import type { BusyReason } from '../pipeline/outcome.ts'
import type { DurableQueue, DurableQueueFigures, DurableQueueOptions, Position } from './durable-queue.ts'
import { Followers } from './followers.ts'
import { cleanedAgain, currentOf } from './current.ts'
import { toGroups, type Entry } from './groups.ts'
import type { Answer, FileFigures, Request, StoreFault } from './messages.ts'
import { Pace } from './pace.ts'
import type { Imbalance, Counters } from './books.ts'
import type { Lease, Queue } from './queue.ts'
import { queueStateOf, ReaderViews, type ReaderView } from './reader-views.ts'
import type { Release, Settlement } from './stored.ts'

/** What may wait to be committed, in memory. */
const budgetBytes = 64 * 2 ** 20
/** What goes into one commit: more would make those behind it wait long. */
const commitBytes = 4 * 2 ** 20
/** The SDKs give up after 5 s; before that they are told to try again. */
const longestMs = 2_000
/** After a commit that failed, the disk is not asked for so long. */
const pauseMs = 500
const checkEveryMs = 60_000

interface Put {
  readonly entries: readonly Entry[]
  readonly bytes: number
  readonly sinceMs: number
  readonly settle: (busy: BusyReason | undefined) => void
}

const noLetters = { letters: 0, bytes: 0, kept: [] }
const nothing: Counters = { accepted: 0, replayed: 0, sent: 0, failed: {}, dead: {}, left: {} }

export class QueueOnDisk implements DurableQueue {
  readonly #worker: Worker
  readonly #options: DurableQueueOptions
  readonly #pace = new Pace(() => this.#commit())
  readonly #readers: ReaderViews
  readonly #followers = new Followers()
  readonly #asked = new Map<number, (answer: Answer) => void>()
  #lastAsked = 0
  #identity: string
  #puts: Put[] = []
  #settlements: Settlement[] = []
  #releases: Release[] = []
  #bytes = 0
  #underWay:
    | { readonly puts: readonly Put[]; readonly groupOf: readonly number[]; readonly sinceMs: number }
    | undefined
  #isDue = false
  #pausedUntilMs = 0
  #fault: StoreFault | undefined
  #isFailed = false
  #isClosed = false
  #commits = 0
  #commitFailures = 0
  #imbalances: readonly Imbalance[] = []
  #file: FileFigures = { fileBytes: 0, oldest: [], deadLetters: noLetters, quarantine: noLetters }
  readonly #timers: NodeJS.Timeout[]
  #ended: () => void = () => {}

  constructor(worker: Worker, options: DurableQueueOptions, opened: Extract<Answer, { is: 'opened' }>) {
    this.#worker = worker
    this.#options = options
    this.#identity = opened.identity
    this.#readers = new ReaderViews(options.readers)
    this.#readers.update(opened.states, -Infinity)
    worker.on('message', (answer: Answer) => this.#hear(answer))
    worker.on('error', (error) => this.#failed(error))
    this.#timers = [
      setInterval(() => this.#giveUp(), longestMs / 8).unref(),
      setInterval(() => void this.check(), checkEveryMs).unref(),
    ]
  }

  get identity(): string {
    return this.#identity
  }

  busy(bytes: number): BusyReason | undefined {
    if (this.#isClosed) return 'shutting-down'
    if (this.#isFailed) return 'disk-error'
    const now = performance.now()
    if (this.#fault !== undefined && now < this.#pausedUntilMs) return this.#fault
    if (this.#underWay !== undefined && now - this.#underWay.sinceMs > longestMs) return 'queue-slow'
    return this.#bytes > 0 && this.#bytes + bytes > budgetBytes ? 'memory' : undefined
  }

  put(entries: readonly Entry[], connection?: Connection): Promise<BusyReason | undefined> {
    const bytes = entries.reduce((sum, { batch }) => sum + batch.bytes.length, 0)
    const busy = this.busy(bytes)
    if (busy !== undefined) return Promise.resolve(busy)
    return new Promise((settle) => {
      this.#puts.push({ entries, bytes, sinceMs: performance.now(), settle })
      this.#bytes += bytes
      if (this.#bytes >= commitBytes) this.#pace.now()
      else this.#pace.wait(connection)
    })
  }

  of(name: string): Queue {
    const view = (signal: Signal): ReaderView | undefined => this.#readers.get(name, signal)
    const hasRoom = (bytes: number, signal: Signal): boolean => {
      const { state, spec } = view(signal) ?? {}
      const taken = (state?.storedBytes ?? 0) + this.#bytes
      return spec === undefined || spec.dropsOldest || taken === 0 || taken + bytes <= spec.capacityBytes
    }
    return {
      isDurable: true,
      hasRoom: (bytes, signal) => (signal ? [signal] : signals).every((each) => hasRoom(bytes, each)),
      lease: (signal, maxBytes) => this.#lease(view(signal), maxBytes),
      counts: (signal) => view(signal)?.state ?? nothing,
      state: (signal) => queueStateOf(view(signal)),
      close: () => [],
    }
  }

  watch(name: string, tell: (signal: Signal) => void): void {
    this.#readers.watch(name, tell)
  }

  follow(name: string, take: (batch: CleanBatch) => void, reached: (position: Position) => void): void {
    this.#followers.add({ name, take, reached })
  }

  async readAll(name: string, take: (batch: CleanBatch) => void): Promise<Position | undefined> {
    // What was released before must have gone.
    this.#pace.now()
    let upTo = 0
    for (const { state, spec } of this.#readers.all(name)) {
      for (;;) {
        const answer = await this.#ask((id) => ({ is: 'lease', id, reader: state.id, maxBytes: commitBytes }))
        if (answer?.is !== 'leased' || answer.groups.length === 0) break
        for (const group of answer.groups) {
          upTo = Math.max(upTo, group.id)
          try {
            // Only the engine makes a clean batch, and cleaning twice changes nothing.
            const batch = await cleanedAgain(spec.signal, group, this.#options.rules())
            if (batch !== undefined) take(batch)
          } catch {
            const { records } = group
            this.#options.log.error('part of the queue is damaged: it is not read', { reader: name, records })
          }
        }
      }
    }
    return upTo === 0 ? undefined : { identity: this.#identity, upTo }
  }

  release(name: string, { identity, upTo }: Position): void {
    if (identity !== this.#identity) return
    this.#releases.push({ name, upTo })
    this.#pace.wait(undefined)
  }

  figures(): DurableQueueFigures {
    const { fileBytes, oldest, deadLetters, quarantine } = this.#file
    return {
      fileBytes,
      deadLetters,
      quarantine,
      commits: this.#commits,
      commitFailures: this.#commitFailures,
      trouble: this.#isFailed ? 'disk-error' : this.#fault,
      imbalances: this.#imbalances,
      oldestMs: (name, signal) => {
        const id = this.#readers.get(name, signal)?.state.id
        return oldest.find(({ reader }) => reader === id)?.createdMs
      },
    }
  }

  async check(): Promise<readonly Imbalance[]> {
    const answer = await this.#ask((id) => ({ is: 'check', id }))
    if (answer?.is === 'checked') this.#balance(answer.imbalances)
    return this.#imbalances
  }

  async idle(deadlineMs: number): Promise<void> {
    const untilMs = performance.now() + deadlineMs
    while (this.#bytes > 0 && performance.now() < untilMs) await sleep(5)
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve
    })
    this.#pace.now()
    if (this.#isFailed) return
    const deadline = new AbortController()
    await Promise.race([ended, sleep(deadlineMs, undefined, { signal: deadline.signal }).catch(() => {})])
    deadline.abort()
    await this.#worker.terminate()
  }

  /** Sends off what waits, unless a commit is under way: then as soon as that is done. */
  #commit(): void {
    if (this.#underWay !== undefined) {
      this.#isDue = true
      return
    }
    this.#isDue = false
    const puts = this.#nextPuts()
    if (puts.length === 0 && this.#settlements.length === 0 && this.#releases.length === 0) {
      if (this.#isClosed && !this.#isFailed) this.#tell({ is: 'close' })
      return
    }
    const { groups, groupOf } = toGroups(puts.flatMap(({ entries }) => entries))
    this.#underWay = { puts, groupOf, sinceMs: performance.now() }
    this.#tell(
      {
        is: 'commit',
        groups,
        settlements: this.#settlements,
        releases: this.#releases,
        identity: this.#identity,
      },
      groups.map(({ data }) => data.buffer as ArrayBuffer),
    )
    this.#settlements = []
    this.#releases = []
  }

  #nextPuts(): Put[] {
    let bytes = 0
    let end = 0
    while (end < this.#puts.length && (end === 0 || bytes + this.#puts[end].bytes <= commitBytes))
      bytes += this.#puts[end++].bytes
    return this.#puts.splice(0, end)
  }

  #hear(answer: Answer): void {
    switch (answer.is) {
      case 'committed':
        this.#committed(answer)
        break
      case 'leased':
        this.#readers.update(answer.states)
        this.#asked.get(answer.id)?.(answer)
        break
      case 'checked':
        this.#asked.get(answer.id)?.(answer)
        break
      case 'replaced':
        this.#options.log.error(answer.message)
        this.#identity = answer.identity
        this.#settlements = []
        this.#releases = []
        this.#readers.update(answer.states)
        break
      case 'tick':
        this.#file = answer.figures
        this.#readers.update(answer.states)
        break
      case 'closed':
        this.#balance(answer.imbalances)
        this.#ended()
        break
      default:
    }
  }

  #committed({ result, identity, states }: Extract<Answer, { is: 'committed' }>): void {
    const { puts, groupOf } = this.#underWay!
    this.#underWay = undefined
    for (const { bytes } of puts) this.#bytes -= bytes
    this.#identity = identity
    if ('ids' in result) {
      this.#commits += 1
      // A commit without contents says nothing of the room for them.
      if (puts.length > 0) this.#over()
      const { ids } = result
      const entries = puts.flatMap((put) => put.entries)
      this.#followers.tell(entries, (index) => ids[groupOf[index]], identity)
    } else {
      this.#commitFailures += 1
      this.#pausedUntilMs = performance.now() + pauseMs
      if (this.#fault !== result.fault)
        this.#options.log.error('the queue cannot be written: senders are told to try again', {
          reason: result.fault,
          error: result.message,
        })
      this.#fault = result.fault
    }
    this.#readers.update(states)
    const busy = 'ids' in result ? undefined : result.fault
    for (const { settle } of puts) settle(busy)
    if (this.#isDue || this.#isClosed || this.#bytes >= commitBytes) this.#commit()
  }

  #over(): void {
    if (this.#fault !== undefined) this.#options.log.info('the queue can be written again')
    this.#fault = undefined
  }

  async #lease(view: ReaderView | undefined, maxBytes: number): Promise<Lease | undefined> {
    if (view === undefined) return undefined
    const answer = await this.#ask((id) => ({ is: 'lease', id, reader: view.state.id, maxBytes }))
    // What is left waits for company anew.
    if (view.sinceMs !== undefined) view.sinceMs = performance.now()
    if (answer?.is !== 'leased' || answer.groups.length === 0) return undefined
    const { groups, identity } = answer
    const ids = groups.map(({ id }) => id)
    const rules = this.#options.rules()
    const current = await Promise.all(groups.map((group) => currentOf(view.spec.signal, group, rules)))
    const batches = current.map(({ batch }) => batch).filter(({ records }) => records > 0)
    const lost = current.flatMap(({ lost: records, reason }) => (records > 0 ? [{ reason, records }] : []))
    let isEnded = false
    const endOnce = (): boolean => {
      if (isEnded) throw new Error('a lease of the queue was ended twice')
      isEnded = true
      return identity === this.#identity
    }
    return {
      batches,
      bytes: batches.reduce((sum, { size }) => sum + size, 0),
      records: batches.reduce((sum, { records }) => sum + records, 0),
      done: (settled) => {
        if (endOnce()) this.#settle({ reader: view.state.id, ids, ...settled, failed: [...settled.failed, ...lost] })
      },
      retry: () => {
        if (endOnce()) this.#tell({ is: 'give-back', reader: view.state.id, ids, identity })
      },
    }
  }

  #settle(settlement: Settlement): void {
    this.#settlements.push(settlement)
    this.#pace.wait(undefined)
  }

  /** Those who would wait too long are told to try again; what is on its way to the disk is waited for. */
  #giveUp(): void {
    const beforeMs = performance.now() - longestMs
    while (this.#puts.length > 0 && this.#puts[0].sinceMs < beforeMs) {
      const { bytes, settle } = this.#puts.shift()!
      this.#bytes -= bytes
      settle('queue-slow')
    }
  }

  #balance(imbalances: readonly Imbalance[]): void {
    for (const { name, signal, book, accepted, accounted } of imbalances)
      this.#options.log.error('the books of the queue do not add up', {
        reader: name,
        signal,
        book,
        accepted,
        accounted,
      })
    this.#imbalances = imbalances
  }

  /** Undefined when the thread is gone. */
  #ask(request: (id: number) => Request): Promise<Answer | undefined> {
    if (this.#isFailed) return Promise.resolve(undefined)
    const id = ++this.#lastAsked
    return new Promise((resolve) => {
      this.#asked.set(id, (answer) => {
        this.#asked.delete(id)
        resolve(answer)
      })
      this.#tell(request(id))
    })
  }

  #tell(request: Request, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer)
  }

  /** The thread has ended by a fault of the gateway: nothing is taken any more, what is on the disk stays there. */
  #failed(error: unknown): void {
    this.#isFailed = true
    const { name, message } = error as Error
    this.#options.log.error('the thread of the queue has ended: nothing is taken until the gateway is started again', {
      error: `${name}: ${message}`,
    })
    for (const { settle } of [...(this.#underWay?.puts ?? []), ...this.#puts.splice(0)]) settle('disk-error')
    this.#underWay = undefined
    for (const answer of this.#asked.values()) answer({ is: 'failed', message: '' })
    this.#ended()
  }
}
