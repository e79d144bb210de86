// An object where the number of a data point belongs: what the Automagik SDKs' `trackMetric(event, {…})` sends.
import { badJson, byte, peek, takeColon, takeString, takeWord } from './json-reader.ts'
import { putDouble, putField, putTag, takeDouble } from './json-scalar.ts'
import { shapeField } from './json-shape.ts'
import { skipValue } from './json-skip.ts'
import { counted, refuse, type Transcoding } from './json-state.ts'
import { closeLength, makeRoom, openLength, putBytes, putVarint } from './write.ts'

const pointDouble = shapeField('NumberDataPoint', 'asDouble')
/** The most that an attribute takes besides its key and its text. */
const attributeRoom = 64
const pointAttributes = shapeField('NumberDataPoint', 'attributes')
const keyField = shapeField('KeyValue', 'key')
const valueField = shapeField('KeyValue', 'value')
const stringValue = shapeField('AnyValue', 'stringValue')
const boolValue = shapeField('AnyValue', 'boolValue')
const doubleValue = shapeField('AnyValue', 'doubleValue')

/** Writes the object's `duration_ms` as the number, its other scalars as attributes of the point. */
export function putNumberObject(s: Transcoding): void {
  let duration: number | undefined
  s.at++
  let c = peek(s)
  while (c !== byte.closeObject) {
    if (c !== byte.quote) throw badJson(s.at)
    takeString(s)
    const { text, from, until } = s
    takeColon(s)
    if (isDuration(text, from, until)) duration = takeWord(s, 'null') ? undefined : takeDouble(s)
    else putScalarAttribute(s, text, from, until)
    c = peek(s)
    if (c === byte.comma) {
      s.at++
      if (peek(s) !== byte.quote) throw badJson(s.at)
      c = byte.quote
    } else if (c !== byte.closeObject) {
      throw badJson(s.at)
    }
  }
  s.at++
  if (duration === undefined) return refuse('number-object')
  makeRoom(s, attributeRoom)
  putTag(s, pointDouble.tag)
  putDouble(s, duration)
  s.counts[counted['number-object']]++
}

const durationKey = new Uint8Array(Buffer.from('duration_ms'))

function isDuration(text: Uint8Array, from: number, until: number): boolean {
  return until - from === durationKey.length && durationKey.every((expected, i) => text[from + i] === expected)
}

function putScalarAttribute(s: Transcoding, text: Uint8Array, from: number, until: number): void {
  const c = peek(s)
  if (c === byte.openObject || c === byte.openArray) {
    s.counts[counted['unknown-field']]++
    skipValue(s, s.depth)
    return
  }
  if (c === byte.n && takeWord(s, 'null')) return
  makeRoom(s, s.end - s.at + until - from + attributeRoom)
  putTag(s, pointAttributes.tag)
  const attribute = openLength(s, 1)
  putTag(s, keyField.tag)
  putVarint(s, until - from)
  putBytes(s, text, from, until)
  putTag(s, valueField.tag)
  const value = openLength(s, 1)
  putField(s, c === byte.quote ? stringValue : c === byte.t || c === byte.f ? boolValue : doubleValue)
  closeLength(s, value, 1)
  closeLength(s, attribute, 1)
}
