// Every spot of OTLP that can hold text, bytes or attribute values, derived from the independent schema: a field added
// to the schema is a spot of the leak test by itself.
import type { PlantPlace } from '../../src/leak/places.ts'
import { type FieldInfo, type Signal, fieldsOf, requestName } from '../reference/schema.ts'
import type { Field, Message } from '../reference/model.ts'

export interface Place extends PlantPlace {
  /** From the request down to the field. */
  readonly path: readonly FieldInfo[]
}

const ids = new Set(['traceId', 'spanId', 'parentSpanId'])

function below(signal: Signal, message: string, path: readonly FieldInfo[]): Place[] {
  return fieldsOf(message).flatMap((field): Place[] => {
    const here = [...path, field]
    const place = (holds: Place['holds']): Place[] => [
      {
        signal,
        path: here,
        name: here.map(({ name }) => name).join('.'),
        holds,
        requestWith(held) {
          return requestWith(this, held)
        },
      },
    ]
    if (field.message === 'KeyValue') return place('attributes')
    if (field.message === 'AnyValue') return place('value')
    if (field.message !== undefined) return below(signal, field.message, here)
    return field.kind === 'string' || (field.kind === 'bytes' && !ids.has(field.name)) ? place('text') : []
  })
}

export function placesOf(signal: Signal): Place[] {
  return below(signal, requestName[signal], [])
}

/** What a message needs, so that nothing but privacy decides on it. */
const needed: Readonly<Record<string, Message>> = {
  Span: { traceId: Buffer.alloc(16, 0xa1), spanId: Buffer.alloc(8, 0xb2), endTimeUnixNano: 1_767_225_600_000_000_000n },
  Link: { traceId: Buffer.alloc(16, 0xc3), spanId: Buffer.alloc(8, 0xd4) },
  LogRecord: { timeUnixNano: 1_767_225_600_000_000_000n },
}

/** A request with one record that holds something at the place. */
export function requestWith(place: Place, held: Field): Message {
  const wrap = ([field, ...rest]: readonly FieldInfo[]): Message => {
    const inner: Field = rest.length === 0 ? held : { ...needed[field.message ?? ''], ...wrap(rest) }
    return { [field.name]: field.repeated && !Array.isArray(inner) ? ([inner] as Message[]) : inner }
  }
  return withRecord(place.signal, wrap(place.path))
}

/** A place above the records has no record below it: it gets one. */
function withRecord(signal: Signal, request: Message): Message {
  const [groups] = fieldsOf(requestName[signal])
  const [group] = request[groups.name] as Message[]
  const scopes = { traces: 'scopeSpans', metrics: 'scopeMetrics', logs: 'scopeLogs' }[signal]
  const records = { traces: 'spans', metrics: 'metrics', logs: 'logRecords' }[signal]
  const record: Message = {
    traces: needed.Span,
    metrics: { name: 'requests', gauge: { dataPoints: [{ asDouble: 1 }] } },
    logs: needed.LogRecord,
  }[signal]
  const [scope] = (group[scopes] ?? [{}]) as Message[]
  const [first] = (scope[records] ?? [record]) as Message[]
  const hasData = signal !== 'metrics' || Object.values(first).some((value) => typeof value === 'object')
  const whole = hasData && signal !== 'metrics' ? first : { ...record, ...first }
  if (signal === 'metrics' && countMembers(whole) > 1) delete whole.gauge
  return { [groups.name]: [{ ...group, [scopes]: [{ ...scope, [records]: [whole] }] }] }
}

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']
const countMembers = (metric: Message): number => kinds.filter((kind) => metric[kind] !== undefined).length
