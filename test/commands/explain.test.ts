import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEngine } from '../../src/processors/engine.ts'
import { treated } from '../../src/commands/explain/record.ts'
import { contexts } from '../../src/otlp/fields.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { textPlaces } from '../../src/ruleset/selectors.ts'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ruleset = `version: 1
name: mine
classes: { short: { truncate: 64 } }
conventions: { services: { shop: [shop-web] }, events: { shop.placed: { aliases: [placed], rename: { who: user } } } }
rules:
  - { id: users, attr: [user, 'user.*'], class: user.id }
  - { id: names, attr: [user.name], class: person, service: [shop] }
  - { id: lengths, attr: [title], class: short }
exceptions:
  - { attr: [user.kind], class: public, reason: a word of ours, owner: shop }
`

/** Runs `explain` with the ruleset. */
function explain(...args: string[]) {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'r.yaml'), ruleset)
  return cli(['explain', '--ruleset', 'r.yaml', ...args], { cwd })
}

describe('explain', () => {
  it('names what wins, what loses and why, with the places', async () => {
    const { code, stdout } = await explain("span.attributes['user.name']", '--service', 'shop-web')
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toBe("span.attributes['user.name'] of the service shop-web")
    expect(lines).toContain('  becomes    person: drop')
    expect(lines).toContain('  wins       rule names, person: drop  r.yaml:7:11')
    expect(lines).toContain('  loses      rule users, user.id: hash; person is stricter  r.yaml:6:11')
    expect(stdout).toContain(
      'loses      defaults.attribute, internal: detect; holds where nothing else speaks  builtin:base:',
    )
    expect(lines).toContain('  class      person  builtin:base:17:3')
    expect(stdout).toMatch(/ana\.silva@example\.com +goes\n/)
  })

  it('knows the service', async () => {
    const { stdout } = await explain("span.attributes['user.name']", '--service', 'other')
    expect(stdout).toContain('  becomes    user.id: hash')
    expect(stdout).not.toContain('rule names')
  })

  it('says that an exception by name goes before a rule with a star', async () => {
    const { stdout } = await explain("log.attributes['user.kind']")
    expect(stdout).toContain('  grade      excepted')
    expect(stdout).toContain('wins       exception user.kind, public: keep (shop: a word of ours)  r.yaml:10:')
    expect(stdout).toContain(
      'loses      rule users, user.id: hash; an exception that names the attribute goes before it',
    )
  })

  it('knows what an event renames, also by an older name of the event', async () => {
    for (const event of ['shop.placed', 'placed']) {
      const { stdout } = await explain("span.attributes['who']", '--event', event, '--value', 'ana')
      expect(stdout).toContain('in the event shop.placed')
      expect(stdout).toContain('  renamed to user')
      expect(stdout).toMatch(/\n {2}ana {2}→ hm:k[0-9a-f]+:[0-9a-f]{16}\n/)
    }
  })

  it('knows the words of the conventions', async () => {
    const { stdout } = await cli(['explain', "span.attributes['system.os']", '--value', 'Linux'])
    expect(stdout).toMatch(/words {6}Windows → windows, .+ more {2}builtin:automagik-legacy:\d+:5\n/)
    expect(stdout).toContain('Linux  → linux')
  })

  it('shows what detectors make of values in a name of few', async () => {
    const { stdout } = await explain('span.name', '--value', 'GET /ana@example.com', 'GET /')
    expect(stdout).toContain('GET /ana@example.com  → GET /{email}')
    expect(stdout).toContain('GET /                 stays')
    expect(stdout).toContain('what they find becomes {kind}')
  })

  it('knows the prefix and the older event names of the Automagik SDKs', async () => {
    const asked = ['span.attributes["event.endpoint"]', '--event', 'api_request', '--value', '/x/5511912345678']
    const { stdout } = await cli(['explain', ...asked])
    expect(stdout).toContain('in the event automagik.api.request, as the Automagik SDKs send it\n')
    expect(stdout).toContain('  renamed to url.path\n  wins       schema automagik.api.request')
    expect(stdout).toContain('→ /x/{phone}\n')
  })

  it.each([
    ['user.email', "an attribute is written span.attributes['user.email']"],
    ['span.attributes[user.email]', "an attribute is written span.attributes['user.email']"],
    ['log.attributes.user.email', "an attribute is written log.attributes['user.email']"],
    ['span.nme', 'did you mean "span.name"?'],
    ["span.attributes['user.*']", 'name one'],
    ['span.attributes', "span.attributes['user.email']"],
    ['log.body.**', "log.body['user']"],
    ['span.trace_id', 'is an id'],
  ])('says how to ask, for %s', async (place, hint) => {
    const { code, stderr } = await explain(place)
    expect(code).toBe(2)
    expect(stderr).toContain(hint)
  })

  it('says which events there are', async () => {
    const { code, stderr } = await explain('span.name', '--event', 'shop.place')
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "shop.placed"?')
  })
})

describe('what becomes of a value', () => {
  const key = { id: 'k1a2b3', bytes: new Uint8Array(32).fill(7) }
  const { program } = loadRuleset({ file: 'r.yaml', readText: () => ruleset, key })
  const engine = createEngine(program!)

  it('is seen in every place of the field table', () => {
    for (const place of textPlaces)
      expect([place, treated(engine, { is: 'text', place }, {}, 'plain')]).toEqual([place, 'plain'])
    for (const context of contexts) {
      const fate = (name: string) =>
        treated(engine, { is: 'attribute', context, name }, { service: 'shop-web' }, 'plain')
      expect([context, fate('colour'), fate('user.name')]).toEqual([context, 'plain', undefined])
    }
    for (const path of [[], ['colour'], ['a', 'b']])
      expect(treated(engine, { is: 'body', path }, {}, 'plain')).toBe('plain')
    expect(treated(engine, { is: 'body', path: ['user.name'] }, {}, 'plain')).toBeUndefined()
  })

  it('is seen for numbers and truths', () => {
    const spot = { is: 'attribute', context: 'span', name: 'n' } as const
    expect([42, 4.5, true].map((value) => treated(engine, spot, {}, value))).toEqual(['42', '4.5', 'true'])
  })

  it('is seen for the name of the service itself', () => {
    expect(treated(engine, { is: 'attribute', context: 'resource', name: 'service.name' }, {}, 'shop')).toBe('shop')
  })
})
