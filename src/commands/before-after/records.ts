// A request as requests of one record each, so that each can be shown before and after by itself.
import { jsonToProtobuf } from '../../otlp/from-json.ts'
import { protobufToJson } from '../../otlp/to-json.ts'
import type { Arrival, Signal } from '../../pipeline/batch.ts'

export type Json = Readonly<Record<string, unknown>>

/** What holds the records of a signal, from the request down. */
const ways: Readonly<Record<Signal, readonly [groups: string, scopes: string, records: string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
}
const metricKinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']

/** A request as it came, as JSON. Throws WireError for what is no OTLP. */
export function toJson({ signal, encoding, body }: Pick<Arrival, 'signal' | 'encoding' | 'body'>): Json {
  if (encoding === 'protobuf') return JSON.parse(protobufToJson(signal, body)) as Json
  try {
    return JSON.parse(Buffer.from(body).toString()) as Json
  } catch {
    // Python writes NaN without quotes, which only the gateway reads.
    return JSON.parse(protobufToJson(signal, jsonToProtobuf(signal, body).bytes)) as Json
  }
}

/** The same as requests of one span, log record or data point each, in their order. */
export function* singleRecords(signal: Signal, request: Json): Generator<Json> {
  const [groups, scopes, records] = ways[signal]
  for (const group of listOf(request, groups)) {
    for (const scope of listOf(group, scopes)) {
      for (const record of listOf(scope, records)) {
        for (const single of signal === 'metrics' ? singlePoints(record) : [record])
          yield { [groups]: [{ ...group, [scopes]: [{ ...scope, [records]: [single] }] }] }
      }
    }
  }
}

function* singlePoints(metric: Json): Generator<Json> {
  for (const kind of metricKinds) {
    const data = metric[kind] as Json | undefined
    if (data === undefined) continue
    for (const point of listOf(data, 'dataPoints')) yield { ...metric, [kind]: { ...data, dataPoints: [point] } }
  }
}

function listOf(message: Json, name: string): readonly Json[] {
  const list = message[name]
  return Array.isArray(list) ? (list as Json[]) : []
}
