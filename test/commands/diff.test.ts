import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const head = 'version: 1\nname: mine\n'
const notes = 'rules: [{ id: notes, attr: [note], in: [span], class: content }]\n'

/** Runs `diff old.yaml new.yaml` in a folder with these files. */
function diff(before: string, after: string, ...args: string[]) {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'old.yaml'), head + before)
  writeFileSync(join(cwd, 'new.yaml'), head + after)
  return cli(['diff', 'old.yaml', 'new.yaml', ...args], { cwd })
}

describe('diff', () => {
  it('says that two rulesets do the same', async () => {
    const { code, stdout } = await diff(notes, notes.replace('notes', 'texts'))
    expect([code, stdout]).toEqual([0, 'old.yaml and new.yaml do the same.\n'])
  })

  it('fails where something loosens, says what, and how to allow it', async () => {
    const { code, stdout } = await diff(notes, '')
    expect(code).toBe(1)
    expect(stdout).toBe(`LOOSENS  rule.notes
    content: drop (rule notes) → internal: detect (default)
      note in span.attributes

1 change: 1 loosens. If that is meant: --allow rule.notes
`)
  })

  it('passes where that is allowed, and says which permission nobody needs', async () => {
    const { code, stdout, stderr } = await diff(notes, '', '--allow', 'rule.notes', 'rule.other')
    expect(code).toBe(0)
    expect(stdout).toContain('LOOSENS  rule.notes (allowed)')
    expect(stderr).toBe('note: nothing loosens by rule.other\n')
  })

  it('passes where everything tightens', async () => {
    const { code, stdout } = await diff('', notes)
    expect([code, stdout.includes('TIGHTENS rule.notes')]).toEqual([0, true])
  })

  it('prints JSON for programs', async () => {
    const { stdout } = await diff(notes, '', '--format', 'json')
    const report = JSON.parse(stdout) as { changes: { kind: string }[]; refused: string[] }
    expect([report.changes.map(({ kind }) => kind), report.refused]).toEqual([['loosens'], ['rule.notes']])
  })

  it('prints annotations for GitHub: an error for what loosens, a notice for the rest', async () => {
    expect((await diff(notes, '', '--format', 'github')).stdout).toContain(
      '::error file=new.yaml,title=loosens%3A rule',
    )
    expect((await diff('', notes, '--format', 'github')).stdout).toContain('::notice file=new.yaml,title=tightens')
  })

  it('needs no keys, and says that another one is active', async () => {
    const keys = (active: string) =>
      `keys: { pseudonym: { active: ${active}, ring: { k1: { file: x }, k2: { file: y } } } }\n`
    const { code, stdout } = await diff(keys('k1'), keys('k2'))
    expect(code).toBe(0)
    expect(stdout).toContain('CHANGES  keys.pseudonym\n    k1 → k2')
  })

  it('says what is wrong with a ruleset that does not load', async () => {
    const { code, stderr } = await diff(notes, 'rulez: []\n')
    expect(code).toBe(78)
    expect(stderr).toContain('error[ruleset/unknown-key]')
  })
})
