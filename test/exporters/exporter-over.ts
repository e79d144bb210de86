// An exporter over a scripted transport, with waits that can be foretold.
import type { Exporter } from '../../src/exporters/exporter.ts'
import type { SendingOptions } from '../../src/exporters/options.ts'
import { createSendingExporter } from '../../src/exporters/sending.ts'
import type { Attempt, Transport } from '../../src/exporters/transport.ts'
import { memoryLog } from './batches.ts'

const steady = { randomizationFactor: 0 }

export function exporterOver(transport: Transport, options: SendingOptions = {}, log = memoryLog()): Exporter {
  return createSendingExporter('otlp_http/test', transport, { ...options, retry: { ...steady, ...options.retry } }, log)
}

/** Answers in turn; the last one stands for all that follow. */
export function inTurn(...attempts: Attempt[]): () => { attempt: Attempt } {
  let index = 0
  return () => ({ attempt: attempts[Math.min(index++, attempts.length - 1)] })
}
