import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { githubLine } from '../../src/commands/check/report.ts'
import { kindOf } from '../../src/commands/check/kind.ts'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const head = 'version: 1\nname: mine\nextends: [builtin:automagik]\n'

/** Runs `check` in a folder with these files. */
function check(files: Readonly<Record<string, string>>, ...args: string[]) {
  const cwd = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cli(['check', ...args], { cwd })
}

describe('check', () => {
  it('checks what start uses by itself when it is given nothing', async () => {
    const { code, stdout, stderr } = await check({})
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^builtin:automagik: ruleset, fine \(\d+ fixed, \d+ guarded, 0 excepted, 0 open\)\n$/)
  })

  it('tells rulesets from configurations by their content, and checks the ruleset that a configuration names', async () => {
    const files = { 'a.yaml': 'ruleset: b.yaml\n', 'b.yaml': `${head}rules: [{ id: x, atr: [y], class: content }]\n` }
    const { code, stdout } = await check(files, 'a.yaml')
    expect(code).toBe(78)
    expect(stdout).toContain('error[ruleset/unknown-key]')
    expect(stdout).toContain('--> b.yaml:4:18')
    expect(stdout).toContain('a.yaml: configuration, fine\nb.yaml: ruleset, 1 error')
  })

  it('says all that is wrong with several files', async () => {
    const files = { 'a.yaml': 'admin: { endpont: x }\n', 'b.yaml': 'version: 2\nname: b\n' }
    const { code, stdout } = await check(files, 'a.yaml', 'b.yaml', 'c.yaml')
    expect(code).toBe(78)
    for (const found of ['error[config/unknown-key]', 'b.yaml:1:10', 'cannot read the ruleset "c.yaml"'])
      expect(stdout).toContain(found)
  })

  it('fails for open cells, at the place that leaves them', async () => {
    const { code, stdout } = await check({ 'r.yaml': `${head}defaults:\n  body: public\n` }, 'r.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('error[ruleset/open]: what stands in')
    expect(stdout).toContain(' --> r.yaml:5:9\n')
    expect(stdout).toContain('5 |   body: public\n  |         ^^^^^^')
  })

  it('passes with warnings, unless it is strict', async () => {
    const files = { 'r.yaml': `${head}rules: [{ id: idle, attr: [x], class: public }]\n` }
    expect((await check(files, 'r.yaml')).code).toBe(0)
    const { code, stdout } = await check(files, '--strict', 'r.yaml')
    expect([code, stdout.includes('warning[ruleset/idle-rule]')]).toEqual([1, true])
  })

  it('holds a ruleset to a policy', async () => {
    const files = { 'few.yaml': 'max_guarded: 3\n', 'many.yaml': 'max_guarded: 100000\nmax_excepted: 0\n' }
    expect((await check(files, '--policy', 'many.yaml')).code).toBe(0)
    const { code, stdout } = await check(files, '--policy', 'few.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('error[policy/too-many]: builtin:automagik has')
    expect(stdout).toContain(' --> few.yaml:1:14')
    expect((await check(files, '--max-guarded', '3')).code).toBe(1)
    expect((await check({ 'bad.yaml': 'most: 3\n' }, '--policy', 'bad.yaml')).code).toBe(78)
    expect((await check({}, '--max-guarded', 'few')).code).toBe(2)
  })

  it('counts what exceptions keep', async () => {
    const exception = 'exceptions: [{ path: span.name, class: public, reason: ours, owner: me }]\n'
    const files = { 'r.yaml': head + exception, 'p.yaml': 'max_excepted: 0\n' }
    expect((await check(files, 'r.yaml')).stdout).toContain(' 1 excepted, 0 open)')
    expect((await check(files, 'r.yaml', '--policy', 'p.yaml')).code).toBe(1)
  })

  it('prints JSON for programs', async () => {
    const { code, stdout } = await check(
      { 'r.yaml': `${head}defaults: { name: public }\n` },
      '--format',
      'json',
      'r.yaml',
    )
    const report = JSON.parse(stdout) as { files: { totals: { open: number } }[]; findings: { code: string }[] }
    expect(code).toBe(1)
    expect(report.findings.map((finding) => finding.code)).toEqual(['ruleset/open'])
    expect(report.files[0].totals.open).toBeGreaterThan(10)
  })

  it('prints annotations for GitHub', async () => {
    const { stdout } = await check({ 'r.yaml': `${head}defaults: { name: public }\n` }, '--format', 'github', 'r.yaml')
    expect(stdout).toMatch(/^::error file=r\.yaml,line=4,col=19,title=ruleset\/open::what stands in /)
  })

  it('needs the keys of a ruleset, unless it is told that they are not at hand', async () => {
    const files = { 'r.yaml': `${head}keys: { pseudonym: { active: k1, ring: { k1: { file: secret } } } }\n` }
    const { code, stdout } = await check(files, 'r.yaml')
    expect([code, stdout.includes('error[ruleset/key-unreadable]')]).toEqual([78, true])
    expect((await check(files, '--no-keys', 'r.yaml')).code).toBe(0)
  })

  it('makes no key and no other file', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'r.yaml'), head)
    expect((await cli(['check', 'r.yaml'], { cwd })).stdout).toContain('r.yaml: ruleset, fine')
    expect(readdirSync(cwd)).toEqual(['r.yaml'])
  })
})

describe('annotations for GitHub', () => {
  it('keep what a message holds apart from their syntax', () => {
    const position = { line: 1, column: 2, length: 1 }
    const said = githubLine({ code: 'a/b', severity: 'error', message: '50%', file: 'a,b:c.yaml', position, help: 'x' })
    expect(said).toBe('::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=a/b::50%25%0Ax')
  })
})

describe('the kind of a file', () => {
  it.each([
    ['', 'configuration'],
    ['# nothing yet\n', 'configuration'],
    ['ruleset: r.yaml\n', 'configuration'],
    ['receivers: {}\nexporters: {}\n', 'configuration'],
    ['version: 1\nname: x\n', 'ruleset'],
    ['rules: []\n', 'ruleset'],
    ['- 1\n', 'ruleset'],
    ['nothing: known\n', 'ruleset'],
  ])('%j is a %s', (text, kind) => expect(kindOf(text)).toBe(kind))
})
