// What the user asks about: an OTTL path to one spot, and whose record it is in.
import { didYouMean, list } from '../../diagnostics/suggest.ts'
import type { Sender, Spot } from '../../ruleset/closure-judge.ts'
import { contextsOfEvents } from '../../ruleset/closure.ts'
import type { Program } from '../../ruleset/program.ts'
import { contexts } from '../../otlp/fields.ts'
import { pathSelector, textPlaces } from '../../ruleset/selectors.ts'

/** Why a question cannot be asked, and how to ask it. */
interface Misasked {
  readonly error: string
  readonly help: string
}

export interface Question {
  readonly spot: Spot
  readonly sender: Sender
}

/** What is asked. An event is left out where records of events do not reach: resources, scopes, metrics. */
export function questionOf(
  program: Program,
  path: string,
  { service, event }: { readonly service?: string; readonly event?: string },
): Question | Misasked {
  const spot = spotOf(path)
  if ('error' in spot) return { ...spot, help: meant(path) ?? spot.help }
  const sender = senderOf(program, service === '' ? undefined : service, event)
  if ('error' in sender) return sender
  const isOfEvent = spot.is === 'body' || (spot.is === 'attribute' && contextsOfEvents.has(spot.context))
  // Only the Automagik SDKs put `event.` before names and have older names of events: the question is about them then.
  const isDialect =
    sender.isDialect === true || (spot.is === 'attribute' && /^event\.(?!name$|domain$)./.test(spot.name))
  const asked = isOfEvent ? sender : { service: sender.service }
  return { spot, sender: isDialect ? { ...asked, isDialect } : asked }
}

/** How what looks like the name of an attribute is asked for; undefined: it does not look like one. */
function meant(path: string): string | undefined {
  const [, place = '', name] = /^(?:(\w+\.(?:attributes|metadata))(?:\.|\[))?([^'"[\]]+)\]?$/.exec(path) ?? []
  if (name === undefined || textPlaces.includes(path) || (place === '' && isPlaceLike(name))) return undefined
  return `an attribute is written ${place || 'span.attributes'}['${name}'], in double quotes for the shell`
}

/** What begins like a place and is none has been misspelt. */
function isPlaceLike(name: string): boolean {
  const [context, ...rest] = name.split('.')
  return (contexts as readonly string[]).includes(context) && rest.length > 0
}

/** The spot that a path names. */
function spotOf(path: string): Spot | Misasked {
  const parsed = pathSelector(path)
  if ('error' in parsed) return parsed
  const { selector } = parsed
  if (selector.is === 'place') return { is: 'text', place: selector.place }
  // Case counts where names are renamed, which selectors do not keep.
  const keys = [...path.matchAll(/\[(?:'([^']*)'|"([^"]*)")\]/g)].map(([, single, double]) => single ?? double)
  if (selector.is === 'body') {
    return selector.deep
      ? { error: `"${path}" is many places`, help: "name a key: log.body['user']" }
      : { is: 'body', path: keys }
  }
  const [context] = selector.contexts
  const [name] = keys
  if (name === undefined || name.includes('*')) {
    return { error: `"${path}" is many attributes`, help: `name one: ${path.replace(/\[.*/, '')}['user.email']` }
  }
  return { is: 'attribute', context, name }
}

/** Who sends the record; an event may be asked for by an older name of it. */
function senderOf(
  { conventions, events }: Program,
  service: string | undefined,
  event: string | undefined,
): Sender | Misasked {
  if (event === undefined) return { service }
  const known = new Set([...conventions.events.keys(), ...events.keys(), ...conventions.aliases.values()])
  const canonical = known.has(event) ? event : conventions.aliases.get(event)
  if (canonical !== undefined) return { service, event: canonical, ...(canonical === event ? {} : { isDialect: true }) }
  const all = [...known, ...conventions.aliases.keys()]
  return {
    error: `no event is called "${event}"${didYouMean(event, all)}`,
    help: known.size === 0 ? 'the ruleset knows no events' : `the events are ${list([...known].toSorted())}`,
  }
}
