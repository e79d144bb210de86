// Why a place has its class: the rules, exceptions, schemas and defaults that say so. Each rule is asked alone, in a
// program that holds nothing else, by the code that the engine asks.
import type { Action } from '../actions/action.ts'
import type { Context } from '../otlp/fields.ts'
import { createPlanner, type Plan } from './plan.ts'
import type { Exception, Program, Rule, SourcePlace } from './program.ts'
import { selectorsText } from './sources.ts'

/** What gives a place its class. */
export type Reason =
  | { readonly is: 'rule'; readonly name: string; readonly class: string; readonly place?: SourcePlace }
  | {
      readonly is: 'exception'
      /** What it is about, as it is written. */
      readonly name: string
      readonly class: string
      readonly reason: string
      readonly owner: string
      readonly expires: string | undefined
      readonly place?: SourcePlace
    }
  /** The event's schema. */
  | { readonly is: 'schema'; readonly name: string; readonly class: string | undefined }
  /** A key of `defaults`. */
  | { readonly is: 'default'; readonly name: 'attribute' | 'body' | 'name'; readonly class: string }
  /** The wire format: an id is so many bytes. */
  | { readonly is: 'format'; readonly name: 'id' }

/** A rule or exception by itself: what it says of a place under a plan. */
export interface Matcher {
  readonly reason: Extract<Reason, { is: 'rule' | 'exception' }>
  /** The plan of a program in which only this one speaks. @see hits */
  plan(service: string | undefined, event: string | undefined, isDialect: boolean): Plan
}

const hit = 'hit'
const classes: ReadonlyMap<string, Action> = new Map<string, Action>([
  [hit, { is: 'drop' }],
  ['miss', { is: 'keep' }],
])

/** Whether the cell of a matcher's plan is its rule's. */
export function hits({ className }: { readonly className: string }): boolean {
  return className === hit
}

/** Every rule and exception as a reason, in their order. */
export function ruleReasons({ rules, exceptions }: Program): Matcher['reason'][] {
  return [...rules.map(ruleReason), ...exceptions.map(exceptionReason)]
}

/** One matcher for each rule and exception, in their order. */
export function matchersOf(program: Program): Matcher[] {
  return [
    ...program.rules.map((rule) => matcher(program, ruleReason(rule), { rules: [{ ...rule, class: hit }] })),
    ...program.exceptions.map((exception) =>
      matcher(program, exceptionReason(exception), { exceptions: [{ ...exception, class: hit }] }),
    ),
  ]
}

function matcher(program: Program, reason: Matcher['reason'], only: Partial<Pick<Program, 'rules' | 'exceptions'>>) {
  const defaults = { ...program.defaults, attribute: 'miss', body: 'miss', name: 'miss' }
  const events: Program['events'] = new Map()
  const alone: Program = { ...program, classes, defaults, events, rules: [], exceptions: [], ...only }
  const planner = createPlanner(alone, () => undefined)
  const plan: Matcher['plan'] = (service, event, isDialect) => {
    planner.startRequest()
    return planOf(planner.service(service), event, isDialect)
  }
  return { reason, plan }
}

/** The plan of a known event's records, or of any other's. */
export function planOf(
  plans: ReturnType<ReturnType<typeof createPlanner>['service']>,
  event: string | undefined,
  isDialect: boolean,
): Plan {
  if (event === undefined) return plans.forAny(isDialect)
  const name = Buffer.from(event)
  return plans.forEvent(name, 0, name.length, isDialect)
}

function ruleReason(rule: Rule): Matcher['reason'] {
  return { is: 'rule', name: rule.id, class: rule.class, ...(rule.place && { place: rule.place }) }
}

function exceptionReason({ reason, owner, expires, place, ...exception }: Exception): Matcher['reason'] {
  const name = selectorsText(exception.selectors)
  return { is: 'exception', name, class: exception.class, reason, owner, expires, ...(place && { place }) }
}

/** The place of a context's attributes, as paths write it. */
export function attributesPlace(context: Context): string {
  return `${context}.${context === 'metric' ? 'metadata' : 'attributes'}`
}
