// Random programs of which it may be asked that twice is once.
import type { Coerce, Program, Selector } from '../../src/ruleset/program.ts'
import { events, routes } from './programs.ts'
import { marking } from './validation.ts'

/** Names that a convention replaces: a second pass does not see them any more. */
const aliasNames = new Set(['old', 'older', 'status', 'b', 'event.a', 'event.old', 'event.duration_ms'])

/** Replaced, it is no longer the name of an event, and the body may be. */
const nameOfLogs = 'log.event_name'

/**
 * The program without what a second pass cannot know: rules on names that do not outlive the first, and what holds for
 * a service or an event whose name may have been replaced.
 */
export function speakingCanonically(rules: Program): Program {
  const kept = <T extends { readonly selectors: readonly Selector[] }>(list: readonly T[]): T[] =>
    list.map((one) => ({
      ...one,
      services: undefined,
      selectors: one.selectors.filter((each) =>
        each.is === 'place' ? each.place !== nameOfLogs : each.is !== 'attribute' || !aliasNames.has(each.glob),
      ),
    }))
  const why = { reason: 'a test', owner: 'tests', expires: undefined, services: undefined }
  const nameStays = { ...why, class: 'public', selectors: [{ is: 'place', place: nameOfLogs }] } as const
  const none = { rename: new Map<string, string>(), coerce: new Map<string, Coerce>(), routes }
  const plainEvents = new Map(events.map((event) => [event, none]))
  return {
    ...rules,
    rules: kept(rules.rules),
    exceptions: [...kept(rules.exceptions), nameStays],
    validation: marking(rules.validation),
    conventions: { ...rules.conventions, events: plainEvents },
  }
}
