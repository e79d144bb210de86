// One field of a message, without an index: for the few that are needed before, or beside, the walk.
import { lastLength, lengthEnd } from './any-value.ts'
import { irregular, truncated, varintEnd } from './wire.ts'

/**
 * Where the content of the first field with a one-byte tag begins in the message at [start, end); -1 for none.
 * For a length-delimited field, `lastLength` is its length.
 */
export function findField(bytes: Uint8Array, start: number, end: number, tag: number): number {
  let pos = start
  while (pos < end) {
    const here = bytes[pos]
    pos = varintEnd(bytes, pos, end)
    let content = pos
    const wire = here & 7
    if (wire === 0) pos = varintEnd(bytes, pos, end)
    else if (wire === 1) pos += 8
    else if (wire === 5) pos += 4
    else if (wire === 2) {
      content = lengthEnd(bytes, pos, end)
      pos = content + lastLength
    } else throw irregular
    if (pos > end) throw truncated(content)
    if (here === tag) return content
  }
  return -1
}
