// Protobuf bytes → plain objects, slowly and strictly, by the reference's own schema. Input that is valid but not
// canonical is made canonical here: unknown fields go, the last scalar wins, message bodies are joined.
import { type FieldInfo, fieldsOf, wireTypeOf } from './schema.ts'
import { type Field, type Leaf, type Message, textOf } from './model.ts'

/** The body is not protobuf, or not OTLP. */
export class Malformed extends Error {}

/** What was not canonical: reasons as the gateway counts them, and `form` for what only the writer's choice explains. */
export class Notes {
  readonly counts = new Map<string, number>()
  note(reason: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1)
  }
}

interface Occurrence {
  readonly number: number
  readonly wireType: number
  /** A varint's or fixed value's bits, or the body. */
  readonly bits: bigint
  readonly body: Buffer
}

const maxAnyValueDepth = 100
const noBody = Buffer.alloc(0)

class Cursor {
  readonly bytes: Buffer
  at = 0
  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  varint(notes: Notes): bigint {
    let value = 0n
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.bytes.length) throw new Malformed('truncated varint')
      const byte = this.bytes[this.at++]
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) {
        if (byte === 0 && i > 0) notes.note('form')
        return BigInt.asUintN(64, value)
      }
    }
    throw new Malformed('varint over ten bytes')
  }

  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new Malformed('length past the end')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}

/** Splits a message's bytes into its fields. */
function split(bytes: Buffer, notes: Notes): Occurrence[] {
  const cursor = new Cursor(bytes)
  const occurrences: Occurrence[] = []
  while (cursor.at < bytes.length) {
    const tag = cursor.varint(notes)
    if (tag > 0xffff_ffffn) throw new Malformed('tag over 32 bits')
    const number = Number(tag >> 3n)
    const wireType = Number(tag & 7n)
    if (number === 0) throw new Malformed('field number 0')
    if (wireType === 0) occurrences.push({ number, wireType, bits: cursor.varint(notes), body: noBody })
    else if (wireType === 1)
      occurrences.push({ number, wireType, bits: cursor.take(8).readBigUInt64LE(), body: noBody })
    else if (wireType === 5)
      occurrences.push({ number, wireType, bits: BigInt(cursor.take(4).readUInt32LE()), body: noBody })
    else if (wireType === 2) {
      const length = cursor.varint(notes)
      if (length > BigInt(bytes.length)) throw new Malformed('length past the end')
      occurrences.push({ number, wireType, bits: 0n, body: cursor.take(Number(length)) })
    } else throw new Malformed(`wire type ${wireType}`)
  }
  return occurrences
}

const doubleOf = (bits: bigint): number => new Float64Array(new BigUint64Array([bits]).buffer)[0]

/** The value of a scalar's bits. */
function scalar(kind: string, bits: bigint): Leaf {
  switch (kind) {
    case 'bool':
      return bits !== 0n
    case 'int64':
    case 'sfixed64':
      return BigInt.asIntN(64, bits)
    case 'uint64':
    case 'fixed64':
      return bits
    case 'double':
      return doubleOf(bits)
    case 'int32':
    case 'enum':
      return Number(BigInt.asIntN(32, bits))
    case 'uint32':
    case 'fixed32':
      return Number(BigInt.asUintN(32, bits))
    case 'sint32': {
      const low = BigInt.asUintN(32, bits)
      return Number((low >> 1n) ^ -(low & 1n))
    }
    default:
      throw new Error(`no scalar ${kind}`)
  }
}

const isDefault = (value: Field): boolean =>
  value === '' || value === false || value === 0n || Object.is(value, 0) || (Buffer.isBuffer(value) && !value.length)

function packedValues(kind: string, body: Buffer, notes: Notes): Leaf[] {
  const cursor = new Cursor(body)
  const values: Leaf[] = []
  const width = wireTypeOf(kind) === 1 ? 8 : wireTypeOf(kind) === 5 ? 4 : 0
  if (width && body.length % width) throw new Malformed('odd packed size')
  while (cursor.at < body.length) {
    if (width === 8) values.push(scalar(kind, cursor.take(8).readBigUInt64LE()))
    else if (width === 4) values.push(scalar(kind, BigInt(cursor.take(4).readUInt32LE())))
    else values.push(scalar(kind, cursor.varint(notes)))
  }
  return values
}

/** One field from all its occurrences, in order. */
function valueOf(field: FieldInfo, found: readonly Occurrence[], notes: Notes, depth: number): Field {
  const { kind, message, repeated } = field
  if (message !== undefined) {
    if (repeated) return found.map((one) => fromOccurrences(message, split(one.body, notes), notes, depth))
    if (found.length > 1) notes.note('form')
    return fromOccurrences(
      message,
      found.flatMap((one) => split(one.body, notes)),
      notes,
      depth,
    )
  }
  const read = (one: Occurrence): Leaf =>
    kind === 'string' ? textOf(one.body) : kind === 'bytes' ? Buffer.from(one.body) : scalar(kind, one.bits)
  if (!repeated) {
    if (found.length > 1) notes.note('form')
    return read(found[found.length - 1])
  }
  if (wireTypeOf(kind) === 2) return found.map(read)
  if (found.length > 1 || found[0].wireType !== 2 || found[0].body.length === 0) notes.note('form')
  return found.flatMap((one) => (one.wireType === 2 ? packedValues(kind, one.body, notes) : [read(one)]))
}

function fits(field: FieldInfo, wireType: number): boolean {
  return wireTypeOf(field.kind) === wireType || (field.repeated && wireType === 2)
}

function fromOccurrences(name: string, occurrences: readonly Occurrence[], notes: Notes, above: number): Message {
  const depth = name === 'AnyValue' ? above + 1 : above
  if (depth > maxAnyValueDepth) throw new Malformed('too deep')
  const fields = fieldsOf(name)
  const known = occurrences.filter((one) => {
    const field = fields.find(({ number }) => number === one.number)
    if (field && fits(field, one.wireType)) return true
    notes.note('unknown-field')
    return false
  })
  const message: Message = {}
  let oneofMembers = 0
  for (const field of fields) {
    const found = known.filter((one) => one.number === field.number)
    if (found.length === 0) continue
    if (field.name.endsWith('Strindex') && found.some((one) => one.bits !== 0n)) throw new Malformed('strindex')
    if (field.oneof !== undefined) {
      oneofMembers += found.length
      for (const one of found) valueOf(field, [one], notes, depth)
      const members = fields.filter((other) => other.oneof === field.oneof)
      const last = known.findLast((one) => members.some((member) => member.number === one.number))
      if (last && last.number === field.number) message[field.name] = valueOf(field, [last], notes, depth)
      continue
    }
    const value = valueOf(field, found, notes, depth)
    if (Array.isArray(value) ? value.length === 0 : !field.presence && isDefault(value)) continue
    message[field.name] = value
    if (field.message === 'KeyValue' && Array.isArray(value)) {
      const kept = (value as Message[]).filter((pair) => !ambiguous.has(pair))
      if (kept.length === 0) delete message[field.name]
      else message[field.name] = kept
    }
  }
  if (oneofMembers > 1) notes.note('form')
  if (name === 'KeyValue') {
    const keys = new Set(known.filter((one) => one.number === 1).map((one) => one.body.toString('latin1')))
    if (keys.size > 1) {
      ambiguous.add(message)
      notes.note('ambiguous-key')
    }
  }
  return message
}

/** Pairs with two different keys: no one can say which of them the value belongs to. */
const ambiguous = new WeakSet<Message>()

/**
 * Reads a message.
 * @throws Malformed when the bytes are no message, or hold what OTLP forbids
 */
export function read(name: string, bytes: Uint8Array, notes = new Notes()): Message {
  return fromOccurrences(name, split(Buffer.from(bytes), notes), notes, 0)
}
