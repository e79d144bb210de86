// Rewrites a valid but unusual body into the one form that the walker reads: known fields only, singular fields once,
// packed scalars in one chunk, minimal varints. Off the hot path: official SDKs never send anything else.
//
// Decoders disagree about such bodies, so a value that one of them would not see could pass unseen. What is written here
// is what every decoder agrees on: of a scalar the last, of a message the joined bodies, of a oneof the last member.
import { isPacked, messages, wireTypeOf, type Field, type Kind } from './fields.ts'
import { readVarint, readVarint64, truncated, varintEnd, varintSize, writeVarint } from './wire.ts'
import { WireError } from './wire-error.ts'

/** AnyValues inside AnyValues; protobuf's own decoders stop at 100 messages. */
const maxDepth = 100

/** Fields of one message, its copies included. Each is held while the message is rewritten, so there must be an end. */
const maxFields = 1_000_000

/** What was left out, by reason: `unknown-field`, `ambiguous-key`. */
export type Dropped = (reason: 'unknown-field' | 'ambiguous-key') => void

interface Occurrence {
  readonly field: Field
  readonly wire: number
  /** Content without tag and length. */
  readonly start: number
  readonly end: number
}

type Range = readonly [start: number, end: number]

/** The canonical form of a request. @throws WireError when the bytes are not protobuf at all */
export function canonicalize(request: string, bytes: Uint8Array, dropped: Dropped): Uint8Array {
  const writer = new Parts()
  writeMessage(bytes, request, [[0, bytes.length]], 0, writer, dropped)
  return writer.join()
}

/** Byte runs of a body that is put together once all its lengths are known. */
class Parts {
  readonly #parts: Uint8Array[] = []
  size = 0

  push(part: Uint8Array): void {
    this.#parts.push(part)
    this.size += part.length
  }

  pushVarint(value: number): void {
    this.push(varint(value))
  }

  /** Reserves the place of a length that `fill` sets. */
  reserve(): number {
    return this.#parts.push(new Uint8Array(0)) - 1
  }

  fill(place: number, value: number): void {
    this.#parts[place] = varint(value)
    this.size += this.#parts[place].length
  }

  join(): Uint8Array {
    return Buffer.concat(this.#parts, this.size)
  }
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintSize(value))
  writeVarint(bytes, 0, value)
  return bytes
}

function varint64(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

function writeMessage(
  bytes: Uint8Array,
  name: string,
  ranges: readonly Range[],
  depth: number,
  out: Parts,
  dropped: Dropped,
): void {
  if (depth > maxDepth) throw new WireError('too-deep', 'values are nested more than 100 deep', ranges[0][0])
  const fields = messages[name].fields
  const found = ranges.flatMap(([start, end]) => occurrences(bytes, fields, start, end, dropped))
  const last = new Map<Field | string, Occurrence>()
  for (const occurrence of found) last.set(groupOf(occurrence.field), occurrence)
  for (const occurrence of found) {
    const { field } = occurrence
    if (field.meaning === 'closed' && readVarint64(bytes, occurrence.start, occurrence.end) !== 0n) {
      throw new WireError(
        'profiles-field',
        `${field.name} belongs to profiles and is refused in other signals`,
        occurrence.start,
      )
    }
    if (field.meaning === 'closed') continue
    const isSingular = !field.repeated || isPacked(field)
    if (isSingular && last.get(groupOf(field)) !== occurrence) continue
    if (isPacked(field)) writePacked(bytes, field, found, out)
    else if (field.kind === 'message') writeChild(bytes, occurrence, found, depth, out, dropped)
    else writeScalar(bytes, occurrence, out)
  }
}

function groupOf(field: Field): Field | string {
  return field.oneof ?? field
}

function occurrences(
  bytes: Uint8Array,
  fields: readonly Field[],
  start: number,
  end: number,
  dropped: Dropped,
): Occurrence[] {
  const found: Occurrence[] = []
  let pos = start
  while (pos < end) {
    const tagStart = pos
    const tag = readVarint(bytes, pos, end)
    pos = varintEnd(bytes, pos, end)
    const number = Math.floor(tag / 8)
    const wire = tag % 8
    if (number === 0 || number > 0x1fffffff) throw new WireError('bad-tag', 'a field has no valid number', tagStart)
    const contentStart = wire === 2 ? varintEnd(bytes, pos, end) : pos
    pos = contentEnd(bytes, wire, pos, end, tagStart)
    const field = fields.find((candidate) => candidate.number === number)
    const expected = field === undefined ? -1 : wireTypeOf(field.kind)
    if (field !== undefined && (wire === expected || (wire === 2 && isPacked(field)))) {
      if (found.length === maxFields)
        throw new WireError('too-large', 'a message has more than a million fields', start)
      found.push({ field, wire, start: contentStart, end: pos })
    } else {
      dropped('unknown-field')
    }
  }
  return found
}

function contentEnd(bytes: Uint8Array, wire: number, pos: number, end: number, tagStart: number): number {
  let stop: number
  if (wire === 0) stop = varintEnd(bytes, pos, end)
  else if (wire === 1) stop = pos + 8
  else if (wire === 5) stop = pos + 4
  else if (wire === 2) stop = varintEnd(bytes, pos, end) + readVarint(bytes, pos, end)
  else throw new WireError('bad-wire-type', 'a field has a wire type that OTLP does not use', tagStart)
  if (stop > end) throw truncated(tagStart)
  return stop
}

function writeChild(
  bytes: Uint8Array,
  last: Occurrence,
  found: readonly Occurrence[],
  depth: number,
  out: Parts,
  dropped: Dropped,
): void {
  const { field } = last
  const type = field.type ?? ''
  const joins = !field.repeated && field.oneof === undefined
  const ranges = (joins ? found.filter((other) => other.field === field) : [last]).map(({ start, end }): Range => [
    start,
    end,
  ])
  if (type === 'KeyValue' && isAmbiguous(bytes, ranges)) {
    dropped('ambiguous-key')
    return
  }
  out.pushVarint(field.number * 8 + 2)
  const place = out.reserve()
  const before = out.size
  writeMessage(bytes, type, ranges, type === 'AnyValue' ? depth + 1 : depth, out, dropped)
  out.fill(place, out.size - before)
}

/** A KeyValue with two different keys: no decoder's choice is safe to classify by, so it is left out. */
function isAmbiguous(bytes: Uint8Array, ranges: readonly Range[]): boolean {
  const keys = ranges
    .flatMap(([start, end]) => occurrences(bytes, messages['KeyValue'].fields, start, end, () => {}))
    .filter(({ field }) => field.name === 'key')
    .map(({ start, end }) => Buffer.from(bytes.subarray(start, end)))
  return keys.some((key) => !key.equals(keys[0]))
}

function writeScalar(bytes: Uint8Array, { field, wire, start, end }: Occurrence, out: Parts): void {
  out.pushVarint(field.number * 8 + wire)
  if (wire === 2) out.pushVarint(end - start)
  out.push(wire === 0 ? varint64(fitted(field.kind, readVarint64(bytes, start, end))) : bytes.subarray(start, end))
}

function writePacked(bytes: Uint8Array, field: Field, found: readonly Occurrence[], out: Parts): void {
  const content = new Parts()
  const isVarint = wireTypeOf(field.kind) === 0
  for (const { start, end } of found.filter((other) => other.field === field)) {
    if (!isVarint && (end - start) % 8 !== 0) throw new WireError('bad-length', 'a packed field has an odd size', start)
    if (isVarint) pushVarints(bytes, field.kind, start, end, content)
    else content.push(bytes.subarray(start, end))
  }
  out.pushVarint(field.number * 8 + 2)
  out.pushVarint(content.size)
  out.push(content.join())
}

function pushVarints(bytes: Uint8Array, kind: Kind, start: number, end: number, out: Parts): void {
  let pos = start
  while (pos < end) {
    out.push(varint64(fitted(kind, readVarint64(bytes, pos, end))))
    pos = varintEnd(bytes, pos, end)
  }
}

/** A varint cut to its kind's width, as every decoder does; negative int32 and enums take ten bytes. */
function fitted(kind: Kind, value: bigint): bigint {
  if (kind === 'bool') return value === 0n ? 0n : 1n
  if (kind === 'int32' || kind === 'enum') return BigInt.asIntN(32, value)
  if (kind === 'uint32' || kind === 'sint32') return BigInt.asUintN(32, value)
  return value
}
