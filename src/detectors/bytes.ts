// Byte classes that the verifiers share. Text is UTF-8; every byte above 0x7f counts as part of a word.

const digit = 1
const letter = 2
const hex = 4
const high = 8

const kinds = new Uint8Array(256)
for (let b = 0; b < 256; b++) {
  if (b >= 0x30 && b <= 0x39) kinds[b] = digit | hex
  else if ((b >= 0x41 && b <= 0x5a) || (b >= 0x61 && b <= 0x7a)) kinds[b] = letter | ((b | 32) <= 0x66 ? hex : 0)
  else if (b >= 0x80) kinds[b] = high
}

export const isDigit = (b: number): boolean => (kinds[b] & digit) !== 0
export const isLetter = (b: number): boolean => (kinds[b] & letter) !== 0
export const isUpper = (b: number): boolean => b >= 0x41 && b <= 0x5a
export const isHex = (b: number): boolean => (kinds[b] & hex) !== 0
export const isHigh = (b: number): boolean => b >= 0x80
export const isAlnum = (b: number): boolean => (kinds[b] & (digit | letter)) !== 0
/** Letters, digits, bytes above 0x7f. */
export const isWord = (b: number): boolean => kinds[b] !== 0
export const isSpace = (b: number): boolean => b === 0x20 || (b >= 0x09 && b <= 0x0d)

/** A set of bytes, written as text; `a-z` is a range, a `-` at the end is itself. */
export function byteSet(spec: string): Uint8Array {
  const set = new Uint8Array(256)
  for (let i = 0; i < spec.length; i++) {
    const from = spec.charCodeAt(i)
    const ranged = spec[i + 1] === '-' && i + 2 < spec.length
    const to = ranged ? spec.charCodeAt(i + 2) : from
    for (let b = from; b <= to; b++) set[b] = 1
    if (ranged) i += 2
  }
  return set
}

/** `A-Z a-z 0-9 _ -` */
export const tokenBytes = byteSet('A-Za-z0-9_-')

/** The first index at or after `from` whose byte is not in the set, at most `limit`. */
export function skip(bytes: Uint8Array, from: number, limit: number, set: Uint8Array): number {
  let i = from
  while (i < limit && set[bytes[i]] === 1) i++
  return i
}

/** The first index of the bytes of the set that end at `to` (exclusive), at least `limit`. */
export function skipBack(bytes: Uint8Array, to: number, limit: number, set: Uint8Array): number {
  let i = to
  while (i > limit && set[bytes[i - 1]] === 1) i--
  return i
}

/** Whether the bytes at `at` are this text; `text` is ASCII, lower case where `fold`. */
export function matches(bytes: Uint8Array, at: number, end: number, text: string, fold = false): boolean {
  if (at < 0 || at + text.length > end) return false
  for (let i = 0; i < text.length; i++) {
    let b = bytes[at + i]
    if (fold && b >= 0x41 && b <= 0x5a) b |= 32
    if (b !== text.charCodeAt(i)) return false
  }
  return true
}
