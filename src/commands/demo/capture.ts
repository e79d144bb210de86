// An exporter that keeps what would have left the gateway, so that the demo can show it.
import { signals } from '../../otlp/fields.ts'
import type { Signal } from '../../otlp/fields.ts'
import type { CleanBatch } from '../../pipeline/batch.ts'
import type { Exporter, SignalFigures } from '../../exporters/exporter.ts'

export interface Capture extends Exporter {
  /** What came since the last call. */
  take(): CleanBatch[]
}

export function createCapture(): Capture {
  let batches: CleanBatch[] = []
  const sent: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 }
  const figuresOf = (signal: Signal): SignalFigures => ({
    offered: sent[signal],
    sent: sent[signal],
    failed: {},
    dead: {},
    replayed: 0,
    left: {},
    queuedRecords: 0,
    queuedBytes: 0,
    capacityBytes: 0,
    requests: 0,
    retries: 0,
  })
  return {
    name: 'demo',
    isDurable: false,
    hasRoom: () => true,
    offer(batch) {
      sent[batch.signal] += batch.records
      batches.push(batch)
    },
    take() {
      const taken = batches
      batches = []
      return taken
    },
    figures: () =>
      Object.fromEntries(signals.map((signal) => [signal, figuresOf(signal)])) as Record<Signal, SignalFigures>,
    close: () => Promise.resolve(),
  }
}
