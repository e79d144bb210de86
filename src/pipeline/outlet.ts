// Where the clean batches of a signal go: into the queue of every exporter of its pipeline, or of none. What is durable is
// committed first; then those that keep it in memory get it.
import type { CleanBatch, Connection, Signal } from './batch.ts'
import type { BusyReason } from './outcome.ts'
import type { Sender } from './sender.ts'

export interface Outlet {
  /** Why a batch of this many bytes cannot be taken now. */
  busy(bytes: number): BusyReason | undefined
  /** @returns undefined when everybody has it; otherwise nobody has, and why */
  take(batch: CleanBatch, connection?: Connection): Promise<BusyReason | undefined>
  /** The same for what the gateway has made itself: it goes on as it is. */
  give(batch: CleanBatch): Promise<BusyReason | undefined>
}

/** The queue on disk, to who puts something into it. */
interface Committer {
  busy(bytes: number): BusyReason | undefined
  put(entries: readonly Entry[], connection?: Connection): Promise<BusyReason | undefined>
}

interface Entry {
  readonly batch: CleanBatch
  /** The names of those who are to get it. */
  readonly readers: readonly string[]
}

interface Split {
  readonly onward: CleanBatch | undefined
  readonly adds: boolean
}

/** Who adds up what passes: the metrics stage. */
interface Adder {
  /** What of a batch goes on, and whether there is something in it to add up. Changes nothing. */
  split(batch: CleanBatch): Split
  /** Adds it up; where there is a queue on disk, that hands over what has been committed for its reader instead. */
  add(batch: CleanBatch): void
  /** The name of its reader. */
  readonly reader: string
}

export interface OutletOptions {
  readonly signal: Signal
  readonly senders: readonly Sender[]
  /** Given when one of the senders is durable. */
  readonly committer?: Committer | undefined
  readonly adder?: Adder | undefined
}

export function createOutlet({ signal, senders, committer, adder }: OutletOptions): Outlet {
  const inMemory = senders.filter((sender) => !sender.isDurable)
  const durable = senders.filter((sender) => sender.isDurable).map(({ name }) => name)
  const withAdder = adder === undefined ? durable : [...durable, adder.reader]
  const adderOnly = adder === undefined ? [] : [adder.reader]
  const disk = durable.length > 0 ? committer : undefined
  /** Of requests that are being committed: they have a place in the memory of the others already. */
  let underWay = 0

  const offer = (batch: CleanBatch): void => {
    for (const sender of inMemory) sender.offer(batch)
  }

  function pass(batch: CleanBatch, parts: Split, connection?: Connection): Promise<BusyReason | undefined> {
    if (disk !== undefined) return commit(disk, batch, parts, connection)
    if (parts.adds) adder?.add(batch)
    if (parts.onward !== undefined) offer(parts.onward)
    return taken
  }

  async function commit(
    to: Committer,
    batch: CleanBatch,
    { onward, adds }: Split,
    connection: Connection | undefined,
  ): Promise<BusyReason | undefined> {
    const entries: Entry[] = []
    if (onward === batch) entries.push({ batch, readers: adds ? withAdder : durable })
    else {
      if (onward !== undefined) entries.push({ batch: onward, readers: durable })
      if (adds) entries.push({ batch, readers: adderOnly })
    }
    const bytes = onward?.bytes.length ?? 0
    underWay += bytes
    const busy = await to.put(entries, connection)
    underWay -= bytes
    if (busy === undefined && onward !== undefined) offer(onward)
    return busy
  }

  return {
    give: (batch) => pass(batch, { onward: batch, adds: false }),
    busy(bytes) {
      const busy = disk?.busy(bytes)
      if (busy !== undefined) return busy
      const hasRoom = senders.every((sender) => sender.hasRoom(bytes + (sender.isDurable ? 0 : underWay), signal))
      return hasRoom ? undefined : 'queue-full'
    },
    take(batch, connection) {
      return pass(batch, adder?.split(batch) ?? { onward: batch, adds: false }, connection)
    },
  }
}

const taken = Promise.resolve(undefined)
