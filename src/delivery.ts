// What is behind the engine: the queue on disk where an exporter has one, the exporters, the metrics stage, and for each
// signal the outlet that leads to them.
import { join } from 'node:path'
import type { Config } from './config/config.ts'
import { createSenders, readersOf } from './exporters/create.ts'
import { bySignal, type Exporter } from './exporters/exporter.ts'
import { createMetricsStage, type MetricsStage } from './metrics/stage.ts'
import type { SeriesStore } from './metrics/store.ts'
import { signals } from './otlp/fields.ts'
import type { CleanBatch, Signal } from './pipeline/batch.ts'
import { createOutlet, type Outlet } from './pipeline/outlet.ts'
import type { LiveEngine } from './processors/live-engine.ts'
import type { DurableQueue } from './queue/durable-queue.ts'
import { openDurableQueue } from './queue/open-durable-queue.ts'
import { quarantineReader, type ReaderSpec } from './queue/stored.ts'
import { mayQuarantine } from './ruleset/validation.ts'
import { faultOf, type Log } from './telemetry/log.ts'

/** An exporter cannot work with what it is told; the message names it and says why. */
export class ExporterConfigError extends Error {
  override readonly name = 'ExporterConfigError'
}

export interface DeliveryOptions {
  readonly config: Config
  readonly log: Log
  readonly write: (text: string) => void
  /** Exporters beside the configured ones, for every signal. */
  readonly others: readonly Exporter[]
  readonly seriesStore: SeriesStore | undefined
  readonly engine: LiveEngine
  /** Whether there is a quarantine, where the ruleset needs one. */
  readonly quarantine: boolean
}

export interface Delivery {
  readonly outlets: Readonly<Record<Signal, Outlet | undefined>>
  readonly exporters: readonly Exporter[]
  /** The exporters of each signal; undefined where no pipeline takes the signal. */
  readonly senders: Readonly<Record<Signal, readonly Exporter[] | undefined>>
  readonly stage: MetricsStage | undefined
  /** Undefined where every exporter keeps in memory what waits, and nothing was to be quarantined at the start. */
  readonly queue: DurableQueue | undefined
  /** Sends a point of every series of the gateway's own. */
  flush(): void
  /** Sends what is queued, leaves what cannot be sent on the disk, and closes everything, for at most this long. */
  close(deadlineMs: number): Promise<void>
}

/** The reader of the queue that adds up metrics. No exporter is called so: their names begin with their type. */
const metricsReader = 'metrics'
/** So many bytes are kept for the metrics stage at most, before it has stored what it made of them. */
const unsavedBytes = 32 * 2 ** 20

/** Throws ExporterConfigError, QueueFileError. */
export async function openDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { config, log, write, others } = options
  const queue = await openQueue(options)
  let configured: Exporter[]
  try {
    configured = createSenders(config.exporters, { log, write, durable: queue })
  } catch (error) {
    await queue?.close(0)
    throw new ExporterConfigError((error as Error).message, { cause: error })
  }
  const exporters = [...configured, ...others]
  const senders = pipelinesOf(config, configured, others)
  const metricsOutlet = (): Outlet => outlets.metrics!
  const stage: MetricsStage | undefined = senders.metrics && (await openStage(options, metricsOutlet, queue))
  if (stage === undefined) queue?.release(metricsReader, { identity: queue.identity, upTo: Number.MAX_SAFE_INTEGER })
  const outlets: Delivery['outlets'] = bySignal((signal) => {
    const own = senders[signal]
    const adder = stage && { split: stage.split, add: stage.add, reader: metricsReader }
    return own && createOutlet({ signal, senders: own, committer: queue, adder })
  })
  const flush = (): void => {
    try {
      stage?.flush()
    } catch (error) {
      // It costs this round, not the process.
      log.error('metrics of the gateway could not be sent', faultOf(error))
    }
  }
  return {
    outlets,
    exporters,
    senders,
    stage,
    queue,
    flush,
    async close(deadlineMs) {
      const untilMs = performance.now() + deadlineMs
      const left = (): number => Math.max(0, untilMs - performance.now())
      await queue?.idle(left())
      await Promise.all(exporters.map((exporter) => exporter.close(left())))
      await queue?.close(Math.max(left(), closeMs))
    },
  }
}

/** The last commit is waited for, whatever else took its time. */
const closeMs = 2_000

async function openQueue({ config, log, engine, quarantine }: DeliveryOptions): Promise<DurableQueue | undefined> {
  const signalsOf = (name: string): Signal[] => signals.filter((signal) => config.pipelines[signal]?.includes(name))
  const readers = readersOf(config.exporters, signalsOf)
  const isNeeded = readers.length > 0 || (quarantine && mayQuarantine(engine.program.validation))
  if (!isNeeded) return undefined
  return openDurableQueue({
    file: join(config.dataDir, 'queue.db'),
    ...config.queue,
    readers: [...readers, ...signals.map(ownReader(metricsReader)), ...signals.map(ownReader(quarantineReader))],
    log,
    rules: () => ({
      digest: engine.program.digest,
      clean: (signal, body) => engine.clean(signal, body),
    }),
  })
}

/** A reader of the gateway's own. */
function ownReader(name: string): (signal: Signal) => ReaderSpec {
  const bounds = { capacityBytes: Infinity, maxAgeMs: 0, dropsOldest: false, gzipped: false }
  return (signal) => ({ name, signal, ...bounds })
}

/**
 * What adds up metrics: what was committed before this start and is not in the stored series yet, and from then on what
 * passes. Undefined without a store.
 */
async function openStage(
  { engine, log, seriesStore: store }: DeliveryOptions,
  outlet: () => Outlet,
  queue: DurableQueue | undefined,
): Promise<MetricsStage | undefined> {
  if (store === undefined) return undefined
  const { program } = engine
  let unsaved = 0
  const stage = createMetricsStage({
    rules: program.metrics,
    repairs: program.repair,
    store,
    now: Date.now,
    clean: (body) => engine.clean('metrics', body),
    hasRoom: (bytes) => outlet().busy(bytes) === undefined,
    send: (batch) => void outlet().give(batch),
    stored(position) {
      unsaved = 0
      queue?.release(metricsReader, position)
    },
    onStoreError: (error) =>
      log.error('series could not be stored: a restart now would begin counters where they were stored last', {
        error: error.message,
      }),
  })
  if (queue === undefined) return stage
  const add = (batch: CleanBatch): void => {
    stage.add(batch)
    unsaved += batch.bytes.length
  }
  if (store.position !== undefined) queue.release(metricsReader, store.position)
  const position = await queue.readAll(metricsReader, add)
  if (position !== undefined) stage.reached(position)
  queue.follow(metricsReader, add, (reached) => {
    stage.reached(reached)
    if (unsaved > unsavedBytes) stage.save()
  })
  return stage
}

/** The exporters of each signal. */
function pipelinesOf(
  { pipelines }: Config,
  configured: readonly Exporter[],
  always: readonly Exporter[],
): Delivery['senders'] {
  return bySignal((signal) => {
    const names = pipelines[signal]
    return names && [...configured.filter(({ name }) => names.includes(name)), ...always]
  })
}
