// Protobuf to OTLP/JSON as the specification maps it, for the file exporter, `sanitize` and previews. Needs no
// canonical input: fields may come in any order and a singular message in parts.
import { isPacked, messages, requestOf, wireTypeOf, type Field, type Kind, type Signal } from './fields.ts'
import { requestType } from './root.ts'
import { readVarint, readVarint64, truncated, varintEnd } from './wire.ts'
import { WireError } from './wire-error.ts'

/**
 * One line of OTLP/JSON: ids in hex, other bytes in base64, 64-bit integers as strings, enums as numbers. Invalid UTF-8
 * becomes U+FFFD. Unknown fields are left out.
 * @throws WireError when the bytes are not protobuf
 */
export function protobufToJson(signal: Signal, bytes: Uint8Array): string {
  return messageJson(printer(requestOf[signal]), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 1)
}

/**
 * The request as a plain object: 64-bit integers as decimal strings, bytes as Uint8Array, absent fields absent.
 * @throws WireError when the bytes are not protobuf
 */
export function decodeRequest(signal: Signal, bytes: Uint8Array): Record<string, unknown> {
  const type = requestType(signal)
  try {
    return type.toObject(type.decode(bytes), { longs: String })
  } catch {
    throw new WireError('truncated', 'the bytes are no Export request')
  }
}

/** A field as it is printed. */
interface Print {
  readonly index: number
  /** `"name":`, with the opening bracket of a list. */
  readonly lead: string
  readonly repeated: boolean
  /** Left out when it is zero. */
  readonly implicit: boolean
  readonly wireType: number
  readonly packed: boolean
  readonly text: (buffer: Buffer, at: number, end: number) => string
  /** The other members of its oneof. */
  readonly rivals: readonly number[]
  child: Printer | undefined
}

interface Printer {
  readonly prints: readonly Print[]
  readonly byNumber: readonly (Print | undefined)[]
}

const printers = new Map<string, Printer>()

function printer(name: string): Printer {
  const known = printers.get(name)
  if (known !== undefined) return known
  const { fields } = messages[name]
  const prints = fields.map((field, index) => printOf(field, index, fields))
  const byNumber: (Print | undefined)[] = []
  for (const [index, field] of fields.entries()) byNumber[field.number] = prints[index]
  const made = { prints, byNumber }
  // Known before its children are made: messages contain one another.
  printers.set(name, made)
  for (const [index, field] of fields.entries()) {
    if (field.kind === 'message') prints[index].child = printer(field.type ?? '')
  }
  return made
}

function printOf(field: Field, index: number, fields: readonly Field[]): Print {
  const repeated = field.repeated === true
  return {
    index,
    lead: `"${field.name}":${repeated ? '[' : ''}`,
    repeated,
    implicit: !repeated && field.oneof === undefined && !field.optional && field.kind !== 'message',
    wireType: wireTypeOf(field.kind),
    packed: isPacked(field),
    text: field.hex ? hexText : texts[field.kind],
    rivals: fields.flatMap((other, at) =>
      other !== field && other.oneof !== undefined && other.oneof === field.oneof ? [at] : [],
    ),
    child: undefined,
  }
}

const int32 = (buffer: Buffer, at: number, end: number): number =>
  Number(BigInt.asIntN(32, readVarint64(buffer, at, end)))
const uint32 = (buffer: Buffer, at: number, end: number): number =>
  varintEnd(buffer, at, end) - at <= 5 ? readVarint(buffer, at, end) >>> 0 : int32(buffer, at, end) >>> 0

function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return `"${value}"`
}

const hexText = (buffer: Buffer, at: number, end: number): string => `"${buffer.toString('hex', at, end)}"`

/** A value of each kind; [at, end) is the value itself for strings and bytes, and has been checked for fixed widths. */
const texts: Readonly<Record<Kind, Print['text']>> = {
  string: (buffer, at, end) => JSON.stringify(buffer.toString('utf8', at, end)),
  bytes: (buffer, at, end) => `"${buffer.toString('base64', at, end)}"`,
  bool: (buffer, at, end) => (readVarint64(buffer, at, end) === 0n ? 'false' : 'true'),
  int32: (buffer, at, end) => String(int32(buffer, at, end)),
  sint32: (buffer, at, end) => {
    const value = uint32(buffer, at, end)
    return String((value >>> 1) ^ -(value & 1))
  },
  uint32: (buffer, at, end) => String(uint32(buffer, at, end)),
  int64: (buffer, at, end) => `"${BigInt.asIntN(64, readVarint64(buffer, at, end))}"`,
  uint64: (buffer, at, end) => `"${readVarint64(buffer, at, end)}"`,
  fixed32: (buffer, at) => String(buffer.readUInt32LE(at)),
  fixed64: (buffer, at) => `"${buffer.readBigUInt64LE(at)}"`,
  sfixed64: (buffer, at) => `"${buffer.readBigInt64LE(at)}"`,
  double: (buffer, at) => doubleText(buffer.readDoubleLE(at)),
  enum: (buffer, at, end) => String(int32(buffer, at, end)),
  message: () => '{}',
}

/** What a field without presence looks like when it is left out. */
const zeros: ReadonlySet<string> = new Set(['0', '"0"', '""', 'false'])

/** Messages may nest this deep. */
const maxDepth = 100

function messageJson({ prints, byNumber }: Printer, buffer: Buffer, depth: number): string {
  if (depth > maxDepth) throw new WireError('too-deep', `messages are nested more than ${maxDepth} levels deep`)
  const parts: string[] = Array.from({ length: prints.length }, () => '')
  const bodies: (Buffer | undefined)[] = []
  const end = buffer.length
  let at = 0
  while (at < end) {
    const tag = readVarint(buffer, at, end)
    at = varintEnd(buffer, at, end)
    const wireType = tag % 8
    const start = wireType === 2 ? varintEnd(buffer, at, end) : at
    const stop = fieldEnd(buffer, wireType, at, end)
    at = stop
    const print = byNumber[Math.floor(tag / 8)]
    if (print === undefined) continue
    for (const rival of print.rivals) {
      parts[rival] = ''
      bodies[rival] = undefined
    }
    if (print.packed && wireType === 2) {
      for (let next = start; next < stop;) {
        const elementEnd = fieldEnd(buffer, print.wireType, next, stop)
        append(parts, print, print.text(buffer, next, elementEnd))
        next = elementEnd
      }
    } else if (wireType === print.wireType) {
      if (print.child === undefined) append(parts, print, print.text(buffer, start, stop))
      else if (print.repeated) append(parts, print, messageJson(print.child, buffer.subarray(start, stop), depth + 1))
      else bodies[print.index] = joined(bodies[print.index], buffer.subarray(start, stop))
    }
  }
  let json = ''
  for (const print of prints) {
    const body = bodies[print.index]
    const text =
      body === undefined || print.child === undefined ? parts[print.index] : messageJson(print.child, body, depth + 1)
    if (text === '' || (print.implicit && zeros.has(text))) continue
    json += `${json === '' ? '' : ','}${print.lead}${text}${print.repeated ? ']' : ''}`
  }
  return `{${json}}`
}

/** A singular message in parts is their bodies joined (protobuf encoding, "Last One Wins"). */
function joined(before: Buffer | undefined, part: Buffer): Buffer {
  return before === undefined ? part : Buffer.concat([before, part])
}

function append(parts: string[], { index, repeated }: Print, text: string): void {
  parts[index] = repeated && parts[index] !== '' ? `${parts[index]},${text}` : text
}

/** Where the field whose value (for wire type 2, whose length) starts at `at` ends. */
function fieldEnd(buffer: Buffer, wireType: number, at: number, end: number): number {
  let stop: number
  if (wireType === 0) stop = varintEnd(buffer, at, end)
  else if (wireType === 1) stop = at + 8
  else if (wireType === 2) stop = varintEnd(buffer, at, end) + readVarint(buffer, at, end)
  else if (wireType === 5) stop = at + 4
  else throw new WireError('bad-wire-type', `wire type ${wireType} is not used by OTLP`, at)
  if (stop > end) throw truncated(at)
  return stop
}
