// Readers that do not lease: what is put for them is handed over in memory once it is committed.
import type { CleanBatch } from '../pipeline/batch.ts'
import type { Position } from './durable-queue.ts'
import type { Entry } from './groups.ts'

interface Follower {
  readonly name: string
  readonly take: (batch: CleanBatch) => void
  readonly reached: (position: Position) => void
}

export class Followers {
  readonly #all: Follower[] = []

  add(follower: Follower): void {
    this.#all.push(follower)
  }

  /**
   * A commit has succeeded.
   * @param idOf the id of the group that an entry is in, by the entry's index
   */
  tell(entries: readonly Entry[], idOf: (index: number) => number, identity: string): void {
    for (const { name, take, reached } of this.#all) {
      let upTo = 0
      for (const [index, { batch, readers }] of entries.entries()) {
        if (!readers.includes(name)) continue
        upTo = Math.max(upTo, idOf(index))
        take(batch)
      }
      if (upTo > 0) reached({ identity, upTo })
    }
  }
}
