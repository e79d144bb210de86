// The metrics that the gateway writes itself. Between the engine and the exporters: of each clean batch it takes the
// increments out of metrics and reads the events of traces and logs; and at every interval it sends one point of each
// series. What it sends goes through the engine like everything else. Where there is a queue on disk it is a reader of that:
// what it has added up and how far it has read are stored in one transaction, so that a kill neither loses nor counts twice.
import type { CleanBatch } from '../pipeline/batch.ts'
import type { MetricRules } from '../ruleset/program.ts'
import { absorb } from './absorb.ts'
import { createClock } from './clock.ts'
import { createCumulative, type DropReason } from './cumulative.ts'
import { createDerive } from './derive.ts'
import { encodeSeries } from './encode.ts'
import { mergePoints } from './merge.ts'
import { SeriesTable } from './series.ts'
import type { Origin, Series, SeriesLimits } from './series.ts'
import type { Position, SeriesStore } from './store.ts'

export interface MetricsStageOptions {
  readonly rules: MetricRules
  /** Whether increments of Automagik's SDKs are recognised: `Program.repair`. */
  readonly repairs: boolean
  readonly store: SeriesStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The engine, for metrics: undefined when no point is left. */
  readonly clean: (bytes: Uint8Array) => CleanBatch | undefined
  /** Whether every exporter of the metrics pipeline has room for this many bytes. */
  readonly hasRoom: (bytes: number) => boolean
  /** Queues a batch for all of them. */
  readonly send: (batch: CleanBatch) => void
  /** Everything up to here is in the store: the queue on disk need not keep it. */
  readonly stored?: (position: Position) => void
  /** State could not be stored: it goes on in memory. */
  readonly onStoreError: (error: Error) => void
}

interface MetricsFigures {
  /** Live series, by where they come from. */
  readonly series: Readonly<Record<Origin, number>>
  /** Points that were added to a series instead of going on. */
  readonly absorbed: number
  /** Points that were sent. */
  readonly emitted: number
  /** Increments that went to an overflow series. */
  readonly overflows: Readonly<Record<Origin, number>>
  readonly expired: Readonly<Record<Origin, number>>
  /** Points and events that could not be added to any series. */
  readonly dropped: ReadonlyMap<DropReason, number>
}

export interface MetricsStage {
  /** From the next batch on other rules hold; series go on. */
  replaceRules(rules: MetricRules, repairs: boolean): void
  /**
   * What of a batch goes on: the batch itself, or what is left of it, or nothing; and whether it has something to add up.
   * Adds nothing up.
   */
  split(batch: CleanBatch): { readonly onward: CleanBatch | undefined; readonly adds: boolean }
  /** Adds up what is in a batch. */
  add(batch: CleanBatch): void
  /** Everything in the queue on disk up to here has been added up. */
  reached(position: Position): void
  /** Stores what changed. */
  save(): void
  /** Stores what changed and sends a point of every series. */
  flush(): void
  figures(): MetricsFigures
}

/** Series of all metrics, and what they may hold: in memory some times that. */
const maxTotal = 50_000
const maxBytes = 64 * 2 ** 20
/** The scope of series that are the gateway's own. */
const scope = 'automagik-gateway'

export function createMetricsStage(options: MetricsStageOptions): MetricsStage {
  const { store, now, clean, hasRoom, send, stored, onStoreError } = options
  let { rules, repairs } = options
  const table = new SeriesTable(limitsOf(rules))
  const dropped = new Map<DropReason, number>()
  const drop = (reason: DropReason): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1)
  const clock = createClock(now, store.lastMs)
  const shared = { table, gatewayId: store.gatewayId, scope, now: clock.now, dropped: drop }
  const addPointsBy = ({ cumulative }: MetricRules) => createCumulative({ ...shared, rules: cumulative })
  const readEventsBy = ({ derived }: MetricRules) => createDerive({ ...shared, rules: derived })
  let addPoints = addPointsBy(rules)
  let readEvents = readEventsBy(rules)
  store.load(table)
  let absorbed = 0
  let emitted = 0
  /** The series that the next flush begins with. */
  let turn = 0
  const expired: Record<Origin, number> = { derived: 0, cumulative: 0 }

  let position = store.position
  let lastMs = store.lastMs

  /** Rules about data points may take a label from series of the gateway, too. */
  function cleanAndMerge(bytes: Uint8Array): CleanBatch | undefined {
    const batch = clean(bytes)
    const merged = batch && mergePoints(batch.bytes, () => drop('collision'))
    return merged === batch?.bytes ? batch : merged && clean(merged)
  }

  function save(ended: readonly Series[]): void {
    try {
      const changed = [...table.all()].filter(({ isChanged }) => isChanged)
      store.save(changed, ended, lastMs, position)
      for (const series of changed) series.isChanged = false
      if (position !== undefined) stored?.(position)
    } catch (error) {
      onStoreError(error as Error)
    }
  }

  return {
    split(batch) {
      if (batch.signal !== 'metrics') return { onward: batch, adds: rules.derived.length > 0 }
      const rest = absorb(batch.bytes, repairs)
      const merged = rest && mergePoints(rest, () => drop('collision'))
      return { onward: merged === batch.bytes ? batch : merged && clean(merged), adds: rest !== batch.bytes }
    },
    replaceRules(nextRules, nextRepairs) {
      addPoints = addPointsBy(nextRules)
      readEvents = readEventsBy(nextRules)
      table.limits = limitsOf(nextRules)
      rules = nextRules
      repairs = nextRepairs
    },
    add(batch) {
      if (batch.signal !== 'metrics') return readEvents(batch.signal, batch.bytes)
      absorb(batch.bytes, repairs, (metric, from) => {
        absorbed += addPoints(metric, from)
      })
    },
    reached(reached) {
      position = reached
    },
    save: () => save([]),
    flush() {
      const timeMs = (lastMs = clock.tick())
      const ended = table.expire(now() - rules.expireAfterMs)
      for (const { metric } of ended) expired[metric.origin] += 1
      const live = [...table.all()]
      // Where there is never room for all, each gets its turn.
      const inTurn = [...live.slice(turn), ...live.slice(0, turn)]
      const pieces = hasRoom(1) ? [...encodeSeries(inTurn, ended, timeMs)] : []
      const fresh = new Set(pieces.length > 0 ? inTurn.filter(({ isAnnounced }) => !isAnnounced) : [])
      for (const series of fresh) announce(series, true)
      // Stored before it is sent: after a kill in between the next points catch up, the other way round a counter would fall.
      save(ended)
      let sent = 0
      for (const { bytes, series } of pieces) {
        const batch = cleanAndMerge(bytes)
        // With no room points are left out: the next ones hold all that these would have.
        if (batch !== undefined && !hasRoom(batch.bytes.length)) break
        for (const each of series) each.exemplars = undefined
        sent += series.length
        if (batch === undefined) continue
        send(batch)
        emitted += batch.records
      }
      for (const series of inTurn.slice(sent)) if (fresh.has(series)) announce(series, false)
      turn = sent < live.length && live.length > 0 ? (turn + sent) % live.length : 0
    },
    figures: () => ({
      series: { ...table.count },
      absorbed,
      emitted,
      overflows: { ...table.overflows },
      expired: { ...expired },
      dropped,
    }),
  }
}

function limitsOf({ maxSeries }: MetricRules): SeriesLimits {
  return { maxSeries, maxTotal, maxBytes }
}

function announce(series: Series, isAnnounced: boolean): void {
  series.isAnnounced = isAnnounced
  series.isChanged = true
}
