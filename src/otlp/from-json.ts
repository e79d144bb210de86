// OTLP/JSON to OTLP/protobuf, straight from bytes to bytes: after this there is one format. The front door of every
// JSON body; the dialects of the Automagik SDKs that are no JSON mapping at all are mended here.
import type { Signal } from './fields.ts'
import { badJson, byte, maxDepth, peek, takeColon, takeString, takeWord, tooDeep } from './json-reader.ts'
import { putPlainAttribute } from './json-attribute.ts'
import { putNumberObject } from './json-number-object.ts'
import { putField, putTag, putValue } from './json-scalar.ts'
import { Op, requestShape, shapeField, shapeOf, type Shape, type ShapeField } from './json-shape.ts'
import { skipValue } from './json-skip.ts'
import { counted, dropKinds, refusal, refuse, repairKinds, type RefusalReason, type Transcoding } from './json-state.ts'
import { WireError } from './wire-error.ts'
import { closeLength, makeRoom, newWriter, openLength, putVarint } from './write.ts'

export interface Transcoded {
  /** The Export request in protobuf, without the refused records. The caller owns it. */
  readonly bytes: Uint8Array
  /** Records that a wrong value made unreadable, by reason. */
  readonly refused: readonly { readonly reason: string; readonly records: number }[]
  /** Repairs, by kind; those of refused records are not counted. */
  readonly repaired: ReadonlyMap<string, number>
  /** Parts that went, by reason. */
  readonly dropped: ReadonlyMap<string, number>
}

/** An output buffer larger than this is not kept for the next call. */
const keptBytes = 1 << 20
/** The most that one field's tag, length and number take, with the two lengths around an attribute made from a number. */
const fieldRoom = 64

const spanShape = shapeOf('Span')
const keyValueShape = shapeOf('KeyValue')
const anyValueShape = shapeOf('AnyValue')
const doubleValue = shapeField('AnyValue', 'doubleValue')
const pointDouble = shapeField('NumberDataPoint', 'asDouble')

const nothing = new Uint8Array(0)
const refused = new Map<string, number>()
const saved = new Int32Array(repairKinds.length + dropKinds.length)
const firstWriter = newWriter(16_384)
const state: Transcoding = {
  out: firstWriter.out,
  view: firstWriter.view,
  to: 0,
  bytes: nothing,
  at: 0,
  end: 0,
  text: nothing,
  from: 0,
  until: 0,
  negative: false,
  mantissa: 0,
  digits: 0,
  fraction: 0,
  exponent: 0,
  digitsAt: 0,
  endsAt: 0,
  hi: 0,
  lo: 0,
  depth: 0,
  counts: new Int32Array(saved.length),
  nullNumber: false,
}

/**
 * Transcodes an Export request. A record (span, data point, log record) with a value that its field cannot hold is left
 * out and counted; the others go on.
 * @throws WireError bad-json (not JSON, or a wrong type outside of a record), too-deep, snake-case-key, profiles-field
 */
export function jsonToProtobuf(signal: Signal, json: Uint8Array): Transcoded {
  const s = state
  s.bytes = json
  s.end = json.length
  // A byte order mark is allowed to be ignored (RFC 8259 §8.1).
  s.at = json.length >= 3 && json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? 3 : 0
  s.to = 0
  s.depth = 0
  s.nullNumber = false
  for (let i = 0; i < s.counts.length; i++) s.counts[i] = 0
  if (refused.size > 0) refused.clear()
  try {
    if (peek(s) !== byte.openObject) throw wrongRoot(s)
    putMembers(s, requestShape[signal])
    peek(s)
    if (s.at < s.end) throw new WireError('bad-json', 'something follows the JSON value', s.at)
    return {
      bytes: copyOut(s),
      refused: refused.size === 0 ? noRefusals : Array.from(refused, ([reason, records]) => ({ reason, records })),
      repaired: countsFrom(s, repairKinds),
      dropped: countsFrom(s, dropKinds),
    }
  } catch (error) {
    if (error === refusal)
      throw new WireError('bad-json', `a value is not what its field holds (${refusal.reason})`, s.at)
    throw error
  } finally {
    s.bytes = nothing
    s.text = nothing
    if (s.out.length > keptBytes) Object.assign(s, newWriter(16_384))
  }
}

/** Small requests are cut from Node's pool, which is several times faster than an ArrayBuffer of their own. */
function copyOut(s: Transcoding): Uint8Array {
  const bytes = Buffer.allocUnsafe(s.to)
  if (s.to > 0) bytes.set(s.out.subarray(0, s.to))
  return bytes
}

function wrongRoot(s: Transcoding): WireError {
  return s.at >= s.end
    ? new WireError('bad-json', 'the body is empty', s.at)
    : new WireError('bad-json', 'the body is not a JSON object', s.at)
}

const noRefusals: Transcoded['refused'] = []
const none: ReadonlyMap<string, number> = new Map()

function countsFrom(s: Transcoding, kinds: readonly (keyof typeof counted)[]): ReadonlyMap<string, number> {
  let counts: Map<string, number> | undefined
  for (const kind of kinds) {
    const count = s.counts[counted[kind]]
    if (count > 0) counts = (counts ?? new Map<string, number>()).set(kind, count)
  }
  return counts ?? none
}

/** Reads the object at `at` and writes its members as fields of the message. */
function putMembers(s: Transcoding, shape: Shape): void {
  if (++s.depth > maxDepth) throw tooDeep(s.at)
  s.at++
  let c = peek(s)
  let previous: ShapeField | undefined
  while (c !== byte.closeObject) {
    if (c !== byte.quote) throw badJson(s.at)
    const field = takeKey(s, shape, previous)
    if (field === undefined) {
      passOver(s, shape)
    } else {
      if (peek(s) === byte.n && takeWord(s, 'null')) meetNull(s, field)
      else putMember(s, field)
      previous = field
    }
    c = peek(s)
    if (c === byte.comma) {
      s.at++
      c = peek(s)
      if (c !== byte.quote) throw badJson(s.at)
    } else if (c !== byte.closeObject) {
      throw badJson(s.at)
    }
  }
  s.at++
  s.depth--
}

/**
 * Takes a key with its colon and finds its field: first the one that came after `previous` last time, then by length.
 * Undefined, with the colon still there, when the message has no such field.
 */
function takeKey(s: Transcoding, shape: Shape, previous: ShapeField | undefined): ShapeField | undefined {
  const { bytes, at } = s
  const expected = previous === undefined ? shape.first : previous.next
  if (expected !== undefined && s.end - at > expected.key.length) {
    const { key } = expected
    let i = 0
    while (i < key.length && bytes[at + 1 + i] === key[i]) i++
    if (i === key.length) {
      s.at = at + 1 + i
      return expected
    }
  }
  takeString(s)
  const { text, from } = s
  const length = s.until - from
  if (length >= shape.byLength.length) return undefined
  for (const field of shape.byLength[length]) {
    let i = 0
    while (i < length && text[from + i] === field.key[i]) i++
    if (i < length) continue
    if (previous === undefined) shape.first = field
    else previous.next = field
    takeColon(s)
    return field
  }
  return undefined
}

/** A key that is none of the message's: the value goes, unless the key is one of ours in the wrong spelling. */
function passOver(s: Transcoding, shape: Shape): void {
  const length = s.until - s.from
  const key = length > 64 ? '' : Buffer.from(s.text.buffer, s.text.byteOffset + s.from, length).toString('latin1')
  const right = shape.snakeCase.get(key)
  if (right !== undefined) {
    throw new WireError('snake-case-key', `the JSON key "${key}" must be spelled "${right}"`, s.at - length - 1)
  }
  s.counts[counted[shape === spanShape && key === 'resource' ? 'span-resource' : 'unknown-field']]++
  takeColon(s)
  skipValue(s, s.depth)
}

/** null is an absent field, but for numbers that a sender had and JSON could not hold. */
function meetNull(s: Transcoding, field: ShapeField): void {
  if (field === doubleValue) {
    s.nullNumber = true
    s.counts[counted['null-number']]++
  } else if (field === pointDouble) {
    refuse('null-number')
  }
}

function putMember(s: Transcoding, field: ShapeField): void {
  makeRoom(s, s.end - s.at + fieldRoom)
  if (field.packed) putPacked(s, field)
  else if (field.repeated) putList(s, field)
  else if (field.op === Op.message) putMessage(s, field, field.shape ?? keyValueShape)
  else if (field === pointDouble && s.bytes[s.at] === byte.openObject) putNumberObject(s)
  else putField(s, field)
}

function putMessage(s: Transcoding, field: ShapeField, shape: Shape): void {
  if (s.bytes[s.at] !== byte.openObject) refuse('wrong-type')
  const start = s.to
  putTag(s, field.tag)
  const guess = shape.lengthGuess
  const body = openLength(s, guess)
  putMembers(s, shape)
  shape.lengthGuess = closeLength(s, body, guess)
  if (s.nullNumber && shape !== anyValueShape) {
    s.nullNumber = false
    if (shape === keyValueShape) s.to = start
  }
}

function putList(s: Transcoding, field: ShapeField): void {
  if (s.bytes[s.at] !== byte.openArray) refuse('wrong-type')
  s.at++
  let c = peek(s)
  if (c === byte.closeArray) {
    s.at++
    return
  }
  for (;;) {
    makeRoom(s, s.end - s.at + fieldRoom)
    putElement(s, field, c)
    c = peek(s)
    if (c === byte.comma) {
      s.at++
      c = peek(s)
    } else if (c === byte.closeArray) {
      s.at++
      return
    } else {
      throw badJson(s.at)
    }
  }
}

function putElement(s: Transcoding, field: ShapeField, c: number): void {
  const { shape } = field
  if (shape === keyValueShape && putPlainAttribute(s, field)) return
  if (shape === undefined) putField(s, field)
  else if (shape.isRecord) putRecord(s, field, shape)
  else if (c === byte.n && takeWord(s, 'null')) putNullElement(s, field, shape)
  else putMessage(s, field, shape)
}

/** An empty value keeps its place in an array; elsewhere an element that is null is nothing. */
function putNullElement(s: Transcoding, field: ShapeField, shape: Shape): void {
  if (shape === anyValueShape) {
    putTag(s, field.tag)
    putVarint(s, 0)
  } else {
    s.counts[counted['null-element']]++
  }
}

/** Writes a record, or takes back what was written of it and passes over the rest. */
function putRecord(s: Transcoding, field: ShapeField, shape: Shape): void {
  const { at, to, depth, counts } = s
  if (s.bytes[at] !== byte.openObject) {
    skipValue(s, depth)
    countRefused('wrong-type')
    return
  }
  for (let i = 0; i < counts.length; i++) saved[i] = counts[i]
  try {
    putMessage(s, field, shape)
  } catch (error) {
    if (error !== refusal) throw error
    s.at = at
    s.to = to
    s.depth = depth
    s.nullNumber = false
    counts.set(saved)
    skipValue(s, depth)
    countRefused(refusal.reason)
  }
}

function countRefused(reason: RefusalReason): void {
  refused.set(reason, (refused.get(reason) ?? 0) + 1)
}

function putPacked(s: Transcoding, field: ShapeField): void {
  if (s.bytes[s.at] !== byte.openArray) refuse('wrong-type')
  s.at++
  if (peek(s) === byte.closeArray) {
    s.at++
    return
  }
  putTag(s, field.tag)
  const body = openLength(s, 1)
  for (;;) {
    peek(s)
    makeRoom(s, fieldRoom)
    putValue(s, field)
    const c = peek(s)
    if (c === byte.comma) {
      s.at++
    } else if (c === byte.closeArray) {
      s.at++
      closeLength(s, body, 1)
      return
    } else {
      throw badJson(s.at)
    }
  }
}
