// Arbitrary Export requests as OTLP/JSON objects, made from the field table: canonical, that is, with the fields in the
// table's order, 64-bit integers as strings, ids in lower-case hex, and no zero where it means nothing.
import * as fc from 'fast-check'
import { messages, requestOf, type Field, type Signal } from '../../src/otlp/fields.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const signed = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -1n, 0n),
)
const unsigned = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 64n - 1n, 9007199254740993n, 0n),
)
// Minus zero is written as 0 by JSON.stringify.
const double = fc
  .double()
  .filter((value) => !Object.is(value, -0))
  .map((value): Json => (Number.isFinite(value) ? value : String(value)))
const text = fc.string({ unit: 'grapheme', maxLength: 200 })

const scalars: Readonly<Record<Exclude<Field['kind'], 'message'>, fc.Arbitrary<Json>>> = {
  string: text,
  bytes: fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  bool: fc.boolean(),
  int32: fc.integer(),
  sint32: fc.integer(),
  uint32: fc.nat({ max: 2 ** 32 - 1 }),
  fixed32: fc.nat({ max: 2 ** 32 - 1 }),
  int64: signed.map(String),
  sfixed64: signed.map(String),
  uint64: unsigned.map(String),
  fixed64: unsigned.map(String),
  double,
  enum: fc.integer({ min: -3, max: 30 }),
}

const isZero = (value: Json): boolean => value === 0 || value === '0' || value === '' || value === false

function arbitraryField(field: Field, depth: number): fc.Arbitrary<Json | undefined> {
  const element =
    field.kind === 'message'
      ? arbitraryMessage(field.type ?? '', depth + 1)
      : field.hex
        ? fc.uint8Array({ minLength: 1, maxLength: field.name === 'traceId' ? 31 : 32 }).map(hex)
        : scalars[field.kind]
  if (field.repeated) {
    const list = fc.array(element, { maxLength: depth > 4 ? 2 : 3 })
    return list.map((values) => (values.length === 0 ? undefined : values))
  }
  const explicit = field.kind === 'message' || field.oneof !== undefined || field.optional
  return explicit ? element : element.map((value) => (isZero(value) ? undefined : value))
}

function arbitraryMessage(name: string, depth: number): fc.Arbitrary<Json> {
  const fields = messages[name].fields.filter(
    (field) => field.meaning !== 'closed' && (depth < 9 || field.kind !== 'message'),
  )
  const values = fields.map((field) => fc.option(arbitraryField(field, depth), { nil: undefined, freq: 3 }))
  return fc.tuple(fc.nat(), fc.tuple(...values)).map(([choice, all]) => {
    const chosen = new Map<string, string>()
    for (const oneof of new Set(fields.flatMap((field) => field.oneof ?? []))) {
      const members = fields.filter((field, index) => field.oneof === oneof && all[index] !== undefined)
      if (members.length > 0) chosen.set(oneof, members[choice % members.length].name)
    }
    const entries = fields.flatMap((field, index): [string, Json][] => {
      const value = all[index]
      const isRival = field.oneof !== undefined && chosen.get(field.oneof) !== field.name
      return value === undefined || isRival ? [] : [[field.name, value]]
    })
    return Object.fromEntries(entries)
  })
}

/** A request of a signal, in canonical OTLP/JSON. */
export function arbitraryRequest(signal: Signal): fc.Arbitrary<Json> {
  return arbitraryMessage(requestOf[signal], 0)
}
