// Every instrument of the gateway, for Prometheus. Names are the Collector's own where it has one, so that dashboards
// made for it keep working, and `gateway_…` for what only this gateway does. Nothing is counted here: the hot path keeps
// plain numbers, and each scrape reads them.
import { Counter, Gauge, Registry } from 'prom-client'
import { deadLetterInstruments } from './dead-letter-metrics.ts'
import { quarantineInstruments } from './quarantine-metrics.ts'
import { queueInstruments, type QueueFigures } from './queue-metrics.ts'
import { seriesInstruments, type SeriesFigures } from './series-metrics.ts'
import type { OwnLogFigures } from './own-log.ts'

/** What the Collector calls the records of the three signals. */
type Noun = 'spans' | 'metric_points' | 'log_records'
const nouns: readonly Noun[] = ['spans', 'metric_points', 'log_records']

/** The figures of one exporter for one signal, in records; the queue in bytes. */
export interface ExporterFigures {
  readonly exporter: string
  readonly signal: string
  readonly noun: Noun
  readonly sent: number
  /** Lost records by reason; `queue-full`: there was no room for them. */
  readonly failed: Readonly<Partial<Record<string, number>>>
  /** Records that the backend refused for good and that became dead letters, by reason. */
  readonly dead: Readonly<Partial<Record<string, number>>>
  /** Records of dead letters that are none any more, by why. */
  readonly left: Readonly<Partial<Record<string, number>>>
  /** Records of dead letters that were put into this queue. */
  readonly replayed: number
  /** accepted + replayed = sent + failed + dead + queued; on disk over all runs of the gateway. */
  readonly accepted: number
  readonly queuedRecords: number
  /** When the oldest queued record came, in milliseconds since 1970; undefined when none is, or it is not known. */
  readonly oldestMs: number | undefined
  readonly queuedBytes: number
  readonly capacityBytes: number
  /** Why the last attempt failed; undefined when it went well. */
  readonly trouble: string | undefined
  /** The backend refuses whoever asks. */
  readonly isCircuitOpen: boolean
}

/** Where the figures come from. Labels are names of the project's own, never text from a request. */
export interface Sources {
  readonly build: { readonly version: string; readonly node: string }
  readonly ruleset: { readonly name: string; readonly digest: string }
  readonly startedMs: number
  received(): Iterable<{ receiver: string; noun: Noun; transport: string; accepted: number; refused: number }>
  recordsRefused(): Iterable<{ signal: string; reason: string; records: number }>
  /** Of this run. */
  recordsQuarantined(): Iterable<{ signal: string; reason: string; records: number }>
  /** Records that are in the quarantine no more, over all runs. */
  quarantineLeft(): Iterable<{ signal: string; reason: string; records: number }>
  requestsRefused(): Iterable<{ receiver: string; transport: string; reason: string; requests: number }>
  exporters(): Iterable<ExporterFigures>
  /** Classes that change fields. Each is there from the start: a rate does not see the first value of a series. */
  readonly classes: readonly string[]
  readonly changed: ReadonlyMap<string, number>
  readonly found: ReadonlyMap<string, number>
  /** Fields by what gave them their class: a source's kind and its name in the ruleset. */
  readonly decided: ReadonlyMap<string, { readonly source: string; readonly name: string; readonly fields: number }>
  readonly repaired: ReadonlyMap<string, number>
  readonly dropped: ReadonlyMap<string, number>
  readonly invalid: ReadonlyMap<string, number>
  /** The metrics that the gateway writes itself; undefined when it writes none. */
  series(): SeriesFigures | undefined
  /** The reloads of the ruleset; undefined where it cannot be reloaded. */
  reloads(): ReloadStatus | undefined
  /** The log records of the gateway's own; undefined where it sends none. */
  ownLog(): OwnLogFigures | undefined
  /** The queue on disk; undefined when there is none. */
  queue(): QueueFigures | undefined
}

/** How reloads of the ruleset went. */
export interface ReloadStatus {
  /** By outcome; each is there from the start. */
  readonly times: Readonly<Record<string, number>>
  /** Whether what is in the ruleset's files is in force, as far as is known. */
  readonly isInForce: boolean
  /** When it last came into force, or was found to be. */
  readonly successMs: number
  /** The newest, as /health shows it. */
  readonly last: object | undefined
}

/** The reason of a loss that happens before the queue. */
const notQueued = 'queue-full'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

export interface Instrument {
  readonly kind: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  read(sources: Sources): Iterable<Sample>
}

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
