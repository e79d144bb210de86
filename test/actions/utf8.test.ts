import { isUtf8 } from 'node:buffer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { binaryOf, binaryOfText, characterStart, isValidUtf8, textOf, textOfBinary } from '../../src/actions/utf8.ts'

const edges = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
]
const edgeBytes = fc.array(fc.constantFrom(...edges), { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes))

test('validity agrees with the platform on bytes at the edges of every range', () => {
  fc.assert(
    fc.property(edgeBytes, fc.string({ unit: 'binary' }), (bytes, text) => {
      expect(isValidUtf8(bytes, 0, bytes.length)).toBe(isUtf8(bytes))
      const joined = Buffer.concat([Buffer.from(text), bytes])
      expect(isValidUtf8(joined, 0, joined.length)).toBe(isUtf8(joined))
    }),
    { numRuns: 3000 },
  )
})

test('validity looks at the range only', () => {
  const bytes = Buffer.from([0xff, 0xc3, 0xa9, 0xff])
  expect(isValidUtf8(bytes, 1, 3)).toBe(true)
  expect(isValidUtf8(bytes, 1, 2)).toBe(false)
  expect(isValidUtf8(bytes, 2, 2)).toBe(true)
})

test('a position inside a character moves to its start', () => {
  const bytes = Buffer.from('aé😀b')
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => characterStart(bytes, 0, at))).toEqual([0, 1, 1, 3, 3, 3, 3, 7, 8])
})

test('text, bytes and binary strings are taken back and forth', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = Buffer.from(text)
      expect(textOf(bytes, 0, bytes.length)).toBe(text)
      expect(binaryOf(bytes, 0, bytes.length)).toBe(binaryOfText(text))
      expect(textOfBinary(binaryOfText(text))).toBe(text)
    }),
  )
})
