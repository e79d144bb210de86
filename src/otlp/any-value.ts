// AnyValue on the wire: its tags, how its one member is found, and how a new one is written.
import { copyBytes, irregular, truncated, varintEnd, varintSize, writeVarint } from './wire.ts'
import { WireError } from './wire-error.ts'

/** Tags of AnyValue's members; `none` for an AnyValue without one. */
export const ValueTag = {
  none: 0,
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  kvlist: 0x32,
  bytes: 0x3a,
  strindex: 0x40,
} as const

/** Where the content of the member of the AnyValue at [start, end) begins; it ends at `end`. Checks that it is the only one. */
export function valueContent(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return start
  switch (bytes[start]) {
    case ValueTag.string:
    case ValueTag.array:
    case ValueTag.kvlist:
    case ValueTag.bytes: {
      const content = lengthEnd(bytes, start + 1, end)
      if (content + lastLength < end) throw irregular
      if (content + lastLength > end) throw truncated(start)
      return content
    }
    case ValueTag.bool:
      if (start + 2 > end) throw truncated(start)
      if (start + 2 !== end || bytes[start + 1] > 1) throw irregular
      return start + 1
    case ValueTag.int: {
      const stop = varintEnd(bytes, start + 1, end)
      if (stop !== end || isOverlong(bytes, start + 1, stop)) throw irregular
      return start + 1
    }
    case ValueTag.double:
      if (start + 9 > end) throw truncated(start)
      if (start + 9 !== end) throw irregular
      return start + 1
    case ValueTag.strindex:
      throw new WireError(
        'profiles-field',
        'stringValueStrindex belongs to profiles and is refused in other signals',
        start,
      )
    default:
      throw irregular
  }
}

/** The length that `lengthEnd` read last. */
export let lastLength = 0

/** Reads a length at `pos` into `lastLength` and returns the position behind it; overlong lengths are irregular. */
export function lengthEnd(bytes: Uint8Array, pos: number, end: number): number {
  if (pos < end) {
    const first = bytes[pos]
    if (first < 0x80) {
      lastLength = first
      return pos + 1
    }
  }
  const stop = varintEnd(bytes, pos, end)
  if (isOverlong(bytes, pos, stop)) throw irregular
  let length = 0
  for (let at = stop - 1; at >= pos; at--) length = length * 128 + (bytes[at] & 0x7f)
  lastLength = length
  return stop
}

/** Whether the varint [start, end) has more bytes than it needs. */
export function isOverlong(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 1 && bytes[end - 1] === 0
}

/** The body of an AnyValue with a length-delimited member. */
export function delimitedValue(tag: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + varintSize(content.length) + content.length)
  bytes[0] = tag
  copyBytes(content, 0, content.length, bytes, writeVarint(bytes, 1, content.length))
  return bytes
}

export function boolValue(value: boolean): Uint8Array {
  return Uint8Array.of(ValueTag.bool, value ? 1 : 0)
}

export function doubleValue(value: number): Uint8Array {
  const bytes = new Uint8Array(9)
  bytes[0] = ValueTag.double
  new DataView(bytes.buffer).setFloat64(1, value, true)
  return bytes
}

export function intValue(value: bigint): Uint8Array {
  const bytes = new Uint8Array(11)
  bytes[0] = ValueTag.int
  let at = 1
  let rest = BigInt.asUintN(64, value)
  while (rest >= 0x80n) {
    bytes[at++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  bytes[at++] = Number(rest)
  return bytes.subarray(0, at)
}
