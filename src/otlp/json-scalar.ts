// Single values of OTLP/JSON, written as protobuf: text, numbers in all the forms the mapping allows, enums, booleans.
import { putBase64, putId } from './json-bytes.ts'
import { doubleOf, scanNumber, toInteger64 } from './json-number.ts'
import { byte, escapedEnd, peek, plainEnd, takeString, takeWord, unescape } from './json-reader.ts'
import { Op, type ShapeField } from './json-shape.ts'
import { takeNonFinite } from './json-skip.ts'
import { counted, refuse, type Transcoding } from './json-state.ts'
import { WireError } from './wire-error.ts'
import { closeLength, openLength, putBytes, putVarint, putVarint64 } from './write.ts'

/** Writes a tag. */
export function putTag(s: Transcoding, tag: number): void {
  if (tag > 0x7f) {
    s.out[s.to++] = (tag & 0x7f) | 0x80
    s.out[s.to++] = tag >>> 7
  } else {
    s.out[s.to++] = tag
  }
}

/** Writes a singular field or a list's element that is no message; its value starts at `at`. */
export function putField(s: Transcoding, field: ShapeField): void {
  if (field.op === Op.string) {
    putText(s, field)
    return
  }
  const start = s.to
  putTag(s, field.tag)
  // A zero of a field without presence is the same as no field.
  if (!putValue(s, field) && !field.explicit) s.to = start
}

function putText(s: Transcoding, field: ShapeField): void {
  const { bytes, end, out } = s
  let at = s.at
  if (bytes[at++] !== byte.quote) refuse('wrong-type')
  const start = at
  const mark = s.to
  putTag(s, field.tag)
  // Most strings are short and plain: copied while their end is looked for, behind a length of one byte.
  let to = s.to + 1
  const stop = end - at < 0x7f ? end : at + 0x7f
  while (at < stop) {
    const c = bytes[at]
    if (c === byte.quote) {
      if (at === start && !field.explicit) {
        s.to = mark
      } else {
        out[s.to] = at - start
        s.to = to
      }
      s.at = at + 1
      return
    }
    if (c === byte.backslash) break
    out[to++] = c
    at++
  }
  putLongText(s, start, at)
}

/** Writes the length and the rest of a string whose first plain bytes, [start, at), have been looked at. */
function putLongText(s: Transcoding, start: number, at: number): void {
  const plain = plainEnd(s, at)
  if (plain >= 0) {
    putVarint(s, plain - start)
    putBytes(s, s.bytes, start, plain)
    s.at = plain + 1
    return
  }
  const stop = escapedEnd(s, ~plain)
  const guess = stop - start < 0x80 ? 1 : stop - start < 0x4000 ? 2 : 3
  const body = openLength(s, guess)
  putBytes(s, s.bytes, start, ~plain)
  s.to = unescape(s.bytes, ~plain, stop, s.out, s.to)
  closeLength(s, body, guess)
  s.at = stop + 1
}

/** Writes a value without its tag. Returns whether it is something else than its kind's zero. */
export function putValue(s: Transcoding, field: ShapeField): boolean {
  switch (field.op) {
    case Op.id:
      return putId(s, field.traceId)
    case Op.bytes:
      return putBase64(s)
    case Op.bool:
      return putBool(s)
    case Op.enum:
      return putEnum(s, field)
    case Op.double:
      return putDouble(s, takeDouble(s))
    case Op.fixed64:
      takeInteger(s, false)
      return putFixed64(s)
    case Op.sfixed64:
      takeInteger(s, true)
      return putFixed64(s)
    case Op.int64:
      takeInteger(s, true)
      putVarint64(s, s.hi, s.lo)
      return s.lo !== 0 || s.hi !== 0
    case Op.uint64:
      takeInteger(s, false)
      putVarint64(s, s.hi, s.lo)
      return s.lo !== 0 || s.hi !== 0
    case Op.uint32:
      putVarint(s, takeUint32(s))
      return s.lo !== 0
    case Op.fixed32:
      s.view.setUint32(s.to, takeUint32(s), true)
      s.to += 4
      return s.lo !== 0
    case Op.sint32: {
      const value = takeInt32(s)
      putVarint(s, ((value << 1) ^ (value >> 31)) >>> 0)
      return value !== 0
    }
    default:
      return refuseClosed(s, field)
  }
}

/** Fields of profiles: zero is what everybody else means by leaving them out. */
function refuseClosed(s: Transcoding, field: ShapeField): boolean {
  const at = s.at
  if (takeInt32(s) !== 0) {
    throw new WireError('profiles-field', `"${field.name}" belongs to profiles and has no meaning here`, at)
  }
  s.to--
  return false
}

function putFixed64(s: Transcoding): boolean {
  s.view.setUint32(s.to, s.lo, true)
  s.view.setUint32(s.to + 4, s.hi, true)
  s.to += 8
  return s.lo !== 0 || s.hi !== 0
}

/** Writes a double. Minus zero is not the default: it has a bit set. */
export function putDouble(s: Transcoding, value: number): boolean {
  s.view.setFloat64(s.to, value, true)
  s.to += 8
  return !Object.is(value, 0)
}

/** Takes a number, a string that holds one, or a bare NaN or Infinity. */
export function takeDouble(s: Transcoding): number {
  const c = peek(s)
  if (c === byte.quote) {
    takeString(s)
    if (scanNumber(s, s.text, s.from, s.until) === s.until) return finite(doubleOf(s, s.text))
    return nonFiniteText(s)
  }
  const end = scanNumber(s, s.bytes, s.at, s.end)
  if (end >= 0) {
    s.at = end
    return finite(doubleOf(s, s.bytes))
  }
  const value = takeNonFinite(s)
  if (value === undefined) return refuse('wrong-type')
  s.counts[counted['json-nan']]++
  return value
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : refuse('bad-number')
}

function nonFiniteText(s: Transcoding): number {
  if (s.until - s.from <= 9) {
    const text = Buffer.from(s.text.buffer, s.text.byteOffset + s.from, s.until - s.from).toString('latin1')
    if (text === 'NaN') return Number.NaN
    if (text === 'Infinity') return Number.POSITIVE_INFINITY
    if (text === '-Infinity') return Number.NEGATIVE_INFINITY
  }
  return refuse('bad-number')
}

/** Takes an integer of 64 bits, as a number or a string, into `hi` and `lo`. */
function takeInteger(s: Transcoding, signed: boolean): void {
  if (s.bytes[s.at] === byte.quote) {
    takeString(s)
    if (scanNumber(s, s.text, s.from, s.until) !== s.until || !toInteger64(s, s.text, signed)) refuse('bad-number')
    return
  }
  const end = scanNumber(s, s.bytes, s.at, s.end)
  if (end < 0) refuse('wrong-type')
  if (!toInteger64(s, s.bytes, signed)) refuse('bad-number')
  s.at = end
}

function takeUint32(s: Transcoding): number {
  takeInteger(s, false)
  return s.hi === 0 ? s.lo : refuse('bad-number')
}

function takeInt32(s: Transcoding): number {
  takeInteger(s, true)
  const value = s.lo | 0
  // The upper half of a 32-bit number in 64 bits repeats its sign.
  return s.hi === (value < 0 ? 0xffff_ffff : 0) ? value : refuse('bad-number')
}

function putBool(s: Transcoding): boolean {
  const value = takeWord(s, 'true')
  if (!value && !takeWord(s, 'false')) refuse('wrong-type')
  s.out[s.to++] = value ? 1 : 0
  return value
}

function putEnum(s: Transcoding, field: ShapeField): boolean {
  let value: number
  if (s.bytes[s.at] === byte.quote) {
    value = enumNamed(s, field)
    s.counts[counted['enum-name']]++
  } else {
    value = takeInt32(s)
  }
  // A negative number of an open enum is a sign-extended varint.
  putVarint64(s, value < 0 ? 0xffff_ffff : 0, value >>> 0)
  return value !== 0
}

function enumNamed(s: Transcoding, field: ShapeField): number {
  takeString(s)
  const { text, from } = s
  const length = s.until - from
  for (const { name, value } of field.enumNames) {
    if (name.length !== length) continue
    let i = 0
    while (i < length && name[i] === text[from + i]) i++
    if (i === length) return value
  }
  return refuse('bad-enum')
}
