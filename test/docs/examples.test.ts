// Every example of the pages does what the page says it does.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { makeAuthority } from '../tls/certificates.ts'
import { composeValidator } from './compose-schema.ts'
import { pages, root, type Block } from './pages.ts'

const examples = pages.flatMap(({ path, blocks }) => blocks.map((block) => ({ ...block, at: `${path}:${block.line}` })))
const ofKind = (info: string) => examples.filter((example) => example.info.split(' ').slice(0, 2).join(' ') === info)

const secret = `base64:${Buffer.alloc(32, 7).toString('base64')}`
/** A value for every variable that the examples need, there being no default. */
const variables = (pattern: RegExp, value: string): Record<string, string> =>
  Object.fromEntries(examples.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name]) => [name, value])))
const tokens = variables(/\$\{env:(\w+)\}/g, 'some-token')
const keys = variables(/\benv: (\w+)/g, secret)
const key = { id: 'k1a2b3', bytes: new Uint8Array(32) }

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docs-'))
  writeFileSync(join(folder, 'pseudonym-k1'), secret)
  mkdirSync(join(folder, 'events'))
  const title = 'automagik.docs.page.read'
  const stage = { 'x-status': 'proposed', 'x-since': '1.0.0', 'x-project': 'docs' }
  const schema = { title, description: 'Read.', type: 'object', ...stage, properties: {}, examples: [{}] }
  writeFileSync(join(folder, 'events', `${title}.json`), JSON.stringify(schema))
  const authority = await makeAuthority()
  const pair = await authority.issue()
  const pem: Readonly<Record<string, string>> = { cert: pair.cert, key: pair.key, ca: authority.cert }
  for (const [, kind, name] of examples.flatMap(({ text }) => [
    ...text.matchAll(/(cert|key|ca)_file: ([\w.][\w./-]*)/g),
  ])) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), pem[kind])
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const textOf = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map(({ message }) => message)

function rulesetFaults(text: string): string[] {
  const file = join(folder, 'ruleset.yaml')
  const readText = (path: string): string => (path === file ? text : readFileSync(path, 'utf8'))
  return textOf(loadRuleset({ file, readText, env: keys, key }).diagnostics)
}

describe('YAML', () => {
  it('is marked as what it is', () => {
    const known = new Set([
      'yaml gateway',
      'yaml ruleset',
      'yaml ruleset-part',
      'yaml collector',
      'yaml compose',
      'yaml kubernetes',
      'yaml comment',
    ])
    const unknown = examples.filter(({ info }) => info.startsWith('yaml') && !known.has(kindOf(info)))
    expect(unknown.map(({ at }) => at)).toEqual([])
  })

  it.each(ofKind('yaml gateway'))('$at is a gateway.yaml without faults', ({ text }) => {
    const { diagnostics } = loadConfig(join(folder, 'gateway.yaml'), { env: tokens, readText: () => text })
    expect(textOf(diagnostics)).toEqual([])
  })

  it.each(ofKind('yaml ruleset'))('$at is a ruleset without faults', ({ text }) => {
    expect(rulesetFaults(text)).toEqual([])
  })

  it.each(ofKind('yaml ruleset-part'))('$at is part of a ruleset without faults', ({ text }) => {
    expect(rulesetFaults(`version: 1\nname: part\nextends: [builtin:automagik]\n${text}`)).toEqual([])
  })

  const isCompose = composeValidator()
  it.each(ofKind('yaml compose'))('$at is a Compose file', ({ text }) => {
    expect([isCompose(parse(text)), isCompose.errors]).toEqual([true, null])
  })

  it.each(ofKind('yaml kubernetes'))('$at is YAML, and the files in its ConfigMaps have no faults', ({ text }) => {
    const documents = parseAllDocuments(text)
    expect(documents.flatMap(({ errors }) => errors)).toEqual([])
    const files = documents.flatMap((each) => Object.entries((each.toJS() as { data?: object }).data ?? {}))
    const faults = files.flatMap(([name, content]: [string, string]) =>
      name === 'gateway.yaml'
        ? textOf(loadConfig(join(folder, name), { env: tokens, readText: () => content }).diagnostics)
        : rulesetFaults(content),
    )
    expect(files.length).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })

  it.each(ofKind('yaml collector'))('$at is YAML', ({ text }) => {
    expect(() => parse(text) as unknown).not.toThrow()
  })
})

const kindOf = (info: string): string => info.split(' ').slice(0, 2).join(' ')

describe('commands', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>
  }
  const main = fileURLToPath(new URL('src/main.ts', root))
  const help = new Map<string, string>()
  const helpOf = (command: string): string => {
    let text = help.get(command)
    if (text === undefined) {
      const args = [...command.split(' ').filter((word) => word !== ''), '--help']
      text = execFileSync(process.execPath, [main, ...args], { encoding: 'utf8' })
      help.set(command, text)
    }
    return text
  }

  it.each(pages)('$path: npm scripts that it names are there', ({ text }) => {
    const named = [...text.matchAll(/npm (?:run (?:--silent )?([\w:]+)|(start|test)\b)/g)].map(([, a, b]) => a ?? b)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it.each(pages)('$path: commands and options of the gateway that it names are there', ({ text }) => {
    const joined = text.replaceAll('\\\n', ' ')
    const calls = [
      ...joined.matchAll(
        /(?:automagik-gateway|npm run --silent gateway --) ((?:dead-letters|quarantine|events) [a-z]+|[a-z-]+)([^\n`|&]*)/g,
      ),
      ...[...joined.matchAll(/npm start(?: -- ([^\n`|&]*))?/g)].map(([call, rest = '']) => [call, 'start', rest]),
    ].map(([, command, rest]) => ({ command, options: rest.match(/--[a-z-]+/g) ?? [] }))
    for (const { command, options } of calls) {
      const [name, sub] = command.split(' ')
      expect(helpOf('')).toMatch(new RegExp(`^  ${name} `, 'm'))
      if (sub !== undefined) expect(helpOf(name)).toMatch(new RegExp(`^  ${sub} `, 'm'))
      for (const option of options) expect(helpOf(command)).toContain(option)
    }
  })

  it('every command of the gateway is named in a page', () => {
    const commands = [...helpOf('').matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, command]) => command)
    expect(commands).toContain('start')
    const text = pages.map((page) => page.text).join('\n')
    expect(commands.filter((command) => !new RegExp(`(gateway|--|npm|npm run) ${command}\\b`).test(text))).toEqual([])
  })

  it('every option of start is in the table', () => {
    const options = (helpOf('start').match(/--[a-z-]+/g) ?? []).filter((option) => option !== '--help')
    const { text } = pages.find(({ path }) => path === 'docs/configuration.md')!
    expect(options.length).toBeGreaterThan(5)
    expect([...new Set(options)].filter((option) => !text.includes(`\`${option}`))).toEqual([])
  })

  it.each(sessions())('$at: prints what the page shows', ({ blocks, command, output }) => {
    for (const { info, text } of blocks) writeFileSync(join(folder, `${info.split(' ')[1]}.yaml`), text)
    const run = command.replace('npm run --silent gateway --', `"${process.execPath}" "${main}"`)
    const printed = execFileSync('sh', ['-c', run], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    expect(withoutDigits(printed)).toBe(withoutDigits(output))
  })
})

interface Session {
  readonly at: string
  readonly command: string
  readonly output: string
  /** The files of the page that stand before it. */
  readonly blocks: readonly Block[]
}

function sessions(): Session[] {
  return pages.flatMap(({ path, blocks }) =>
    blocks.flatMap((block, index) => {
      if (block.info !== 'console') return []
      const [first, ...output] = block.text.split('\n')
      const files = blocks.slice(0, index).filter(({ info }) => ['yaml ruleset', 'yaml gateway'].includes(info))
      return [
        { at: `${path}:${block.line}`, command: first.replace(/^\$ /, ''), output: output.join('\n'), blocks: files },
      ]
    }),
  )
}

/** Pseudonyms depend on a key of the run. */
const withoutDigits = (text: string): string => text.replace(/hm:k[0-9a-f]{4,}:[0-9a-f]{16}/g, 'hm:…')
