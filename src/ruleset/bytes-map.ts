// A bounded map from byte strings to values, looked up without making a string: the cache of attribute names.
import { randomBytes } from 'node:crypto'

interface Entry<V> {
  readonly bytes: Uint8Array
  readonly value: V
}

const slots = 8192
const mask = slots - 1
/** Longer keys are never cached: nobody sends such a name twice, and the cache stays small. */
export const maxKeyBytes = 256
/** A key stands at most this far from its place; more happens in a full map, or to keys that were made to collide. */
const maxProbes = 32
/** Senders choose the keys, so they must not know where a key goes. */
const seed = randomBytes(4).readInt32LE()

export class BytesMap<V> {
  #table: (Entry<V> | undefined)[] = Array.from({ length: slots })
  #size = 0

  /** The value of bytes [start, end), or undefined. */
  get(bytes: Uint8Array, start: number, end: number): V | undefined {
    const length = end - start
    if (length > maxKeyBytes) return undefined
    let at = hash(bytes, start, end)
    for (const stop = at + maxProbes; at < stop; at++) {
      const entry = this.#table[at & mask]
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
    if (this.#size >= slots / 2) this.clear()
    const home = hash(bytes, start, end)
    let at = home
    while (at < home + maxProbes && this.#table[at & mask] !== undefined) at++
    if (at === home + maxProbes) {
      this.clear()
      at = home
    }
    this.#table[at & mask] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), value }
    this.#size++
  }

  clear(): void {
    if (this.#size === 0) return
    this.#table = Array.from({ length: slots })
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
