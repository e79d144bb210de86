// What the exporters that take their time share: a bounded queue in front, a lane for each signal behind it, one book.
import { setMaxListeners } from 'node:events'
import type { Log } from '../telemetry/log.ts'
import { signals } from '../otlp/fields.ts'
import { createMemoryQueue } from '../queue/memory-queue.ts'
import { bookFailed, bookRefused, bySignal, createBook, type Exporter, toFigures } from './exporter.ts'
import { Lane } from './lane.ts'
import { defaultBatch, defaultQueue, defaultRetry, type SendingOptions, withDefaults } from './options.ts'
import type { Transport } from './transport.ts'
import { Trouble } from './trouble.ts'

/** An exporter that sends through a transport, which it closes in the end. */
export function createSendingExporter(name: string, transport: Transport, options: SendingOptions, log: Log): Exporter {
  const { enabled, queueSizeBytes, numConsumers } = withDefaults(defaultQueue, options.queue)
  const batch = enabled ? withDefaults(defaultBatch, options.queue?.batch) : { maxSizeBytes: 0, flushTimeoutMs: 0 }
  const retry = withDefaults(defaultRetry, options.retry)
  const queue = createMemoryQueue({
    capacityBytes: queueSizeBytes,
    ...(enabled ? {} : { maxBatches: numConsumers }),
  })
  const book = createBook()
  const deadline = new AbortController()
  // Each attempt under way listens to it.
  setMaxListeners(0, deadline.signal)
  const troubles = bySignal((signal) => new Trouble(log, name, signal, book[signal]))
  const lanes = bySignal(
    (signal) =>
      new Lane({
        signal,
        queue,
        transport,
        // Two requests under way could arrive in either order, and a series must not go back in time.
        consumers: signal === 'metrics' ? 1 : numConsumers,
        batch,
        maxRequestBytes: options.maxRequestBytes,
        retry,
        book: book[signal],
        trouble: troubles[signal],
        abort: deadline.signal,
      }),
  )
  let closing: Promise<void> | undefined

  async function drain(deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => deadline.abort(), deadlineMs)
    const untilMs = performance.now() + deadlineMs
    await Promise.all(signals.map((signal) => lanes[signal].drain(untilMs)))
    clearTimeout(timer)
    for (const { signal, records } of queue.close()) {
      bookFailed(book[signal], 'shutdown', records)
      if (records > 0) troubles[signal].lost(records)
    }
    await transport.close()
  }

  return {
    name,
    hasRoom: (bytes, signal) => closing === undefined && queue.hasRoom(bytes, signal),
    offer(offered) {
      if (offered.bytes.length === 0) return
      book[offered.signal].offered += offered.records
      if (closing) bookRefused(book, offered, 'shutdown')
      else if (queue.put(offered)) lanes[offered.signal].notify()
      else bookRefused(book, offered, 'queue-full')
    },
    close: (deadlineMs) => (closing ??= drain(deadlineMs)),
    figures: () => toFigures(book, (signal) => queue.state(signal)),
  }
}
