// When the next commit starts. A commit costs the same whether it holds one request or fifty, so those that come close
// together share one; but nobody waits for company that cannot come: a connection whose request waits sends no other one.

import type { Connection } from '../pipeline/batch.ts'

/** The longest that a request waits for others. */
const longestWaitMs = 20
/** Who has sent in this time may send again. */
const activeMs = 100

export class Pace {
  readonly #start: () => void
  readonly #now: () => number
  /** When each connection sent last. */
  readonly #active = new Map<Connection, number>()
  readonly #waiting = new Set<Connection>()
  #timer: NodeJS.Timeout | undefined

  /** @param start starts a commit of all that waits */
  constructor(start: () => void, now: () => number = () => performance.now()) {
    this.#start = start
    this.#now = now
  }

  /** Something waits to be committed; without a connection it waits for others. */
  wait(connection: Connection | undefined): void {
    if (connection !== undefined) {
      // Set again, it stands last: the map is in the order of the times.
      this.#active.delete(connection)
      this.#active.set(connection, this.#now())
      this.#waiting.add(connection)
    }
    if (this.#timer === undefined) {
      this.#forget()
      if (!this.#isEverybody()) this.#timer = setTimeout(() => this.now(), longestWaitMs)
    }
    if (this.#isEverybody()) this.now()
  }

  /** Starts a commit at once. */
  now(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.clear()
    this.#start()
  }

  #isEverybody(): boolean {
    return this.#waiting.size > 0 && this.#waiting.size >= this.#active.size
  }

  #forget(): void {
    const sinceMs = this.#now() - activeMs
    for (const [connection, atMs] of this.#active)
      if (connection.destroyed || (atMs < sinceMs && !this.#waiting.has(connection))) this.#active.delete(connection)
  }
}
