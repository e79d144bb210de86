// The instruments of what waits to be sent, and of the queue on disk.
import type { ExporterFigures, Instrument, QueueFigures } from './instrument.ts'

export const queueInstruments: readonly Instrument[] = [
  queue('otelcol_exporter_queue_size', 'Bytes in the queue.', ({ queuedBytes }) => queuedBytes),
  queue(
    'gateway_exporter_circuit_open',
    '1 while a backend refuses whoever asks, as with a wrong token: nothing is sent to it, everything is kept.',
    ({ isCircuitOpen }) => Number(isCircuitOpen),
  ),
  queue('otelcol_exporter_queue_capacity', 'Bytes the queue can hold.', ({ capacityBytes }) => capacityBytes),
  queue('gateway_queue_records', 'Records in the queue.', ({ queuedRecords }) => queuedRecords),
  queue(
    'gateway_queue_oldest_age_seconds',
    'How long the oldest record in the queue on disk has waited.',
    ({ oldestMs }) => (oldestMs === undefined ? 0 : Math.max(0, (Date.now() - oldestMs) / 1000)),
  ),
  onDisk(
    'gauge',
    'gateway_queue_disk_bytes',
    'Bytes of the queue on disk, its journal included.',
    (own) => own.fileBytes,
  ),
  onDisk('counter', 'gateway_queue_commits', 'Commits of the queue on disk.', (own) => own.commits),
  onDisk('counter', 'gateway_queue_commit_failures', 'Commits that failed.', (own) => own.commitFailures),
  onDisk(
    'gauge',
    'gateway_queue_imbalances',
    'Readers of the queue whose books do not add up; above 0 is a fault of the gateway.',
    (own) => own.imbalances.length,
  ),
]

function onDisk(
  kind: Instrument['kind'],
  name: string,
  help: string,
  figure: (figures: QueueFigures) => number,
): Instrument {
  return {
    kind,
    name,
    help,
    labels: [],
    *read(sources) {
      const own = sources.queue()
      if (own !== undefined) yield [{}, figure(own)]
    },
  }
}

function queue(name: string, help: string, figure: (figures: ExporterFigures) => number): Instrument {
  return {
    kind: 'gauge',
    name,
    help,
    labels: ['exporter', 'data_type'],
    *read(sources) {
      for (const figures of sources.exporters())
        yield [{ exporter: figures.exporter, data_type: figures.signal }, figure(figures)]
    },
  }
}
