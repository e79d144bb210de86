// The instruments of the quarantine: what was put into it, what of it is kept, and where the rest went.
import type { Instrument, Sources } from './instrument.ts'

export const quarantineInstruments: readonly Instrument[] = [
  bySignal(
    'counter',
    'gateway_records_quarantined',
    'Events that did not fit their schema and went into the quarantine instead of on, by reason.',
    (sources) => sources.recordsQuarantined(),
  ),
  bySignal(
    'gauge',
    'gateway_quarantine_records',
    'Events that are kept in the quarantine, by why.',
    (sources) => sources.queue()?.quarantine.kept ?? [],
  ),
  {
    kind: 'gauge',
    name: 'gateway_quarantine_bytes',
    help: 'Bytes of what is kept in the quarantine.',
    labels: [],
    *read(sources) {
      const queue = sources.queue()
      if (queue !== undefined) yield [{}, queue.quarantine.bytes]
    },
  },
  bySignal(
    'counter',
    'gateway_quarantine_records_removed',
    'Events that are in the quarantine no more, by why.',
    (sources) => sources.quarantineLeft(),
  ),
]

function bySignal(
  kind: Instrument['kind'],
  name: string,
  help: string,
  figures: (sources: Sources) => Iterable<{ signal: string; reason: string; records: number }>,
): Instrument {
  return {
    kind,
    name,
    help,
    labels: ['signal', 'reason'],
    *read(sources) {
      for (const { signal, reason, records } of figures(sources)) yield [{ signal, reason }, records]
    },
  }
}
