import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, type Run } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const test = (...args: readonly string[]): Promise<Run> => cli(['test', ...args], { env: { NO_COLOR: '1' } })

function rulesetWith(tests: string): string {
  const file = join(temporaryFolder(), 'ruleset.yaml')
  writeFileSync(file, `version: 1\nname: mine\nextends: builtin:automagik\n${tests}`)
  return file
}

describe('test', () => {
  it('runs the cases of the shipped ruleset', async () => {
    const { code, stdout } = await test()
    expect(stdout).toMatch(/^builtin:automagik: \d+ cases, all hold\n$/)
    expect(code).toBe(0)
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
    const { code, stdout } = await test(file)
    expect(code).toBe(1)
    expect(stdout).toContain('the case "plans stay" does not hold: span.attributes["plan"] is "gold", want "silver"')
    expect(stdout).toContain('the case "mail goes" does not hold: "to" is in what is sent on')
    expect(stdout).toContain(`${file}:5:`)
    expect(stdout).toMatch(/: \d+ cases, 2 do not hold\n$/)
  })

  it('speaks JSON and GitHub’s annotations', async () => {
    const file = rulesetWith('tests:\n  - { name: x, in: { span: { name: a } }, never: [a] }\n')
    const json = JSON.parse((await test('--format', 'json', file)).stdout) as { rulesets: object[]; findings: object[] }
    expect(json.rulesets).toEqual([{ file, cases: expect.any(Number), failed: 1 }])
    expect(json.findings).toHaveLength(1)
    expect((await test('--format', 'github', file)).stdout).toContain(`::error file=${file},line=`)
  })

  it('says what does not load', async () => {
    const { code, stdout } = await test(rulesetWith('tests: [{ name: x }]\n'))
    expect(code).toBe(78)
    expect(stdout).toContain('in')
  })
})
