import { describe, expect, it } from 'vitest'
import { createClassifier } from '../../src/ruleset/cells.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32) }

function classOf(name: string, rules: string): string {
  const readText = (): string => `version: 1\nname: x\n${rules}`
  const { program, diagnostics } = loadRuleset({ file: 'x.yaml', readText, key })
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return createClassifier(program).attribute([name], 'span', { is: 'other' }).class
}

const except = (attr: string): string =>
  `exceptions: [{ attr: ${attr}, class: public, reason: a test, owner: tests }]\n`

describe('an exception', () => {
  it('that names the attribute goes before a rule whose star covers it', () => {
    expect(classOf('build_token', `${except('build_token')}rules: [{ id: a, attr: '*_token', class: secret }]`)).toBe(
      'public',
    )
  })

  it('that names the attribute gives way to a rule that names it too', () => {
    const rules = `rules: [{ id: a, attr: '*_token', class: content }, { id: b, attr: build_token, class: secret }]`
    expect(classOf('build_token', `${except('build_token')}${rules}`)).toBe('secret')
  })

  it('with a star gives way to every rule', () => {
    const rules = `rules: [{ id: a, attr: '*_token', class: secret }]`
    expect(classOf('build_token', `${except("'build_*'")}${rules}`)).toBe('secret')
    expect(classOf('build_number', `${except("'build_*'")}${rules}`)).toBe('public')
  })
})
