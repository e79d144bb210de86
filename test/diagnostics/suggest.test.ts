import { expect, it } from 'vitest'
import { didYouMean, list, nearest } from '../../src/diagnostics/suggest.ts'

it.each([
  ['mask', 'mask'],
  ['maskk', 'mask'],
  ['MASK', 'mask'],
  ['detekt', 'detect'],
  ['something-else', undefined],
])('takes %j for %j', (name, meant) => {
  expect(nearest(name, ['keep', 'detect', 'mask', 'drop'])).toBe(meant)
})

it('asks only when there is something to ask', () => {
  expect(didYouMean('kep', ['keep'])).toBe(', did you mean "keep"?')
  expect(didYouMean('zzzzzz', ['keep'])).toBe('')
})

it('lists names as a sentence does', () => {
  expect([list([]), list(['a']), list(['a', 'b', 'c']), list(['a', 'b', 'c'], 2)]).toEqual([
    '',
    'a',
    'a, b and c',
    'a, b and 1 more',
  ])
})
