// The routes of an API as a ruleset writes them, `/api/v1/instances/{instance_name}`: which of them a path belongs to.
import type { Conventions } from './program.ts'

/** A route that a path begins with. */
export interface RouteMatch {
  /** The route's own segments; `{name}` for each that stands for any text. */
  readonly segments: readonly string[]
  /** Attribute name → the segment of the path that stands for it. */
  readonly parameters: ReadonlyMap<string, number>
}

interface Route extends RouteMatch {
  readonly literals: number
}

/** The event that is a request: its routes hold for the paths of other events too, which are of the same API. */
const request = 'automagik.api.request'

/** The routes that paths of an event belong to: its own, or else those of requests, as in all that the SDKs send. */
export function routesOf(
  { events }: Pick<Conventions, 'events'>,
  event: string | undefined,
  isDialect: boolean,
): readonly string[] {
  if (event === undefined && !isDialect) return []
  const own = event === undefined ? [] : (events.get(event)?.routes ?? [])
  return own.length > 0 ? own : (events.get(request)?.routes ?? [])
}

const parameter = /^\{([^{}]+)\}$/

/**
 * Makes routes ready. Of several that a path begins with, the one with the most literal segments holds, then the longest:
 * the order in which they are written means nothing.
 */
export function compileRoutes(templates: readonly string[]): (path: readonly string[]) => RouteMatch | undefined {
  const routes = templates.map(toRoute).toSorted((one, other) => {
    const byLiterals = other.literals - one.literals
    return byLiterals === 0 ? other.segments.length - one.segments.length : byLiterals
  })
  return (path) => routes.find((route) => begins(path, route))
}

function toRoute(template: string): Route {
  const segments = template.split('/')
  const named = segments.flatMap((segment, i): [string, number][] => {
    const name = parameter.exec(segment)?.[1]
    return name === undefined ? [] : [[name, i]]
  })
  return { segments, parameters: new Map(named), literals: segments.length - named.length }
}

function begins(path: readonly string[], { segments }: Route): boolean {
  return (
    path.length >= segments.length &&
    segments.every((segment, i) => (parameter.test(segment) ? path[i] !== '' : path[i] === segment))
  )
}
