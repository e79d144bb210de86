// Reading JSON token by token, straight from the bytes of a body. Errors say where, never what.
import { WireError } from './wire-error.ts'

/** Where the reader stands, and the text of the last string it read: bytes [from, until) of `text`, unescaped. */
export interface JsonReader {
  bytes: Uint8Array
  at: number
  end: number
  text: Uint8Array
  from: number
  until: number
}

/** JSON's bytes. */
export const byte = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  f: 0x66,
  n: 0x6e,
  t: 0x74,
  openObject: 0x7b,
  closeObject: 0x7d,
  capitalI: 0x49,
  capitalN: 0x4e,
} as const

const ascii = (word: string): Uint8Array => new Uint8Array(Buffer.from(word, 'latin1'))
const words = {
  true: ascii('true'),
  false: ascii('false'),
  null: ascii('null'),
  NaN: ascii('NaN'),
  Infinity: ascii('Infinity'),
  '-Infinity': ascii('-Infinity'),
}

/** Objects and arrays may nest this deep. */
export const maxDepth = 100

export function badJson(offset: number): WireError {
  return new WireError('bad-json', 'the body is not well-formed JSON', offset)
}

export function tooDeep(offset: number): WireError {
  return new WireError('too-deep', `the JSON is nested more than ${maxDepth} levels deep`, offset)
}

/** Moves to the next byte that is no white space and returns it without taking it; 0 at the end. */
export function peek(r: JsonReader): number {
  const at = r.at
  const c = at < r.end ? r.bytes[at] : 0
  // Senders write little or no white space; the loop stays out of what is inlined.
  return c > 0x20 ? c : peekOverSpace(r)
}

function peekOverSpace(r: JsonReader): number {
  const { bytes, end } = r
  let at = r.at
  while (at < end) {
    const c = bytes[at]
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) {
      r.at = at
      return c
    }
    at++
  }
  r.at = at
  return 0
}

/** Takes a colon and moves to the value behind it. */
export function takeColon(r: JsonReader): number {
  if (peek(r) !== byte.colon) throw badJson(r.at)
  r.at++
  return peek(r)
}

/** Whether `word` starts here; takes it if so. */
export function takeWord(r: JsonReader, word: keyof typeof words): boolean {
  const expected = words[word]
  const { bytes, at } = r
  if (r.end - at < expected.length) return false
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false
  r.at = at + expected.length
  return true
}

/** The closing quote of the string around `from`, or, when an escape comes first, the complement of the escape's place. */
export function plainEnd(r: JsonReader, from: number): number {
  const { bytes, end } = r
  for (let at = from; at < end; at++) {
    const c = bytes[at]
    if (c === byte.quote) return at
    if (c === byte.backslash) return ~at
  }
  throw badJson(end)
}

/** The closing quote of a string whose first escape stands at `escape`. */
export function escapedEnd(r: JsonReader, escape: number): number {
  const { bytes, end } = r
  for (let at = escape; at < end; at++) {
    const c = bytes[at]
    if (c === byte.quote) return at
    if (c === byte.backslash) at++
  }
  throw badJson(end)
}

/** Takes a string into `text`, `from`, `until`: the body itself when nothing is escaped. */
export function takeString(r: JsonReader): void {
  const start = r.at + 1
  let stop = plainEnd(r, start)
  if (stop >= 0) {
    r.text = r.bytes
    r.from = start
    r.until = stop
  } else {
    stop = escapedEnd(r, ~stop)
    r.text = new Uint8Array(stop - start)
    r.from = 0
    r.until = unescape(r.bytes, start, stop, r.text, 0)
  }
  r.at = stop + 1
}

/** Writes the string content [start, stop) to `target` at `to` without its escapes and returns the end; it never gets longer. */
export function unescape(bytes: Uint8Array, start: number, stop: number, target: Uint8Array, to: number): number {
  let at = start
  while (at < stop) {
    const c = bytes[at++]
    if (c !== byte.backslash) {
      target[to++] = c
      continue
    }
    const kind = bytes[at++]
    const single = kind < 128 ? singleEscape[kind] : 0
    if (single !== 0) {
      target[to++] = single
      continue
    }
    if (kind !== 0x75) throw badJson(at - 1)
    let unit = hex4(bytes, at, stop)
    at += 4
    if (unit >= 0xd800 && unit < 0xe000) {
      // A pair is one character; a surrogate alone is none, and U+FFFD in its place, as in a decoder that must answer.
      const pair = unit < 0xdc00 && at + 1 < stop && bytes[at] === byte.backslash && bytes[at + 1] === 0x75
      const low = pair ? hex4(bytes, at + 2, stop) : 0
      if (low >= 0xdc00 && low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        at += 6
      } else {
        unit = 0xfffd
      }
    }
    to = putCharacter(target, to, unit)
  }
  return to
}

const singleEscape = new Uint8Array(128)
for (const [escape, character] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  singleEscape[escape.charCodeAt(0)] = character.charCodeAt(0)
}

/** The value of a hex digit; 255 for other bytes. */
export const hexValue = new Uint8Array(256).fill(255)
for (let digit = 0; digit < 16; digit++) {
  hexValue[digit.toString(16).charCodeAt(0)] = digit
  hexValue[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

function hex4(bytes: Uint8Array, at: number, stop: number): number {
  if (at + 4 > stop) throw badJson(at)
  let value = 0
  for (let i = at; i < at + 4; i++) {
    const digit = hexValue[bytes[i]]
    if (digit === 255) throw badJson(i)
    value = (value << 4) | digit
  }
  return value
}

function putCharacter(target: Uint8Array, to: number, code: number): number {
  if (code < 0x80) {
    target[to++] = code
  } else if (code < 0x800) {
    target[to++] = 0xc0 | (code >> 6)
    target[to++] = 0x80 | (code & 0x3f)
  } else if (code < 0x10000) {
    target[to++] = 0xe0 | (code >> 12)
    target[to++] = 0x80 | ((code >> 6) & 0x3f)
    target[to++] = 0x80 | (code & 0x3f)
  } else {
    target[to++] = 0xf0 | (code >> 18)
    target[to++] = 0x80 | ((code >> 12) & 0x3f)
    target[to++] = 0x80 | ((code >> 6) & 0x3f)
    target[to++] = 0x80 | (code & 0x3f)
  }
  return to
}
