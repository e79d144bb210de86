import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { findConflicts, type PlacedRule } from '../../src/ruleset/conflicts.ts'
import { attributeSelector } from '../../src/ruleset/selectors.ts'
import type { Selector } from '../../src/ruleset/program.ts'

const classes = new Map<string, Action>([
  ['phone', { is: 'phone', show: 'country', hash: undefined }],
  ['path', { is: 'path', home: '~' }],
  ['path-too', { is: 'path', home: '~' }],
  ['drop', { is: 'drop' }],
  ['kind-a', { is: 'replace', text: '[{kind}]' }],
  ['kind-b', { is: 'replace', text: '[{kind}]' }],
])
const attr = (name: string): Selector => attributeSelector(name)
const rule = (id: string, className: string, selectors: Selector[], services?: string[]): PlacedRule => ({
  rule: { id, class: className, selectors, services },
  place: { file: 'x.yaml' },
})
const conflicts = (...rules: PlacedRule[]): number => findConflicts(rules, classes).length

describe('two rules contradict each other', () => {
  it('when they give one name two actions of one strictness', () => {
    expect(conflicts(rule('a', 'phone', [attr('x')]), rule('b', 'path', [attr('y'), attr('X')]))).toBe(1)
  })
  it('when one names what the glob of the other covers, whichever comes first', () => {
    expect(conflicts(rule('a', 'phone', [attr('*_x')]), rule('b', 'path', [attr('my_x')]))).toBe(1)
    expect(conflicts(rule('a', 'phone', [attr('my_x')]), rule('b', 'path', [attr('m*_x')]))).toBe(1)
  })
  it('when the texts they leave differ only by the kind', () => {
    expect(conflicts(rule('a', 'kind-a', [attr('x')]), rule('b', 'kind-b', [attr('x')]))).toBe(1)
  })
  it('at one place and at one key of a body', () => {
    const place: Selector = { is: 'place', place: 'span.name' }
    const body: Selector = { is: 'body', keys: ['a'], deep: true }
    expect(conflicts(rule('a', 'phone', [place, body]), rule('b', 'path', [place]))).toBe(1)
    expect(conflicts(rule('a', 'phone', [place, body]), rule('b', 'path', [body]))).toBe(1)
  })
})

describe('two rules get along', () => {
  it.each<[string, PlacedRule, PlacedRule]>([
    ['one is stricter', rule('a', 'phone', [attr('x')]), rule('b', 'drop', [attr('x')])],
    ['the class is one', rule('a', 'path', [attr('x')]), rule('b', 'path', [attr('x')])],
    ['the actions are the same', rule('a', 'path', [attr('x')]), rule('b', 'path-too', [attr('x')])],
    ['the names differ', rule('a', 'phone', [attr('x')]), rule('b', 'path', [attr('y')])],
    ['the glob does not cover the name', rule('a', 'phone', [attr('*_x')]), rule('b', 'path', [attr('_xy')])],
    [
      'the contexts differ',
      rule('a', 'phone', [attributeSelector('x', ['span'])]),
      rule('b', 'path', [attributeSelector('x', ['log'])]),
    ],
    ['the services differ', rule('a', 'phone', [attr('x')], ['omni']), rule('b', 'path', [attr('x')], ['hive'])],
  ])('when %s', (_, a, b) => {
    expect(conflicts(a, b)).toBe(0)
  })
})
