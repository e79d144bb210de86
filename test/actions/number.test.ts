import { expect, test } from 'vitest'
import { canonicalNumber, canonicalOfLiteral, isIntegral } from '../../src/actions/number.ts'

test.each([
  [5511912345678, '5511912345678'],
  [5511912345678n, '5511912345678'],
  [-0, '0'],
  [0n, '0'],
  [2 ** 60, '1152921504606846976'],
  [1152921504606846976n, '1152921504606846976'],
  [1e21, '1000000000000000000000'],
  [9223372036854775807n, '9223372036854775807'],
  [3.25, '3.25'],
  [1e-7, '1e-7'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('the canonical text of %s is %s', (value, text) => {
  expect(canonicalNumber(value)).toBe(text)
})

test.each([
  ['5511912345678', '5511912345678'],
  ['5511912345678.0', '5511912345678'],
  ['5.511912345678e12', '5511912345678'],
  ['5511912345678.', '5511912345678'],
  ['-12', '-12'],
  ['.5', '0.5'],
  ['1.5', '1.5'],
  ['12-34', undefined],
  ['1.2.3', undefined],
  ['', undefined],
  ['NaN', undefined],
])('the literal %s is %s', (literal, text) => {
  expect(canonicalOfLiteral(literal)).toBe(text)
})

test('only whole numbers are integral', () => {
  expect(['12', '-12', '1.5', '1e21', 'NaN', ''].filter(isIntegral)).toEqual(['12', '-12'])
})
