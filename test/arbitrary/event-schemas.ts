// fast-check arbitraries of what the schemas of events say, in the alphabet of the random programs.
import * as fc from 'fast-check'
import type { AttributeClass } from '../../src/events/event-classes.ts'
import type { Program } from '../../src/ruleset/program.ts'

const names = ['new', 'a', 'a.b', 'status', 'new.status', 'success', 'duration_ms', 'message', 'http.route', 'url.path']

/** Schemas of some of the events, with closed types and classes. */
export function schemasOf(events: readonly string[], className: fc.Arbitrary<string>): fc.Arbitrary<Program['events']> {
  const attribute = fc
    .record({
      class: fc.option(className, { nil: undefined }),
      closed: fc.constantFrom('boolean' as const, 'enum' as const, 'number' as const, undefined),
    })
    .map((said): AttributeClass => ({
      ...said,
      ...(said.closed === 'enum' ? { values: ['ana', 'GET', 'new', 'word'] } : {}),
      ...(said.closed === 'number' ? { range: { min: -10, max: 599 } } : {}),
    }))
  const attributes = fc.dictionary(fc.constantFrom(...names), attribute, { maxKeys: 4 })
  return fc
    .dictionary(fc.constantFrom(...events), attributes, { maxKeys: 3 })
    .map(
      (said) =>
        new Map(Object.entries(said).map(([name, each]) => [name, { attributes: new Map(Object.entries(each)) }])),
    )
}
