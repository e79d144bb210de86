// The short way for what most of a body is: attributes with a plain short key and value, in the spelling that every SDK
// writes. Whatever is unusual takes the general way in from-json.ts, to the same bytes.
import { byte, takeWord, type JsonReader } from './json-reader.ts'
import { doubleOf, scanNumber } from './json-number.ts'
import { putDouble, putValue } from './json-scalar.ts'
import { shapeField, type ShapeField } from './json-shape.ts'
import type { Transcoding } from './json-state.ts'

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
/** A space here may be there or not: Python writes one behind commas and colons, JavaScript none. */
const lead = ascii('{"key": "')
const middle = ascii(', "value": {"')
const stringLead = ascii('stringValue": "')
const doubleLead = ascii('doubleValue": ')
const intLead = ascii('intValue": ')
const boolLead = ascii('boolValue": ')

const keyTag = shapeField('KeyValue', 'key').tag
const valueTag = shapeField('KeyValue', 'value').tag
const stringTag = shapeField('AnyValue', 'stringValue').tag
const doubleTag = shapeField('AnyValue', 'doubleValue').tag
const boolTag = shapeField('AnyValue', 'boolValue').tag
const intField = shapeField('AnyValue', 'intValue')

/**
 * Writes the attribute that opens at `at`. False, with nothing taken or written, when it is not of the plain kind. The
 * caller has made room for as many bytes as are left of the body.
 */
export function putPlainAttribute(s: Transcoding, field: ShapeField): boolean {
  const { out, bytes } = s
  const { at: start, to: mark } = s
  let at = match(s, start, lead)
  if (at < 0) return false
  // Tag and length of the attribute, tag and length of the key.
  const key = mark + 4
  let to = putShortText(s, at, key)
  if (to <= key) return false
  at = match(s, at + to - key + 1, middle)
  if (at < 0) return false
  out[mark] = field.tag
  out[mark + 2] = keyTag
  out[mark + 3] = to - key
  out[to] = valueTag
  const value = to + 2
  switch (bytes[at]) {
    case stringLead[0]: {
      at = match(s, at, stringLead)
      if (at < 0) return false
      to = putShortText(s, at, value + 2)
      if (to < 0) return false
      out[value] = stringTag
      out[value + 1] = to - value - 2
      at += to - value - 1
      break
    }
    case doubleLead[0]: {
      at = match(s, at, doubleLead)
      if (at < 0) return false
      const end = scanNumber(s, bytes, at, s.end)
      const number = end < 0 ? Number.NaN : doubleOf(s, bytes)
      if (!Number.isFinite(number)) return false
      out[value] = doubleTag
      s.to = value + 1
      putDouble(s, number)
      to = s.to
      at = end
      break
    }
    case boolLead[0]: {
      s.at = match(s, at, boolLead)
      const isTrue = s.at >= 0 && takeWord(s, 'true')
      if (s.at < 0 || (!isTrue && !takeWord(s, 'false'))) return goBack(s, start, mark)
      out[value] = boolTag
      out[value + 1] = isTrue ? 1 : 0
      to = value + 2
      at = s.at
      break
    }
    case intLead[0]: {
      s.at = match(s, at, intLead)
      if (s.at < 0 || s.at >= s.end || bytes[s.at] === byte.n) return goBack(s, start, mark)
      out[value] = intField.tag
      s.to = value + 1
      putValue(s, intField)
      to = s.to
      at = s.at
      break
    }
    default:
      return false
  }
  const total = to - mark - 2
  const isClosed = at + 1 < s.end && bytes[at] === byte.closeObject && bytes[at + 1] === byte.closeObject
  if (!isClosed || total > 0x7f) return goBack(s, start, mark)
  out[value - 1] = to - value
  out[mark + 1] = total
  s.to = to
  s.at = at + 2
  return true
}

function goBack(s: Transcoding, at: number, to: number): false {
  s.at = at
  s.to = to
  return false
}

/** The end of `expected` when it stands at `from`, spaces or not; else -1. */
function match(r: JsonReader, from: number, expected: Uint8Array): number {
  const { bytes, end } = r
  let at = from
  if (end - at < expected.length) return -1
  for (let i = 0; i < expected.length; i++) {
    if (bytes[at] === expected[i]) at++
    else if (expected[i] !== 0x20) return -1
  }
  return at
}

/** Copies a string's content from `at` to `out` at `to`, up to its closing quote. -1 when it is long or has escapes. */
function putShortText(s: Transcoding, at: number, to: number): number {
  const { bytes, out } = s
  const stop = s.end - at < 0x7f ? s.end : at + 0x7f
  for (let from = at; from < stop; from++) {
    const c = bytes[from]
    if (c === byte.quote) return to
    if (c === byte.backslash) return -1
    out[to++] = c
  }
  return -1
}
