// The readers of the queue on disk as its thread has told of them last.
import type { Signal } from '../pipeline/batch.ts'
import type { QueueState } from './queue.ts'
import type { ReaderSpec, ReaderState } from './stored.ts'

export interface ReaderView {
  readonly spec: ReaderSpec
  state: ReaderState
  /** Since when something waits, in `performance.now()` time; undefined when nothing does. */
  sinceMs: number | undefined
}

type Watcher = (signal: Signal) => void

export class ReaderViews {
  readonly #specs: readonly ReaderSpec[]
  readonly #views = new Map<string, ReaderView>()
  readonly #watchers = new Map<string, Watcher>()

  constructor(specs: readonly ReaderSpec[]) {
    this.#specs = specs
  }

  /** Undefined for a signal that does not go to the reader. */
  get(name: string, signal: Signal): ReaderView | undefined {
    return this.#views.get(`${signal} ${name}`)
  }

  all(name: string): ReaderView[] {
    return [...this.#views.values()].filter(({ spec }) => spec.name === name)
  }

  /** @param sinceMs since when something waits, where it does from the start */
  update(states: readonly ReaderState[], sinceMs?: number): void {
    for (const state of states) {
      const { name, signal } = state
      let view = this.get(name, signal)
      if (view === undefined) {
        const spec = this.#specs.find((each) => each.name === name && each.signal === signal)!
        this.#views.set(`${signal} ${name}`, (view = { spec, state, sinceMs: undefined }))
      }
      const isMore = state.waitingBytes > (view.sinceMs === undefined ? 0 : view.state.waitingBytes)
      view.state = state
      if (state.waitingBytes === 0) view.sinceMs = undefined
      else view.sinceMs ??= sinceMs ?? performance.now()
      if (isMore) this.#watchers.get(name)?.(signal)
    }
  }

  /** Tells when more waits for a reader than before; for what waits already, soon. */
  watch(name: string, tell: Watcher): void {
    this.#watchers.set(name, tell)
    for (const { state, spec } of this.all(name)) if (state.waitingBytes > 0) setImmediate(tell, spec.signal)
  }
}

export function queueStateOf(view: ReaderView | undefined): QueueState {
  return {
    records: view?.state.heldRecords ?? 0,
    bytes: view?.state.storedBytes ?? 0,
    capacityBytes: view?.spec.capacityBytes ?? 0,
    waitingBytes: view?.state.waitingBytes ?? 0,
    oldestMs: view?.sinceMs,
  }
}
