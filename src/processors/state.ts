// What a pass over a request knows while it walks: shared by deciding and emitting, which are functions over it.
import type { TextTreatment } from '../actions/text.ts'
import { Edits } from '../otlp/edits.ts'
import type { Signal } from '../otlp/fields.ts'
import type { MessageOps } from '../otlp/ops.ts'
import { viewOf } from '../otlp/wire.ts'
import { Role } from '../ruleset/roles.ts'
import type { Plan, Planner, ServicePlans } from '../ruleset/plan.ts'
import type { Program, Verdict } from '../ruleset/program.ts'
import type { Tally } from '../telemetry/tally.ts'
import { Items } from './items.ts'
import type { Sender } from './sender.ts'
import type { EventSchemas, OnEvent, Unfit } from './event-schemas.ts'
import type { ValueSettings } from './values.ts'

/** What a pass works with; made once for a program. */
export interface PassSettings {
  readonly program: Program
  readonly planner: Planner
  readonly treatment: TextTreatment
  /** The pseudonym of a process, from what identified it. */
  readonly instanceId: (identity: string) => string
  readonly eventSchemas: EventSchemas
  readonly onEvent: OnEvent | undefined
  /** Counts of the request at hand. */
  readonly tally: Tally
}

/** What decide asks emit to write into a record beside its treated fields. */
export interface Additions {
  /** A span's status code; -1: as it is. */
  status: number
  /** A span's start, Unix nanoseconds. */
  start: bigint | undefined
  /** Fields to append, each with its tag. */
  fields: Uint8Array[]
  /** The `error.type` of a failed event that says none. */
  errorType: string | undefined
  /** The event's canonical name, where the span has an old one. */
  name: string | undefined
  /** Attributes that say how the event fits its schema: name and AnyValue. */
  marks: readonly (readonly [name: Uint8Array, value: Uint8Array])[]
}

export const noAdditions = (): Additions => ({
  status: -1,
  start: undefined,
  fields: [],
  errorType: undefined,
  name: undefined,
  marks: [],
})

const roleCount = Math.max(...Object.values(Role)) + 1

export abstract class PassState {
  readonly settings: PassSettings
  /** Fields by the sources of their cells. */
  readonly decided: Uint32Array
  readonly values: ValueSettings
  readonly items = new Items()
  readonly edits = new Edits()
  /** The item of each role among the attributes of the record at hand; -1 for none. */
  readonly roles = new Int32Array(roleCount)
  additions = noAdditions()
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = viewOf(this.bytes)
  signal: Signal = 'traces'
  /** Records that stay. */
  records = 0
  /** Metrics without points go, because the points they had were refused before. */
  dropsEmptyMetrics = false
  sender: Sender = { service: undefined, isAutomagik: false }
  plans: ServicePlans
  plan: Plan
  /** What becomes of events of the sender that do not fit their schema. */
  onViolation: Verdict = 'accept'
  /** Whether events are held against their schemas: not those that have been, before privacy was over them. */
  isFirst = true
  /** Which records stay: those that go on, or those that are kept in the quarantine for this reason. */
  wanted: Unfit | undefined
  /** Inside a scope of an Automagik SDK. */
  isDialect = false

  constructor(settings: PassSettings) {
    const { limits, onError } = settings.program.defaults
    this.settings = settings
    this.decided = settings.tally.bySources
    this.values = { treatment: settings.treatment, tally: settings.tally, maxDepth: limits.depth, onError }
    this.plans = settings.planner.service(undefined)
    this.plan = this.plans.base
  }

  /** Walks the message at [start, end) and pushes its edits. @returns whether it stays */
  abstract walk(ops: MessageOps, start: number, end: number): boolean
}
