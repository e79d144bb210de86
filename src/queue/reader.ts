// One reader of the queue as its store remembers it: totals, and what is leased. The rows themselves are on the disk only.
import type { ReaderSpec, ReaderState } from './stored.ts'
import type { Counters } from './books.ts'

/** What a few groups are together. */
export interface Amount {
  groups: number
  records: number
  /** Before compression. */
  size: number
  stored: number
}

export class ReaderMemory {
  readonly id: number
  readonly spec: ReaderSpec
  /** All that the file holds for it. */
  held: Amount = nothing()
  /** Of that, what is leased. */
  out: Amount = nothing()
  readonly leased = new Map<number, Amount>()
  /** The last group that was leased: those behind it wait, and those that were given back. */
  position = 0
  /** Ascending. */
  returned: number[] = []
  counters: Counters = { accepted: 0, replayed: 0, sent: 0, failed: {}, dead: {}, left: {} }
  /** The state has changed since it was last told. */
  isChanged = true

  constructor(id: number, spec: ReaderSpec) {
    this.id = id
    this.spec = spec
  }

  lease(id: number, amount: Amount): void {
    this.leased.set(id, amount)
    add(this.out, amount, 1)
    this.position = Math.max(this.position, id)
    this.isChanged = true
  }

  /** Gives leased groups back to the front. */
  giveBack(ids: readonly number[]): void {
    const back = ids.filter((id) => this.#endLease(id))
    this.returned = [...this.returned, ...back].sort((a, b) => a - b)
    this.isChanged = true
  }

  /** Groups have left the file for this reader. */
  left(ids: readonly number[], amount: Amount): void {
    for (const id of ids) this.#endLease(id)
    if (this.returned.length > 0) this.returned = this.returned.filter((id) => !ids.includes(id))
    add(this.held, amount, -1)
    this.isChanged = true
  }

  #endLease(id: number): boolean {
    const amount = this.leased.get(id)
    if (amount === undefined) return false
    this.leased.delete(id)
    add(this.out, amount, -1)
    return true
  }

  state(): ReaderState {
    const { id, spec, held, out, counters } = this
    return {
      id,
      name: spec.name,
      signal: spec.signal,
      ...counters,
      heldRecords: held.records,
      heldBytes: held.size,
      storedBytes: held.stored,
      waitingBytes: held.size - out.size,
    }
  }
}

export const nothing = (): Amount => ({ groups: 0, records: 0, size: 0, stored: 0 })

export function add(to: Amount, amount: Amount, sign: 1 | -1): void {
  to.groups += sign * amount.groups
  to.records += sign * amount.records
  to.size += sign * amount.size
  to.stored += sign * amount.stored
}
