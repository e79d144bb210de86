import { describe, expect, it } from 'vitest'
import type { Property } from '../../src/events/event-classes.ts'
import { createValidator } from '../../src/events/validate.ts'

const found = (property: Property, value: unknown) =>
  createValidator({ required: [], properties: { a: property } })({ a: value })

describe('a validator', () => {
  it('says keyword, pointer and what is wanted', () => {
    const validate = createValidator({
      required: ['a/b', 'c'],
      properties: { 'a/b': { type: 'integer', maximum: 9 }, c: { type: 'string', enum: ['x', '_OTHER'] } },
    })
    expect(validate({ c: 'y' })).toEqual([
      { keyword: 'required', attribute: 'a/b', pointer: '/a~1b', expected: 'it is required' },
      { keyword: 'enum', attribute: 'c', pointer: '/c', expected: 'want one of x, _OTHER' },
    ])
    expect(validate({ 'a/b': 10, c: 'x' })).toEqual([
      { keyword: 'maximum', attribute: 'a/b', pointer: '/a~1b', expected: 'want at most 9' },
    ])
    expect(validate({ 'a/b': 9, c: '_OTHER', d: {} })).toEqual([])
  })

  it.each<[string, Property, unknown, string]>([
    ['a type', { type: 'boolean' }, 'yes', 'want true or false'],
    ['a number that is none', { type: 'number' }, Number.NaN, 'want a number'],
    ['a least', { type: 'number', minimum: 2 }, 1, 'want at least 2'],
    ['a length', { type: 'string', minLength: 2 }, 'a', 'want at least 2 characters'],
    ['another length', { type: 'string', maxLength: 2 }, 'abc', 'want at most 2 characters'],
    ['a pattern', { type: 'string', pattern: '^OMNI-\\d+$' }, 'OMNI-x', 'want a text that matches ^OMNI-\\d+$'],
    ['a list', { type: 'array', maxItems: 1 }, ['a', 'b'], 'want at most 1 values'],
  ])('finds %s, and says nothing of the value', (_what, property, value, expected) => {
    expect(found(property, value)).toMatchObject([{ expected, pointer: '/a', attribute: 'a' }])
  })

  it('says which value of a list it is', () => {
    const list: Property = { type: 'array', items: { type: 'string', enum: ['a', '_OTHER'] } }
    expect(found(list, ['a', 'secret'])).toMatchObject([{ keyword: 'enum', attribute: 'a', pointer: '/a/1' }])
  })

  it('takes no time that grows with the square of a text', () => {
    // With a regular expression that backtracks this does not end.
    expect(found({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`)).toHaveLength(1)
  })
})
