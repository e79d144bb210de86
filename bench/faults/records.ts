// What the senders send and the sink counts: spans and log records with a number, and increments of a counter. The number
// and the attempt stand in the span id, so that who repeated something, the sender or the gateway, can be told.
import { decodeRequest } from '../../src/otlp/to-json.ts'
import type { Signal } from '../../src/otlp/fields.ts'

/** Signals whose records are numbered. */
export const numbered = ['traces', 'logs'] as const
export type Numbered = (typeof numbered)[number]

export const recordsPerRequest = 5

/** Personal data that every record carries, and that no sink may see. */
export const planted = ['ana.silva@example.com', '91234-5678'] as const

const counterName = 'faults.increments'

/** The id of a record in one attempt to send it. */
const idOf = (number: number, attempt: number): string =>
  number.toString(16).padStart(12, '0') + attempt.toString(16).padStart(4, '0')

export const numberOf = (id: string): number => Number.parseInt(id.slice(0, 12), 16)

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const resourceOf = (sender: string): object => ({ attributes: [text('service.name', sender)] })
const now = (): string => `${Date.now()}000000`

/** An export request in OTLP/JSON with the records of these numbers. */
export function bodyOf(signal: Numbered, sender: string, numbers: readonly number[], attempt: number): object {
  const resource = resourceOf(sender)
  const attributes = [text('contact', planted[0]), text('note', `call +55 11 ${planted[1]}`)]
  const ids = numbers.map((number) => ({
    traceId: idOf(number, attempt).padStart(32, 'a'),
    spanId: idOf(number, attempt),
  }))
  if (signal === 'logs') {
    const logRecords = ids.map((id) => ({
      ...id,
      timeUnixNano: now(),
      body: { stringValue: `from ${planted[0]}` },
      attributes,
    }))
    return { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }
  }
  const times = { startTimeUnixNano: now(), endTimeUnixNano: now() }
  const spans = ids.map((id) => ({ ...id, ...times, name: 'work', kind: 1, attributes }))
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }
}

/** One increment, as a delta. */
export function incrementOf(sender: string): object {
  const point = { asInt: '1', startTimeUnixNano: `${Date.now() - 1_000}000000`, timeUnixNano: now() }
  const sum = { dataPoints: [point], isMonotonic: true, aggregationTemporality: 1 }
  return {
    resourceMetrics: [{ resource: resourceOf(sender), scopeMetrics: [{ metrics: [{ name: counterName, sum }] }] }],
  }
}

/** The ids of the numbered records in a protobuf request. */
export function idsIn(signal: Numbered, body: Uint8Array): string[] {
  const request = decodeRequest(signal, body) as any
  const groups: any[] = request.resourceSpans ?? request.resourceLogs ?? []
  return groups
    .flatMap((group) => group.scopeSpans ?? group.scopeLogs)
    .flatMap((scope) => scope.spans ?? scope.logRecords)
    .map(({ spanId }) => Buffer.from(spanId).toString('hex'))
}

/** The points of the counter in a protobuf request: what names the series with its start, and the total. */
export function totalsIn(body: Uint8Array): { readonly series: string; readonly total: number }[] {
  const request = decodeRequest('metrics', body) as any
  return (request.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }: any) =>
    scopeMetrics
      .flatMap(({ metrics }: any) => metrics)
      .filter(({ name }: any) => name.startsWith('faults'))
      .flatMap(({ sum }: any) => sum.dataPoints)
      // A series that has ended says so with a point without a value.
      .filter(({ asInt, asDouble }: any) => asInt !== undefined || asDouble !== undefined)
      .map(({ startTimeUnixNano, attributes, asInt, asDouble }: any) => ({
        series: JSON.stringify([resource, attributes, startTimeUnixNano]),
        total: Number(asInt ?? asDouble),
      })),
  )
}

export const signalOf = (path: string): Signal => path.split('/').at(-1) as Signal
