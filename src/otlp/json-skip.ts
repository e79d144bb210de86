// Passing over a JSON value without keeping it; its syntax is still checked. One loop instead of recursion: a fourth of
// what the npm SDK sends is a copy of the resource that goes.
import { badJson, byte, escapedEnd, maxDepth, takeWord, tooDeep, unescape, type JsonReader } from './json-reader.ts'
import { scanNumber, type NumberToken } from './json-number.ts'

/** Whether the container at each depth is an object. */
const isObject = new Uint8Array(maxDepth + 1)

/**
 * Passes over the value at `at`, `depth` levels deep. The bare tokens NaN, Infinity and -Infinity count as numbers,
 * as Python writes them.
 * @throws WireError bad-json, too-deep
 */
export function skipValue(r: JsonReader & NumberToken, depth: number): void {
  const { bytes, end } = r
  let at = overSpace(bytes, r.at, end)
  let level = depth
  for (;;) {
    // A value starts at `at`.
    const c = at < end ? bytes[at] : 0
    if (c === byte.quote) {
      at = stringEnd(r, at)
    } else if (c === byte.openObject || c === byte.openArray) {
      if (++level > maxDepth) throw tooDeep(at)
      isObject[level] = c === byte.openObject ? 1 : 0
      at = overSpace(bytes, at + 1, end)
      if (at < end && bytes[at] === c + 2) {
        // Empty: `]` and `}` stand two behind `[` and `{`.
        level--
        at++
      } else {
        if (c === byte.openObject) at = keyEnd(r, at)
        continue
      }
    } else {
      at = scalarEnd(r, at)
    }
    // A value ended before `at`: close what it ends, or go on to the next.
    for (;;) {
      if (level === depth) {
        r.at = at
        return
      }
      at = overSpace(bytes, at, end)
      const next = at < end ? bytes[at] : 0
      if (next === byte.comma) {
        at = overSpace(bytes, at + 1, end)
        if (isObject[level] === 1) at = keyEnd(r, at)
        break
      }
      if (next !== (isObject[level] === 1 ? byte.closeObject : byte.closeArray)) throw badJson(at)
      level--
      at++
    }
  }
}

function overSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const c = bytes[at]
    if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) break
    at++
  }
  return at
}

/** Where the value of the member whose key starts at `at` starts. */
function keyEnd(r: JsonReader, at: number): number {
  const { bytes, end } = r
  if (at >= end || bytes[at] !== byte.quote) throw badJson(at)
  const colon = overSpace(bytes, stringEnd(r, at), end)
  if (colon >= end || bytes[colon] !== byte.colon) throw badJson(colon)
  return overSpace(bytes, colon + 1, end)
}

let scratch = new Uint8Array(256)

/** The end of the string that opens at `open`. */
function stringEnd(r: JsonReader, open: number): number {
  const { bytes, end } = r
  let at = open + 1
  while (at < end) {
    const c = bytes[at++]
    if (c === byte.quote) return at
    if (c === byte.backslash) {
      const stop = escapedEnd(r, at - 1)
      // Escapes are checked by what decodes them, from the first one on.
      if (scratch.length < stop - at + 1) scratch = new Uint8Array(2 * (stop - at + 1))
      unescape(bytes, at - 1, stop, scratch, 0)
      if (scratch.length > 65_536) scratch = new Uint8Array(256)
      return stop + 1
    }
  }
  throw badJson(end)
}

function scalarEnd(r: JsonReader & NumberToken, at: number): number {
  r.at = at
  if (takeWord(r, 'true') || takeWord(r, 'false') || takeWord(r, 'null') || takeNonFinite(r) !== undefined) return r.at
  const end = scanNumber(r, r.bytes, at, r.end)
  if (end < 0) throw badJson(at)
  return end
}

/** The value of a bare NaN, Infinity or -Infinity, if there is one here. */
export function takeNonFinite(r: JsonReader): number | undefined {
  const c = r.at < r.end ? r.bytes[r.at] : 0
  if (c === byte.capitalN && takeWord(r, 'NaN')) return Number.NaN
  if (c === byte.capitalI && takeWord(r, 'Infinity')) return Number.POSITIVE_INFINITY
  if (c === byte.minus && takeWord(r, '-Infinity')) return Number.NEGATIVE_INFINITY
  return undefined
}
