// The field table as the JSON transcoder wants it: keys as bytes, tags ready to write, one operation per field.
import { enums, isPacked, messages, recordMessages, requestOf, wireTypeOf, type Field, type Signal } from './fields.ts'

/** How a value is read and written. */
export const Op = {
  string: 0,
  bytes: 1,
  id: 2,
  bool: 3,
  uint32: 4,
  sint32: 5,
  fixed32: 6,
  int64: 7,
  uint64: 8,
  fixed64: 9,
  sfixed64: 10,
  double: 11,
  enum: 12,
  message: 13,
  closed: 14,
} as const

export interface ShapeField {
  readonly name: string
  /** The key's bytes with the closing quote and the colon. */
  readonly key: Uint8Array
  /** The tag; two varint bytes from field 16 on. */
  readonly tag: number
  readonly op: number
  readonly repeated: boolean
  readonly packed: boolean
  /** Written even when it is zero: members of a oneof, `optional`, elements of a list. */
  readonly explicit: boolean
  /** A 64-hex id here is cut to its first 32 digits. */
  readonly traceId: boolean
  readonly enumNames: readonly { readonly name: Uint8Array; readonly value: number }[]
  shape: Shape | undefined
  /** The field that followed last time: looked at first. */
  next: ShapeField | undefined
}

export interface Shape {
  readonly name: string
  readonly isRecord: boolean
  readonly fields: readonly ShapeField[]
  readonly byName: ReadonlyMap<string, ShapeField>
  /** The fields by the length of their keys. */
  readonly byLength: readonly (readonly ShapeField[])[]
  /** Wrong spellings of keys that get an error of their own: snake_case to lowerCamelCase. */
  readonly snakeCase: ReadonlyMap<string, string>
  /** The field an object started with last time. */
  first: ShapeField | undefined
  /** Bytes that the length of such a message took last time. */
  lengthGuess: number
}

function opOf(field: Field): number {
  if (field.meaning === 'closed') return Op.closed
  if (field.hex) return Op.id
  // The remaining kind, int32, occurs only in closed fields.
  if (field.kind === 'int32') throw new Error(`no operation for ${field.name}`)
  return Op[field.kind]
}

function compileField(field: Field): ShapeField {
  const packed = isPacked(field)
  return {
    name: field.name,
    key: new Uint8Array(Buffer.from(`${field.name}":`)),
    tag: (field.number << 3) | (packed ? 2 : wireTypeOf(field.kind)),
    op: opOf(field),
    repeated: field.repeated === true,
    packed,
    explicit: field.oneof !== undefined || field.optional === true || field.repeated === true,
    traceId: field.hex === true && field.name === 'traceId',
    enumNames: Object.entries(enums[field.type ?? ''] ?? {}).map(([name, value]) => ({
      name: new Uint8Array(Buffer.from(name)),
      value,
    })),
    shape: undefined,
    next: undefined,
  }
}

function compileShape(name: string, fields: readonly ShapeField[]): Shape {
  const byLength: ShapeField[][] = Array.from(
    { length: 1 + Math.max(...fields.map((field) => field.name.length)) },
    () => [],
  )
  for (const field of fields) byLength[field.name.length].push(field)
  const snakeCase = fields.map((field): [string, string] => [
    field.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field.name,
  ])
  return {
    name,
    isRecord: recordMessages.has(name),
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    byLength,
    snakeCase: new Map(snakeCase.filter(([snake, camel]) => snake !== camel)),
    first: fields[0],
    lengthGuess: 1,
  }
}

function compile(): ReadonlyMap<string, Shape> {
  const shapes = new Map(
    Object.values(messages).map(({ name, fields }) => [name, compileShape(name, fields.map(compileField))]),
  )
  for (const { name, fields } of Object.values(messages)) {
    for (const field of fields) {
      if (field.kind !== 'message') continue
      const compiled = shapes.get(name)?.byName.get(field.name)
      if (compiled !== undefined) compiled.shape = shapes.get(field.type ?? '')
    }
  }
  return shapes
}

const shapes = compile()

/** A message's shape. */
export function shapeOf(name: string): Shape {
  const shape = shapes.get(name)
  if (shape === undefined) throw new Error(`no message ${name} in the field table`)
  return shape
}

/** A field of a message. */
export function shapeField(message: string, name: string): ShapeField {
  const field = shapeOf(message).byName.get(name)
  if (field === undefined) throw new Error(`no field ${message}.${name} in the field table`)
  return field
}

/** The shape of a signal's Export request. */
export const requestShape: Readonly<Record<Signal, Shape>> = {
  traces: shapeOf(requestOf.traces),
  metrics: shapeOf(requestOf.metrics),
  logs: shapeOf(requestOf.logs),
}
