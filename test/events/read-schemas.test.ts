import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { attributeClass, readEventSchemas } from '../../src/events/read-schemas.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const folder = new URL('../../schemas/events/', import.meta.url)
const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

interface Property {
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly 'x-class'?: string
}
interface Schema {
  readonly title: string
  readonly properties: Readonly<Record<string, Property>>
  readonly 'x-status'?: string
  readonly 'x-since'?: string
}

const files = readdirSync(folder).map((name) => ({
  name,
  schema: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Schema,
}))
const events = files.filter(({ name }) => name !== 'common.json')

describe('the schemas of events', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false })
  ajv.addVocabulary(['x-class', 'x-status', 'x-since'])
  for (const { name, schema } of files) ajv.addSchema(schema, name)

  it('are those of the six standard events', () => {
    expect(events.map(({ schema }) => schema.title).toSorted()).toEqual([
      'automagik.api.request',
      'automagik.cli.command',
      'automagik.error',
      'automagik.feature.used',
      'automagik.health',
      'automagik.performance.latency',
    ])
  })

  it.each(files)('$name is valid JSON Schema 2020-12, and has a status and a version', ({ name, schema }) => {
    expect(() => ajv.getSchema(name)).not.toThrow()
    expect(schema).toMatchObject({ 'x-status': 'standard', 'x-since': expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  })

  it.each(events)('$name is named after its event', ({ name, schema }) => {
    expect(name).toBe(`${schema.title}.json`)
  })

  it.each(files)('$name describes each attribute, with a class and examples that are of its type', ({ schema }) => {
    const { program } = loadRuleset({ key })
    for (const [attribute, property] of Object.entries(schema.properties)) {
      expect(property.description, attribute).toMatch(/\.$/)
      expect(program?.classes.has(property['x-class'] ?? ''), attribute).toBe(true)
      expect(property.examples?.length, attribute).toBeGreaterThan(0)
      for (const example of property.examples ?? []) {
        expect(ajv.validate(property, example), `${attribute}: ${JSON.stringify(example)}`).toBe(true)
      }
    }
  })

  it('speak canonical names only: none that a convention renames', () => {
    const { program } = loadRuleset({ key })
    for (const [event, { attributes }] of readEventSchemas()) {
      const renames = [program?.conventions.rename, program?.conventions.events.get(event)?.rename]
      const renamed = renames.flatMap((each) => [...(each?.keys() ?? [])]).filter((name) => attributes.has(name))
      expect(renamed, event).toEqual([])
    }
  })

  it('name everything in lower case: names are looked up so', () => {
    for (const { attributes } of readEventSchemas().values()) {
      for (const name of attributes.keys()) expect(name).toBe(name.toLowerCase())
    }
  })
})

describe('what they say to privacy', () => {
  const schemas = readEventSchemas()

  it('is class and type, of the common attributes too', () => {
    const error = schemas.get('automagik.error')?.attributes
    expect(error?.get('exception.message')).toEqual({ class: 'internal', closed: undefined })
    expect(error?.get('severity')).toMatchObject({ closed: 'enum', values: expect.arrayContaining(['high']) })
    expect(error?.get('success')).toEqual({ class: 'internal', closed: 'boolean' })
    expect(error?.get('duration_ms')).toMatchObject({ closed: 'number', range: { min: 0, max: 86_400_000 } })
  })

  it.each([
    ['a text', { type: 'string' }],
    ['a number without bounds', { type: 'number' }],
    ['a number with one bound', { type: 'integer', minimum: 0 }],
    ['a number that a phone fits', { type: 'integer', minimum: 0, maximum: 100_000_000 }],
    ['a negative number that a phone fits', { type: 'integer', minimum: -5_511_912_345_678, maximum: 0 }],
    ['an enum that is not of texts', { enum: ['a', 5_511_912_345_678] }],
    ['nothing', {}],
  ])('%s is not closed', (_what, property) => {
    expect(attributeClass(property).closed).toBeUndefined()
  })
})
