import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { attributeClass, classesOf } from '../../src/events/event-schema.ts'
import { commonFile, shippedEvents } from '../../src/events/read-schemas.ts'
import { eventSchemaFile } from '../../src/events/schema-file.ts'
import { createValidator } from '../../src/events/validate.ts'
import { rankOf } from '../../src/actions/action.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const folder = new URL('../../schemas/events/', import.meta.url)
const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const files = readdirSync(folder).map((name) => ({
  name,
  schema: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { title: string; 'x-class'?: string },
}))
const eventFiles = files.filter(({ name }) => name !== 'common.json')
const events = [...shippedEvents().values()]
const { program } = loadRuleset({ key })
const common = commonFile()

/** As the files are, for whoever reads them with a validator of their own: ours are unknown words to it. */
const ajv = new Ajv2020({ strict: true, allErrors: true, strictRequired: false, strictTypes: false })
ajv.addVocabulary(['x-class', 'x-status', 'x-since', 'x-project', 'x-unit'])
for (const { name, schema } of files) ajv.addSchema(schema, name)

describe('the schemas of events', () => {
  it('are of the six standard events, and of every event that programs send or are to send', () => {
    const of = (status: string): string[] => events.filter((each) => each.status === status).map(({ name }) => name)
    expect(of('standard')).toEqual([
      'automagik.api.request',
      'automagik.cli.command',
      'automagik.error',
      'automagik.feature.used',
      'automagik.health',
      'automagik.performance.latency',
    ])
    expect(of('observed')).toEqual([
      'automagik.installation',
      'automagik.omni.webhook.processed',
      'automagik.spark.workflow.completed',
      'claude_code.api_error',
      'claude_code.api_request',
      'claude_code.tool_decision',
      'claude_code.tool_result',
      'claude_code.user_prompt',
    ])
    const projects = new Set(events.filter(({ status }) => status === 'proposed').map(({ project }) => project))
    expect(projects).toEqual(new Set(['omni', 'hive', 'forge', 'genie', 'spark', 'tools', 'any']))
  })

  it.each(files)('$name is valid JSON Schema 2020-12', ({ name, schema }) => {
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true)
    expect(() => ajv.getSchema(name)).not.toThrow()
  })

  it.each(eventFiles)('$name is written in the language that files of users are held to', ({ name, schema }) => {
    expect(eventSchemaFile.safeParse(schema).error?.issues).toBeUndefined()
    expect(name).toBe(`${schema.title}.json`)
  })

  it('are what editors are told to expect, and unknown keywords are not', () => {
    const url = new URL('../../schemas/event.schema.json', import.meta.url)
    const isSchema = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(url, 'utf8')) as object)
    for (const { schema } of eventFiles)
      expect([schema.title, isSchema(schema), isSchema.errors]).toEqual([schema.title, true, null])
    const [{ schema }] = eventFiles
    for (const other of [{ 'x-owner': 'me' }, { 'x-status': 'idea' }, { title: 'Health' }])
      expect(isSchema({ ...schema, ...other })).toBe(false)
  })

  it('common.json says the same of its attributes', () => {
    for (const properties of [common.properties, common.$defs]) {
      const file = { title: 'a.b', description: 'd', type: 'object', 'x-status': 'standard', 'x-since': '0.1.0' }
      const whole = { ...file, 'x-project': 'any', properties, examples: [{}] }
      expect(eventSchemaFile.safeParse(whole).error?.issues).toBeUndefined()
    }
  })

  it.each(events)('$name describes each attribute, with a class and examples that are of its type', (schema) => {
    for (const [attribute, property] of schema.attributes) {
      expect(property.description, attribute).toMatch(/\.$/)
      expect(program?.classes.has(property['x-class']), attribute).toBe(true)
      const { required: _all, properties } = classesOf(schema).checks!
      const validate = createValidator({ required: [attribute], properties })
      for (const example of property.examples) expect(validate({ [attribute]: example }), attribute).toEqual([])
    }
  })

  it.each(events)('$name has examples that fit, by ours and by a plain validator', (schema) => {
    const validate = createValidator(classesOf(schema).checks!)
    for (const example of schema.examples) {
      expect(validate(example)).toEqual([])
      expect(ajv.validate(`${schema.name}.json`, example), JSON.stringify(ajv.errors)).toBe(true)
      expect(Object.keys(example).filter((name) => !schema.attributes.has(name))).toEqual([])
    }
  })

  it.each(events)('$name requires nothing that privacy takes away: a second gateway sees a whole event', (schema) => {
    for (const name of schema.required) {
      const action = program?.classes.get(schema.attributes.get(name)!['x-class'])
      expect(rankOf[action!.is], name).toBeLessThan(rankOf.drop)
    }
  })

  it('speak canonical names only: none that a convention renames', () => {
    for (const { name: event, attributes } of events) {
      const renames = [program?.conventions.rename, program?.conventions.events.get(event)?.rename]
      const renamed = renames.flatMap((each) => [...(each?.keys() ?? [])]).filter((name) => attributes.has(name))
      expect(renamed, event).toEqual([])
    }
  })

  it('mean the same by the same name, but for what depends on the event', () => {
    const dependent = new Set(['status', 'operation', 'reason', 'error_stage', 'prompt', 'source', 'step', 'decision'])
    const said = new Map<string, string>()
    for (const { name: event, attributes } of events) {
      for (const [name, each] of attributes) {
        if (dependent.has(name)) continue
        const meaning = `${each.type} ${each['x-class']}`
        expect(`${name}: ${meaning}`, event).toBe(`${name}: ${said.get(name) ?? meaning}`)
        said.set(name, meaning)
      }
    }
  })

  it('define nothing in common.json that no event refers to', () => {
    const texts = eventFiles.map(({ schema }) => JSON.stringify(schema)).join('\n')
    expect(Object.keys(common.$defs).filter((name) => !texts.includes(`common.json#/$defs/${name}"`))).toEqual([])
  })
})

describe('what they say to privacy', () => {
  const classes = classesOf(shippedEvents().get('automagik.error')!).attributes

  it('is class and type, of the common attributes too', () => {
    expect(classes.get('exception.message')).toEqual({ class: 'internal', closed: undefined })
    expect(classes.get('severity')).toMatchObject({ closed: 'enum', values: expect.arrayContaining(['high']) })
    expect(classes.get('success')).toEqual({ class: 'internal', closed: 'boolean' })
    expect(classes.get('duration_ms')).toMatchObject({ closed: 'number', range: { min: 0, max: 86_400_000 } })
  })

  it.each([
    ['a text', { type: 'string' }],
    ['a number without bounds', { type: 'number' }],
    ['a number with one bound', { type: 'integer', minimum: 0 }],
    ['a number that a phone fits', { type: 'integer', minimum: 0, maximum: 100_000_000 }],
    ['a negative number that a phone fits', { type: 'integer', minimum: -5_511_912_345_678, maximum: 0 }],
    ['an enum that is not of texts', { enum: ['a', 5_511_912_345_678] }],
    ['nothing', {}],
  ] as const)('%s is not closed', (_what, property) => {
    expect(attributeClass(property).closed).toBeUndefined()
  })
})
