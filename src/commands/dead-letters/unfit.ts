// What in the entries of the quarantine does not fit: read off the marks that validation wrote. Names only, never a
// value.
import { valueContent, ValueTag } from '../../otlp/any-value.ts'
import { FieldCursor } from '../../otlp/cursor.ts'
import type { Signal } from '../../otlp/fields.ts'
import { pair, readPair } from '../../otlp/key-value.ts'
import { tagIn } from '../../otlp/ops.ts'
import { plain } from './options.ts'

/** Records of one event that do not fit for one first reason. */
export interface Misfit {
  readonly event: string
  /** Why it is kept. */
  readonly reason: string
  /** The attribute and the keyword of JSON Schema; undefined for an event that no schema knows, or has no marks. */
  readonly attribute: string | undefined
  readonly keyword: string | undefined
  readonly records: number
}

const shapes = {
  traces: {
    way: [
      tagIn('ExportTraceServiceRequest', 'resourceSpans'),
      tagIn('ResourceSpans', 'scopeSpans'),
      tagIn('ScopeSpans', 'spans'),
    ],
    name: tagIn('Span', 'name'),
    attributes: tagIn('Span', 'attributes'),
  },
  logs: {
    way: [
      tagIn('ExportLogsServiceRequest', 'resourceLogs'),
      tagIn('ResourceLogs', 'scopeLogs'),
      tagIn('ScopeLogs', 'logRecords'),
    ],
    name: tagIn('LogRecord', 'eventName'),
    attributes: tagIn('LogRecord', 'attributes'),
  },
} as const

const wanted = ['event.name', 'automagik.schema.attribute', 'automagik.schema.keyword'].map((name) => Buffer.from(name))

export interface UnfitCount {
  /** Counts the records of a clean request in protobuf. @throws where it is none */
  add(entry: { readonly signal: Signal; readonly reason: string }, body: Uint8Array): void
  /** The most records first. */
  all(): Misfit[]
}

export function countUnfit(): UnfitCount {
  const found = new Map<string, { -readonly [Key in keyof Misfit]: Misfit[Key] }>()

  function note(event: string, reason: string, [attribute, keyword]: readonly (string | undefined)[]): void {
    const key = [event, reason, attribute, keyword].join('\n')
    const known = found.get(key)
    if (known === undefined) found.set(key, { event, reason, attribute, keyword, records: 1 })
    else known.records++
  }

  return {
    add({ signal, reason }, body) {
      if (signal === 'metrics') return
      const { way, name, attributes } = shapes[signal]
      for (const [start, end] of below(body, way, 0, body.length)) {
        let event = ''
        const texts: (string | undefined)[] = wanted.map(() => undefined)
        const fields = new FieldCursor(body, start, end)
        while (fields.next()) {
          if (fields.tag === name) event = textAt(body, fields.start, fields.end)
          else if (fields.tag === attributes) noteText(body, fields.start, fields.end, texts)
        }
        const [eventName = '', ...marks] = texts
        note(event === '' ? eventName : event, reason, marks)
      }
    },
    all: () => [...found.values()].toSorted((a, b) => b.records - a.records),
  }
}

/** The messages at the end of a way of tags. */
function* below(
  bytes: Uint8Array,
  [tag, ...rest]: readonly number[],
  start: number,
  end: number,
): Generator<readonly [start: number, end: number]> {
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== tag) continue
    if (rest.length === 0) yield [fields.start, fields.end]
    else yield* below(bytes, rest, fields.start, fields.end)
  }
}

/** Keeps the text of the KeyValue at [start, end) where it is one of those that are wanted. */
function noteText(bytes: Uint8Array, start: number, end: number, texts: (string | undefined)[]): void {
  readPair(bytes, start, end)
  const { keyStart, keyEnd, valueStart, valueEnd } = pair
  const index = wanted.findIndex(
    (name) => name.length === keyEnd - keyStart && name.every((byte, i) => bytes[keyStart + i] === byte),
  )
  if (index < 0 || valueStart === valueEnd || bytes[valueStart] !== ValueTag.string) return
  texts[index] ??= textAt(bytes, valueContent(bytes, valueStart, valueEnd), valueEnd)
}

function textAt(bytes: Uint8Array, start: number, end: number): string {
  return plain(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
}
