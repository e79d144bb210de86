// The instruments of dead letters: what was refused, what of it is kept, and where the rest went.
import type { Instrument } from './instrument.ts'

export const deadLetterInstruments: readonly Instrument[] = [
  {
    kind: 'counter',
    name: 'gateway_records_dead_lettered',
    help: 'Records that a backend refused for good and that became dead letters, by reason.',
    labels: ['exporter', 'signal', 'reason'],
    *read(sources) {
      for (const { exporter, signal, dead } of sources.exporters())
        for (const [reason, records = 0] of Object.entries(dead)) yield [{ exporter, signal, reason }, records]
    },
  },
  {
    kind: 'gauge',
    name: 'gateway_dead_letter_records',
    help: 'Records that are kept as dead letters, by why they were refused.',
    labels: ['exporter', 'signal', 'reason'],
    *read(sources) {
      for (const { exporter, signal, reason, records } of sources.queue()?.deadLetters.kept ?? [])
        yield [{ exporter, signal, reason }, records]
    },
  },
  {
    kind: 'gauge',
    name: 'gateway_dead_letter_bytes',
    help: 'Bytes of the dead letters that are kept.',
    labels: [],
    *read(sources) {
      const queue = sources.queue()
      if (queue !== undefined) yield [{}, queue.deadLetters.bytes]
    },
  },
  {
    kind: 'counter',
    name: 'gateway_dead_letter_records_removed',
    help: 'Records of dead letters of this exporter that are kept no more, by why.',
    labels: ['exporter', 'signal', 'reason'],
    *read(sources) {
      for (const { exporter, signal, left } of sources.exporters())
        for (const [reason, records = 0] of Object.entries(left)) yield [{ exporter, signal, reason }, records]
    },
  },
  {
    kind: 'counter',
    name: 'gateway_records_replayed',
    help: 'Records of dead letters that were put into the queue of this exporter.',
    labels: ['exporter', 'signal'],
    *read(sources) {
      for (const { exporter, signal, replayed } of sources.exporters())
        if (replayed > 0) yield [{ exporter, signal }, replayed]
    },
  },
]
