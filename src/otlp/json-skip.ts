// Passing over a JSON value without keeping it; its syntax is still checked.
import {
  badJson,
  byte,
  escapedEnd,
  maxDepth,
  peek,
  plainEnd,
  takeColon,
  takeWord,
  tooDeep,
  unescape,
  type JsonReader,
} from './json-reader.ts'
import { scanNumber, type NumberToken } from './json-number.ts'

/**
 * Passes over the value at `at`, `depth` levels deep. The bare tokens NaN, Infinity and -Infinity count as numbers,
 * as Python writes them.
 * @throws WireError bad-json, too-deep
 */
export function skipValue(r: JsonReader & NumberToken, depth: number): void {
  switch (peek(r)) {
    case byte.quote:
      skipString(r)
      return
    case byte.openObject:
      skipObject(r, depth + 1)
      return
    case byte.openArray:
      skipArray(r, depth + 1)
      return
    case byte.t:
      if (takeWord(r, 'true')) return
      break
    case byte.f:
      if (takeWord(r, 'false')) return
      break
    case byte.n:
      if (takeWord(r, 'null')) return
      break
    default: {
      if (takeNonFinite(r) !== undefined) return
      const end = scanNumber(r, r.bytes, r.at, r.end)
      if (end >= 0) {
        r.at = end
        return
      }
    }
  }
  throw badJson(r.at)
}

/** The value of a bare NaN, Infinity or -Infinity, if there is one here. */
export function takeNonFinite(r: JsonReader): number | undefined {
  const c = r.at < r.end ? r.bytes[r.at] : 0
  if (c === byte.capitalN && takeWord(r, 'NaN')) return Number.NaN
  if (c === byte.capitalI && takeWord(r, 'Infinity')) return Number.POSITIVE_INFINITY
  if (c === byte.minus && takeWord(r, '-Infinity')) return Number.NEGATIVE_INFINITY
  return undefined
}

let scratch = new Uint8Array(256)

function skipString(r: JsonReader): void {
  const plain = plainEnd(r, r.at + 1)
  if (plain >= 0) {
    r.at = plain + 1
    return
  }
  const stop = escapedEnd(r, ~plain)
  // Escapes are checked by what decodes them, from the first one on.
  if (scratch.length < stop - ~plain) scratch = new Uint8Array(2 * (stop - ~plain))
  unescape(r.bytes, ~plain, stop, scratch, 0)
  if (scratch.length > 65_536) scratch = new Uint8Array(256)
  r.at = stop + 1
}

function skipObject(r: JsonReader & NumberToken, depth: number): void {
  if (depth > maxDepth) throw tooDeep(r.at)
  r.at++
  let c = peek(r)
  if (c === byte.closeObject) {
    r.at++
    return
  }
  for (;;) {
    if (c !== byte.quote) throw badJson(r.at)
    skipString(r)
    takeColon(r)
    skipValue(r, depth)
    c = peek(r)
    if (c === byte.comma) {
      r.at++
      c = peek(r)
    } else if (c === byte.closeObject) {
      r.at++
      return
    } else {
      throw badJson(r.at)
    }
  }
}

function skipArray(r: JsonReader & NumberToken, depth: number): void {
  if (depth > maxDepth) throw tooDeep(r.at)
  r.at++
  if (peek(r) === byte.closeArray) {
    r.at++
    return
  }
  for (;;) {
    skipValue(r, depth)
    const c = peek(r)
    if (c === byte.comma) {
      r.at++
    } else if (c === byte.closeArray) {
      r.at++
      return
    } else {
      throw badJson(r.at)
    }
  }
}
