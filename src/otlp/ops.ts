// What the walker does at each tag of each message: compact tables derived from the field table.
import { contexts, isPacked, messages, recordMessages, wireTypeOf, type Field } from './fields.ts'

/** What to do with a field. `unknown` also stands for a known field with a wrong wire type. */
export const Op = {
  unknown: 0,
  varint: 1,
  bool: 2,
  fixed64: 3,
  fixed32: 4,
  packed64: 5,
  packedVarint: 6,
  text: 7,
  attributes: 8,
  body: 9,
  id: 10,
  child: 11,
  closed: 12,
  /** A span's start, which repair may set. */
  startTime: 13,
} as const

/** A message, seen by the walker. Arrays are indexed by tag (`number << 3 | wire type`), all below 256. */
export interface MessageOps {
  readonly name: string
  readonly isRecord: boolean
  /** The context of its attributes; 0 where it has none. */
  readonly context: number
  readonly op: Uint8Array
  /** A bit per singular field or oneof; 0 where a field may repeat. Seen twice = not canonical. */
  readonly once: Int32Array
  readonly child: readonly (MessageOps | undefined)[]
  /** Context id for attributes, place id for text, expected length for ids, most bytes for varints. */
  readonly detail: Uint8Array
  readonly field: readonly (Field | undefined)[]
}

/** The places of the field table that are text but no attribute, by OTTL path. A place's index is its id. */
export const places: readonly string[] = [
  ...new Set(
    Object.values(messages).flatMap(({ fields }) =>
      fields.filter((field) => field.meaning === 'text' || field.meaning === 'name').map((field) => field.place ?? ''),
    ),
  ),
]

/** The places whose text is a low-cardinality name. */
export const namePlaces: ReadonlySet<string> = new Set(
  Object.values(messages).flatMap(({ fields }) =>
    fields.filter((field) => field.meaning === 'name').map((field) => field.place ?? ''),
  ),
)

const spanStart = messages['Span'].fields.find(({ name }) => name === 'startTimeUnixNano')

function opOf(field: Field): number {
  if (field.meaning === 'closed') return Op.closed
  if (field.meaning === 'attributes') return Op.attributes
  if (field.meaning === 'body') return Op.body
  if (field.meaning === 'id') return Op.id
  if (field.meaning === 'text' || field.meaning === 'name') return Op.text
  if (isPacked(field)) return wireTypeOf(field.kind) === 1 ? Op.packed64 : Op.packedVarint
  if (field.kind === 'message') return Op.child
  if (field.kind === 'bool') return Op.bool
  const wire = wireTypeOf(field.kind)
  if (wire === 0) return Op.varint
  if (wire === 1) return field === spanStart ? Op.startTime : Op.fixed64
  if (wire === 5) return Op.fixed32
  // KeyValue and AnyValue are read by hand; no other message has a string or bytes without a meaning.
  return Op.unknown
}

function detailOf(field: Field): number {
  if (field.meaning === 'attributes') return contexts.findIndex((context) => context === field.place)
  if (field.meaning === 'text' || field.meaning === 'name') return places.indexOf(field.place ?? '')
  if (field.meaning === 'id') return field.name === 'traceId' ? 16 : 8
  if (field.kind === 'uint32' || field.kind === 'sint32') return 5
  return 10
}

function tagOf(field: Field): number {
  return (field.number << 3) | (isPacked(field) ? 2 : wireTypeOf(field.kind))
}

function onceBit(field: Field, fields: readonly Field[]): number {
  // A chunked packed field is canonical only when its chunks are joined, so it counts as singular.
  if (field.repeated && !isPacked(field)) return 0
  const first = field.oneof === undefined ? field : fields.find((other) => other.oneof === field.oneof)
  return 1 << (first ?? field).number
}

function build(): ReadonlyMap<string, MessageOps> {
  const all = new Map<string, MessageOps & { child: (MessageOps | undefined)[] }>()
  for (const { name, fields } of Object.values(messages)) {
    const op = new Uint8Array(256)
    const once = new Int32Array(256)
    const detail = new Uint8Array(256)
    const byTag: (Field | undefined)[] = Array.from({ length: 256 })
    for (const field of fields) {
      const tag = tagOf(field)
      op[tag] = opOf(field)
      once[tag] = onceBit(field, fields)
      detail[tag] = detailOf(field)
      byTag[tag] = field
    }
    const context = Math.max(0, ...fields.filter((field) => field.meaning === 'attributes').map(detailOf))
    const isRecord = recordMessages.has(name)
    all.set(name, { name, isRecord, context, op, once, detail, field: byTag, child: Array.from({ length: 256 }) })
  }
  for (const { name, fields } of Object.values(messages)) {
    for (const field of fields) {
      const child = field.kind === 'message' && field.type !== undefined ? all.get(field.type) : undefined
      const parent = all.get(name)
      if (child !== undefined && parent !== undefined) parent.child[tagOf(field)] = child
    }
  }
  return all
}

/** The walker's tables, by message name. */
const messageOps: ReadonlyMap<string, MessageOps> = build()

/** The tag of a message's field, by its names: for code that writes one. */
export function tagIn(message: string, field: string): number {
  const found = messages[message].fields.find(({ name }) => name === field)
  if (found === undefined) throw new Error(`no field ${message}.${field} in the field table`)
  return tagOf(found)
}

export function opsOf(name: string): MessageOps {
  const ops = messageOps.get(name)
  if (ops === undefined) throw new Error(`no message ${name} in the field table`)
  return ops
}
