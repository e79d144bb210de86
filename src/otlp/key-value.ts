// KeyValue on the wire: where its key and its value are, and how a new one is written.
import { lastLength, lengthEnd } from './any-value.ts'
import { irregular, truncated, varintSize, writeVarint } from './wire.ts'

/** A KeyValue at [start, end): where its key and value are. Value before key is fine; anything twice is irregular. */
export const pair = { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0 }

export function readPair(bytes: Uint8Array, start: number, end: number): void {
  let keyStart = -1
  let valueStart = -1
  let keyEnd = start
  let valueEnd = start
  let pos = start
  while (pos < end) {
    const tag = bytes[pos]
    if (tag !== 0x0a && tag !== 0x12) throw irregular
    const content = lengthEnd(bytes, pos + 1, end)
    const stop = content + lastLength
    if (stop > end) throw truncated(pos)
    if (tag === 0x0a) {
      if (keyStart >= 0) throw irregular
      keyStart = content
      keyEnd = stop
    } else {
      if (valueStart >= 0) throw irregular
      valueStart = content
      valueEnd = stop
    }
    pos = stop
  }
  pair.keyStart = keyStart < 0 ? start : keyStart
  pair.keyEnd = keyStart < 0 ? start : keyEnd
  pair.valueStart = valueStart < 0 ? start : valueStart
  pair.valueEnd = valueStart < 0 ? start : valueEnd
}

/** The body of a KeyValue. */
export function keyValue(key: Uint8Array, value: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(2 + varintSize(key.length) + key.length + varintSize(value.length) + value.length)
  out[0] = 0x0a
  let at = writeVarint(out, 1, key.length)
  out.set(key, at)
  at += key.length
  out[at++] = 0x12
  at = writeVarint(out, at, value.length)
  out.set(value, at)
  return out
}
