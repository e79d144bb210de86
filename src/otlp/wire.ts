// Reading and writing protobuf's primitives. Reads check every bound and throw WireError; nothing reads past `end`.
import { WireError } from './wire-error.ts'

/** Thrown, and caught inside the engine, when bytes are valid but not canonical: `canonical.ts` then rewrites them. */
export const irregular = Symbol('irregular')

export function truncated(offset: number): WireError {
  return new WireError(
    'truncated',
    'the body ends inside a field, or a field is longer than the message around it',
    offset,
  )
}

/** The end of a varint that starts at `pos`; checks it is at most 10 bytes and ends before `end`. */
export function varintEnd(bytes: Uint8Array, pos: number, end: number): number {
  let at = pos
  while (at < end && bytes[at] >= 0x80) at++
  if (at >= end) throw truncated(pos)
  if (at - pos > 9 || (at - pos === 9 && bytes[at] > 1))
    throw new WireError('bad-varint', 'a varint has more than 64 bits', pos)
  return at + 1
}

/** A varint as a number; exact to 2^53, which is enough for tags, lengths and enums. Ends where `varintEnd` says. */
export function readVarint(bytes: Uint8Array, pos: number, end: number): number {
  const stop = varintEnd(bytes, pos, end)
  let value = 0
  for (let at = stop - 1; at >= pos; at--) value = value * 128 + (bytes[at] & 0x7f)
  return value
}

/** A 64-bit varint as an unsigned bigint. */
export function readVarint64(bytes: Uint8Array, pos: number, end: number): bigint {
  const stop = varintEnd(bytes, pos, end)
  let value = 0n
  for (let at = stop - 1; at >= pos; at--) value = (value << 7n) | BigInt(bytes[at] & 0x7f)
  return BigInt.asUintN(64, value)
}

/** Bytes that a non-negative number below 2^53 takes as a varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x200000) return 3
  if (value < 0x10000000) return 4
  let size = 5
  for (let rest = Math.floor(value / 0x800000000); rest > 0; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a non-negative number below 2^53 as a varint and returns the position behind it. */
export function writeVarint(bytes: Uint8Array, pos: number, value: number): number {
  let at = pos
  let rest = value
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  bytes[at++] = rest
  return at
}

/** Copies [start, end) of `from` to `to` at `at`; short runs are copied by hand, which is faster than a call. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start < 40) {
    for (let i = start; i < end; i++) to[at++] = from[i]
  } else {
    to.set(from.subarray(start, end), at)
  }
}

/** Whether `length` bytes of `a` from `start` on are the first of `b`: four at a time, the last four overlapping. */
export function sameBytes(a: DataView, start: number, b: DataView, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(start + i) !== b.getUint8(i)) return false
    return true
  }
  const last = length - 4
  if (a.getInt32(start + last) !== b.getInt32(last)) return false
  for (let i = 0; i < last; i += 4) if (a.getInt32(start + i) !== b.getInt32(i)) return false
  return true
}

/** A view on the bytes, for reading several at a time. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
