// The records of a request as text, each with the resource, scope and metric that it belongs to, read by protobufjs.
import { requestType } from '../../src/otlp/root.ts'
import type { Signal } from '../../src/otlp/fields.ts'

type Json = Readonly<Record<string, any>>

const lists = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const

export interface ReadRecord {
  /** Resource and scope, with their schema URLs. */
  readonly stream: string
  /** Stream, metric and record. */
  readonly whole: string
}

/** In the order of the bytes. */
export function recordsOf(signal: Signal, bytes: Uint8Array): ReadRecord[] {
  const type = requestType(signal)
  const request: Json = type.toObject(type.decode(bytes), { longs: String, bytes: String })
  const [resources, scopes, items] = lists[signal]
  return (request[resources] ?? []).flatMap(({ [scopes]: inside = [], ...resource }: Json) =>
    inside.flatMap(({ [items]: all = [], ...scope }: Json) => {
      const stream = JSON.stringify([resource, scope])
      return all.flatMap((item: Json) => pointsOf(signal, item).map((record) => ({ stream, whole: stream + record })))
    }),
  )
}

function pointsOf(signal: Signal, item: Json): string[] {
  if (signal !== 'metrics') return [JSON.stringify(item)]
  const { gauge, sum, histogram, exponentialHistogram, summary, ...metric } = item
  return Object.entries({ gauge, sum, histogram, exponentialHistogram, summary }).flatMap(([kind, data]) => {
    const { dataPoints = [], ...rest } = data ?? {}
    return dataPoints.map((point: Json) => JSON.stringify([metric, kind, rest, point]))
  })
}
