import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../src/patterns/pattern.ts'
import { requiredLiterals } from '../../src/patterns/required-literals.ts'

describe('the literals of a pattern', () => {
  it.each<[string, string[]]>([
    ['ORD-\\d{6}', ['ORD-']],
    ['^[\\w-]+_\\d{8,15}$', ['_']],
    ['(?:ORD|INV)-\\d+', ['ORD', 'INV']],
    ['foo|ba[rz]', ['foo', 'ba']],
    ['(?i)Emp-\\d', ['emp-']],
    ['a+b?cd', ['cd']],
    ['x\\.y\\/z', ['x.y/z']],
    ['(?P<name>key)=(\\w+)', ['key=']],
    ['(abc){2,3}', ['abc']],
    ['[[:alpha:]]_\\p{Greek}-\\x{41}', ['_']],
    ['(ab)?cd*', ['c']],
  ])('%s: %j', (pattern, literals) => {
    expect(requiredLiterals(pattern).literals).toEqual(literals)
  })

  it.each(['\\d+', 'a|\\d', 'a*', '(?:a|)', '[ab]c?', 'é+', '\\Qa\\E|b', 'x\\Qa\\E', 'a{0,2}'])(
    'are none of %s',
    (pattern) => {
      expect(requiredLiterals(pattern).literals).toEqual([])
    },
  )

  const atom = fc.constantFrom(
    'a',
    'b',
    'K',
    '_',
    '\\.',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\b',
    '^',
    '$',
    'é',
    '[]a]',
    '\\x41',
  )
  const pattern: fc.Arbitrary<string> = fc.letrec<{ part: string; all: string }>((tie) => ({
    part: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('all'), fc.constantFrom('(', '(?:', '(?i:', '(?s)(')).map(([all, open]) => `${open}${all})`),
    ),
    all: fc
      .array(
        fc.tuple(
          tie('part'),
          fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,1}', '{1,}', '+?'),
          fc.constantFrom('', '', '', '|'),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.map((each) => each.join('')).join('')),
  })).all

  it('are never missed by a match, whatever the pattern', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'A', 'b', 'k', '\u212a', '_', '.', '1', 'é', 'B'),
      maxLength: 8,
    })
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 20 }), (source, texts) => {
        let compiled
        try {
          compiled = compilePattern(source)
        } catch {
          fc.pre(false)
          return
        }
        for (const each of texts) {
          const bytes = Buffer.from(each)
          if (compiled.next(bytes, 0) !== undefined) expect(compiled.mayMatch(bytes), `${source} in ${each}`).toBe(true)
        }
      }),
      { numRuns: 3000, seed: 20260101 },
    )
  })
})

describe('a pattern', () => {
  it('finds bytes, whatever characters stand before', () => {
    const pattern = compilePattern('n°(\\d+)')
    const bytes = Buffer.from('ü n°12 n°3')
    expect(pattern.next(bytes, 0)).toEqual([3, 8])
    expect(pattern.next(bytes, 8)).toEqual([9, 13])
    expect(pattern.next(bytes, 13)).toBeUndefined()
  })

  it.each(['(a', 'a**', '(?=a)', '(a)\\1', '[z-a]'])('%s is no pattern', (source) => {
    expect(() => compilePattern(source)).toThrow(/regexp/)
  })
})
