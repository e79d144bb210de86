import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createEngine } from '../../src/processors/engine.ts'
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

describe('an old key', () => {
  const key = `base64:${Buffer.alloc(32, 7).toString('base64')}`
  const load = (old: string, active = 'k2') =>
    loadRuleset({
      file: 'x.yaml',
      readText: () => `version: 1\nname: x\nkeys: {pseudonym: {active: ${active}, ring: {k1: ${old}, k2: {env: K2}}}}`,
      env: { K1: key, K2: `base64:${Buffer.alloc(32, 8).toString('base64')}` },
      dataDir: join(folder, 'unused'),
      today: '2026-06-15',
    })

  it.each(['{env: K1, lookup_only: true}', '{env: K1, lookup_only: true, until: 2026-06-15}'])(
    'is looked up until its last day: %s',
    (old) => {
      const { program, diagnostics } = load(old)
      expect(diagnostics).toEqual([])
      expect([...(program?.keys.get('pseudonym')?.keys.keys() ?? [])]).toEqual(['k1', 'k2'])
    },
  )

  it('is warned of after it, and its pseudonyms are still left alone', () => {
    const { program, diagnostics } = load('{env: K1, lookup_only: true, until: 2026-06-14}')
    expect(diagnostics).toMatchObject([
      { code: 'ruleset/old-key', severity: 'warning', position: { line: 3 }, message: expect.stringContaining('k1') },
    ])
    const old = 'hm:k1:0123456789abcdef'
    expect(createEngine(program!).text(old)).toBe(old)
    expect(createEngine(program!).text('ana@example.com')).toMatch(/^\[email\]@hm:k2:/)
  })

  it('cannot be active', () => {
    const { program, diagnostics } = load('{env: K1, lookup_only: true}', 'k1')
    expect(program).toBeUndefined()
    expect(diagnostics).toMatchObject([{ code: 'ruleset/old-key-active', severity: 'error', position: { line: 3 } }])
  })

  it.each([
    ['{env: K1, until: 2027-01-31}', '"until" is for old keys: want lookup_only: true beside it'],
    ['{env: K1, file: k1.key}', 'want exactly one of file, env'],
    ['{lookup_only: true}', 'want exactly one of file, env'],
    ['{env: K1, lookup_only: true, until: soon}', 'want a date such as 2027-01-31'],
  ])('%s is refused', (old, message) => {
    expect(load(old).diagnostics).toMatchObject([
      { severity: 'error', message: expect.stringContaining(message), position: { line: 3 } },
    ])
  })
})
