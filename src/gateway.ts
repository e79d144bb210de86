// The wiring of the gateway on one screen: exporters ← engine ← receivers, beside them its own HTTP and the reloads of its
// rules. What comes in goes one way only: receiver → intake → engine → the exporters' queues.
import type { Config } from './config/config.ts'
import { defaultReceiver } from './config/to-receivers.ts'
import { openDelivery, type Delivery } from './delivery.ts'
import { createDoors, type Door } from './doors.ts'
import { bySignal } from './exporters/exporter.ts'
import type { Exporter } from './exporters/exporter.ts'
import type { SeriesStore } from './metrics/store.ts'
import { signals, type Signal } from './otlp/fields.ts'
import { recordNoun } from './pipeline/batch.ts'
import type { Arrival } from './pipeline/batch.ts'
import { createIntake } from './pipeline/intake.ts'
import { Ledger } from './pipeline/ledger.ts'
import type { Outlet } from './pipeline/outlet.ts'
import type { DurableQueue } from './queue/durable-queue.ts'
import { quarantineReader } from './queue/stored.ts'
import { createLiveEngine } from './processors/live-engine.ts'
import type { LiveEngine } from './processors/live-engine.ts'
import { formatEndpoint } from './receivers/listen.ts'
import type { Endpoint } from './receivers/listen.ts'
import type { Reload, ReloadTrigger } from './reload/reloader.ts'
import { startReloading, type Reloading, type ReloadSettings } from './reload/reloading.ts'
import type { Program } from './ruleset/program.ts'
import { startAdmin } from './telemetry/admin.ts'
import { createExporterWatch } from './telemetry/exporter-watch.ts'
import { healthOf } from './telemetry/health.ts'
import type { Log } from './telemetry/log.ts'
import type { ExporterFigures, Sources } from './telemetry/instrument.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { createOwnLog, type OwnLog } from './telemetry/own-log.ts'
import type { Tally } from './telemetry/tally.ts'

export interface GatewayOptions {
  readonly config: Config
  readonly program: Program
  readonly version: string
  readonly log: Log
  /** Where debug exporters print. */
  readonly write: (text: string) => void
  /** Exporters beside the configured ones, for every signal. */
  readonly exporters?: readonly Exporter[]
  /** Where the series live that the gateway adds up itself; without it metrics go on as they came, and none are derived. */
  readonly seriesStore?: SeriesStore
  /** Where the program came from, for reloads; without it the program stays. */
  readonly reload?: ReloadSettings
  /** Whether the gateway sends log records of its own, where there is a pipeline of logs. */
  readonly ownLog?: boolean
  /** Whether what the ruleset puts into the quarantine is kept on the disk; otherwise it is refused. */
  readonly quarantine?: boolean
  /** Sees each request as it came, personal data and all; the body is used again afterwards. For `inspect`. */
  readonly onArrival?: (arrival: Arrival) => void
}

export interface Gateway {
  /** What the receiver `otlp` and its own HTTP listen on, with the real ports. */
  readonly endpoints: { readonly http?: Endpoint; readonly grpc?: Endpoint; readonly admin: Endpoint }
  /** What all receivers listen on. */
  readonly doors: readonly Door[]
  readonly ledger: Ledger
  readonly tally: Tally
  /** Reloads the ruleset; undefined when the gateway was started without a way to, or stops. */
  reload(trigger: ReloadTrigger): Promise<Reload | undefined>
  /** Takes no more, sends what is queued for at most this long in all, and counts the rest as lost. */
  stop(deadlineMs: number): Promise<void>
}

/** Starts everything, or nothing: throws ExporterConfigError, QueueFileError, AddressInUseError, TlsFileError, or the system's error. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, write, seriesStore, onArrival, exporters: others = [], quarantine = false } = options
  const engine = createLiveEngine(options.program)
  const ledger = new Ledger()
  const delivery = await openDelivery({ config, log, write, others, seriesStore, engine, quarantine })
  const doors = createDoors(config, ledger, log, ({ signals: fed }, pages) =>
    createIntake({
      process(arrival) {
        onArrival?.(arrival)
        return engine.process(arrival)
      },
      outlets: bySignal((signal) => (fed.includes(signal) ? delivery.outlets[signal] : undefined)),
      ledger: pages,
    }),
  )
  const ownLog = createOwn(options, engine, delivery.outlets.logs)
  const reloading = createReloading(options, engine, delivery, ownLog)
  const sources = sourcesOf(options, { engine, ledger, delivery, reloading, ownLog })
  const watchExporters = ownLog && createExporterWatch(sources.exporters, ownLog)
  const timer = setInterval(() => {
    delivery.flush()
    watchExporters?.()
  }, config.metrics.flushIntervalMs).unref()
  let stopping = false

  const stop = async (deadlineMs: number): Promise<void> => {
    stopping = true
    reloading?.close()
    ownLog?.tell({ event: 'stopping', body: 'the gateway stops' })
    const untilMs = performance.now() + deadlineMs
    await doors.close(deadlineMs)
    clearInterval(timer)
    delivery.flush()
    ownLog?.close()
    await delivery.close(Math.max(0, untilMs - performance.now()))
  }
  try {
    await doors.openAll()
    const metrics = createMetrics(sources)
    const listed = doors.open.map((door) => ({ ...door, endpoint: formatEndpoint(door.endpoint) }))
    const main = doors.open.filter(({ receiver }) => receiver === defaultReceiver)
    const admin = await startAdmin({
      ...config.admin,
      health: () => healthOf(sources, listed, stopping),
      metrics: () => metrics.metrics(),
      reload: reloading?.answer,
    })
    ownLog?.tell({
      event: 'started',
      body: 'the gateway takes telemetry',
      attributes: { 'ruleset.name': engine.program.name, 'ruleset.digest': engine.program.digest },
    })
    return {
      endpoints: {
        ...Object.fromEntries(main.map(({ protocol, endpoint }) => [protocol, endpoint])),
        admin: { host: admin.host, port: admin.port },
      },
      doors: doors.open,
      ledger,
      tally: engine.tally,
      reload: async (trigger) => reloading?.reload(trigger),
      async stop(deadlineMs) {
        await stop(deadlineMs)
        await admin.close()
      },
    }
  } catch (error) {
    await stop(0)
    throw error
  }
}

/** The gateway's own log records: through the engine, into the pipeline of logs. */
function createOwn(
  { version, ownLog = false }: GatewayOptions,
  engine: LiveEngine,
  outlet: Outlet | undefined,
): OwnLog | undefined {
  if (!ownLog || outlet === undefined) return undefined
  const hasRoom = (bytes: number): boolean => outlet.busy(bytes) === undefined
  return createOwnLog({
    version,
    send(body) {
      if (!hasRoom(body.length)) return false
      const batch = engine.clean('logs', body)
      if (batch === undefined) return true
      if (!hasRoom(batch.bytes.length)) return false
      void outlet.give(batch)
      return true
    },
  })
}

function createReloading(
  { reload: settings, config, log }: GatewayOptions,
  engine: LiveEngine,
  { stage, queue }: Delivery,
  ownLog: OwnLog | undefined,
): Reloading | undefined {
  if (settings === undefined) return undefined
  return startReloading({
    settings,
    admin: config.admin,
    hasQuarantine: queue !== undefined,
    inForce: () => engine.program,
    replace(program) {
      engine.replace(program)
      stage?.replaceRules(program.metrics, program.repair)
    },
    log,
    ownLog,
  })
}

interface Parts {
  readonly engine: LiveEngine
  readonly ledger: Ledger
  readonly delivery: Delivery
  readonly reloading: Reloading | undefined
  readonly ownLog: OwnLog | undefined
}

function sourcesOf({ version }: GatewayOptions, parts: Parts): Sources {
  const { engine, ledger, delivery, reloading, ownLog } = parts
  const { tally } = engine
  return {
    build: { version, node: process.version },
    get ruleset() {
      return { name: engine.program.name, digest: engine.program.digest }
    },
    startedMs: Date.now(),
    *received() {
      for (const { signal, ...door } of ledger.received()) yield { noun: recordNoun[signal], ...door }
    },
    recordsRefused: () => ledger.recordsRefused(),
    recordsQuarantined: () => ofQuarantine(delivery.queue, 'dead'),
    quarantineLeft: () => ofQuarantine(delivery.queue, 'left'),
    requestsRefused: () => ledger.requestsRefused(),
    exporters: () => delivery.exporters.flatMap((exporter) => figuresOf(exporter, delivery)),
    get classes() {
      return classesThatChange(engine.program)
    },
    changed: tally.changed,
    found: tally.found,
    decided: tally.decided,
    repaired: tally.repaired,
    dropped: tally.dropped,
    invalid: tally.invalid,
    series: () => delivery.stage?.figures(),
    queue: () => delivery.queue?.figures(),
    reloads: () => reloading?.status(),
    ownLog: () => ownLog?.figures(),
  }
}

function classesThatChange({ classes }: Program): string[] {
  return [...classes].filter(([, { is }]) => is !== 'keep' && is !== 'detect').map(([name]) => name)
}

/** What went into the quarantine, and what left it: both of the file's books, which go on over a restart. */
function* ofQuarantine(
  queue: DurableQueue | undefined,
  book: 'dead' | 'left',
): Generator<{ signal: Signal; reason: string; records: number }> {
  for (const signal of signals)
    for (const [reason, records] of Object.entries(queue?.of(quarantineReader).counts(signal)?.[book] ?? {}))
      yield { signal, reason, records }
}

/** The figures of an exporter for the signals that go to it. */
function figuresOf(exporter: Exporter, { senders, queue }: Delivery): ExporterFigures[] {
  const figures = exporter.figures()
  const own = signals.filter((signal) => senders[signal]?.includes(exporter))
  return own.map((signal) => ({
    exporter: exporter.name,
    signal,
    noun: recordNoun[signal],
    sent: figures[signal].sent,
    failed: figures[signal].failed,
    dead: figures[signal].dead,
    accepted: figures[signal].offered,
    replayed: figures[signal].replayed,
    left: figures[signal].left,
    queuedRecords: figures[signal].queuedRecords,
    oldestMs: exporter.isDurable ? queue?.figures().oldestMs(exporter.name, signal) : undefined,
    queuedBytes: figures[signal].queuedBytes,
    capacityBytes: figures[signal].capacityBytes,
    trouble: figures[signal].trouble,
    isCircuitOpen: figures[signal].isCircuitOpen === true,
  }))
}
