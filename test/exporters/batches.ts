// Makes clean batches without the engine, and reads requests with a decoder that is not ours.
import { createRequire } from 'node:module'
import type { CleanBatch, Signal } from '../../src/pipeline/batch.ts'
import type { Log, LogFields } from '../../src/telemetry/log.ts'

interface Codec {
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): { toJSON(): Record<string, unknown> }
  fromObject(object: object): object
}

const require = createRequire(import.meta.url)
const path = '../../node_modules/@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js'
const { collector } = (
  require(path) as { opentelemetry: { proto: { collector: Record<string, { v1: Record<string, Codec> }> } } }
).opentelemetry.proto

const nameOf = { traces: 'Trace', metrics: 'Metrics', logs: 'Logs' } as const
const groupOf = { traces: 'trace', metrics: 'metrics', logs: 'logs' } as const

function requestCodec(signal: Signal): Codec {
  return collector[groupOf[signal]].v1[`Export${nameOf[signal]}ServiceRequest`]
}

function responseCodec(signal: Signal): Codec {
  return collector[groupOf[signal]].v1[`Export${nameOf[signal]}ServiceResponse`]
}

const rejectedField = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' } as const

/** The bytes of a response that says a part was rejected. */
export function partialSuccess(signal: Signal, rejected: number): Uint8Array {
  const codec = responseCodec(signal)
  const partial = { [rejectedField[signal]]: rejected, errorMessage: 'no room for them' }
  return codec.encode(codec.fromObject({ partialSuccess: partial })).finish()
}

/** A batch with one record for each name. */
export function batchOf(signal: Signal, names: readonly string[]): CleanBatch {
  const codec = requestCodec(signal)
  const contents = {
    traces: {
      resourceSpans: [
        { scopeSpans: [{ spans: names.map((name) => ({ name, traceId: 'AAAAAAAAAAAAAAAAAAAAAQ==' })) }] },
      ],
    },
    metrics: {
      resourceMetrics: [
        { scopeMetrics: [{ metrics: names.map((name) => ({ name, gauge: { dataPoints: [{ asDouble: 1 }] } })) }] },
      ],
    },
    logs: {
      resourceLogs: [{ scopeLogs: [{ logRecords: names.map((name) => ({ eventName: name, severityText: 'INFO' })) }] }],
    },
  }
  return rawBatch(signal, codec.encode(codec.fromObject(contents[signal])).finish(), names.length)
}

/** A batch of bytes that need not be OTLP. */
export function rawBatch(signal: Signal, bytes: Uint8Array, records: number): CleanBatch {
  return { signal, bytes, records } as CleanBatch
}

/** The names of the records in a request, in order. */
export function namesIn(signal: Signal, bytes: Uint8Array): string[] {
  const request = requestCodec(signal).decode(bytes).toJSON()
  const lists = {
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  }[signal]
  let level: Record<string, unknown>[] = [request]
  for (const list of lists) level = level.flatMap((parent) => (parent[list] ?? []) as Record<string, unknown>[])
  return level.map((record) => String(signal === 'logs' ? record.eventName : record.name))
}

/** A log that remembers. */
export function memoryLog(): Log & { readonly lines: { level: string; message: string; fields: LogFields }[] } {
  const lines: { level: string; message: string; fields: LogFields }[] = []
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields })
    }
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}
