// A ruleset after parsing and checking: plain data, no YAML. `compile.ts` makes it, `plan.ts` runs it.
import type { Action } from '../actions/action.ts'
import type { KeyRing } from '../actions/keys.ts'
import type { DetectorId } from '../detectors/detector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { EventClasses } from '../events/event-classes.ts'
import type { Context } from '../otlp/fields.ts'
import type { TestRecord } from './test-schema.ts'

export interface Program {
  readonly name: string
  /** SHA-256 (hex) of what the program says, independent of formatting and order. */
  readonly digest: string
  /** Class name → action. */
  readonly classes: ReadonlyMap<string, Action>
  readonly defaults: {
    /** Class names. */
    readonly attribute: string
    readonly body: string
    readonly name: string
    /** What happens to text that cannot be decided on (bad encoding, too deep). */
    readonly onError: 'drop' | 'replace'
    readonly limits: { readonly valueBytes: number; readonly depth: number; readonly attributes: number }
  }
  readonly detectors: {
    readonly use: readonly DetectorId[]
    readonly phoneRegions: readonly string[]
    readonly defaultRegion?: string
    /** The user's own, behind the built-in ones; in the order of their ids. */
    readonly custom?: readonly CustomDetector[]
  }
  readonly rules: readonly Rule[]
  readonly exceptions: readonly Exception[]
  readonly conventions: Conventions
  /** The repairs that are on: `builtin:repair` turns them on. */
  readonly repair: boolean
  readonly keys: ReadonlyMap<string, KeyRing>
  readonly metrics: MetricRules
  /** Canonical event name → what its schema says of its records' own attributes (contexts span and log). */
  readonly events: ReadonlyMap<string, EventClasses>
  readonly validation: Validation
  /** The cases written in the ruleset's files. They do not count for the digest. */
  readonly tests: readonly RulesetTest[]
}

/** What becomes of events that do not fit their schema. */
export interface Validation {
  readonly onViolation: Verdict
  /** Service group or name → what holds for its events. */
  readonly services: ReadonlyMap<string, Verdict>
  /** Of events that no schema knows. */
  readonly unknownEvent: Verdict
}

/** Nothing; attributes that say so; it is kept in the quarantine instead of going on; or it is refused. */
export type Verdict = 'accept' | 'annotate' | 'quarantine' | 'drop'

/** Where something is written; for messages, never for the engine. */
export type SourcePlace = Pick<Diagnostic, 'file' | 'position'>

/** A detector of a user's: what the pattern (RE2 syntax) finds in text that stays is of the class. */
export interface CustomDetector {
  readonly id: string
  readonly pattern: string
  readonly class: string
}

/** Which metrics are derived from events, and how streams of increments become cumulative ones. */
export interface MetricRules {
  readonly derived: readonly DerivedMetric[]
  readonly cumulative: {
    /** Attributes that go from data points before they are added up: lower-case globs, `*` crosses dots. */
    readonly dropLabels: readonly string[]
    /** Unit → upper bounds for histograms that come without any; `*` for the units that are not listed. */
    readonly buckets: ReadonlyMap<string, readonly number[]>
  }
  /** Series of one metric; what would be one more goes to its overflow series. */
  readonly maxSeries: number
  /** A series that was not written to for so long ends. */
  readonly expireAfterMs: number
}

export interface DerivedMetric {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** What it is made from: events, or all spans. */
  readonly from: 'event' | 'span'
  /** Which of them: those of which all of this holds. */
  readonly where: readonly Condition[]
  /** Attribute names, and the words `event.name`, `span.name` and `outcome`. The service is always told apart. */
  readonly by: readonly string[]
  /** What a histogram observes: an attribute, or the word `span.duration` (nanoseconds), times `scale`. */
  readonly value: { readonly attribute: string; readonly scale: number } | undefined
  /** The attribute whose different values are counted over a window. Where neither this nor a value is, all are counted. */
  readonly distinct: { readonly attribute: string; readonly windowMs: number } | undefined
  /** Upper bounds, ascending; empty but for histograms. */
  readonly buckets: readonly number[]
}

/** What must hold for an attribute, or for one of the words that may be labels. Values are compared as text. */
export type Condition =
  | { readonly is: 'one-of'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly is: 'there'; readonly attribute: string; readonly wanted: boolean }
  /** Hundreds of a status code: 4 for 400 to 499. */
  | { readonly is: 'status-class'; readonly attribute: string; readonly hundreds: readonly number[] }

export interface Rule {
  readonly id: string
  readonly class: string
  readonly selectors: readonly Selector[]
  /** Service groups (keys of `conventions.services`, or plain service names); undefined: every service. */
  readonly services: readonly string[] | undefined
  /** Where it is written; undefined for a rule that was made by a program. */
  readonly place?: SourcePlace
}

/** An exception to the default or to a class: the cell gets exactly this class, unless a rule is stricter on its own name. */
export interface Exception {
  readonly class: string
  readonly selectors: readonly Selector[]
  readonly services: readonly string[] | undefined
  readonly reason: string
  readonly owner: string
  /** ISO date; after it the exception no longer holds. */
  readonly expires: string | undefined
  /** Where it is written; undefined for an exception that was made by a program. */
  readonly place?: SourcePlace
}

export type Selector =
  /** An attribute name: a lower-case glob (`*` crosses dots), in these contexts. Also keys inside maps, bodies and JSON text. */
  | { readonly is: 'attribute'; readonly glob: string; readonly contexts: ReadonlySet<Context> }
  /** A place of the field table that is no attribute: `span.name`, `span.status.message`, `resource.schema_url`. */
  | { readonly is: 'place'; readonly place: string }
  /** The log body: keys from the top; empty: the whole body; `deep`: that key and everything below it. */
  | { readonly is: 'body'; readonly keys: readonly string[]; readonly deep: boolean }

export type Coerce = 'int' | 'double' | 'string' | 'bool' | 'plain-number'

export interface Conventions {
  /** Received attribute name → canonical name, in every context. */
  readonly rename: ReadonlyMap<string, string>
  /** Canonical attribute name → text as programs send it → text of the convention. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Canonical attribute name → type. */
  readonly coerce: ReadonlyMap<string, Coerce>
  /** `service.name` → service group. */
  readonly services: ReadonlyMap<string, string>
  /** Canonical event name → what holds for its records only. */
  readonly events: ReadonlyMap<string, EventConventions>
  /** Old event name → canonical event name (dialect records only). */
  readonly aliases: ReadonlyMap<string, string>
  /**
   * Resource attributes of metrics that become one pseudonymous `service.instance.id`, because Prometheus would publish
   * them as labels of `target_info`.
   */
  readonly metricIdentity: readonly string[]
  /** Whether a renamed attribute stays under its old name too. Not in metrics. */
  readonly keepOldNames: boolean
}

export interface EventConventions {
  /** Routes of the API, for `http.route`: `/api/{name}`. What stands for `{name}` becomes an attribute of that name. */
  readonly routes: readonly string[]
  readonly rename: ReadonlyMap<string, string>
  readonly coerce: ReadonlyMap<string, Coerce>
}

/** A case of `tests:`: what a record becomes under the ruleset it is written in. */
export interface RulesetTest {
  readonly name: string
  readonly in: TestRecord
  /** What it must become, as far as it is written; undefined: no matter what. */
  readonly out: TestRecord | undefined
  /** Texts that must be nowhere in the encoded bytes. */
  readonly never: readonly string[]
  /** Detector → how often it must have found something. */
  readonly hits: ReadonlyMap<string, number>
  readonly place: SourcePlace
}
