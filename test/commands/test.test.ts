import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, type Run } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const test = (...args: readonly string[]): Promise<Run> => cli(['test', ...args], { env: { NO_COLOR: '1' } })

interface Report {
  readonly rulesets: readonly { readonly leaks: { readonly leaks: object[] } }[]
}

function rulesetWith(tests: string): string {
  const file = join(temporaryFolder(), 'ruleset.yaml')
  writeFileSync(file, `version: 1\nname: mine\nextends: builtin:automagik\n${tests}`)
  return file
}

describe('test', () => {
  it('runs the cases of the shipped ruleset, and plants values of all kinds', async () => {
    const { code, stdout } = await test()
    const planted =
      'builtin:automagik: [\\d,]+ made-up values planted in 28 places, [\\d,]+ bytes searched: none came out'
    expect(stdout).toMatch(new RegExp(`^builtin:automagik: \\d+ cases, all hold\n${planted}\n$`))
    expect(code).toBe(0)
  })

  it('fails for what comes out, at the line that lets it out', async () => {
    const file = rulesetWith('defaults:\n  body: public\n')
    const { code, stdout } = await test('--only', 'iban', '--', file)
    expect(code).toBe(1)
    expect(stdout).toContain(
      'error[ruleset/leak]: made-up values of the detector iban come out of log.body (defaults.body)',
    )
    expect(stdout).toContain(`${file}:5:9`)
    expect(stdout).toMatch(/bytes searched: \d+ came out\n$/)
    expect((await test('--no-leaks', file)).code).toBe(0)
    const json = JSON.parse((await test('--only', 'iban', '--format', 'json', '--', file)).stdout) as Report
    expect(json.rulesets[0].leaks.leaks).toMatchObject([{ guard: { name: 'iban' }, places: ['log.body'] }])
  })

  it('lists what an exception opens, and what nobody looks for', async () => {
    const opened = 'exceptions: [{ path: span.name, class: public, reason: ours, owner: me }]\n'
    const { code, stdout } = await test(
      '--only',
      'iban',
      'mac',
      '--',
      rulesetWith(`detectors: { off: [mac] }\n${opened}`),
    )
    expect([code, stdout.includes('warning[ruleset/not-looked-for]')]).toEqual([0, true])
    expect(stdout).toContain(
      '  opened by an exception span.name (me: ours): values of the detector iban in span.name\n',
    )
  })

  it('does not need the keys, when it is told that they are not at hand', async () => {
    const file = rulesetWith('keys: { pseudonym: { active: k1, ring: { k1: { file: secret } } } }\n')
    expect((await test('--no-leaks', file)).code).toBe(78)
    expect((await test('--no-leaks', '--no-keys', file)).code).toBe(0)
  })

  it('knows the detectors and classes that it is asked for', async () => {
    const { code, stderr } = await test('--only', 'phones')
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "phone"?')])
  })

  it('shows each case that does not hold, where it is written', async () => {
    const file = rulesetWith(
      `tests:
  - name: plans stay
    in: { span: { attributes: { plan: gold } } }
    out: { span: { attributes: { plan: silver } } }
  - name: mail goes
    in: { log: { body: to ana@example.com } }
    never: [to, ana]
`,
    )
    const { code, stdout } = await test('--no-leaks', file)
    expect(code).toBe(1)
    expect(stdout).toContain('the case "plans stay" does not hold: span.attributes["plan"] is "gold", want "silver"')
    expect(stdout).toContain('the case "mail goes" does not hold: "to" is in what is sent on')
    expect(stdout).toContain(`${file}:5:`)
    expect(stdout).toMatch(/: \d+ cases, 2 do not hold\n$/)
  })

  it('speaks JSON and GitHub’s annotations', async () => {
    const file = rulesetWith('tests:\n  - { name: x, in: { span: { name: a } }, never: [a] }\n')
    const json = JSON.parse((await test('--no-leaks', '--format', 'json', file)).stdout) as {
      rulesets: object[]
      findings: object[]
    }
    expect(json.rulesets).toEqual([{ file, cases: expect.any(Number), failed: 1 }])
    expect(json.findings).toHaveLength(1)
    expect((await test('--no-leaks', '--format', 'github', file)).stdout).toContain(`::error file=${file},line=`)
  })

  it('says what does not load', async () => {
    const { code, stdout } = await test(rulesetWith('tests: [{ name: x }]\n'))
    expect(code).toBe(78)
    expect(stdout).toContain('in')
  })
})
