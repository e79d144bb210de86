// Plain objects → OTLP/JSON text, by the reference's schema: ids in hex, other bytes in base64, enums as numbers.
import { type FieldInfo, fieldsOf } from '../reference/schema.ts'
import type { Field, Leaf, Message } from '../reference/model.ts'

export interface JsonStyle {
  /** 64-bit integers as bare numbers, as some senders write them; the specification says strings. */
  readonly bareIntegers: boolean
  /** 0 for one line. */
  readonly indent: number
}

const specified: JsonStyle = { bareIntegers: false, indent: 0 }

const hexFields = new Set(['traceId', 'spanId', 'parentSpanId'])

function leaf(field: FieldInfo, value: Leaf, style: JsonStyle): string {
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString(hexFields.has(field.name) ? 'hex' : 'base64'))
  if (typeof value === 'bigint') return style.bareIntegers ? String(value) : `"${value}"`
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  return Object.is(value, -0) ? '-0.0' : JSON.stringify(value)
}

/** The JSON of a message. A string that is not valid UTF-8 has none. */
export function writeJson(name: string, message: Message, style: JsonStyle = specified, depth = 1): string {
  const fields = fieldsOf(name)
  const space = style.indent ? `\n${' '.repeat(style.indent * depth)}` : ''
  const close = style.indent ? `\n${' '.repeat(style.indent * (depth - 1))}` : ''
  const one = (field: FieldInfo, value: Field): string =>
    field.message === undefined
      ? leaf(field, value as Leaf, style)
      : writeJson(field.message, value as Message, style, depth + 1)
  const members = fields.flatMap((field) => {
    const value = message[field.name]
    if (value === undefined) return []
    const text = Array.isArray(value) ? `[${value.map((element) => one(field, element)).join(',')}]` : one(field, value)
    return [`${space}"${field.name}":${style.indent ? ' ' : ''}${text}`]
  })
  return members.length ? `{${members.join(',')}${close}}` : '{}'
}
