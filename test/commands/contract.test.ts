import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contractJson, contractOf } from '../../src/commands/contract/contract.ts'
import { wrapped } from '../../src/commands/contract/lines.ts'
import { contractMarkdown, contractText } from '../../src/commands/contract/text.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ruleset = `version: 1
name: mine
conventions: { services: { shop: [shop-web] } }
classes: { weak: { hash: { method: sha256 } } }
detectors: { off: [iban], custom: [{ id: codes, pattern: 'shop-\\d{6}', class: secret, tests: { match: [shop-123456], miss: [shop-1] } }] }
rules:
  - { id: notes, attr: [note, '*_note'], class: content }
  - { id: codes, attr: ['a|b'], in: [span], class: secret, service: [shop] }
exceptions: [{ path: span.name, class: public, reason: ours, owner: me }]
`
const key = { id: 'own', bytes: new Uint8Array(32) }
const { program } = loadRuleset({ file: 'r.yaml', readText: () => ruleset, key })
const contract = contractOf(program!, 'r.yaml')

describe('a contract', () => {
  const text = contractText(contract, 100, false)

  it('counts the cells of each grade', () => {
    const { fixed, guarded, excepted, open } = contract.totals
    expect(fixed + guarded + excepted + open).toBe(contract.cells)
    expect([excepted, open]).toEqual([1, 0])
    expect(text).toMatch(new RegExp(`\\n {2}fixed +${fixed} {3}dropped`))
  })

  it('names what becomes of values, because of what, and where', () => {
    expect(text).toContain(`
  content: drop  rule notes, 20 cells
    *_note, note
      in attributes of every context, keys of log bodies
`)
    expect(text).toContain('    a|b\n      in span.attributes; service no service.name, shop\n')
    expect(text).toContain('\nEXCEPTED\n\n  public: keep  exception span.name (me: ours), 1 cell\n    in span.name\n')
    expect(text).toContain('  ids of 8 or 16 bytes  the wire format, 9 cells')
  })

  it('says what is weak in the ruleset, and what no contract says', () => {
    expect(text).toContain('Nobody looks for what these detectors find: iban.')
    expect(text).toContain('weak: hashes without a key')
    expect(text).toContain('Telemetry that programs send around the gateway is outside.')
  })

  it('says how good the detectors are that guarded cells depend on, and which were not measured', () => {
    expect(text).toMatch(/\n {2}email +\d+\.\d % of \d{3,}/)
    expect(text).toContain('\n  codes            your own: not measured\n')
    expect(text).not.toMatch(/\n {2}iban /)
    expect(contractMarkdown(contract)).toMatch(/\| `email` \| +\d+\.\d % of/)
  })

  it('keeps to the width of the terminal, where words allow', () => {
    const narrow = contractText(contract, 60, false).split('\n')
    const places = narrow.filter((line) => line.startsWith('      in '))
    expect(places.every((line) => line.length <= 60)).toBe(true)
    expect(wrapped('one two three', 9, '  ')).toBe('  one two\n  three')
    expect(wrapped('unbreakable', 4, '  ')).toBe('  unbreakable')
  })

  it('is painted for a terminal only', () => {
    expect(text).not.toContain('\u001b')
    expect(contractText(contract, 100, true)).toContain('\u001b[32mfixed')
  })

  it('is Markdown with escaped bars', () => {
    const markdown = contractMarkdown(contract)
    expect(markdown).toContain('| excepted | 1 | kept as it is by an exception with a reason and an owner |')
    expect(markdown).toContain('`a\\|b`')
    const rows = markdown.split('\n').filter((line) => line.startsWith('| content: drop'))
    expect(rows).toEqual([
      '| content: drop | rule notes | 20 | `*_note`, `note` | attributes of every context, keys of log bodies |',
    ])
  })

  it('is JSON with every group', () => {
    const json = JSON.parse(contractJson(contract)) as { groups: { grade: string; because: object[]; cells: number }[] }
    expect(json.groups.reduce((sum, { cells }) => sum + cells, 0)).toBe(contract.cells)
    expect(json.groups.filter(({ grade }) => grade === 'excepted')).toMatchObject([
      { because: [{ is: 'exception', owner: 'me', reason: 'ours', place: { file: 'r.yaml', position: { line: 9 } } }] },
    ])
  })
})

describe('the command', () => {
  it('prints the contract of the shipped rules, the same each time', async () => {
    const [one, other] = await Promise.all([cli(['contract']), cli(['contract'])])
    expect(one.code).toBe(0)
    expect(one.stdout).toContain('Contract of automagik (builtin:automagik)')
    expect(one.stdout).toBe(other.stdout)
  })

  it('prints that of a file', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'r.yaml'), ruleset)
    const { code, stdout } = await cli(['contract', 'r.yaml', '--format', 'markdown'], { cwd })
    expect([code, stdout.split('\n')[0]]).toEqual([0, '# Contract of mine'])
  })

  it('says what is wrong with a file', async () => {
    const { code, stderr } = await cli(['contract', 'nowhere.yaml'])
    expect([code, stderr.includes('error[ruleset/unreadable]')]).toEqual([78, true])
  })
})
