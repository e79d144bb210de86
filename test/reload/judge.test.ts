// What becomes of a changed ruleset: each way in which it can be refused, and what is said of it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judge } from '../../src/reload/judge.ts'
import { dropping, rulesOnDisk } from './rules.ts'

const withKey = (file: string): string =>
  `version: 1\nname: mine\nkeys: { people: { active: k1, ring: { k1: { file: ${file} } } } }\n`

describe('a changed ruleset', () => {
  it('that says what is in force is unchanged, however it is written', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rules.write(`# a comment\n${dropping()}`)
    expect(judge(rules.source, program)).toMatchObject({ outcome: 'unchanged', digest: program.digest, changes: [] })
  })

  it('that tightens comes with its program, and names what it changes', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rules.write(dropping('note'))
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'reloaded', findings: [] })
    expect(verdict.program?.digest).not.toBe(program.digest)
    const [change] = verdict.changes
    expect(change).toMatchObject({ kind: 'tightens', name: 'rule.mine' })
    expect(change.where.join()).toContain('note in attributes')
  })

  it('that loosens is refused, and what loosens is named; unless that is allowed', () => {
    const rules = rulesOnDisk(dropping('note'))
    const { program } = rules.load()
    rules.write(dropping())
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'loosens', changes: [{ kind: 'loosens', name: 'rule.mine' }] })
    expect(verdict.program).toBeUndefined()
    expect(judge({ ...rules.source, allowLoosening: true }, program).outcome).toBe('reloaded')
  })

  it.each([
    ['is no YAML', 'version: [', 'ruleset/syntax'],
    ['knows no such key', 'version: 1\nname: mine\nruls: []\n', 'ruleset/unknown-key'],
    ['knows no such class', dropping().replace('content', 'contnt'), 'ruleset/unknown-class'],
    ['extends what is not there', 'version: 1\nname: mine\nextends: gone.yaml\n', 'ruleset/unreadable'],
    ['names a key that is not there', withKey('gone.key'), 'ruleset/key-unreadable'],
    ['names a key that is too short', withKey('short.key'), 'ruleset/key-too-short'],
  ])('that %s is refused with the code', (_what, text, code) => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rules.write('short', 'short.key')
    rules.write(text)
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'invalid', changes: [] })
    expect(verdict.findings).toContainEqual(
      expect.objectContaining({ code, severity: 'error', file: expect.any(String) }),
    )
  })

  it('that needs a quarantine is refused by a gateway that was started without one', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rules.write(`${dropping()}validation: { on_violation: quarantine }\n`)
    expect(judge({ ...rules.source, allowLoosening: true }, program).outcome).toBe('reloaded')
    const verdict = judge({ ...rules.source, allowLoosening: true, hasQuarantine: false }, program)
    expect(verdict.outcome).toBe('invalid')
    expect(verdict.findings[0]).toMatchObject({ code: 'ruleset/no-quarantine', severity: 'error' })
  })

  it('that is gone is refused, and is still watched', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rmSync(rules.file)
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'invalid', findings: [{ code: 'ruleset/unreadable' }] })
    expect([...verdict.files.keys()]).toContain(rules.file)
  })

  it('of which a case does not hold is refused, without the texts of the case', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    rules.write(
      `${dropping()}tests:\n  - { name: no Ana, in: { span: { name: s, attributes: { y: Ana } } }, never: [Ana] }\n`,
    )
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'tests', findings: [{ code: 'ruleset/case', line: 5 }] })
    expect(verdict.findings[0].message).toBe('the case "no Ana" does not hold (once)')
  })

  it('that leaves more open than what is in force is refused with the findings of check', () => {
    const kept = (how: string): string => `${dropping()}classes: { mine: keep }\n${how}`
    const excepted = 'exceptions: [{ class: mine, attr: y, reason: no person, owner: ana }]\n'
    const rules = rulesOnDisk(kept(excepted))
    const { program } = rules.load()
    rules.write(kept('defaults: { attribute: mine }\n'))
    const verdict = judge(rules.source, program)
    expect(verdict.outcome).toBe('open')
    expect(new Set(verdict.findings.map(({ code, line }) => `${code} ${line}`))).toEqual(new Set(['ruleset/open 5']))
    expect(judge({ ...rules.source, allowLoosening: true }, program).outcome).toBe('reloaded')
  })

  it('warns of what is no error, and is put in force', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    const ended = '{ class: public, attr: y, reason: r, owner: ana, expires: 2020-01-01 }'
    rules.write(`${dropping('note')}exceptions: [${ended}]\n`)
    expect(judge(rules.source, program)).toMatchObject({
      outcome: 'reloaded',
      findings: [{ code: 'ruleset/expired-exception', severity: 'warning' }],
    })
  })
})

describe('keys', () => {
  it('that change under the same id are put in force, though the digest is the same', () => {
    const rules = rulesOnDisk()
    rules.write('a'.repeat(32), 'people.key')
    rules.write(withKey('people.key'))
    const { program } = rules.load()
    rules.write('b'.repeat(32), 'people.key')
    const verdict = judge(rules.source, program)
    expect(verdict).toMatchObject({ outcome: 'reloaded', digest: program.digest, changes: [{ name: 'keys.people' }] })
    expect(verdict.program?.keys.get('people')?.keys.get('k1')).toEqual(new Uint8Array(Buffer.from('b'.repeat(32))))
  })

  it('of the gateway that are gone are no reason to make others', () => {
    const rules = rulesOnDisk()
    const { program } = rules.load()
    const own = join(rules.source.dataDir, 'pseudonym.key')
    rmSync(own)
    expect(judge(rules.source, program)).toMatchObject({
      outcome: 'invalid',
      findings: [{ code: 'ruleset/key-unreadable', help: expect.stringContaining('put the key back') }],
    })
    writeFileSync(own, 'short')
    expect(judge(rules.source, program)).toMatchObject({ outcome: 'invalid' })
  })

  it('are watched, with every file that the ruleset extends', () => {
    const rules = rulesOnDisk()
    rules.write('a'.repeat(32), 'people.key')
    rules.write(withKey('people.key'), 'below.yaml')
    rules.write('version: 1\nname: mine\nextends: [below.yaml]\n')
    const { program } = rules.load()
    const watched = [...judge(rules.source, program).files.keys()].map((path) => path.slice(rules.folder.length + 1))
    expect(watched.toSorted()).toEqual(['below.yaml', 'data/pseudonym.key', 'people.key', 'ruleset.yaml'])
  })
})
