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
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return messageJson(printer(requestOf[signal]), buffer, 0, buffer.length, 1)
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

const bool = (buffer: Buffer, at: number, end: number): boolean =>
  end - at === 1 ? buffer[at] !== 0 : readVarint64(buffer, at, end) !== 0n

/** A value of each kind; [at, end) is the value itself for strings and bytes, and has been checked for fixed widths. */
const texts: Readonly<Record<Kind, Print['text']>> = {
  string: (buffer, at, end) => JSON.stringify(buffer.toString('utf8', at, end)),
  bytes: (buffer, at, end) => `"${buffer.toString('base64', at, end)}"`,
  bool: (buffer, at, end) => (bool(buffer, at, end) ? 'true' : 'false'),
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

function messageJson(printer: Printer, buffer: Buffer, start: number, end: number, depth: number): string {
  if (depth > maxDepth) throw new WireError('too-deep', `messages are nested more than ${maxDepth} levels deep`)
  return isOrdered(printer, buffer, start, end)
    ? orderedJson(printer, buffer, start, end, depth)
    : collectedJson(printer, buffer, start, end, depth)
}

/** The field that `takeField` took last. */
const taken = { number: 0, wireType: 0, from: 0, stop: 0 }

/** Reads a field's tag and finds its value, [from, stop). */
function takeField(buffer: Buffer, at: number, end: number): void {
  const tag = readVarint(buffer, at, end)
  const value = tag < 0x80 ? at + 1 : varintEnd(buffer, at, end)
  taken.number = Math.floor(tag / 8)
  taken.wireType = tag % 8
  taken.from = taken.wireType === 2 ? varintEnd(buffer, value, end) : value
  taken.stop = valueEnd(buffer, taken.wireType, value, end)
}

/** Where the value that starts at `at` (for wire type 2, with its length) ends. */
function valueEnd(buffer: Buffer, wireType: number, at: number, end: number): number {
  let stop: number
  if (wireType === 0) stop = varintEnd(buffer, at, end)
  else if (wireType === 1) stop = at + 8
  else if (wireType === 2) stop = varintEnd(buffer, at, end) + readVarint(buffer, at, end)
  else if (wireType === 5) stop = at + 4
  else throw new WireError('bad-wire-type', `wire type ${wireType} is not used by OTLP`, at)
  if (stop > end) throw truncated(at)
  return stop
}

/** Whether a message's fields are known, in the table's order, lists together: it can be printed as it is read. */
function isOrdered({ byNumber }: Printer, buffer: Buffer, start: number, end: number): boolean {
  let last: Print | undefined
  let hasMember = false
  for (let at = start; at < end; at = taken.stop) {
    takeField(buffer, at, end)
    const print = byNumber[taken.number]
    if (print === undefined || taken.wireType !== (print.packed ? 2 : print.wireType)) return false
    if (print === last ? !print.repeated || print.packed : last !== undefined && print.index < last.index) return false
    if (print.packed && taken.from === taken.stop) return false
    if (print.rivals.length > 0) {
      if (hasMember) return false
      hasMember = true
    }
    last = print
  }
  return true
}

function orderedJson({ byNumber }: Printer, buffer: Buffer, start: number, end: number, depth: number): string {
  let json = '{'
  let last: Print | undefined
  let stop: number
  for (let at = start; at < end; at = stop) {
    takeField(buffer, at, end)
    stop = taken.stop
    const print = byNumber[taken.number]
    if (print === undefined) continue
    const text = valueJson(print, buffer, taken.from, stop, depth)
    if (print.implicit && zeros.has(text)) continue
    if (print === last) json += `,${text}`
    else json += (last === undefined ? '' : last.repeated ? '],' : ',') + print.lead + text
    last = print
  }
  return json + (last?.repeated ? ']}' : '}')
}

function valueJson(print: Print, buffer: Buffer, from: number, stop: number, depth: number): string {
  if (print.child !== undefined) return messageJson(print.child, buffer, from, stop, depth + 1)
  return print.packed ? packedJson(print, buffer, from, stop) : print.text(buffer, from, stop)
}

function packedJson(print: Print, buffer: Buffer, from: number, end: number): string {
  let json = ''
  let stop: number
  for (let at = from; at < end; at = stop) {
    stop = valueEnd(buffer, print.wireType, at, end)
    json += (json === '' ? '' : ',') + print.text(buffer, at, stop)
  }
  return json
}

/** Prints a message after all of it has been read: the last of a scalar, the joined parts of a message. */
function collectedJson(printer: Printer, buffer: Buffer, start: number, end: number, depth: number): string {
  const { prints, byNumber } = printer
  const texts: string[][] = prints.map(() => [])
  const parts: Buffer[][] = prints.map(() => [])
  let stop: number
  for (let at = start; at < end; at = stop) {
    takeField(buffer, at, end)
    stop = taken.stop
    const { from, wireType } = taken
    const print = byNumber[taken.number]
    if (print === undefined) continue
    for (const rival of print.rivals) {
      texts[rival] = []
      parts[rival] = []
    }
    const { index, child, repeated } = print
    if (print.packed && wireType === 2) {
      if (from < stop) texts[index].push(packedJson(print, buffer, from, stop))
    } else if (wireType !== print.wireType) {
      continue
    } else if (child === undefined) {
      const text = print.text(buffer, from, stop)
      if (repeated) texts[index].push(text)
      else texts[index] = [text]
    } else if (repeated) {
      texts[index].push(messageJson(child, buffer, from, stop, depth + 1))
    } else {
      parts[index].push(buffer.subarray(from, stop))
    }
  }
  const members = prints.flatMap((print) => {
    const { index, child, lead, repeated } = print
    if (child !== undefined && parts[index].length > 0) {
      // protobuf encoding, "Last One Wins": a singular message in parts is their bodies joined.
      const body = Buffer.concat(parts[index])
      return lead + messageJson(child, body, 0, body.length, depth + 1)
    }
    const text = texts[index].join(',')
    return texts[index].length === 0 || (print.implicit && zeros.has(text)) ? [] : lead + text + (repeated ? ']' : '')
  })
  return `{${members.join(',')}}`
}
