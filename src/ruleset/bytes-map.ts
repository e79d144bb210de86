// A bounded map from byte strings to values, looked up without making a string: the cache of attribute names.
import { randomBytes } from 'node:crypto'

interface Entry<V> {
  readonly bytes: Uint8Array
  readonly value: V
}

/** A map grows up to so many slots: most know a few names, and there is one for each service and event. */
const maxSlots = 8192
const firstSlots = 64
/** Longer keys are never cached: nobody sends such a name twice, and the cache stays small. */
export const maxKeyBytes = 256
/** A key stands at most this far from its place; more happens in a full map, or to keys that were made to collide. */
const maxProbes = 32
/** Senders choose the keys, so they must not know where a key goes. */
const seed = randomBytes(4).readInt32LE()

export class BytesMap<V> {
  #table: (Entry<V> | undefined)[] = Array.from({ length: firstSlots })
  #mask = firstSlots - 1
  #size = 0

  /** The value of bytes [start, end), or undefined. */
  get(bytes: Uint8Array, start: number, end: number): V | undefined {
    const length = end - start
    if (length > maxKeyBytes) return undefined
    let at = hash(bytes, start, end)
    for (const stop = at + maxProbes; at < stop; at++) {
      const entry = this.#table[at & this.#mask]
      if (entry === undefined) return undefined
      const key = entry.bytes
      if (key.length !== length) continue
      let i = 0
      while (i < length && key[i] === bytes[start + i]) i++
      if (i === length) return entry.value
    }
    return undefined
  }

  /** Remembers a value. A full map starts anew, so that a flood of names costs time but never memory. */
  set(bytes: Uint8Array, start: number, end: number, value: V): void {
    if (end - start > maxKeyBytes) return
    if (this.#size > this.#mask / 2) this.#grow()
    this.#put({ bytes: Uint8Array.prototype.slice.call(bytes, start, end), value })
  }

  #put(entry: Entry<V>): void {
    const { bytes } = entry
    const home = hash(bytes, 0, bytes.length)
    let at = home
    while (at < home + maxProbes && this.#table[at & this.#mask] !== undefined) at++
    if (at === home + maxProbes) {
      this.#grow()
      this.#put(entry)
      return
    }
    this.#table[at & this.#mask] = entry
    this.#size++
  }

  /** Four times as many slots with the same entries; at the most it starts anew. */
  #grow(): void {
    const entries = this.#mask + 1 < maxSlots ? this.#table : []
    this.#mask = Math.min(maxSlots, (this.#mask + 1) * 4) - 1
    this.#table = Array.from({ length: this.#mask + 1 })
    this.#size = 0
    for (const entry of entries) if (entry !== undefined) this.#put(entry)
  }

  clear(): void {
    if (this.#size === 0) return
    this.#table = Array.from({ length: this.#mask + 1 })
    this.#size = 0
  }
}

/** FNV-1a over all bytes, its bits mixed (as MurmurHash3 does at its end), so that similar names lie apart. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = seed ^ (end - start)
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i], 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) & 0x3fffffff
}
