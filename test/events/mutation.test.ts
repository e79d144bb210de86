// Mutations: of each example, so that the schema must notice; and of each schema, so that an example or a failing one
// must notice. A schema that says less than it seems to, and an example that proves nothing, fail here.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EventChecks, Property } from '../../src/events/event-classes.ts'
import { classesOf } from '../../src/events/event-schema.ts'
import { shippedEvents } from '../../src/events/read-schemas.ts'
import { createValidator } from '../../src/events/validate.ts'

type Attributes = Readonly<Record<string, unknown>>
interface Failing {
  readonly attributes: Attributes
  /** `keyword pointer` of the one thing that does not fit. */
  readonly finding: string
}

interface MustNotFit {
  /** Whole events. */
  readonly events: readonly Failing[]
  /** Values, by the attribute that must not take them: of those that the file itself describes. */
  readonly values: Readonly<Record<string, readonly unknown[]>>
}

/** By the name of the event; what events refer to is under `common.json`. */
const failing = read('failing.json') as Readonly<Record<string, MustNotFit>>
const events = [...shippedEvents().values()]
const findings = (checks: EventChecks, attributes: Attributes): string[] =>
  createValidator(checks)(attributes).map(({ keyword, pointer }) => `${keyword} ${pointer}`)

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
}

/** The attributes that a file of schemas/events speaks of, with the definition that each refers to. */
function written(file: string): Map<string, string | undefined> {
  type Attributes = Readonly<Record<string, { readonly $ref?: string }>>
  const schema = read(`../../schemas/events/${file}`) as { properties: Attributes; $defs?: Attributes }
  const { properties, $defs } = schema
  return new Map(Object.entries({ ...properties, ...$defs }).map(([name, { $ref }]) => [name, $ref?.split('/').at(-1)]))
}

/** Values that an attribute of an event must not take. */
function misfitsOf(event: string, name: string): readonly unknown[] {
  const definition = written(`${event}.json`).get(name) ?? name
  return failing[event].values[name] ?? failing['common.json'].values[definition] ?? []
}

describe('failing examples', () => {
  it('are there for every event, and for no other', () => {
    const names = [...events.map(({ name }) => name), 'common.json']
    expect(Object.keys(failing).toSorted()).toEqual(names.toSorted())
    for (const name of names) {
      const described = [...written(name === 'common.json' ? name : `${name}.json`)]
      const own = described.flatMap(([attribute, definition]) => (definition === undefined ? attribute : []))
      expect(Object.keys(failing[name].values).toSorted(), name).toEqual(own.toSorted())
    }
  })

  it.each(events)('$name: each fails for its one reason', (schema) => {
    const checks = classesOf(schema).checks!
    for (const { attributes, finding } of failing[schema.name].events)
      expect(findings(checks, attributes)).toEqual([finding])
  })
})

describe('examples with something broken', () => {
  it.each(events)('$name: what is required and goes is missed', (schema) => {
    const checks = classesOf(schema).checks!
    for (const example of schema.examples) {
      for (const name of schema.required) {
        const rest = Object.fromEntries(Object.entries(example).filter(([each]) => each !== name))
        expect(findings(checks, rest)).toEqual([`required /${name}`])
      }
    }
  })

  it.each(events)('$name: no attribute takes what does not fit it', (schema) => {
    const checks = classesOf(schema).checks!
    const validate = createValidator(checks)
    for (const name of Object.keys(checks.properties)) {
      const bad = misfitsOf(schema.name, name)
      expect(bad.length, name).toBeGreaterThan(0)
      for (const value of bad) {
        const found = validate({ ...schema.examples[0], [name]: value })
        expect([name, value, ...new Set(found.map(({ attribute }) => attribute))]).toEqual([name, value, name])
      }
    }
  })
})

/** What an attribute of a schema could say instead: a little less, or something else. */
function* mutants(property: Property): Generator<readonly [what: string, mutant: Property]> {
  const { type, enum: words, minimum, maximum } = property
  if (type !== undefined && words === undefined) {
    const { type: _any, ...rest } = property
    yield ['of any type', rest]
    yield ['of another type', { type: type === 'boolean' ? 'string' : 'boolean' }]
  }
  if (type === 'integer') yield ['any number', { ...property, type: 'number' }]
  if (words !== undefined) {
    yield ['any word', { type: 'string' }]
    yield ['other words', { ...property, enum: ['_OTHER'] }]
  }
  if (minimum !== undefined) {
    const { minimum: _none, ...rest } = property
    yield ['without a least', rest]
    yield ['with a lower least', { ...property, minimum: minimum - 1 }]
  }
  if (maximum !== undefined) {
    const { maximum: _none, ...rest } = property
    yield ['without a most', rest]
    yield ['with a higher most', { ...property, maximum: maximum + 1 }]
    yield ['with a higher least', { ...property, minimum: maximum + 1, maximum: maximum + 2 }]
  }
  for (const keyword of ['minLength', 'maxLength', 'pattern', 'maxItems', 'items'] as const) {
    const { [keyword]: written, ...rest } = property
    if (written !== undefined) yield [`without ${keyword}`, rest]
  }
}

describe('schemas with something broken', () => {
  it.each(events)('$name: an example, or a failing one, tells each of them from the real one', (schema) => {
    const { required, properties } = classesOf(schema).checks!
    const [example] = schema.examples
    const survivors: string[] = []
    /** By the values of one attribute: those that are given as examples, and those that must not fit. */
    const outcome = (name: string, property: Property): string => {
      const checks = { required: [], properties: { [name]: property } }
      const validate = createValidator(checks)
      const values = [...schema.attributes.get(name)!.examples, ...misfitsOf(schema.name, name)]
      return values.map((value) => (validate({ [name]: value }).length === 0 ? '1' : '0')).join('')
    }
    for (const name of schema.attributes.keys()) {
      const real = outcome(name, properties[name])
      for (const [what, mutant] of mutants(properties[name])) {
        if (outcome(name, mutant) === real) survivors.push(`${name} ${what}`)
      }
    }
    for (const name of required) {
      const rest = Object.fromEntries(Object.entries(example).filter(([each]) => each !== name))
      const mutant = { properties: {}, required: required.filter((each) => each !== name) }
      if (findings(mutant, rest).length > 0) survivors.push(`${name} is not required`)
    }
    expect(survivors).toEqual([])
  })
})
