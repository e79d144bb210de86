// Asks the engine's own plans what becomes of a place, and says why.
import { Buffer } from 'node:buffer'
import type { Action } from '../actions/action.ts'
import type { AttributeClass } from '../events/event-classes.ts'
import { contexts, type Context } from '../otlp/fields.ts'
import { places } from '../otlp/ops.ts'
import { hits, matchersOf, planOf, type Reason } from './closure-because.ts'
import { activeDetectors, gradeOf, type Grade } from './closure-grade.ts'
import { eventContexts, schemaOf } from './event-cells.ts'
import type { Cell } from './cell.ts'
import { createPlanner, type Plan } from './plan.ts'
import type { Program } from './program.ts'

/** A spot that text can come to. */
export type Spot =
  /** An attribute of a context. */
  | { readonly is: 'attribute'; readonly context: Context; readonly name: string }
  /** A place without attributes: `span.name`. */
  | { readonly is: 'text'; readonly place: string }
  /** The log body, whole or at a path of keys. */
  | { readonly is: 'body'; readonly path: readonly string[] }
  /** The names of attributes and of keys, which are text as well. */
  | { readonly is: 'names' }

/** Whose record it is. */
export interface Sender {
  /** `service.name` */
  readonly service?: string | undefined
  /** The event's canonical name; undefined: no known event. */
  readonly event?: string | undefined
  /** Sent by an Automagik SDK. */
  readonly isDialect?: boolean
}

/** What becomes of a spot. */
export interface Disposition {
  /** Empty for the names of attributes, which have none. */
  readonly class: string
  readonly action: Action
  readonly grade: Grade
  /** The canonical name of an attribute. */
  readonly name: string | undefined
  /** Of a closed type, by its event's schema. */
  readonly closed: AttributeClass | undefined
  /** Finds become `{kind}`. */
  readonly low: boolean
}

export interface Judge {
  /** Always the same for the same spot and sender. */
  disposition(spot: Spot, sender: Sender): Disposition
  /** What gives the spot its class: never empty. */
  because(spot: Spot, sender: Sender): readonly Reason[]
  /** Every rule, exception and schema that speaks of the spot, also those that do not win; the default last. */
  touching(spot: Spot, sender: Sender): readonly Reason[]
}

/** A judge of one program. */
export function createJudge(program: Program): Judge {
  const planner = createPlanner(program, () => undefined)
  const matchers = matchersOf(program)
  const isGuarded = activeDetectors(program).length > 0
  const planFor = ({ service, event, isDialect = false }: Sender): Plan => {
    planner.startRequest()
    return planOf(planner.service(service), event, isDialect)
  }

  /** Whatever of the rules, exceptions and the schema speaks of the spot. */
  const speaking = (spot: Spot, sender: Sender): Reason[] => {
    if (spot.is === 'names') return []
    const { service, event, isDialect = false } = sender
    const found: Reason[] = matchers
      .filter((matcher) => hits(cellOf(matcher.plan(service, event, isDialect), spot)))
      .map(({ reason }) => reason)
    const schema = schemaReason(program, planFor(sender), spot, sender)
    return schema === undefined ? found : [...found, schema]
  }

  /** What gives the spot its class: the sources of its cell, which the engine counts. */
  const deciding = (spot: Spot, sender: Sender): Reason[] => {
    if (spot.is === 'names') return defaultsOf(program, spot)
    const { sources } = planner
    const plan = planFor(sender)
    return sources.members(cellOf(plan, spot).sources).flatMap((index): Reason | readonly Reason[] => {
      const { is } = sources.sources[index]
      if (is === 'default') return defaultsOf(program, spot)
      // Matchers stand in the order of the sources.
      return is === 'schema' ? (schemaReason(program, plan, spot, sender) ?? []) : matchers[index].reason
    })
  }

  const disposition = (spot: Spot, sender: Sender): Disposition => {
    const cell = spot.is === 'names' ? nameCell(program) : cellOf(planFor(sender), spot)
    const isExcepted =
      (cell.action.is === 'keep' || !isGuarded) && deciding(spot, sender).some(({ is }) => is === 'exception')
    return {
      class: cell.className,
      action: cell.action,
      grade: gradeOf(cell.action, cell.closed !== undefined, isExcepted, isGuarded),
      name: spot.is === 'attribute' ? keyOf(planFor(sender), spot.name).name : undefined,
      closed: cell.closed,
      low: cell.low,
    }
  }

  return {
    disposition,
    because: deciding,
    touching: (spot, sender) => [...speaking(spot, sender), ...defaultsOf(program, spot)],
  }
}

type Judged = Pick<Cell, 'action' | 'className' | 'low' | 'closed'>

/** How names are treated: the cell that the planner has them looked at under; as they are when it asks for none. */
function nameCell(program: Program): Judged {
  let asked: Judged = { action: { is: 'keep' }, className: '', low: true, closed: undefined }
  const planner = createPlanner(program, (_name, { action, low, closed }) => {
    asked = { action, className: '', low, closed }
    return undefined
  })
  keyOf(planner.service(undefined).base, 'name')
  return asked
}

type SchemaReason = Extract<Reason, { is: 'schema' }>

/** The cell of a spot under a plan. */
function cellOf(plan: Plan, spot: Exclude<Spot, { is: 'names' }>): Cell {
  if (spot.is === 'attribute') return keyOf(plan, spot.name).cell(contexts.indexOf(spot.context))
  if (spot.is === 'text') return plan.place(places.indexOf(spot.place))
  let cell = plan.body([], undefined, undefined, true)
  for (let length = 1; length <= spot.path.length; length++)
    cell = plan.body(spot.path.slice(0, length), cell, keyOf(plan, spot.path[length - 1]), length === 1)
  return cell
}

function keyOf(plan: Plan, name: string): ReturnType<Plan['attribute']> {
  const bytes = Buffer.from(name)
  return plan.attribute(bytes, 0, bytes.length)
}

function schemaReason(program: Program, plan: Plan, spot: Spot, { event }: Sender): SchemaReason | undefined {
  if (spot.is !== 'attribute' || event === undefined || !eventContexts.has(spot.context)) return undefined
  // Which of two classes of one schema is the stricter one has been settled by the plan.
  const found = schemaOf(program, event, (a) => a)(keyOf(plan, spot.name).names)
  if (found === undefined) return undefined
  return { is: 'schema', name: event, class: found.class }
}

function defaultsOf({ defaults }: Program, spot: Spot): Reason[] {
  const name = spot.is === 'text' ? 'name' : spot.is === 'body' ? 'body' : 'attribute'
  return [{ is: 'default', name, class: defaults[name] }]
}
