// The path of a request: what its route names and privacy protects goes from the path too, and the route, with the
// attributes that its parameters become, is told beside it. Of every record of a known event, whoever sent it; and of
// whatever Automagik's SDKs send the path is cleaned, such as the label of a metric.
import { rankOf } from '../actions/action.ts'
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { contexts } from '../otlp/fields.ts'
import type { MessageOps } from '../otlp/ops.ts'
import type { Plan } from '../ruleset/plan.ts'
import { Role } from '../ruleset/roles.ts'
import { Fate } from './items.ts'
import { plainValue } from './repair.ts'
import type { PassState } from './state.ts'
import type { Treated } from './values.ts'

const recordContexts = new Set([contexts.indexOf('span'), contexts.indexOf('log')])

/** The item that is the path of the record at hand, whose attributes were resolved last; -1 for none. */
export function pathOf({ plan, roles, items }: PassState, { context }: MessageOps): number {
  if (plan.event === undefined || !recordContexts.has(context)) return -1
  const i = roles[Role.urlPath]
  return i >= 0 && items.fate[i] !== Fate.remove ? i : -1
}

/**
 * The path with the names of its route for what stands there and is protected: `/webhook/evolution/{instance_name}`.
 * A pseudonym would be one more value in a place that has few; the attribute of that name has it.
 * @returns an AnyValue; undefined for what is no path, and for one that may stay
 */
export function cleanedPath(pass: PassState, i: number, context: number): Uint8Array | undefined {
  const { items, bytes, plan } = pass
  if (items.plan[i].role !== Role.urlPath) return undefined
  const path = plainValue(bytes, items.valueStart[i], items.valueEnd[i], Infinity)
  if (typeof path !== 'string') return undefined
  const segments = path.split('/')
  const gone = [...(plan.routeOf(segmentsOf(path))?.parameters ?? [])].filter(
    ([name, at]) => !isTemplate(segments[at]) && isProtected(plan, name, context),
  )
  if (gone.length === 0) return undefined
  for (const [name, at] of gone) segments[at] = segments[at].replace(/^[^?#]*/, () => `{${name}}`)
  return delimitedValue(ValueTag.string, Buffer.from(segments.join('/')))
}

/** Whether the class of an attribute leaves less of it than the detectors do. */
function isProtected(plan: Plan, name: string, context: number): boolean {
  const key = Buffer.from(name)
  return plan.attribute(key, 0, key.length).cell(context).rank > rankOf.detect
}

/**
 * `http.route` of the treated `url.path`, and the attributes that its parameters become; none for a path that is not text
 * or has gone. Parameters are read where privacy has not been, and get the class of their own names. Where the record has
 * a route of its own, only what has gone from the path is told.
 */
export function routeAttributes(
  { items, bytes, plan }: PassState,
  context: number,
  i: number,
  treated: Treated,
  hasRoute: boolean,
  isThere: (name: string) => boolean,
): [name: string, text: string][] {
  if (treated === null) return []
  const received = plainValue(bytes, items.valueStart[i], items.valueEnd[i], Infinity)
  const path = treated === undefined ? received : plainValue(treated, 0, treated.length, Infinity)
  if (typeof path !== 'string') return []
  // What has only become text has no parameters.
  const { route, parameters } = routeOf(path, typeof received === 'string' ? received : path, plan.routeOf)
  const told = parameters.filter(([name]) => !isThere(name) && (!hasRoute || isProtected(plan, name, context)))
  return hasRoute ? told : [['http.route', route], ...told]
}

/** A route, and what of the path stands for its parameters. */
interface Route {
  readonly route: string
  readonly parameters: [name: string, segment: string][]
}

/**
 * The route of a path that has been through privacy: `/api/v1/traces/phone/{phone}` stays, `/users/42` becomes
 * `/users/{id}`, and `/instances/main` the `/instances/{instance_name}` of the ruleset. Query and fragment are cut.
 * @param received the path before privacy: where parameters are read, which get a class of their own
 */
function routeOf(path: string, received: string, routes: Plan['routeOf']): Route {
  const segments = segmentsOf(path)
  const match = routes(segments)
  const own = match?.segments ?? []
  const route = segments.map((segment, i) => own[i] ?? (isId(segment) ? '{id}' : segment)).join('/')
  const before = segmentsOf(received)
  const isSame = match !== undefined && before.length === segments.length
  const named = isSame ? [...match.parameters].map(([name, i]): [string, string] => [name, before[i]]) : []
  return { route, parameters: named.filter(([, segment]) => !isTemplate(segment)) }
}

/** Whether a name stands there already, such as a gateway before this one has written. */
const isTemplate = (segment: string): boolean => /^\{[^{}]+\}$/.test(segment)

const segmentsOf = (path: string): string[] => path.split(/[?#]/, 1)[0].split('/')

function isId(segment: string): boolean {
  if (/^\d+$/.test(segment)) return true
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(segment)) return true
  if (/^[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) return true
  return segment.includes('@') || /hm:[^:/]+:[0-9a-f]+/.test(segment)
}
