// Where the clean batches of a signal go: into the queue of every exporter of its pipeline, or of none. What is durable is
// committed first; then those that keep it in memory get it.
import type { CleanBatch, Connection, Signal } from './batch.ts'
import type { BusyReason, Quarantined } from './outcome.ts'
import type { Sender } from './sender.ts'

export interface Outlet {
  /** Why a batch of this many bytes cannot be taken now. */
  busy(bytes: number): BusyReason | undefined
  /** Whether records can be kept aside. */
  readonly hasQuarantine: boolean
  /**
   * Takes what goes on, and what is kept aside where there is a quarantine.
   * @returns undefined when everybody has it; otherwise nobody has, and why
   */
  take(
    batch: CleanBatch | undefined,
    connection?: Connection,
    quarantined?: readonly Quarantined[],
  ): Promise<BusyReason | undefined>
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
  /** Why it is kept in the quarantine, instead of being read. */
  readonly quarantine?: string
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
  /** The queue on disk, where there is one. */
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
    if (disk !== undefined) return commit(disk, entriesOf(batch, parts), parts.onward, connection)
    if (parts.adds) adder?.add(batch)
    if (parts.onward !== undefined) offer(parts.onward)
    return taken
  }

  function entriesOf(batch: CleanBatch, { onward, adds }: Split): Entry[] {
    if (onward === batch) return [{ batch, readers: adds ? withAdder : durable }]
    const entries: Entry[] = onward === undefined ? [] : [{ batch: onward, readers: durable }]
    return adds ? [...entries, { batch, readers: adderOnly }] : entries
  }

  async function commit(
    to: Committer,
    entries: readonly Entry[],
    onward: CleanBatch | undefined,
    connection: Connection | undefined,
  ): Promise<BusyReason | undefined> {
    const bytes = onward?.bytes.length ?? 0
    underWay += bytes
    const busy = await to.put(entries, connection)
    underWay -= bytes
    if (busy === undefined && onward !== undefined) offer(onward)
    return busy
  }

  /** What is kept aside is committed with what goes on, or where nobody keeps that on the disk, before. */
  async function passBoth(
    to: Committer,
    batch: CleanBatch | undefined,
    quarantined: readonly Quarantined[],
    connection: Connection | undefined,
  ): Promise<BusyReason | undefined> {
    const aside = quarantined.map(({ batch: kept, reason }) => ({ batch: kept, readers: none, quarantine: reason }))
    if (batch === undefined) return commit(to, aside, undefined, connection)
    const parts = split(batch)
    if (disk !== undefined) return commit(disk, [...entriesOf(batch, parts), ...aside], parts.onward, connection)
    const busy = await commit(to, aside, parts.onward, connection)
    if (busy === undefined && parts.adds) adder?.add(batch)
    return busy
  }

  const split = (batch: CleanBatch): Split => adder?.split(batch) ?? { onward: batch, adds: false }

  return {
    give: (batch) => pass(batch, { onward: batch, adds: false }),
    busy(bytes) {
      const busy = disk?.busy(bytes)
      if (busy !== undefined) return busy
      const hasRoom = senders.every((sender) => sender.hasRoom(bytes + (sender.isDurable ? 0 : underWay), signal))
      return hasRoom ? undefined : 'queue-full'
    },
    hasQuarantine: committer !== undefined,
    take(batch, connection, quarantined = []) {
      if (committer !== undefined && quarantined.length > 0) return passBoth(committer, batch, quarantined, connection)
      return batch === undefined ? taken : pass(batch, split(batch), connection)
    },
  }
}

const taken = Promise.resolve(undefined)
const none: readonly string[] = []
