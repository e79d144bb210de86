// The wiring of the gateway on one screen: exporters ← engine ← receivers, beside them its own HTTP and the reloads of its
// rules. What comes in goes one way only: receiver → intake → engine → the exporters' queues.
import type { Config } from './config/config.ts'
import { defaultReceiver } from './config/to-receivers.ts'
import { createDoors, type Door } from './doors.ts'
import { createSenders } from './exporters/create.ts'
import { bySignal } from './exporters/exporter.ts'
import type { Exporter } from './exporters/exporter.ts'
import { createMetricsStage, type MetricsStage } from './metrics/stage.ts'
import type { SeriesStore } from './metrics/store.ts'
import { signals } from './otlp/fields.ts'
import type { Signal } from './otlp/fields.ts'
import { recordNoun } from './pipeline/batch.ts'
import type { Arrival } from './pipeline/batch.ts'
import { createIntake } from './pipeline/intake.ts'
import { Ledger } from './pipeline/ledger.ts'
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
import { faultOf } from './telemetry/log.ts'
import type { Log } from './telemetry/log.ts'
import { createMetrics } from './telemetry/metrics.ts'
import type { ExporterFigures, Sources } from './telemetry/metrics.ts'
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

/** An exporter cannot work with what it is told; the message names it and says why. */
export class ExporterConfigError extends Error {
  override readonly name = 'ExporterConfigError'
}

/** Starts everything, or nothing: throws ExporterConfigError, AddressInUseError, TlsFileError, or the system's error. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, onArrival } = options
  const configured = createExporters(options)
  const exporters = [...configured, ...(options.exporters ?? [])]
  const engine = createLiveEngine(options.program)
  const ledger = new Ledger()
  const senders = pipelinesOf(config, configured, options.exporters ?? [])
  const stage = createStage(options, engine, senders.metrics)
  const doors = createDoors(config, ledger, log, ({ signals: fed }, pages) =>
    createIntake({
      process(arrival) {
        onArrival?.(arrival)
        return engine.process(arrival)
      },
      ...(stage === undefined ? {} : { aggregate: (batch) => stage.take(batch) }),
      senders: bySignal((signal) => (fed.includes(signal) ? senders[signal] : undefined)),
      ledger: pages,
    }),
  )
  const ownLog = createOwn(options, engine, senders.logs)
  const reloading = createReloading(options, engine, stage, ownLog)
  const sources = sourcesOf(options, { engine, ledger, exporters, senders, stage, reloading, ownLog })
  const flush = flusherOf(stage, log)
  const watchExporters = ownLog && createExporterWatch(sources.exporters, ownLog)
  const timer = setInterval(() => {
    flush()
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
    flush()
    ownLog?.close()
    await Promise.all(exporters.map((exporter) => exporter.close(Math.max(0, untilMs - performance.now()))))
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

function createExporters({ config, log, write }: GatewayOptions): Exporter[] {
  try {
    return createSenders(config.exporters, { log, write })
  } catch (error) {
    throw new ExporterConfigError((error as Error).message, { cause: error })
  }
}

/** What adds up metrics; undefined without a store, or without a pipeline to send them to. */
function createStage(
  { seriesStore: store, log }: GatewayOptions,
  engine: LiveEngine,
  senders: readonly Exporter[] | undefined,
): MetricsStage | undefined {
  if (store === undefined || senders === undefined) return undefined
  return createMetricsStage({
    rules: engine.program.metrics,
    repairs: engine.program.repair,
    store,
    now: Date.now,
    clean: (body) => engine.process({ signal: 'metrics', encoding: 'protobuf', body }).batch,
    hasRoom: (bytes) => senders.every((sender) => sender.hasRoom(bytes, 'metrics')),
    send: (batch) => senders.forEach((sender) => sender.offer(batch)),
    onStoreError: (error) =>
      log.error('series could not be stored: a restart now would begin counters where they were stored last', {
        error: error.message,
      }),
  })
}

/** The gateway's own log records: through the engine, into the pipeline of logs. */
function createOwn(
  { version, ownLog = false }: GatewayOptions,
  engine: LiveEngine,
  senders: readonly Exporter[] | undefined,
): OwnLog | undefined {
  if (!ownLog || senders === undefined) return undefined
  const hasRoom = (bytes: number): boolean => senders.every((sender) => sender.hasRoom(bytes, 'logs'))
  return createOwnLog({
    version,
    send(body) {
      if (!hasRoom(body.length)) return false
      const { batch } = engine.process({ signal: 'logs', encoding: 'protobuf', body })
      if (batch === undefined) return true
      if (!hasRoom(batch.bytes.length)) return false
      for (const sender of senders) sender.offer(batch)
      return true
    },
  })
}

function createReloading(
  { reload: settings, config, log }: GatewayOptions,
  engine: LiveEngine,
  stage: MetricsStage | undefined,
  ownLog: OwnLog | undefined,
): Reloading | undefined {
  if (settings === undefined) return undefined
  return startReloading({
    settings,
    admin: config.admin,
    inForce: () => engine.program,
    replace(program) {
      engine.replace(program)
      stage?.replaceRules(program.metrics, program.repair)
    },
    log,
    ownLog,
  })
}

/** Sends a point of every series; a fault in it costs this round, not the process. */
function flusherOf(stage: MetricsStage | undefined, log: Log): () => void {
  return () => {
    try {
      stage?.flush()
    } catch (error) {
      log.error('metrics of the gateway could not be sent', faultOf(error))
    }
  }
}

type Senders = Readonly<Record<Signal, readonly Exporter[] | undefined>>

/** The exporters of each signal; undefined where no pipeline takes the signal. */
function pipelinesOf({ pipelines }: Config, configured: readonly Exporter[], always: readonly Exporter[]): Senders {
  const of = (signal: Signal): Exporter[] | undefined => {
    const names = pipelines[signal]
    if (names === undefined) return undefined
    return [...configured.filter(({ name }) => names.includes(name)), ...always]
  }
  return { traces: of('traces'), metrics: of('metrics'), logs: of('logs') }
}

interface Parts {
  readonly engine: LiveEngine
  readonly ledger: Ledger
  readonly exporters: readonly Exporter[]
  readonly senders: Senders
  readonly stage: MetricsStage | undefined
  readonly reloading: Reloading | undefined
  readonly ownLog: OwnLog | undefined
}

function sourcesOf({ version }: GatewayOptions, parts: Parts): Sources {
  const { engine, ledger, exporters, senders, stage, reloading, ownLog } = parts
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
    requestsRefused: () => ledger.requestsRefused(),
    exporters: () => exporters.flatMap((exporter) => figuresOf(exporter, senders)),
    get classes() {
      return classesThatChange(engine.program)
    },
    changed: tally.changed,
    found: tally.found,
    decided: tally.decided,
    repaired: tally.repaired,
    dropped: tally.dropped,
    series: () => stage?.figures(),
    reloads: () => reloading?.status(),
    ownLog: () => ownLog?.figures(),
  }
}

function classesThatChange({ classes }: Program): string[] {
  return [...classes].filter(([, { is }]) => is !== 'keep' && is !== 'detect').map(([name]) => name)
}

/** The figures of an exporter for the signals that go to it. */
function figuresOf(exporter: Exporter, senders: Senders): ExporterFigures[] {
  const figures = exporter.figures()
  const own = signals.filter((signal) => senders[signal]?.includes(exporter))
  return own.map((signal) => ({
    exporter: exporter.name,
    signal,
    noun: recordNoun[signal],
    sent: figures[signal].sent,
    failed: figures[signal].failed,
    queuedBytes: figures[signal].queuedBytes,
    capacityBytes: figures[signal].capacityBytes,
    trouble: figures[signal].trouble,
    isCircuitOpen: figures[signal].isCircuitOpen === true,
  }))
}
