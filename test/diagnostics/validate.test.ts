import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { validate } from '../../src/diagnostics/validate.ts'
import { loadYaml } from '../../src/diagnostics/yaml.ts'

const schema = z.strictObject({
  name: z.string(),
  action: z.union([z.enum(['keep', 'drop']), z.strictObject({ replace: z.string() })]).optional(),
  rules: z.array(z.strictObject({ id: z.string(), class: z.string() })).optional(),
  count: z.int().min(1).max(9).optional(),
  wait: z.string({ error: 'want a duration such as 5s' }).optional(),
  keys: z.record(z.string().regex(/^[a-z]+$/, { error: 'want small letters' }), z.boolean()).optional(),
  oneOrMore: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
})

function check(text: string): string {
  const { yaml } = loadYaml('x.yaml', text, 'test')
  return renderDiagnostics(validate(schema, yaml, 'test', { gone: 'use something else' }).diagnostics)
}

describe('validate', () => {
  it('returns what the declaration makes of a right file', () => {
    const { yaml } = loadYaml('x.yaml', 'name: a\nrules: [{id: b, class: c}]', 'test')
    expect(validate(schema, yaml, 'test')).toEqual({
      value: { name: 'a', rules: [{ id: 'b', class: 'c' }] },
      diagnostics: [],
    })
  })

  it.each([
    ['name: a\nnmae: b', ['error[test/unknown-key]: this file has no key "nmae", did you mean "name"?', 'x.yaml:2:1']],
    ['name: a\ngone: b', ['has no key "gone"', 'help: use something else']],
    ['name: a\nrules: [{id: b, clas: c}]', ['rules[0] has no key "clas", did you mean "class"?', 'x.yaml:2:17']],
    ['name: a\nrules: [{id: b}]', ['error[test/missing-key]: rules[0] needs the key "class"', 'x.yaml:2:9']],
    ['action: keep', ['error[test/missing-key]: this file needs the key "name"']],
    ['name:\n', ['error[test/missing-value]: name has no value', 'x.yaml:1:1']],
    ['name: 5', ['error[test/wrong-type]: name: got number, want string', 'x.yaml:1:7']],
    ['name: a\nrules: b', ['rules: got string, want list']],
    ['name: a\nrules: [b]', ['rules[0]: got string, want map']],
    [
      'name: a\naction: kepe',
      ['error[test/wrong-value]: action: got "kepe", want one of keep, drop; did you mean "keep"?'],
    ],
    [
      'name: a\naction: {replac: x}',
      ['action has no key "replac", did you mean "replace"?', 'needs the key "replace"'],
    ],
    ['name: a\naction: [1]', ['action: got list, want "keep" or "drop" or map']],
    ['name: a\ncount: 0', ['count: want at least 1']],
    ['name: a\ncount: 10', ['count: want at most 9']],
    ['name: a\ncount: 1.5', ['count: got number, want whole number']],
    ['name: a\nwait: 5', ['wait: got number, want a duration such as 5s']],
    ['name: a\nkeys: {Ab: true}', ['keys: "Ab": want small letters', 'x.yaml:2:8']],
    ['name: a\noneOrMore: []', ['oneOrMore: must not be empty']],
    ['name: a\noneOrMore: [1]', ['oneOrMore[0]: got number, want string']],
    ['name: a\noneOrMore: 1', ['oneOrMore: got number, want string or list']],
    ['- a', ['this file: got list, want map']],
    ['', ['this file: got nothing, want map']],
  ])('says of %j what, where and what was meant', (text, parts) => {
    const said = check(text)
    for (const part of parts) expect(said).toContain(part)
  })

  it('reports every fault, in the order of the file', () => {
    const { yaml } = loadYaml('x.yaml', 'zzz: 1\ncount: x\nname: 5\n', 'test')
    expect(validate(schema, yaml, 'test').diagnostics.map(({ position }) => position?.line)).toEqual([1, 2, 3])
  })
})
