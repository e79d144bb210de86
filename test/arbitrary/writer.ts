// Plain objects → protobuf bytes, by the reference's schema. By default canonical: fields by number, packed, minimal
// varints. With a `Mess` it writes the same meaning as no sane sender would, but as protobuf allows.
import { type FieldInfo, fieldsOf, wireTypeOf } from '../reference/schema.ts'
import { type Field, type Leaf, type Message, bytesOf } from '../reference/model.ts'

/** How far to go; every part is a chance in percent, decided anew for each field. */
export interface Mess {
  readonly seed: number
  /** Fields of a message in any order; elements of one repeated field stay in order. */
  readonly shuffle: boolean
  /** A singular field is written twice: first with the decoy, then as it is. */
  readonly duplicate: number
  /** A singular message is written in two parts. */
  readonly part: number
  /** Fields that no schema knows, and known numbers with another wire type. */
  readonly unknown: number
  /** Tags, lengths and varints with more bytes than needed. */
  readonly overlong: number
  /** Repeated scalars unpacked or in chunks. */
  readonly unpack: number
  /** What the copies and unknown fields hold. */
  readonly decoy: string
}

export const tidy: Mess = {
  seed: 1,
  shuffle: false,
  duplicate: 0,
  part: 0,
  unknown: 0,
  overlong: 0,
  unpack: 0,
  decoy: '',
}

/** A small deterministic generator (mulberry32), so that a failing case is its seed. */
function random(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A varint of the value's low 64 bits, with `pad` bytes more than needed as far as ten allow. */
export function varint(value: bigint, pad = 0): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n)
  for (let i = 0; i < pad && bytes.length < 10; i++) bytes.push(0x80)
  bytes[bytes.length - 1] &= 0x7f
  return Buffer.from(bytes)
}

export const tag = (number: number, wireType: number, pad = 0): Buffer => varint(BigInt(number * 8 + wireType), pad)

/** A length-delimited field. */
export const delimited = (number: number, body: Buffer): Buffer =>
  Buffer.concat([tag(number, 2), varint(BigInt(body.length)), body])

function fixed(kind: string, value: Leaf): Buffer {
  const bytes = Buffer.alloc(kind === 'fixed32' ? 4 : 8)
  if (kind === 'fixed32') bytes.writeUInt32LE(Number(value))
  else if (kind === 'double') bytes.writeDoubleLE(Number(value))
  else bytes.writeBigUInt64LE(BigInt.asUintN(64, value as bigint))
  return bytes
}

function varintBits(kind: string, value: Leaf): bigint {
  if (kind === 'bool') return value ? 1n : 0n
  if (kind === 'sint32') return BigInt((((value as number) << 1) ^ ((value as number) >> 31)) >>> 0)
  return BigInt(value as number | bigint)
}

class Writer {
  private readonly mess: Mess
  private readonly roll: (below: number) => number

  constructor(mess: Mess) {
    this.mess = mess
    this.roll = random(mess.seed)
  }

  private chance(percent: number): boolean {
    return percent > 0 && this.roll(100) < percent
  }

  private pad(): number {
    return this.chance(this.mess.overlong) ? 1 + this.roll(4) : 0
  }

  private head(number: number, wireType: number): Buffer {
    // A tag has at most five bytes with every parser.
    return tag(number, wireType, this.chance(this.mess.overlong) ? 1 : 0)
  }

  private block(number: number, body: Buffer): Buffer {
    return Buffer.concat([this.head(number, 2), varint(BigInt(body.length), this.pad()), body])
  }

  private bare(kind: string, value: Leaf): Buffer {
    return wireTypeOf(kind) === 0 ? varint(varintBits(kind, value), this.pad()) : fixed(kind, value)
  }

  private one(field: FieldInfo, value: Field): Buffer {
    if (field.message !== undefined) return this.block(field.number, this.message(field.message, value as Message))
    if (field.kind === 'string' || field.kind === 'bytes') return this.block(field.number, bytesOf(value as Buffer))
    return Buffer.concat([this.head(field.number, wireTypeOf(field.kind)), this.bare(field.kind, value as Leaf)])
  }

  /** A repeated scalar: packed, or in chunks and single values. */
  private packed(field: FieldInfo, values: readonly Leaf[]): Buffer[] {
    const pack = (some: readonly Leaf[]): Buffer =>
      this.block(field.number, Buffer.concat(some.map((value) => this.bare(field.kind, value))))
    if (!this.chance(this.mess.unpack)) return [pack(values)]
    const pieces: Buffer[] = []
    for (let at = 0; at < values.length;) {
      if (this.roll(3) === 0) pieces.push(this.one({ ...field, repeated: false }, values[at++]))
      else {
        const length = this.roll(3)
        pieces.push(pack(values.slice(at, at + length)))
        at += length
      }
    }
    return pieces
  }

  /** The bytes of a value that a copy or an unknown field has. */
  private decoy(field: FieldInfo): Buffer {
    if (field.kind === 'string' || field.kind === 'bytes')
      return this.block(field.number, Buffer.from(this.mess.decoy, 'utf8'))
    return this.one(
      field,
      wireTypeOf(field.kind) === 1 && field.kind !== 'double' ? 7n : field.kind === 'bool' ? true : 7,
    )
  }

  private unknown(fields: readonly FieldInfo[]): Buffer {
    const known = fields[this.roll(fields.length)]
    const wrong = [0, 1, 5, 2].filter(
      (wireType) => wireType !== wireTypeOf(known.kind) && !(known.repeated && wireType === 2),
    )
    const [number, wireType] =
      this.roll(2) === 0
        ? [known.number, wrong[this.roll(wrong.length)]]
        : [100 + this.roll(2000), [0, 1, 2, 5][this.roll(4)]]
    const text = Buffer.from(this.mess.decoy, 'utf8')
    if (wireType === 2) return this.block(number, text)
    const width = wireType === 0 ? 0 : wireType === 1 ? 8 : 4
    const value =
      width === 0 ? varint(BigInt(this.roll(1 << 30)), this.pad()) : Buffer.alloc(width, this.mess.decoy || 'x')
    return Buffer.concat([this.head(number, wireType), value])
  }

  /** All occurrences of one field (or of one oneof), in their order. */
  private sequence(field: FieldInfo, value: Field, fields: readonly FieldInfo[]): Buffer[] {
    if (Array.isArray(value)) {
      if (field.message === undefined && wireTypeOf(field.kind) !== 2) return this.packed(field, value as Leaf[])
      return value.map((element) => this.one(field, element))
    }
    const duplicate = this.chance(this.mess.duplicate)
    if (field.oneof !== undefined) {
      const members = fields.filter(
        (other) => other.oneof === field.oneof && other.message === undefined && !other.name.endsWith('Strindex'),
      )
      const copies = duplicate && members.length ? [this.decoy(members[this.roll(members.length)])] : []
      return [...copies, this.one(field, value)]
    }
    if (field.message !== undefined && this.chance(this.mess.part)) {
      const pieces = this.pieces(field.message, value as Message)
      const cut = this.roll(pieces.length + 1)
      return [pieces.slice(0, cut), pieces.slice(cut)].map((part) => this.block(field.number, Buffer.concat(part)))
    }
    if (!duplicate || field.message !== undefined) return [this.one(field, value)]
    // Two different keys make a pair ambiguous; here the meaning stays.
    return [field.name === 'key' ? this.one(field, value) : this.decoy(field), this.one(field, value)]
  }

  private pieces(name: string, message: Message): Buffer[] {
    const fields = fieldsOf(name)
    const sequences: Buffer[][] = []
    for (const field of fields) {
      const value = message[field.name]
      if (value !== undefined) sequences.push(this.sequence(field, value, fields))
    }
    while (this.chance(this.mess.unknown)) sequences.push([this.unknown(fields)])
    if (!this.mess.shuffle) return sequences.flat()
    const pieces: Buffer[] = []
    let open = sequences.filter((sequence) => sequence.length > 0)
    while (open.length > 0) {
      pieces.push(open[this.roll(open.length)].shift() as Buffer)
      open = open.filter((sequence) => sequence.length > 0)
    }
    return pieces
  }

  message(name: string, message: Message): Buffer {
    return Buffer.concat(this.pieces(name, message))
  }
}

/** The protobuf bytes of a message. */
export function write(name: string, message: Message, mess: Mess = tidy): Buffer {
  return new Writer(mess).message(name, message)
}
