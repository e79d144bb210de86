// Event schemas that a ruleset brings with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { closureOf } from '../../src/ruleset/closure.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const name = 'automagik.crm.meeting.held'
const guests = {
  description: 'Who came.',
  type: 'integer',
  minimum: 0,
  maximum: 99,
  'x-class': 'internal',
  examples: [3],
}
const schema = (other: object = {}): string =>
  JSON.stringify(
    {
      title: name,
      description: 'People met.',
      type: 'object',
      'x-status': 'proposed',
      'x-since': '1.0.0',
      'x-project': 'crm',
      properties: { guests },
      examples: [{ guests: 3 }],
      ...other,
    },
    undefined,
    2,
  )

/** Loads a ruleset in a folder with these files. */
function load(files: Readonly<Record<string, string>>, entries = '[events]') {
  const folder = temporaryFolder()
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const ruleset = join(folder, 'ruleset.yaml')
  writeFileSync(ruleset, `version: 1\nname: mine\nextends: [builtin:automagik]\nevents: { schemas: ${entries} }\n`)
  return loadRuleset({ file: ruleset, key })
}

describe('an event schema of a ruleset', () => {
  it('makes the event known: its classes, its types, what must hold of it', () => {
    const { program, events, diagnostics } = load({
      [`events/${name}.json`]: schema(),
      'events/notes.txt': 'no schema',
    })
    expect(diagnostics).toEqual([])
    expect(events.get(name)).toMatchObject({ project: 'crm', description: 'People met.' })
    expect(program?.events.get(name)?.attributes.get('guests')).toMatchObject({ closed: 'number' })
    expect(program?.conventions.events.get(name)?.coerce.get('guests')).toBe('int')
    const cells = closureOf(program!).cells.filter(({ event }) => event === name)
    expect(cells.some((cell) => cell.name?.is === 'name' && cell.name.text === 'guests')).toBe(true)
  })

  it('may be named as a single file, and is known where no shipped schema is', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, `${name}.json`), schema())
    const text = `version: 1\nname: bare\nevents: { schemas: [${name}.json] }\n`
    writeFileSync(join(folder, 'r.yaml'), text)
    const { program } = loadRuleset({ file: join(folder, 'r.yaml'), key })
    expect([...(program?.events.keys() ?? [])]).toEqual([name])
  })

  it('goes before the shipped one of the same name', () => {
    const health = schema({ title: 'automagik.health' })
    const { program } = load({ 'events/automagik.health.json': health })
    expect([...program!.events.get('automagik.health')!.attributes.keys()]).toEqual(['guests'])
  })

  it('changes the digest of the ruleset in what machines read of it, not in its words', () => {
    const digest = (other: object): string | undefined =>
      load({ [`events/${name}.json`]: schema(other) }).program?.digest
    const own = digest({})
    expect(digest({ description: 'They met.', 'x-status': 'observed' })).toBe(own)
    expect(digest({ required: ['guests'] })).not.toBe(own)
  })

  it.each<[string, string, object]>([
    ['an unknown keyword', 'unknown-key', { 'x-clas': 'internal' }],
    ['an unknown keyword of an attribute', 'unknown-key', { properties: { guests: { ...guests, 'x-owner': 'me' } } }],
    ['no status', 'wrong-type', { 'x-status': undefined }],
    ['a status that there is not', 'wrong-value', { 'x-status': 'idea' }],
    ['a class that there is not', 'unknown-class', { properties: { guests: { ...guests, 'x-class': 'people' } } }],
    ['an attribute without a class', 'wrong-value', { properties: { guests: { ...guests, 'x-class': undefined } } }],
    [
      'an attribute without a description',
      'wrong-value',
      { properties: { guests: { ...guests, description: undefined } } },
    ],
    [
      'words without the one for others',
      'wrong-value',
      {
        properties: { place: { ...guests, type: 'string', minimum: undefined, maximum: undefined, enum: ['a', 'b'] } },
      },
    ],
    ['bounds of a text', 'wrong-value', { properties: { guests: { ...guests, type: 'string' } } }],
    ['a least above the most', 'wrong-value', { properties: { guests: { ...guests, minimum: 100 } } }],
    [
      'a pattern that could take for ever',
      'wrong-value',
      {
        properties: {
          a: { description: 'A.', type: 'string', pattern: '(?=a)', 'x-class': 'internal', examples: ['a'] },
        },
      },
    ],
    ['an attribute in capitals', 'wrong-value', { properties: { Guests: guests } }],
    ['an attribute under an old name', 'renamed-attribute', { properties: { status_code: guests } }],
    ['a reference to nothing', 'unknown-definition', { properties: { c: { $ref: 'common.json#/$defs/chanel' } } }],
    ['a reference to another file', 'wrong-value', { properties: { c: { $ref: 'other.json' } } }],
    ['a required attribute that is not described', 'unknown-attribute', { required: ['gests'] }],
    ['a name that is none', 'wrong-value', { title: 'Meeting' }],
    ['a name that the file has not', 'schema-name', { title: 'automagik.crm.meeting.ended' }],
    ['no example', 'wrong-value', { examples: [] }],
  ])('with %s is refused, at its place', (_what, code, other) => {
    const file = join('events', `${name}.json`)
    const { program, diagnostics } = load({ [file]: schema(other) })
    expect(program).toBeUndefined()
    expect(diagnostics.map((each) => each.code)).toContain(`ruleset/${code}`)
    const found = diagnostics.find((each) => each.code === `ruleset/${code}`)
    expect(found?.file.endsWith(`/${file}`)).toBe(true)
    expect(found?.message).not.toMatch(/\[object|undefined/)
  })

  it.each([
    [
      'requires what privacy takes away',
      'required-goes',
      {
        required: ['said'],
        properties: { said: { description: 'A.', type: 'string', 'x-class': 'content', examples: ['a'] } },
        examples: [{ said: 'a' }],
      },
    ],
    ['has an example that does not fit', 'example', { examples: [{ guests: -1 }] }],
  ])('that %s is known, with a warning at its place', (_what, code, other) => {
    const file = join('events', `${name}.json`)
    const { program, diagnostics } = load({ [file]: schema(other) })
    expect(program?.events.has(name)).toBe(true)
    expect(diagnostics).toMatchObject([{ code: `ruleset/${code}`, severity: 'warning' }])
    expect(diagnostics[0].file.endsWith(`/${file}`)).toBe(true)
  })

  it('says which of its attributes may be labels: none that it protects', () => {
    const host = { description: 'Who asked.', type: 'string', 'x-class': 'user.id', examples: ['user-42'] }
    const metric = (by: string, where = name) =>
      `[events] }\nmetrics: { derived: [{ name: m, from: event, where: { event.name: ${where} }, count: true, by: [${by}] }]`
    const file = { [`events/${name}.json`]: schema({ properties: { guests, host } }) }
    expect(load(file, metric('guests')).diagnostics).toEqual([])
    expect(load(file, metric('host')).diagnostics.map(({ message }) => message)).toEqual([
      `"host" may be no label: the schema of ${name} gives it the class "user.id"`,
    ])
    expect(load(file, metric('host', 'automagik.health')).diagnostics).toEqual([])
  })

  it('is refused where it is no JSON, where it cannot be read, and where there are two of an event', () => {
    const codes = (files: Readonly<Record<string, string>>, entries?: string): string[] =>
      load(files, entries).diagnostics.map((each) => each.code)
    expect(codes({ [`events/${name}.json`]: '{"title": ' })).toEqual(['ruleset/syntax'])
    expect(codes({}, '[nowhere]')).toEqual(['ruleset/unreadable'])
    expect(codes({}, '[nothing.json]')).toEqual(['ruleset/unreadable'])
    expect(codes({ [`a/${name}.json`]: schema(), [`b/${name}.json`]: schema() }, '[a, b]')).toEqual([
      'ruleset/schema-twice',
    ])
  })
})
