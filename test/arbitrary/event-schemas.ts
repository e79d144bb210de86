// fast-check arbitraries of what the schemas of events say, in the alphabet of the random programs.
import * as fc from 'fast-check'
import type { AttributeClass, EventClasses, Property } from '../../src/events/event-classes.ts'
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
  const attributes = fc.dictionary(fc.constantFrom(...names), fc.tuple(attribute, fc.boolean()), { maxKeys: 4 })
  return fc
    .dictionary(fc.constantFrom(...events), attributes, { maxKeys: 3 })
    .map((said) => new Map(Object.entries(said).map(([name, each]) => [name, schemaOf(each)])))
}

function schemaOf(said: Readonly<Record<string, readonly [AttributeClass, isRequired: boolean]>>): EventClasses {
  const entries = Object.entries(said)
  return {
    attributes: new Map(entries.map(([name, [each]]) => [name, each])),
    checks: {
      required: entries.flatMap(([name, [, isRequired]]) => (isRequired ? [name] : [])),
      properties: Object.fromEntries(entries.map(([name, [each]]) => [name, propertyOf(each)])),
    },
  }
}

function propertyOf({ closed, values, range }: AttributeClass): Property {
  if (closed === 'boolean') return { type: 'boolean' }
  if (closed === 'number') return { type: 'number', minimum: range?.min ?? 0, maximum: range?.max ?? 0 }
  return closed === 'enum' ? { type: 'string', enum: [...(values ?? []), '_OTHER'] } : {}
}
