// What a person with an editor is shown, by the language server that VS Code's YAML extension runs.
import { mkdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { init, schemaAddress } from '../../src/commands/init.ts'
import { detectorIds } from '../../src/detectors/detector.ts'
import { contexts } from '../../src/otlp/fields.ts'
import { builtinFiles } from '../../src/ruleset/layers.ts'
import { allPlaces } from '../../src/ruleset/selectors.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'
import { startLanguageServer, type LanguageServer } from './language-server.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let server: LanguageServer
beforeAll(async () => {
  server = await startLanguageServer()
})
afterAll(() => server.stop())

const ruleset = join(root, 'rulesets/mine.yaml')
const inRuleset = (text: string): string =>
  `# yaml-language-server: $schema=../schemas/ruleset.schema.json\nversion: 1\nname: mine\n${text}`
const config = join(root, 'rulesets/gateway.yaml')
const inConfig = (text: string): string => `# yaml-language-server: $schema=../schemas/config.schema.json\n${text}`

const labels = async (text: string): Promise<string[]> =>
  (await server.complete(ruleset, inRuleset(text))).map(({ label }) => label)
const configLabels = async (text: string): Promise<string[]> =>
  (await server.complete(config, inConfig(text))).map(({ label }) => label)

describe('files that ship', () => {
  it.concurrent.each(Object.values(builtinFiles))('rulesets/%s has no faults, and names its schema', async (file) => {
    const path = join(root, 'rulesets', file)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\n/)
    expect(await server.open(path, text)).toEqual([])
    const [known] = await server.open(path, `${text}\nnothing: known\n`)
    expect(known.message).toBe('Property nothing is not allowed.')
  })
})

describe('files that init writes', () => {
  const initIn = (folder: string): Record<'gateway.yaml' | 'ruleset.yaml', string> => {
    mkdirSync(folder, { recursive: true })
    const stream = { write: () => true } as unknown as NodeJS.WriteStream
    init({ stdout: stream, stderr: stream, env: {} } as unknown as Parameters<typeof init>[0], folder, {})
    const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8')
    return { 'gateway.yaml': textOf('gateway.yaml'), 'ruleset.yaml': textOf('ruleset.yaml') }
  }

  it('are known to editors wherever they are', async () => {
    const folder = temporaryFolder()
    for (const [name, text] of Object.entries(initIn(folder))) {
      expect(await server.open(join(folder, name), text)).toEqual([])
      const [fault] = await server.open(join(folder, name), `${text}\nnothing: known\n`)
      expect([name, fault.message]).toEqual([name, 'Property nothing is not allowed.'])
    }
  })

  it.each([
    ['a checkout', '/src/gateway', '/src/gateway/', 'schemas/x.json'],
    ['a folder of a checkout', '/src/gateway/shop/prod', '/src/gateway/', '../../schemas/x.json'],
    [
      'a project',
      '/src/shop',
      '/src/shop/node_modules/automagik-gateway/',
      'node_modules/automagik-gateway/schemas/x.json',
    ],
    [
      'elsewhere',
      '/src/shop',
      '/usr/lib/node_modules/automagik-gateway/',
      'file:///usr/lib/node_modules/automagik-gateway/schemas/x.json',
    ],
    ['beside a checkout', '/src/gateway2', '/src/gateway/', 'file:///src/gateway/schemas/x.json'],
    ['a folder with a space', '/my src/a', '/my src/b/', 'file:///my%20src/b/schemas/x.json'],
  ])('name the schema from %s', (_where, folder, packageRoot, address) => {
    const native = (path: string): string => path.replaceAll('/', sep)
    expect(schemaAddress(native(folder), native(packageRoot), 'x.json')).toBe(address)
  })
})

describe('what is offered in a ruleset', () => {
  it('are its keys', async () => {
    expect(await labels('|')).toEqual(expect.arrayContaining(['extends', 'classes', 'rules', 'exceptions', 'tests']))
    const ofRule = ['attr', 'path', 'in', 'service', 'class']
    expect(await labels('rules:\n  - id: x\n    |')).toEqual(expect.arrayContaining(ofRule))
    expect(await labels('exceptions:\n  - |')).toEqual(
      expect.arrayContaining([...ofRule, 'reason', 'owner', 'expires']),
    )
    expect(await labels('classes:\n  mine:\n    hash:\n      |')).toEqual(['key', 'method', 'chars'])
  })

  it.each([
    ['rules:\n  - id: x\n    class: |', ['public', 'internal', 'user.id', 'content']],
    ['defaults:\n  attribute: |', ['internal', 'content']],
    ['classes:\n  |', ['user.id', 'phone']],
    ['rules:\n  - id: x\n    attr: [|]', ['user.id', 'http.route', 'feature_name', 'gen_ai.input.messages']],
    ['rules:\n  - id: x\n    attr:\n      - |', ['url.path', 'session_name']],
    ['rules:\n  - id: x\n    attr: |', ['user.email']],
    ['conventions:\n  rename:\n    cust_no: |', ['user.id']],
    ['rules:\n  - id: x\n    service: [|]', ['omni', 'hive', 'forge', 'genie', 'spark', 'tools']],
    ['conventions:\n  events:\n    |', ['automagik.api.request', 'automagik.omni.webhook.processed']],
    ['metrics:\n  off: [|]', ['automagik.events']],
  ])('are names that are known: %j', async (text, expected) => {
    expect(await labels(text)).toEqual(expect.arrayContaining(expected))
  })

  it('are all detectors, contexts, places and layers, and nothing else', async () => {
    expect(await labels('detectors:\n  off: [|]')).toEqual(detectorIds)
    expect(await labels('rules:\n  - id: x\n    in: [|]')).toEqual(contexts)
    expect((await labels('rules:\n  - id: x\n    path: |')).toSorted()).toEqual(
      [...allPlaces, 'log.body.**'].toSorted(),
    )
    const layers = Object.keys(builtinFiles).filter((name) => name !== 'builtin:base')
    expect(await labels('extends: [|]')).toEqual(layers)
    expect(await labels('extends:\n  - builtin:automagik\n  - |')).toEqual(layers)
  })

  it('are the forms of an action', async () => {
    const forms = ['hash', 'phone', 'email', 'path', 'replace', 'truncate'].map((key) => `{ ${key}: … }`)
    expect(await labels('classes:\n  mine: |')).toEqual(['keep', 'detect', 'mask', 'drop', ...forms])
  })

  it('says of each what it is', async () => {
    const found = await server.complete(ruleset, inRuleset('rules:\n  - id: x\n    class: |'))
    const said = found.map(({ label, documentation }) => [
      label,
      typeof documentation === 'object' && documentation.value,
    ])
    expect(Object.fromEntries(said)).toMatchObject({ content: 'drop. what people and models wrote' })
    const attributes = await server.complete(ruleset, inRuleset('rules:\n  - id: x\n    attr: [|]'))
    expect(attributes.find(({ label }) => label === 'feature_name')?.documentation).toMatchObject({
      value: expect.stringContaining('Class: internal'),
    })
  })
})

describe('what the mouse shows', () => {
  it.each([
    ['ru|les: []\n', 'Which places have which class.'],
    ['rules:\n  - { id: a, attr: [x], cl|ass: content }\n', 'A class: a key of `classes`.'],
    ['detectors: { off: [ma|c] }\n', '`mac`: hardware (MAC) addresses'],
    ['exceptions:\n  - own|er: me\n', 'Who answers for it.'],
  ])('%j', async (text, said) => {
    expect(await server.hover(ruleset, inRuleset(text))).toContain(said)
  })

  it('of gateway.yaml', async () => {
    expect(await server.hover(config, inConfig('exporters:\n  otlp_http/a:\n    time|out: 5s\n'))).toContain(
      'For one attempt',
    )
  })
})

describe('what is marked', () => {
  it.concurrent.each<[string, string, string]>([
    ['an unknown key', 'rulse: []\n', '3:0 Property rulse is not allowed.'],
    [
      'an unknown key of a rule',
      'rules:\n  - { id: a, atr: [x], path: span.name, class: content }\n',
      '4:13 Property atr is not allowed.',
    ],
    ['a wrong type', 'defaults: { limits: { depth: many } }\n', '3:29 Incorrect type. Expected "integer".'],
    ['a class that is a number', 'rules: [{ id: a, attr: x, class: 3 }]\n', '3:33 Incorrect type. Expected "string".'],
    [
      'an unknown action',
      'classes: { a: masks }\n',
      '3:14 Value is not accepted. Valid values: "keep", "detect", "mask", "drop".',
    ],
    ['an unknown form of an action', 'classes: { a: { hsh: {} } }\n', '3:16 Property hsh is not allowed.'],
    [
      'an unknown detector',
      'detectors: { off: [mca] }\n',
      '3:19 Value is not accepted. Valid values: "email", "phone",',
    ],
    [
      'an unknown context',
      'rules: [{ id: a, attr: x, in: [spam], class: content }]\n',
      '3:31 Value is not accepted. Valid values: "resource"',
    ],
    ['a name with a space', 'classes: { my class: drop }\n', '3:11 want letters, digits, ".", "_" and "-", at most 64'],
    ['a rule about nothing', 'rules: [{ id: a, class: content }]\n', '3:8 Missing property "attr".'],
    [
      'an exception without a reason',
      'exceptions: [{ attr: x, class: public, owner: me }]\n',
      '3:13 Missing property "reason".',
    ],
    [
      'no date',
      'exceptions: [{ attr: x, class: public, reason: x, owner: me, expires: soon }]\n',
      '3:70 want a date such as 2027-01-31',
    ],
    ['a key from nowhere', 'keys: { pseudonym: { active: k1, ring: { k1: {} } } }\n', '3:41 Missing property "file".'],
    ['a key written twice', 'rules: []\nrules: []\n', '4:0 Map keys must be unique'],
  ])('%s', async (_what, text, fault) => {
    const found = await server.open(ruleset, inRuleset(text))
    const said = found.map(({ message, range: { start } }) => `${start.line}:${start.character} ${message}`)
    expect(said).toContainEqual(expect.stringContaining(fault))
  })

  it.concurrent.each([
    'rules: [{ id: a, attr: [x, "*.y"], class: my-own }]\n',
    'extends: [builtin:automagik, team.yaml]\n',
    'rules: [{ id: a, path: ["span.attributes[\'k\']", log.body.**], class: content, service: shop }]\n',
    'classes: { a: { replace: "[{kind}]" }, b: { truncate: 64 }, c: { email: { domain: keep } }, d: mask }\n',
  ])('is nothing that may be so: %j', async (text) => {
    expect(await server.open(ruleset, inRuleset(text))).toEqual([])
  })

  it.concurrent.each<[string, string]>([
    ['recievers: {}\n', '1:0 Property recievers is not allowed.'],
    ['exporters: { otlphttp: {} }\n', '1:13 Property otlphttp is not allowed.'],
    [
      'exporters: { debug: { verbosity: much } }\n',
      '1:33 Value is not accepted. Valid values: "basic", "normal", "detailed".',
    ],
    ['exporters:\n  otlp_http/a:\n    timeout: fast\n', '3:13 want a duration such as 5s or 1m30s'],
    ['exporters:\n  otlp_http:\n    timeout: 5\n', '3:13 want a duration such as 5s or 1m30s'],
    ['receivers: { otlp: { protocols: { http: { max_request_body_size: big } } } }\n', 'want a size such as 16MiB'],
  ])('in gateway.yaml: %j', async (text, fault) => {
    const found = await server.open(config, inConfig(text))
    const said = found.map(({ message, range: { start } }) => `${start.line}:${start.character} ${message}`)
    expect(said).toContainEqual(expect.stringContaining(fault))
  })

  it('is no variable in gateway.yaml', async () => {
    const text = 'exporters: { debug: { verbosity: "${env:V}" }, otlp_http/a: { timeout: "${env:T:-5s}" } }\n'
    expect(await server.open(config, inConfig(text))).toEqual([])
  })
})

describe('what is offered in gateway.yaml', () => {
  it('are its keys and the types of receivers and exporters', async () => {
    expect(await configLabels('|')).toEqual(expect.arrayContaining(['receivers', 'exporters', 'service', 'ruleset']))
    expect(await configLabels('receivers:\n  |')).toEqual(['otlp'])
    expect(await configLabels('exporters:\n  |')).toEqual(['otlp_http', 'otlp_grpc', 'file', 'debug'])
    expect(await configLabels('exporters:\n  otlp_http/tempo:\n    |')).toContain('retry_on_failure')
    expect(await configLabels('exporters:\n  debug:\n    verbosity: |')).toEqual(['basic', 'normal', 'detailed'])
  })
})
