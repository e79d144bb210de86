// An OTLP/JSON request of one record as a flat list of fields, each called as rules and `explain` call it:
// `resource.attributes['user.id']`, `span.name`, `span.status.code`. What is a place comes from the field table.
import { enums, messages, requestOf, signals, type Context, type Field as Known } from '../../otlp/fields.ts'
import { attributesPlace } from '../../ruleset/closure-because.ts'
import type { Spot } from '../../ruleset/closure-judge.ts'
import type { Json } from './records.ts'

export interface Field {
  readonly path: string
  /** What rules can say of it; undefined: nothing, as of ids, times and numbers. */
  readonly spot: Spot | undefined
  readonly value: string
}

/** By path, with ` #2` and so on behind those that occur again (span events, links); in the order of the request. */
export type Fields = ReadonlyMap<string, Field>

/** A field where it stands. */
export interface Leaf extends Field {
  readonly key: string
  /** Takes it out of the request that was walked. */
  remove(): void
}

export function fieldsOf(request: Json): Fields {
  return new Map(leavesOf(request).map(({ key, path, spot, value }) => [key, { path, spot, value }]))
}

/** Every field of a request. What is no OTLP is a field as well, by its name. */
export function leavesOf(request: Json): Leaf[] {
  const leaves: Leaf[] = []
  const times = new Map<string, number>()
  const add = (path: string, spot: Spot | undefined, value: string, remove: () => void): void => {
    const time = (times.get(path) ?? 0) + 1
    times.set(path, time)
    leaves.push({ key: time === 1 ? path : `${path} #${time}`, path, spot, value, remove })
  }

  function addMessage(name: string, message: Json): void {
    for (const [key, value] of Object.entries(message)) {
      const field = messages[name].fields.find((each) => each.name === key)
      const remove = (): void => void delete (message as Record<string, unknown>)[key]
      const path = field?.place ?? `${prefixes[name] ?? ''}.${snakeCase(key)}`
      if (field === undefined) add(path, undefined, unknownText(value), remove)
      else if (field.meaning === 'attributes' && Array.isArray(value)) addAttributes(field.place as Context, value)
      else if (field.meaning === 'body') add(path, { is: 'body', path: [] }, valueText(value), remove)
      // Protobuf does not write an empty text: there is none.
      else if ((field.meaning === 'text' || field.meaning === 'name') && value === '') continue
      else if (field.meaning === 'text' || field.meaning === 'name')
        add(path, { is: 'text', place: path }, plainText(value), remove)
      else if (isWalked(field)) for (const child of listOf(value)) addMessage(field.type!, child)
      else add(path, undefined, scalarText(field, value), remove)
    }
  }

  function addAttributes(context: Context, entries: unknown[]): void {
    for (const entry of [...entries] as { key?: unknown; value?: unknown }[]) {
      const name = plainText(entry?.key ?? '')
      add(attributePath(context, name), { is: 'attribute', context, name }, valueText(entry?.value), () => {
        entries.splice(entries.indexOf(entry), 1)
      })
    }
  }

  const root = signals.map((signal) => requestOf[signal]).find((name) => messages[name].fields[0].name in request)
  if (root !== undefined) addMessage(root, request)
  return leaves
}

/** As `explain` takes it. */
export function attributePath(context: Context, name: string): string {
  const quote = name.includes("'") ? '"' : "'"
  return `${attributesPlace(context)}[${quote}${name}${quote}]`
}

/** What the fields of messages are called that have no place of their own; messages that are not here are values. */
const prefixes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(requestOf).map((name) => [name, ''])),
  ...Object.fromEntries(['Spans', 'Metrics', 'Logs'].map((records) => [`Resource${records}`, 'resource'])),
  ...Object.fromEntries(['Spans', 'Metrics', 'Logs'].map((records) => [`Scope${records}`, 'scope'])),
  Resource: 'resource',
  EntityRef: 'resource.entity',
  InstrumentationScope: 'scope',
  Span: 'span',
  Event: 'spanevent',
  Link: 'spanlink',
  Status: 'span.status',
  ...Object.fromEntries(
    ['Metric', 'Gauge', 'Sum', 'Histogram', 'ExponentialHistogram', 'Summary'].map((name) => [name, 'metric']),
  ),
  ...Object.fromEntries(
    ['Number', 'Histogram', 'ExponentialHistogram', 'Summary'].map((kind) => [`${kind}DataPoint`, 'datapoint']),
  ),
  Exemplar: 'exemplar',
  LogRecord: 'log',
}

function isWalked({ kind, type }: Known): boolean {
  return kind === 'message' && type !== undefined && type in prefixes
}

function listOf(value: unknown): readonly Json[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (each): each is Json => typeof each === 'object' && each !== null,
  )
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** An AnyValue as text: strings without quotes, whole numbers without a fraction, lists and maps as plain JSON. */
function valueText(value: unknown): string {
  return plainText(plainOf(value))
}

function plainOf(value: unknown): unknown {
  const [[kind, member] = ['', null]] = Object.entries((value ?? {}) as Json)
  const values = (member as { values?: unknown } | null)?.values
  if (kind === 'arrayValue') return Array.isArray(values) ? values.map(plainOf) : []
  if (kind !== 'kvlistValue') return member
  const pairs = (Array.isArray(values) ? values : []) as { key?: unknown; value?: unknown }[]
  return Object.fromEntries(pairs.map((pair) => [plainText(pair?.key ?? ''), plainOf(pair?.value)]))
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Times as people write them, enumerations by name: what repair only writes as OTLP has it is no change to a reader. */
function scalarText({ name, kind, type }: Known, value: unknown): string {
  const nanoseconds = Number(value)
  if (/timeUnixNano$/i.test(name) && nanoseconds > 0) return new Date(nanoseconds / 1e6).toISOString()
  const names = kind === 'enum' ? Object.entries(enums[type ?? ''] ?? {}) : []
  return names.find(([, number]) => number === value)?.[0] ?? plainText(value)
}

/** The SDKs put a second copy of the resource into each span, where OTLP has no such field. */
function unknownText(value: unknown): string {
  const copies = (value as { attributes?: unknown } | null)?.attributes
  return Array.isArray(copies) ? `a second copy of ${copies.length} attributes` : plainText(value)
}
