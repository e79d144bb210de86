// Every spot of OTLP that can hold text, bytes or attribute values, from the field table: a field added to the table is a
// spot of the leak corpus by itself.
import { messages, requestOf, signals, type Context, type Field, type Signal } from '../otlp/fields.ts'
import type { Held, Tree } from './tree.ts'

/** A spot on the wire. Several may be one place: the attributes of points of every kind of metric, say. */
export interface PlantPlace {
  readonly signal: Signal
  /** What messages call it: `resourceSpans.scopeSpans.spans.name`, or the place of rules. */
  readonly name: string
  readonly holds: 'text' | 'attributes' | 'value'
  /** A request with one record that holds something there. */
  requestWith(held: Held): Tree
}

/** A spot of the field table, and the place that rules know it by. */
export interface TablePlace extends PlantPlace {
  /** `span.name`, `span.attributes`, `log.body` */
  readonly place: string
  /** Of attributes. */
  readonly context: Context | undefined
}

/** Every spot of every signal. */
export function tablePlaces(): TablePlace[] {
  return signals.flatMap((signal) => below(signal, requestOf[signal], []))
}

function below(signal: Signal, message: string, above: readonly Field[]): TablePlace[] {
  return messages[message].fields.flatMap((field): TablePlace[] => {
    const path = [...above, field]
    const { meaning, place = '', type } = field
    const at = (holds: PlantPlace['holds'], name: string, context?: Context): TablePlace[] => [
      { signal, name, place: name, holds, context, requestWith: (held) => requestWith(signal, path, held) },
    ]
    if (meaning === 'attributes')
      return at('attributes', `${place}.${place === 'metric' ? 'metadata' : 'attributes'}`, place as Context)
    if (meaning === 'body') return at('value', place)
    if (meaning === 'name' || meaning === 'text') return at('text', place)
    return type !== undefined && type in messages ? below(signal, type, path) : []
  })
}

const time = 1_767_225_600_000_000_000n
/** What a message needs, so that nothing but privacy decides on it. */
const needed: Readonly<Record<string, Tree>> = {
  Span: { traceId: Buffer.alloc(16, 0xa1), spanId: Buffer.alloc(8, 0xb2), endTimeUnixNano: time },
  Link: { traceId: Buffer.alloc(16, 0xc3), spanId: Buffer.alloc(8, 0xd4) },
  LogRecord: { timeUnixNano: time },
}
const records: Readonly<Record<Signal, readonly [scopes: string, records: string, record: Tree]>> = {
  traces: ['scopeSpans', 'spans', needed['Span']],
  metrics: ['scopeMetrics', 'metrics', { name: 'requests', gauge: { dataPoints: [{ asDouble: 1 }] } }],
  logs: ['scopeLogs', 'logRecords', needed['LogRecord']],
}
const kindsOfData = messages['Metric'].fields.filter(({ oneof }) => oneof === 'data').map(({ name }) => name)

function requestWith(signal: Signal, path: readonly Field[], held: Held): Tree {
  const wrap = ([field, ...rest]: readonly Field[]): Tree => {
    const inner: Held = rest.length === 0 ? held : { ...needed[field.type ?? ''], ...wrap(rest) }
    return { [field.name]: field.repeated && !Array.isArray(inner) ? ([inner] as Tree[]) : inner }
  }
  return withRecord(signal, wrap(path))
}

/** A place above the records has no record below it: it gets one. */
function withRecord(signal: Signal, request: Tree): Tree {
  const [groups] = messages[requestOf[signal]].fields
  const [scopes, list, record] = records[signal]
  const [group] = request[groups.name] as Tree[]
  const [scope] = (group[scopes] ?? [{}]) as Tree[]
  const [first] = (scope[list] ?? [record]) as Tree[]
  const whole = { ...first }
  if (signal === 'metrics' && !kindsOfData.some((kind) => whole[kind] !== undefined)) whole['gauge'] = record['gauge']
  if (signal === 'metrics') whole['name'] ??= record['name']
  return { [groups.name]: [{ ...group, [scopes]: [{ ...scope, [list]: [whole] }] }] }
}
