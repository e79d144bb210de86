import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bareEnd,
  closingQuote,
  closingQuoteOfValue,
  escape,
  nestedEnd,
  unescape,
} from '../../src/actions/quoted-text.ts'
import { binaryOfText } from '../../src/actions/utf8.ts'

const interesting = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', "'", '\\', '\n', '\0', 'é', '😀', '\\u0040', '\\x40', '\\"'),
      fc.string({ unit: 'grapheme' }),
    ),
  )
  .map((parts) => parts.join(''))

test('unescape takes back what escape wrote, in both kinds of quotes', () => {
  fc.assert(
    fc.property(interesting, fc.constantFrom('"' as const, "'" as const), (text, quote) => {
      const escaped = escape(text, quote)
      expect(unescape(escaped, quote)).toBe(text)
      expect(closingQuote(escaped + quote, 0, quote)).toBe(escaped.length)
    }),
  )
})

test('what is escaped for double quotes is JSON', () => {
  fc.assert(
    fc.property(interesting, (text) => {
      expect(JSON.parse(`"${Buffer.from(escape(text, '"'), 'latin1').toString()}"`)).toBe(text)
    }),
  )
})

test.each([
  [String.raw`a\u0040b`, '"', 'a@b'],
  [String.raw`a\x40b`, "'", 'a@b'],
  [String.raw`\U0001F600`, "'", '😀'],
  [String.raw`it\'s \"so\"`, "'", String.raw`it's \"so\"`],
  [String.raw`it\'s \"so\"`, '"', String.raw`it\'s "so"`],
  [String.raw`C:\Windows\Users`, '"', String.raw`C:\Windows\Users`],
  [String.raw`torn \u00`, '"', String.raw`torn \u00`],
  ['torn \\', '"', 'torn \\'],
  [String.raw`\UFFFFFFFF`, "'", String.raw`\UFFFFFFFF`],
  [binaryOfText('usuário\\n'), '"', 'usuário\n'],
] as const)('%s in %s stands for %s', (content, quote, text) => {
  expect(unescape(content, quote)).toBe(text)
})

test('a quote that nothing closes belongs to the text of a value that must go', () => {
  const text = '"he said "hi" and left", "x": 1'
  expect(closingQuote(text, 1, '"')).toBe(9)
  expect(closingQuoteOfValue(text, 1, '"')).toBe(22)
  expect(closingQuoteOfValue('"torn "off', 1, '"')).toBe(-1)
})

test.each([
  ['{"a": [1, (2)]}, 3', 15],
  ['["]", \'}\']x', 10],
  ['{"a": [1', 8],
  ['[["torn', 7],
])('the bracket of %s closes at %i', (text, end) => {
  expect(nestedEnd(text, 0)).toBe(end)
})

test.each([
  ['datetime(2024, 1, 1), 2', 20],
  ["User(name='a, b')}", 17],
  ['12]', 2],
  ['word\nnext', 4],
  ['to the end', 10],
])('the bare value of %s ends at %i', (text, end) => {
  expect(bareEnd(text, 0)).toBe(end)
})
