// What an instrument is, and the figures that instruments read.
import type { OwnLogFigures } from './own-log.ts'

/** What the Collector calls the records of the three signals. */
export type Noun = 'spans' | 'metric_points' | 'log_records'
export const nouns: readonly Noun[] = ['spans', 'metric_points', 'log_records']

/** The dead letters that are kept of one exporter, signal and reason. */
interface KeptLetters {
  readonly exporter: string
  readonly signal: string
  readonly reason: string
  readonly letters: number
  readonly records: number
}

/** What is kept, in all and by exporter, signal and reason. */
interface LetterFigures {
  readonly letters: number
  readonly bytes: number
  readonly kept: readonly KeptLetters[]
}

/** Figures of the queue on disk. */
export interface QueueFigures {
  readonly fileBytes: number
  /** Those of former exporters too. */
  readonly deadLetters: LetterFigures
  readonly quarantine: LetterFigures
  readonly commits: number
  readonly commitFailures: number
  /** Why the last commit failed; undefined when it went well. */
  readonly trouble: string | undefined
  /** Books that do not add up. */
  readonly imbalances: readonly { readonly name: string; readonly signal: string }[]
}

/** Figures of the metrics that the gateway writes itself: records by origin are `derived` and `cumulative`. */
export interface SeriesFigures {
  readonly series: Readonly<Record<string, number>>
  readonly absorbed: number
  readonly emitted: number
  readonly overflows: Readonly<Record<string, number>>
  readonly expired: Readonly<Record<string, number>>
  readonly dropped: ReadonlyMap<string, number>
}

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

export type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

export interface Instrument {
  readonly kind: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  read(sources: Sources): Iterable<Sample>
}
