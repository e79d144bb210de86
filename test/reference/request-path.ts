// The path of a request: what its route names goes from it where privacy protects it, and is told beside it.
import type { Program } from '../../src/ruleset/program.ts'
import type { Naming } from './attributes.ts'
import type { AnyValue } from './model.ts'
import { uuid } from './repair.ts'
import { lossy } from './values.ts'

export interface PathRules {
  readonly routes: readonly string[]
  /** Whether an attribute that the gateway adds would not stay as it is but for the detectors. */
  readonly isProtected: (name: string) => boolean
}

/** The routes of an event, or else those of requests, as in whatever the SDKs send. */
export function routesOf({ conventions: { events } }: Program, { event, isDialect }: Naming): readonly string[] {
  if (event === undefined && !isDialect) return []
  const own = events.get(event ?? '')?.routes ?? []
  return own.length ? own : (events.get('automagik.api.request')?.routes ?? [])
}

/** A path without what a route names and privacy protects in it. */
export function withoutParameters(value: AnyValue, { routes, isProtected }: PathRules): AnyValue {
  if (value.stringValue === undefined) return value
  const path = lossy(value.stringValue)
  const gone = routeOf(path, path, routes, true)[1].filter(([name]) => isProtected(name))
  if (!gone.length) return value
  const segments = path.split('/')
  for (const [name, at] of gone) {
    const segment = segments[Number(at)]
    segments[Number(at)] = `{${name}}${segment.slice(segment.search(/[?#]|$/))}`
  }
  return { stringValue: segments.join('/') }
}

/** What is told beside a path: its route, unless the record says one, and parameters that it does not say. */
export function toldBy(
  left: string,
  received: string,
  { routes, isProtected }: PathRules,
  isThere: (name: string) => boolean,
): [string, string][] {
  const hasRoute = isThere('http.route')
  const [route, parameters] = routeOf(left, received, routes)
  const told = parameters.filter(
    ([name, text]) => !/^\{[^{}]+\}$/.test(text) && !isThere(name) && (!hasRoute || isProtected(name)),
  )
  return hasRoute ? told : [['http.route', route], ...told]
}

/**
 * The route that a cleaned path belongs to, and what stands for its parameters in the path as it came: of the routes whose
 * segments all fit the first ones of the path, the one with the most fixed segments, then the longest.
 * @param wantsPlaces where the parameters stand, instead of what they are
 */
function routeOf(
  path: string,
  received: string,
  routes: readonly string[],
  wantsPlaces = false,
): [string, [string, string][]] {
  const isId = (segment: string): boolean =>
    /^\d+$/.test(segment) ||
    uuid.test(segment) ||
    (/^[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) ||
    segment.includes('@') ||
    /hm:[^:/]+:[0-9a-f]+/.test(segment)
  const cut = (text: string): string[] => text.replace(/[?#].*$/s, '').split('/')
  const [segments, before] = [cut(path), cut(received)]
  const isParameter = (segment: string): boolean => segment.startsWith('{')
  const fixed = (route: string): number => route.split('/').filter((segment) => !isParameter(segment)).length
  const fits = routes
    .filter((route) => {
      const own = route.split('/')
      return (
        own.length <= segments.length &&
        own.every((segment, i) => (isParameter(segment) ? segments[i] !== '' : segments[i] === segment))
      )
    })
    .sort((a, b) => fixed(b) - fixed(a) || b.split('/').length - a.split('/').length)
  const best = fits[0]?.split('/') ?? []
  const route = segments.map((segment, i) => best[i] ?? (isId(segment) ? '{id}' : segment)).join('/')
  const parameters = best.flatMap((segment, i): [string, string][] =>
    isParameter(segment) ? [[segment.slice(1, -1), wantsPlaces ? String(i) : before[i]]] : [],
  )
  return [route, before.length === segments.length ? parameters : []]
}
