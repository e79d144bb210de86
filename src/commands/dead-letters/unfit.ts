// What in an entry of the quarantine does not fit: read off the marks that validation wrote. Names only, never a value.
import type { Signal } from '../../otlp/fields.ts'
import { protobufToJson } from '../../otlp/to-json.ts'
import { plain } from './options.ts'

/** Records of one event that do not fit for one first reason. */
export interface Unfit {
  readonly event: string
  /** The attribute and the keyword of JSON Schema; undefined for an event that no schema knows. */
  readonly attribute: string | undefined
  readonly keyword: string | undefined
  readonly records: number
}

type Json = Readonly<Record<string, unknown>>
type Named = Json & { readonly name?: string; readonly eventName?: string }

/** @param bodies OTLP in protobuf; the most records first */
export function unfitOf(bodies: Iterable<{ readonly signal: Signal; readonly body: Uint8Array }>): Unfit[] {
  const found = new Map<string, { -readonly [Key in keyof Unfit]: Unfit[Key] }>()
  for (const { signal, body } of bodies) {
    for (const record of recordsIn(JSON.parse(protobufToJson(signal, body)))) {
      const text = (name: string): string | undefined => attributeOf(record, `automagik.schema.${name}`)
      const names = [record.name, record.eventName, attributeOf(record, 'event.name')]
      const event = plain(names.find((name) => typeof name === 'string' && name !== '') ?? '')
      const attribute = text('attribute')
      const keyword = text('keyword')
      const key = JSON.stringify([event, attribute, keyword])
      const known = found.get(key)
      if (known === undefined) found.set(key, { event, attribute, keyword, records: 1 })
      else known.records++
    }
  }
  return [...found.values()].toSorted((a, b) => b.records - a.records)
}

function* recordsIn(request: Json): Generator<Named> {
  const lists = (of: Json, ...names: readonly string[]): Json[] => names.flatMap((name) => (of[name] as Json[]) ?? [])
  for (const resource of lists(request, 'resourceSpans', 'resourceLogs'))
    for (const scope of lists(resource, 'scopeSpans', 'scopeLogs')) yield* lists(scope, 'spans', 'logRecords')
}

function attributeOf(record: Json, name: string): string | undefined {
  const attributes = (record.attributes ?? []) as readonly { key: string; value?: { stringValue?: string } }[]
  const value = attributes.find(({ key }) => key === name)?.value?.stringValue
  return value === undefined ? undefined : plain(value)
}
