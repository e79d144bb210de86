// fast-check arbitraries of Export requests, by the reference's schema: any known field may be there, at any size that
// keeps a run short. What a test cares about (names, texts, resources) is given by a `Taste`.
import * as fc from 'fast-check'
import { type FieldInfo, type Signal, fieldsOf, requestName } from '../reference/schema.ts'
import type { AnyValue, Field, KeyValue, Message } from '../reference/model.ts'

/** What the leaves are made of. */
export interface Taste {
  readonly key: fc.Arbitrary<string>
  readonly text: fc.Arbitrary<string>
  readonly bytes: fc.Arbitrary<Buffer>
  readonly int: fc.Arbitrary<bigint>
  readonly double: fc.Arbitrary<number>
  /** Arrays and maps inside an attribute value, at most so deep. */
  readonly depth: number
  /** Ids have their right lengths and are not zero. */
  readonly goodIds: boolean
  /** What single fields hold, by `Message.field`; lists for repeated fields. */
  readonly fields?: Readonly<Record<string, fc.Arbitrary<Field>>>
}

const printable = fc.string({ unit: 'grapheme', maxLength: 12 })
const anyDouble = fc.double().map((value) => (Number.isNaN(value) ? Number.NaN : value))

export const plainTaste: Taste = {
  key: printable,
  text: printable,
  bytes: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  int: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  double: anyDouble,
  depth: 3,
  goodIds: false,
}

export function keyValue(taste: Taste, depth = taste.depth): fc.Arbitrary<KeyValue> {
  return fc
    .record({ key: taste.key, value: anyValue(taste, depth) }, { requiredKeys: ['key'] })
    .map(({ key, value }) => ({
      ...(key === '' ? {} : { key }),
      ...(value === undefined ? {} : { value }),
    }))
}

export function anyValue(taste: Taste, depth = taste.depth): fc.Arbitrary<AnyValue> {
  const leaves: fc.Arbitrary<AnyValue>[] = [
    taste.text.map((stringValue) => ({ stringValue })),
    taste.text.map((stringValue) => ({ stringValue })),
    taste.text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    taste.int.map((intValue) => ({ intValue })),
    taste.double.map((doubleValue) => ({ doubleValue })),
    taste.bytes.map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
  ]
  if (depth <= 0) return fc.oneof(...leaves)
  const list = <T>(element: fc.Arbitrary<T>): fc.Arbitrary<{ values?: T[] }> =>
    fc.array(element, { maxLength: 3 }).map((values) => (values.length ? { values } : {}))
  return fc.oneof(
    { weight: 8, arbitrary: fc.oneof(...leaves) },
    { weight: 1, arbitrary: list(anyValue(taste, depth - 1)).map((arrayValue) => ({ arrayValue })) },
    { weight: 2, arbitrary: list(keyValue(taste, depth - 1)).map((kvlistValue) => ({ kvlistValue })) },
  )
}

const idLength = (field: FieldInfo): number => (field.name === 'traceId' ? 16 : 8)

function scalar(taste: Taste, field: FieldInfo): fc.Arbitrary<Field> {
  switch (field.kind) {
    case 'string':
      return taste.text
    case 'bytes': {
      const length = idLength(field)
      const good = fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
        bytes[0] |= 1
        return Buffer.from(bytes)
      })
      if (taste.goodIds) return good
      return fc.oneof(
        { weight: 6, arbitrary: good },
        { weight: 1, arbitrary: fc.constant(Buffer.alloc(length)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
      )
    }
    case 'bool':
      return fc.boolean()
    case 'double':
      return anyDouble
    case 'enum':
      return fc.integer({ min: 0, max: 5 })
    case 'int32':
    case 'sint32':
      return fc.integer()
    case 'uint32':
    case 'fixed32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 })
    case 'int64':
    case 'sfixed64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    default:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  }
}

const isImplicitDefault = (field: FieldInfo, value: Field): boolean =>
  !field.presence &&
  (value === '' ||
    value === false ||
    value === 0n ||
    Object.is(value, 0) ||
    (Buffer.isBuffer(value) && value.length === 0))

/** How many elements a repeated field gets at most. */
const most: Readonly<Record<string, number>> = { KeyValue: 4, Span: 3, LogRecord: 3, EntityRef: 1, Exemplar: 1 }

/** A message of the schema; fields that hold an implicit default are left out, oneofs have at most one member. */
function message(name: string, taste: Taste): fc.Arbitrary<Message> {
  if (name === 'AnyValue') return anyValue(taste) as fc.Arbitrary<Message>
  if (name === 'KeyValue') return keyValue(taste) as fc.Arbitrary<Message>
  const fields = fieldsOf(name)
  const valueOf = (field: FieldInfo): fc.Arbitrary<Field> => {
    const special = taste.fields?.[`${name}.${field.name}`]
    if (special) return special
    const element: fc.Arbitrary<Field> = field.message ? message(field.message, taste) : scalar(taste, field)
    if (!field.repeated) return element
    const maxLength = most[field.message ?? ''] ?? 2
    return fc.array(element as fc.Arbitrary<Message>, { maxLength })
  }
  type Entry = readonly [string, Field] | undefined
  const none = { weight: 1, arbitrary: fc.constant<Entry>(undefined) }
  const entries: fc.Arbitrary<Entry>[] = []
  for (const field of fields.filter(({ oneof }) => oneof === undefined)) {
    const often =
      field.repeated ||
      field.kind === 'bytes' ||
      field.message === 'AnyValue' ||
      taste.fields?.[`${name}.${field.name}`]
    const entry = valueOf(field).map((value): Entry =>
      (Array.isArray(value) && value.length === 0) || isImplicitDefault(field, value) ? undefined : [field.name, value],
    )
    entries.push(fc.oneof({ weight: often ? 6 : 2, arbitrary: entry }, none))
  }
  for (const oneof of new Set(fields.map((field) => field.oneof))) {
    if (oneof === undefined) continue
    const members = fields.filter((field) => field.oneof === oneof)
    entries.push(
      fc.oneof(
        none,
        ...members.map((field) => ({
          weight: 2,
          arbitrary: valueOf(field).map((value): Entry => [field.name, value]),
        })),
      ),
    )
  }
  return fc
    .tuple(...entries)
    .map((found) => Object.fromEntries(found.filter((entry) => entry !== undefined)) as Message)
}

export function request(signal: Signal, taste: Taste): fc.Arbitrary<Message> {
  return message(requestName[signal], taste)
}
