// The attributes of a data point as Prometheus will see them: sorted, one of a stored name, and equal when their texts are.
// Two series that differ in the type of a value only, or in the punctuation of a name, would be one series twice there.
import { delimitedValue, lastLength, lengthEnd, ValueTag } from '../otlp/any-value.ts'
import { FieldCursor } from '../otlp/cursor.ts'
import { keyValue, pair, readPair } from '../otlp/key-value.ts'
import { readVarint64, viewOf } from '../otlp/wire.ts'
import { storedLabel } from './stored-names.ts'

export interface Label {
  /** Its name as it is stored. */
  readonly key: string
  /** The value as text. */
  readonly text: string
  /** The KeyValue, without tag and length. */
  body(): Uint8Array
}

/** What becomes of an attribute's name. */
export interface LabelName {
  /** As it is stored. */
  readonly key: string
  /** The name that it goes out with, where that is another one. */
  readonly renamed?: string
}

/** A label whose value is this text. */
export function textLabel(name: string, text: string, key = storedLabel(name)): Label {
  return { key, text, body: () => keyValue(Buffer.from(name), delimitedValue(ValueTag.string, Buffer.from(text))) }
}

/**
 * The attributes of the message at [start, end), sorted by name; of a name that occurs twice, the last.
 * @param tag the message's `attributes` field
 * @param nameOf undefined for an attribute that is no label
 */
export function readLabels(
  bytes: Uint8Array,
  {
    start,
    end,
    tag,
    nameOf,
  }: { start: number; end: number; tag: number; nameOf(attribute: string): LabelName | undefined },
): Label[] {
  const byKey = new Map<string, Label>()
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== tag) continue
    const { start: from, end: to } = fields
    readPair(bytes, from, to)
    const name = nameOf(textAt(bytes, pair.keyStart, pair.keyEnd))
    if (name === undefined) continue
    const { key, renamed } = name
    const text = valueText(bytes, pair.valueStart, pair.valueEnd)
    byKey.set(
      key,
      renamed === undefined ? { key, text, body: () => bytes.slice(from, to) } : textLabel(renamed, text, key),
    )
  }
  return sorted(byKey.values())
}

export function sorted(labels: Iterable<Label>): Label[] {
  return [...labels].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

/** What makes two sorted lists of labels the same series. */
export function labelsKey(labels: readonly Label[]): string {
  let key = ''
  for (const label of labels) key += `${label.key.length}:${label.key}${label.text.length}:${label.text}`
  return key
}

/** A Buffer over the bytes that were read last: making one costs more than reading a name. */
let buffer: Buffer = Buffer.alloc(0)

export function textAt(bytes: Uint8Array, start: number, end: number): string {
  if (buffer.buffer !== bytes.buffer || buffer.byteOffset !== bytes.byteOffset || buffer.length !== bytes.length)
    buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.toString('utf8', start, end)
}

/** An AnyValue as text; arrays, maps and bytes as base64 of what they are on the wire. */
export function valueText(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return ''
  switch (bytes[start]) {
    case ValueTag.string: {
      const content = lengthEnd(bytes, start + 1, end)
      return textAt(bytes, content, content + lastLength)
    }
    case ValueTag.bool:
      return bytes[start + 1] === 1 ? 'true' : 'false'
    case ValueTag.int:
      return String(BigInt.asIntN(64, readVarint64(bytes, start + 1, end)))
    case ValueTag.double:
      return String(viewOf(bytes).getFloat64(start + 1, true))
    default:
      return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64')
  }
}

/** An AnyValue as a number: of a number, or of text that is one; NaN otherwise. */
export function valueNumber(bytes: Uint8Array, start: number, end: number): number {
  const tag = start === end ? ValueTag.none : bytes[start]
  if (tag === ValueTag.double) return viewOf(bytes).getFloat64(start + 1, true)
  if (tag === ValueTag.int) return Number(BigInt.asIntN(64, readVarint64(bytes, start + 1, end)))
  if (tag !== ValueTag.string) return NaN
  const text = valueText(bytes, start, end)
  return text.trim() === '' ? NaN : Number(text)
}
