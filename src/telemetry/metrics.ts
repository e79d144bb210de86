// Every instrument of the gateway, for Prometheus. Names are the Collector's own where it has one, so that dashboards
// made for it keep working, and `gateway_…` for what only this gateway does. Nothing is counted here: the hot path keeps
// plain numbers, and each scrape reads them.
import { Counter, Gauge, Registry } from 'prom-client'
import { deadLetterInstruments } from './dead-letter-metrics.ts'
import { quarantineInstruments } from './quarantine-metrics.ts'
import {
  nouns,
  type ExporterFigures,
  type Instrument,
  type Labels,
  type Noun,
  type ReloadStatus,
  type Sources,
} from './instrument.ts'
import { queueInstruments } from './queue-metrics.ts'
import { seriesInstruments } from './series-metrics.ts'

/** The reason of a loss that happens before the queue. */
const notQueued = 'queue-full'

const instruments: readonly Instrument[] = [
  ...nouns.flatMap((noun) => [
    receiver(
      `otelcol_receiver_accepted_${noun}`,
      `Number of ${noun} taken into every exporter's queue.`,
      noun,
      'accepted',
    ),
    receiver(`otelcol_receiver_refused_${noun}`, `Number of ${noun} that could not be taken.`, noun, 'refused'),
    exporter(`otelcol_exporter_sent_${noun}`, `Number of ${noun} sent.`, noun, ({ sent }) => sent),
    exporter(
      `otelcol_exporter_send_failed_${noun}`,
      `Number of ${noun} that were queued and not sent: given up after retries, refused, or left at shutdown.`,
      noun,
      ({ failed, dead }) => sum(failed) - (failed[notQueued] ?? 0) + sum(dead),
    ),
    exporter(
      `otelcol_exporter_enqueue_failed_${noun}`,
      `Number of ${noun} that found no room in the queue.`,
      noun,
      ({ failed }) => failed[notQueued] ?? 0,
    ),
  ]),
  {
    kind: 'counter',
    name: 'gateway_records_lost',
    help: 'Records that were taken and could not be delivered, by reason.',
    labels: ['exporter', 'signal', 'reason'],
    *read(sources) {
      for (const { exporter, signal, failed } of sources.exporters())
        for (const [reason, records = 0] of Object.entries(failed)) yield [{ exporter, signal, reason }, records]
    },
  },

  ...queueInstruments,
  ...deadLetterInstruments,
  ...quarantineInstruments,

  processFigure('counter', 'otelcol_process_uptime', 'Seconds since the gateway started.', ({ startedMs }) =>
    Math.max(0, (Date.now() - startedMs) / 1000),
  ),
  processFigure(
    'counter',
    'otelcol_process_cpu_seconds',
    'CPU time of the process, user and system, in seconds.',
    () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
  ),
  processFigure('gauge', 'otelcol_process_memory_rss', 'Resident memory of the process in bytes.', () =>
    process.memoryUsage.rss(),
  ),
  processFigure(
    'gauge',
    'otelcol_process_runtime_heap_alloc_bytes',
    'Heap in use, in bytes.',
    () => process.memoryUsage().heapUsed,
  ),

  byKey(
    'gateway_fields_changed',
    'Fields changed, by the class that decided.',
    'class',
    ({ classes, changed }) => new Map([...classes.map((name) => [name, 0] as const), ...changed]),
  ),
  {
    kind: 'counter',
    name: 'gateway_fields_decided',
    help: 'Fields, changed or not, by the rule, exception, event schema or default that gave them their class.',
    labels: ['source', 'name'],
    *read(sources) {
      for (const { source, name, fields } of sources.decided.values()) yield [{ source, name }, fields]
    },
  },
  byKey('gateway_detector_finds', 'Finds in text, by detector.', 'detector', (sources) => sources.found),
  byKey('gateway_repairs', 'Repairs of malformed telemetry, by kind.', 'kind', (sources) => sources.repaired),
  byKey('gateway_parts_dropped', 'Parts of records that went, by reason.', 'reason', (sources) => sources.dropped),
  byKey(
    'gateway_events_invalid',
    'Events that did not fit their schema, by event; of those without a schema the event is `unknown`.',
    'event',
    (sources) => sources.invalid,
  ),
  {
    kind: 'counter',
    name: 'gateway_records_refused',
    help: 'Records refused, by reason.',
    labels: ['signal', 'reason'],
    *read(sources) {
      for (const { signal, reason, records } of sources.recordsRefused()) yield [{ signal, reason }, records]
    },
  },
  {
    kind: 'counter',
    name: 'gateway_requests_refused',
    help: 'Requests refused or put off as a whole, by reason.',
    labels: ['receiver', 'transport', 'reason'],
    *read(sources) {
      for (const { requests, ...labels } of sources.requestsRefused()) yield [labels, requests]
    },
  },

  ...seriesInstruments,
  {
    kind: 'counter',
    name: 'gateway_ruleset_reloads',
    help: 'Reloads of the ruleset, by outcome.',
    labels: ['outcome'],
    *read(sources) {
      for (const [outcome, times] of Object.entries(sources.reloads()?.times ?? {})) yield [{ outcome }, times]
    },
  },
  reloadFigure(
    'gateway_ruleset_last_reload_successful',
    "1 when what is in the ruleset's files is in force; 0 when the last reload was refused.",
    ({ isInForce }) => (isInForce ? 1 : 0),
  ),
  reloadFigure(
    'gateway_ruleset_last_reload_success_timestamp_seconds',
    "When what is in the ruleset's files last came into force, or was found to be: seconds since 1970.",
    ({ successMs }) => successMs / 1000,
  ),
  {
    kind: 'counter',
    name: 'gateway_own_records',
    help: "Log records of the gateway's own, by what became of them.",
    labels: ['outcome'],
    *read(sources) {
      for (const [outcome, records] of Object.entries(sources.ownLog() ?? {})) yield [{ outcome }, records]
    },
  },
  info('gateway_ruleset_info', 'The ruleset in force.', ['name', 'digest'], ({ ruleset }) => ({ ...ruleset })),
  info('gateway_build_info', 'The version that runs.', ['version', 'node'], ({ build }) => ({ ...build })),
]

/** A registry of every instrument over these sources. */
export function createMetrics(sources: Sources): Registry {
  const registry = new Registry()
  for (const instrument of instruments) registry.registerMetric(toMetric(instrument, sources))
  return registry
}

function toMetric({ kind, name, help, labels, read }: Instrument, sources: Sources): Counter | Gauge {
  const options = { name, help, labelNames: [...labels], registers: [] }
  if (kind === 'gauge') {
    return new Gauge({
      ...options,
      collect() {
        this.reset()
        for (const [values, value] of read(sources)) this.set(values, value)
      },
    })
  }
  return new Counter({
    ...options,
    collect() {
      this.reset()
      for (const [values, value] of read(sources)) this.inc(values, value)
    },
  })
}

function receiver(name: string, help: string, noun: Noun, figure: 'accepted' | 'refused'): Instrument {
  return {
    kind: 'counter',
    name,
    help,
    labels: ['receiver', 'transport'],
    *read(sources) {
      for (const door of sources.received())
        if (door.noun === noun) yield [{ receiver: door.receiver, transport: door.transport }, door[figure]]
    },
  }
}

function exporter(name: string, help: string, noun: Noun, figure: (figures: ExporterFigures) => number): Instrument {
  return {
    kind: 'counter',
    name,
    help,
    labels: ['exporter'],
    *read(sources) {
      for (const figures of sources.exporters())
        if (figures.noun === noun) yield [{ exporter: figures.exporter }, figure(figures)]
    },
  }
}

function processFigure(
  kind: Instrument['kind'],
  name: string,
  help: string,
  figure: (sources: Sources) => number,
): Instrument {
  return { kind, name, help, labels: [], read: (sources) => [[{}, figure(sources)]] }
}

function reloadFigure(name: string, help: string, figure: (status: ReloadStatus) => number): Instrument {
  return {
    kind: 'gauge',
    name,
    help,
    labels: [],
    *read(sources) {
      const status = sources.reloads()
      if (status !== undefined) yield [{}, figure(status)]
    },
  }
}

function byKey(
  name: string,
  help: string,
  label: string,
  figures: (sources: Sources) => ReadonlyMap<string, number>,
): Instrument {
  return {
    kind: 'counter',
    name,
    help,
    labels: [label],
    *read(sources) {
      for (const [key, value] of figures(sources)) yield [{ [label]: key }, value]
    },
  }
}

function info(name: string, help: string, labels: readonly string[], values: (sources: Sources) => Labels): Instrument {
  return { kind: 'gauge', name, help, labels, read: (sources) => [[values(sources), 1]] }
}

const sum = (figures: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(figures).reduce((total: number, figure = 0) => total + figure, 0)
