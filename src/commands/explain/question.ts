// What the user asks about: an OTTL path to one spot, and whose record it is in.
import { didYouMean, list } from '../../diagnostics/suggest.ts'
import type { Sender, Spot } from '../../ruleset/closure-judge.ts'
import { contextsOfEvents } from '../../ruleset/closure.ts'
import type { Program } from '../../ruleset/program.ts'
import { pathSelector } from '../../ruleset/selectors.ts'

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
  if ('error' in spot) return spot
  const sender = senderOf(program, service, event)
  if ('error' in sender) return sender
  const isOfEvent = spot.is === 'body' || (spot.is === 'attribute' && contextsOfEvents.has(spot.context))
  return { spot, sender: isOfEvent ? sender : { service } }
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
  if (canonical !== undefined) return { service, event: canonical }
  const all = [...known, ...conventions.aliases.keys()]
  return {
    error: `no event is called "${event}"${didYouMean(event, all)}`,
    help: known.size === 0 ? 'the ruleset knows no events' : `the events are ${list([...known].toSorted())}`,
  }
}
