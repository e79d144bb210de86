// Prints what went through, for people who look: counts, a line for each record, or the whole request as OTLP JSON.
import type { CleanBatch, Signal } from '../pipeline/batch.ts'
import { recordNoun } from '../pipeline/batch.ts'
import type { Queue } from '../queue/queue.ts'
import { bookRefused, bookFailed, createBook, type Exporter, toFigures } from './exporter.ts'
import type { ToJson } from './file.ts'
import type { DebugOptions } from './options.ts'

/** `write` gets whole lines. */
export function createDebugExporter(options: DebugOptions, toJson: ToJson, write: (text: string) => void): Exporter {
  const { name } = options
  const verbosity = options.debug?.verbosity ?? 'basic'
  const book = createBook()
  let isOpen = true

  function print({ signal, bytes, records }: CleanBatch): string {
    const summary = `${name}: ${records} ${recordNoun[signal]}, ${bytes.length} bytes\n`
    if (verbosity === 'basic') return summary
    const json = toJson(signal, bytes)
    if (verbosity === 'detailed') return `${summary}${json}\n`
    return (
      summary +
      namesIn(signal, JSON.parse(json) as Json)
        .map((line) => `  ${line}\n`)
        .join('')
    )
  }

  return {
    name,
    isDurable: false,
    hasRoom: () => isOpen,
    offer(batch) {
      const entry = book[batch.signal]
      entry.offered += batch.records
      if (!isOpen) return bookRefused(book, batch, 'shutdown')
      entry.requests += 1
      try {
        write(print(batch))
        entry.sent += batch.records
      } catch {
        bookFailed(entry, 'unreadable', batch.records)
      }
    },
    async close() {
      isOpen = false
    },
    figures: () => toFigures(book, noQueue),
  }
}

const noQueue: Pick<Queue, 'state' | 'counts'> = {
  state: () => ({ records: 0, bytes: 0, capacityBytes: 0, waitingBytes: 0, oldestMs: undefined }),
  counts: () => undefined,
}

interface Json {
  readonly [key: string]: unknown
}

/** OTLP JSON: the lists to go down from a request to its records. */
const wayTo: Readonly<Record<Signal, readonly string[]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
}

function namesIn(signal: Signal, request: Json): string[] {
  let level = [request]
  for (const list of wayTo[signal]) level = level.flatMap((parent) => (parent[list] ?? []) as Json[])
  return level.map((record) =>
    signal === 'logs'
      ? [record.severityText, record.eventName].filter(Boolean).join(' ') || 'log record'
      : String(record.name),
  )
}
