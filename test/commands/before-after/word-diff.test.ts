import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordDiff, type Piece } from '../../../src/commands/before-after/word-diff.ts'

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('')
const marked = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, isSame }) => (isSame ? text : `[${text}]`)).join('')

describe('two texts word by word', () => {
  it('mark what went in the one and what came in the other', () => {
    const { before, after } = wordDiff('call 5511912345678 now', 'call {phone} now')
    expect(marked(before)).toBe('call [5511912345678] now')
    expect(marked(after)).toBe('call [{phone}] now')
  })

  it('are both there whole, whatever they are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.lorem({ maxCount: 40 }))
    fc.assert(
      fc.property(text, text, (one, other) => {
        const { before, after } = wordDiff(one, other)
        expect([textOf(before), textOf(after)]).toEqual([one, other])
        const same = (pieces: readonly Piece[]): string => textOf(pieces.filter(({ isSame }) => isSame))
        expect(same(before)).toBe(same(after))
      }),
    )
  })

  it('are all different where they have too little in common', () => {
    const words = (prefix: string): string => Array.from({ length: 2000 }, (_, i) => `${prefix}${i}`).join(' ')
    const { before } = wordDiff(words('a'), words('b'))
    expect(before).toEqual([{ text: words('a'), isSame: false }])
  })
})
