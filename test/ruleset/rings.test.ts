import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const folder = mkdtempSync(join(tmpdir(), 'ruleset-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('keys of a ruleset', () => {
  it('come from files and variables, raw or in base64, relative to the ruleset', () => {
    const raw = new Uint8Array(32).map((_, index) => index)
    writeFileSync(join(folder, 'raw.key'), raw)
    writeFileSync(
      join(folder, 'rules.yaml'),
      `version: 1
name: k
keys:
  pseudonym: {active: b, ring: {a: {file: raw.key}, b: {env: B64}, c: {env: TEXT}}}
`,
    )
    const { program: made, diagnostics } = loadRuleset({
      file: join(folder, 'rules.yaml'),
      dataDir: join(folder, 'unused'),
      env: { B64: `base64:${Buffer.from(raw).toString('base64')}\n`, TEXT: 'x'.repeat(40) },
    })
    expect(diagnostics).toEqual([])
    const ring = made?.keys.get('pseudonym')
    expect(ring?.active).toBe('b')
    expect(ring?.keys).toEqual(
      new Map([
        ['a', raw],
        ['b', raw],
        ['c', new TextEncoder().encode('x'.repeat(40))],
      ]),
    )
    // A ruleset with a key of its own needs none in the data folder.
    expect(() => statSync(join(folder, 'unused'))).toThrow('ENOENT')
  })

  it('are made in the data folder at the first start, and said', () => {
    const dataDir = join(folder, 'data')
    const first = loadRuleset({ dataDir })
    expect(first.notes).toHaveLength(1)
    expect(first.notes[0]).toContain(join(dataDir, 'pseudonym.key'))
    const second = loadRuleset({ dataDir })
    expect(second.notes).toEqual([])
    expect(second.program?.keys).toEqual(first.program?.keys)
  })

  it('that cannot be made are an error, not an exception', () => {
    writeFileSync(join(folder, 'a-file'), '')
    const { program: made, diagnostics } = loadRuleset({ dataDir: join(folder, 'a-file', 'data') })
    expect(made).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'ruleset/key-unreadable', severity: 'error' }])
  })
})
