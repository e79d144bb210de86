// Keeps what went through as OTLP JSON lines, one file a signal and one line an Export request: the format of the
// Collector's file exporter. To the queue in front it is a transport whose requests are lines and whose faults are the
// disk's, so a slow disk fills the queue and a full one is retried.
import { join } from 'node:path'
import type { Signal } from '../otlp/fields.ts'
import { bySignal } from './exporter.ts'
import { defaultFile, type FileOptions, type SendingOptions, withDefaults } from './options.ts'
import { RotatingFile } from './rotating-file.ts'
import type { Attempt, Transport } from './transport.ts'

export type ToJson = (signal: Signal, bytes: Uint8Array) => string

/** How a file exporter queues: small lines soon, in order, and a disk that fails is asked until the gateway stops. */
export function fileSending(options: FileOptions): SendingOptions {
  return {
    retry: { initialIntervalMs: 1_000, maxElapsedTimeMs: 0 },
    queue: {
      queueSizeBytes: options.queue?.queueSizeBytes,
      numConsumers: 1,
      // Making JSON of a request is work in one piece: small requests keep the pieces short.
      batch: { maxSizeBytes: 64 * 1024, flushTimeoutMs: 100 },
    },
  }
}

export function createFileTransport(options: FileOptions, toJson: ToJson): Transport {
  const { directory, ...limits } = options.file
  const { maxBytes, maxBackups } = withDefaults(defaultFile, limits)
  const files = bySignal(
    (signal) => new RotatingFile({ path: join(directory, `${signal}.jsonl`), maxBytes, maxBackups }),
  )

  async function write(signal: Signal, body: Uint8Array): Promise<Attempt> {
    let line: Buffer
    try {
      line = Buffer.from(`${toJson(signal, body)}\n`)
    } catch {
      return { is: 'refused', reason: 'unreadable' }
    }
    try {
      await files[signal].append(line)
      return { is: 'sent', rejected: 0 }
    } catch (error) {
      return { is: 'retry', reason: `disk-${(error as NodeJS.ErrnoException).code ?? 'unknown'}` }
    }
  }

  return {
    gzipped: false,
    send: (signal, body, abort) => unlessAborted(write(signal, body), abort),
    async close() {
      await Promise.all(Object.values(files).map((file) => file.close().catch(() => {})))
    },
  }
}

/** A write cannot be called back; at the deadline it is no longer waited for. */
function unlessAborted(written: Promise<Attempt>, abort: AbortSignal): Promise<Attempt> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ is: 'retry', reason: 'timeout' })
    abort.addEventListener('abort', end, { once: true })
    void written.then((attempt) => {
      abort.removeEventListener('abort', end)
      resolve(attempt)
    })
  })
}
