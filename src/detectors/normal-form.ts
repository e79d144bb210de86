// A plain reading of disguised text: percent, \u, \x and entity escapes decoded, digits of every script and full-width
// letters as ASCII, invisible characters gone, other punctuation as spaces; each byte knows where it came from.
import { isDigit, isHex, matches } from './bytes.ts'

export interface NormalForm {
  bytes: Uint8Array
  /** Offsets into the source, one more than there are bytes. */
  origin: Int32Array
  length: number
}

export const createNormalForm = (): NormalForm => ({
  bytes: new Uint8Array(256),
  origin: new Int32Array(257),
  length: 0,
})

/** Reads `[start, end)` of `source` into `form`. Linear; the form is never longer than the text. */
export function normalise(source: Uint8Array, start: number, end: number, form: NormalForm): void {
  if (form.bytes.length < end - start + 4) {
    form.bytes = new Uint8Array((end - start) * 2)
    form.origin = new Int32Array((end - start) * 2 + 1)
  }
  form.length = 0
  for (let i = start; i < end;) i = decodeOne(source, i, start, end, form)
  form.origin[form.length] = end
  form.bytes[form.length] = 0
  foldAll(form)
}

function put(form: NormalForm, byte: number, origin: number): void {
  form.bytes[form.length] = byte
  form.origin[form.length++] = origin
}

function putCodePoint(form: NormalForm, cp: number, at: number): void {
  if (cp < 0x80) return put(form, cp, at)
  if (cp < 0x800) put(form, 0xc0 | (cp >> 6), at)
  else {
    if (cp < 0x10000) put(form, 0xe0 | (cp >> 12), at)
    else {
      put(form, 0xf0 | (cp >> 18), at)
      put(form, 0x80 | ((cp >> 12) & 63), at)
    }
    put(form, 0x80 | ((cp >> 6) & 63), at)
  }
  put(form, 0x80 | (cp & 63), at)
}

const hexValue = (b: number): number => (isDigit(b) ? b - 0x30 : (b | 32) - 0x57)

/** The number in `count` hex digits, or -1. */
function hexNumber(source: Uint8Array, at: number, end: number, count: number): number {
  if (at + count > end) return -1
  let value = 0
  for (let i = at; i < at + count; i++) {
    if (!isHex(source[i])) return -1
    value = value * 16 + hexValue(source[i])
  }
  return value
}

/** Decodes what begins at `at`; returns where the next begins. */
function decodeOne(source: Uint8Array, at: number, start: number, end: number, form: NormalForm): number {
  const b = source[at]
  if (b === 0x25) {
    let digits = at + 1
    // %2540: a percent sign that was itself encoded.
    while (source[digits] === 0x32 && source[digits + 1] === 0x35 && hexNumber(source, digits + 2, end, 2) >= 0)
      digits += 2
    const value = hexNumber(source, digits, end, 2)
    if (value >= 0) {
      put(form, value, at)
      return digits + 2
    }
  } else if (b === 0x5c) {
    let after = at + 1
    while (after < end && source[after] === 0x5c) after++
    const next = after < end ? source[after] : 0
    if (next === 0x2f) {
      put(form, 0x2f, at)
      return after + 1
    }
    // C:\Users\u0012345 is a name, no escape.
    const name =
      at - start >= 5 && (matches(source, at - 5, end, 'users', true) || matches(source, at - 5, end, '\\home', true))
    const width = next === 0x75 ? 4 : 2
    const value = !name && (next === 0x75 || next === 0x78) ? hexNumber(source, after + 1, end, width) : -1
    if (value >= 0) return putEscape(source, at, after + 1 + width, end, value, width, form)
    for (let i = at; i < after; i++) put(form, 0x5c, i)
    if (name || (next !== 0x6e && next !== 0x72 && next !== 0x74)) return after
    // A line break or tab written out. The backslash stays: it may as well be part of a path.
    put(form, 0x0a, after)
    return after + 1
  } else if (b === 0x26 && source[at + 1] === 0x23) {
    const decoded = entity(source, at, end, form)
    if (decoded > 0) return decoded
  }
  put(form, b, at)
  return at + 1
}

function putEscape(
  source: Uint8Array,
  at: number,
  after: number,
  end: number,
  value: number,
  width: number,
  form: NormalForm,
): number {
  if (width === 2) put(form, value, at)
  else if (value >= 0xd800 && value < 0xdc00) {
    let low = after
    while (low < end && source[low] === 0x5c) low++
    const second = low > after && source[low] === 0x75 ? hexNumber(source, low + 1, end, 4) : -1
    if (second >= 0xdc00 && second < 0xe000) {
      putCodePoint(form, 0x10000 + ((value - 0xd800) << 10) + (second - 0xdc00), at)
      return low + 5
    }
    put(form, 0x20, at)
  } else putCodePoint(form, value >= 0xd800 && value < 0xe000 ? 0x20 : value, at)
  return after
}

/** `&#64;` or `&#x40;`: returns where it ends, 0 if it is none. */
function entity(source: Uint8Array, at: number, end: number, form: NormalForm): number {
  const inHex = (source[at + 2] | 32) === 0x78
  let value = 0
  let i = at + (inHex ? 3 : 2)
  const first = i
  while (i < end && i < first + 6 && (inHex ? isHex(source[i]) : isDigit(source[i]))) {
    value = value * (inHex ? 16 : 10) + hexValue(source[i++])
  }
  if (i === first || source[i] !== 0x3b || i >= end || value > 0x10ffff) return 0
  putCodePoint(form, value >= 0xd800 && value < 0xe000 ? 0x20 : value, at)
  return i + 1
}

const keep = 0
const ignore = 1
let folds: Uint8Array | undefined

/** What a code point of the basic plane reads as: `keep`, `ignore`, or an ASCII character. */
function foldTable(): Uint8Array {
  const table = new Uint8Array(0x10000)
  for (let cp = 0x80, digit = 0; cp < 0x10000; cp++) {
    if (cp === 0xd800) cp = 0xe000
    const char = String.fromCharCode(cp)
    // Decimal digits come in tens.
    if (/\p{Nd}/u.test(char)) {
      table[cp] = 0x30 + (digit++ % 10)
      continue
    }
    digit = 0
    table[cp] = foldOf(char)
  }
  return table
}

function foldOf(char: string): number {
  if (/\p{Default_Ignorable_Code_Point}|\p{Cf}/u.test(char)) return ignore
  const plain = char.normalize('NFKC')
  if (plain.length === 1 && plain.charCodeAt(0) < 0x80) return plain.charCodeAt(0)
  if (/[\p{L}\p{M}\p{N}]/u.test(char)) return keep
  if (/[\p{Pd}\u2212]/u.test(char)) return 0x2d
  if (/[\p{Pi}\p{Pf}\u201a\u201e]/u.test(char)) return 0x22
  return 0x20
}

function foldAstral(cp: number): number {
  if (cp >= 0x1d7ce && cp <= 0x1d7ff) return 0x30 + ((cp - 0x1d7ce) % 10)
  return foldOf(String.fromCodePoint(cp))
}

/** Folds the decoded text in place. */
function foldAll(form: NormalForm): void {
  const { bytes, origin, length } = form
  let to = 0
  for (let i = 0; i < length;) {
    const b = bytes[i]
    if (b < 0x80) {
      // NUL inside a number or beside an @ hides what it splits; elsewhere it separates.
      const hidden = b === 0 && i > 0 && ((isDigit(bytes[to - 1]) && isDigit(bytes[i + 1])) || at(bytes, to - 1, i + 1))
      if (!hidden) {
        bytes[to] = b
        origin[to++] = origin[i]
      }
      i++
      continue
    }
    const size = sequenceLength(bytes, i, length)
    if (size > 1) {
      const cp = codePoint(bytes, i, size)
      const fold = cp > 0xffff ? foldAstral(cp) : (folds ??= foldTable())[cp]
      if (fold !== keep) {
        if (fold !== ignore) {
          bytes[to] = fold
          origin[to++] = origin[i]
        }
        i += size
        continue
      }
    }
    for (const after = i + size; i < after; i++) {
      bytes[to] = bytes[i]
      origin[to++] = origin[i]
    }
  }
  origin[to] = origin[length]
  form.length = to
}

const at = (bytes: Uint8Array, before: number, after: number): boolean =>
  bytes[before] === 0x40 || bytes[after] === 0x40

function sequenceLength(bytes: Uint8Array, i: number, length: number): number {
  const b = bytes[i]
  const size = b >= 0xf0 && b < 0xf5 ? 4 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xc2 && b < 0xe0 ? 2 : 1
  if (i + size > length) return 1
  for (let k = 1; k < size; k++) if ((bytes[i + k] & 0xc0) !== 0x80) return 1
  return size
}

function codePoint(bytes: Uint8Array, i: number, size: number): number {
  if (size === 2) return ((bytes[i] & 31) << 6) | (bytes[i + 1] & 63)
  if (size === 3) return ((bytes[i] & 15) << 12) | ((bytes[i + 1] & 63) << 6) | (bytes[i + 2] & 63)
  const cp = ((bytes[i] & 7) << 18) | ((bytes[i + 1] & 63) << 12) | ((bytes[i + 2] & 63) << 6) | (bytes[i + 3] & 63)
  return cp > 0x10ffff ? 0x20 : cp
}
