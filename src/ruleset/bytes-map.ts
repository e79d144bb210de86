// A bounded map from byte strings to values, looked up without making a string: the cache of attribute names.

interface Entry<V> {
  readonly bytes: Uint8Array
  readonly value: V
}

const slots = 8192
const mask = slots - 1
/** Longer keys are never cached: nobody sends such a name twice, and the cache stays small. */
export const maxKeyBytes = 256

export class BytesMap<V> {
  #table: (Entry<V> | undefined)[] = Array.from({ length: slots })
  #size = 0

  /** The value of bytes [start, end), or undefined. */
  get(bytes: Uint8Array, start: number, end: number): V | undefined {
    const length = end - start
    let at = hash(bytes, start, end)
    for (;;) {
      const entry = this.#table[at & mask]
      if (entry === undefined) return undefined
      const key = entry.bytes
      if (key.length === length) {
        let i = 0
        while (i < length && key[i] === bytes[start + i]) i++
        if (i === length) return entry.value
      }
      at++
    }
  }

  /** Remembers a value. A full map starts anew, so that a flood of names costs time but never memory. */
  set(bytes: Uint8Array, start: number, end: number, value: V): void {
    if (end - start > maxKeyBytes) return
    if (this.#size >= slots / 2) {
      this.#table = Array.from({ length: slots })
      this.#size = 0
    }
    let at = hash(bytes, start, end)
    while (this.#table[at & mask] !== undefined) at++
    this.#table[at & mask] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), value }
    this.#size++
  }
}

/** FNV-1a over at most 24 bytes from both ends: names differ there, and the comparison that follows is exact. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5 ^ (end - start)
  const headEnd = end - start > 24 ? start + 12 : end
  for (let i = start; i < headEnd; i++) h = Math.imul(h ^ bytes[i], 0x01000193)
  if (headEnd !== end) for (let i = end - 12; i < end; i++) h = Math.imul(h ^ bytes[i], 0x01000193)
  return (h ^ (h >>> 15)) & 0x7fffffff
}
