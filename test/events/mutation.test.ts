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

const failing = JSON.parse(readFileSync(new URL('failing.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly Failing[]>
>
const events = [...shippedEvents().values()]
const findings = (checks: EventChecks, attributes: Attributes): string[] =>
  createValidator(checks)(attributes).map(({ keyword, pointer }) => `${keyword} ${pointer}`)

describe('failing examples', () => {
  it('are there for every event, and for no other', () => {
    expect(Object.keys(failing).toSorted()).toEqual(events.map(({ name }) => name))
  })

  it.each(events)('$name: each fails for its one reason', (schema) => {
    const checks = classesOf(schema).checks!
    for (const { attributes, finding } of failing[schema.name]) expect(findings(checks, attributes)).toEqual([finding])
  })
})

/** Values that do not fit a property, with the keyword that says so; none for what takes every value of its type. */
function misfits(property: Property): (readonly [value: unknown, keyword: string])[] {
  const { type, enum: words, minimum, maximum } = property
  const found: (readonly [unknown, string])[] = []
  if (type === 'string') found.push([7, 'type'], [true, 'type'], [['a'], 'type'], [{}, 'type'])
  if (type === 'boolean') found.push(['true', 'type'], [1, 'type'])
  if (type === 'number' || type === 'integer') found.push(['7', 'type'], [true, 'type'], [Number.NaN, 'type'])
  if (type === 'integer') found.push([1.5, 'type'])
  if (words !== undefined) found.push(['a word of no list', 'enum'], ['', 'enum'], [`${String(words[0])} `, 'enum'])
  if (minimum !== undefined) found.push([minimum - 1, 'minimum'])
  if (maximum !== undefined) found.push([maximum + 1, 'maximum'])
  return found
}

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
    for (const [name, property] of Object.entries(checks.properties)) {
      const bad = misfits(property)
      expect(bad.length, name).toBeGreaterThan(0)
      for (const [value, keyword] of bad) {
        const found = validate({ ...schema.examples[0], [name]: value })
        expect(found.map((each) => `${each.keyword} ${each.attribute}`)).toContain(`${keyword} ${name}`)
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
  }
  if (maximum !== undefined) {
    const { maximum: _none, ...rest } = property
    yield ['without a most', rest]
    yield ['with a higher least', { ...property, minimum: maximum + 1, maximum: maximum + 2 }]
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
      const values = [...schema.attributes.get(name)!.examples, ...misfits(properties[name]).map(([value]) => value)]
      return values.map((value) => (validate({ [name]: value }).length === 0 ? '1' : '0')).join('')
    }
    for (const name of schema.own) {
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
