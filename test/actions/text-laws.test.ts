// The laws of text treatment, on strings made of what is interesting to it.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../laws/runs.ts'
import { bench, defaultClasses, hash, type Bench } from './treatment.ts'

const digits = '5511912345678'
const plain = bench()
const hm = (text: string) => plain.pseudonyms.hash(hash, text)
const phone = `+55 ${hm(digits)}`
const email = `[email]@${hm('example.com')}`

const fragments = [
  'ana@example.com',
  'ana\\u0040example.com',
  'ana%40example.com',
  '+55 11 91234-5678',
  digits,
  `${digits}@s.whatsapp.net`,
  `${digits}%40s.whatsapp.net`,
  '123456789012345@lid',
  '120363040000000000@g.us',
  '10.1.2.3',
  '2001:db8::1',
  '00:1b:44:11:3a:b7',
  '4111 1111 1111 1111',
  '111.444.777-35',
  '/home/ana',
  '/home/joão silva/x',
  'C:\\Users\\ana\\x',
  'C:\\\\Users\\\\ana',
  'Bearer abcdefghijklmnopqrstuvwxyz0123',
  'password=hunter2hunter2',
  'https://ana:secret@example.com/?token=abcdef123456',
  hm('a'),
  phone,
  email,
  '{phone}',
  '[email]',
  '@ana.silva',
  '[REDACTED]',
  '****',
  '~',
  '{"message": "hi"}',
  '{"a": 1, "password": "x"}',
  "{'message': 'it is'}",
  '"message":',
  '"summary": "',
  '{"stack": {"a": ',
  '{"user_id": ',
  '{"phone": ',
  "'phone': ",
  '"',
  "'",
  '\\',
  '\\"',
  '\\n',
  '\\u00',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\n',
  'é',
  '😀',
  'joão',
  'tel ',
  '+',
  '55',
  '11',
  '-',
  '@',
  '.',
  '%40',
  'hm:',
  'k1:',
  '1',
  'a',
]
const mixed = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...fragments) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''))
const classNames = Object.keys(defaultClasses)

function twice(own: Bench, text: string, className: string, low: boolean): void {
  const cell = own.cell(className, { low })
  const once = own.text(text, cell)
  if (once === null) return
  expect(own.text(once, cell)).toBe(once)
  expect(own.bytes(Buffer.from(once), cell)).toBeUndefined()
}

test('twice is the same as once, for every class, whole and cut, in every place', () => {
  const long = bench()
  const cutting = bench({ limits: { valueBytes: 60 } })
  fc.assert(
    fc.property(mixed, fc.constantFrom(...classNames), fc.boolean(), fc.boolean(), (text, className, low, short) => {
      fc.pre(className !== 'person' && className !== 'content')
      twice(short ? cutting : long, text, className, low)
    }),
    runs(4000),
  )
})

const planted = /ana@example|ana.silva@|91234|5511912345678|10\.1\.2\.3|4111|hunter2/

test('no prefix of treated text holds what was planted, wherever it is cut', () => {
  fc.assert(
    fc.property(mixed, fc.integer({ min: 0, max: 80 }), (text, valueBytes) => {
      const whole = plain.text(text)!
      // What stays in the whole text is the detectors' matter, not that of cutting.
      fc.pre(!planted.test(whole))
      expect(bench({ limits: { valueBytes } }).text(text)).not.toMatch(planted)
    }),
    runs(300),
  )
})

const jsonValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    mixed,
    fc.tuple(mixed, fc.constantFrom('password=', 'api_key: ', '--token ')).map((parts) => parts.join('')),
    fc.constantFrom<unknown>(Number(digits), 4111111111111111, 1766140200123, 1.5, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom('message', 'password', 'phone', 'stack', 'summary', 'user_id', 'mail', 'a', digits),
        mixed,
      ),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value

test('JSON stays JSON', () => {
  fc.assert(
    fc.property(jsonValue, fc.boolean(), (value, pretty) => {
      const text = JSON.stringify({ top: value }, undefined, pretty ? 2 : 0)
      const treated = plain.text(text)
      if (treated !== '[REDACTED]' && text.length < 4000)
        expect(() => JSON.parse(treated!) as unknown, treated!).not.toThrow()
    }),
    runs(1500),
  )
})

/** Python's repr: single quotes unless the text has some and no double ones. */
function repr(value: unknown): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value))
    return value.length % 2 === 0 ? `[${value.map(repr).join(', ')}]` : `(${value.map(repr).join(', ')},)`
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, inner]) => `${repr(key)}: ${repr(inner)}`)
      .join(', ')}}`
  if (typeof value !== 'string') return JSON.stringify(value)
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
  const inside = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return quote + inside + quote
}

const word = 'zqplanted'
const secretText = fc
  .array(
    fc.constantFrom(
      word,
      ' ',
      ', ',
      '"',
      "'",
      '\\',
      '}',
      ']',
      ':',
      '\n',
      'é',
      '{"a": "b"}',
      "{'a': 'b'}",
      "it's",
      '", "x": "',
    ),
    { maxLength: 6 },
  )
  .map((parts) => `${word}${parts.join('')}`)
const secretValue = fc.oneof(
  secretText,
  fc.array(secretText, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom('a', 'text', "it's"), secretText, { maxKeys: 2 }),
)
const sibling = fc.oneof(
  fc.constantFrom<unknown>("don't", 'say "hi"', 'C:\\temp\\x', 'a: b', '{', 1.5, null, true, ['x'], {}),
  fc.string({ maxLength: 6 }),
)
const holder = fc
  .tuple(sibling, secretValue, sibling)
  .map(([before, secret, after]) => ({ before, message: secret, after }))
const writers = fc.array(
  fc.constantFrom(JSON.stringify, repr, (value: unknown) => JSON.stringify(value, undefined, 2)),
  { minLength: 1, maxLength: 4 },
)

test('what stands under a name that goes, goes: JSON and Python, in strings in strings, in prose, torn off', () => {
  fc.assert(
    fc.property(
      holder,
      writers,
      fc.constantFrom('', 'got ', 'error: ', 'INFO "x" ', '['),
      fc.constantFrom('', ' from x', '\n', ']'),
      fc.nat(400),
      (value, layers, head, tail, end) => {
        let inner: unknown = value
        for (const write of layers) inner = { payload: write(inner) }
        const text = `${head}${(inner as { payload: string }).payload}${tail}`
        const cell = plain.cell('internal')
        for (const part of [text, text.slice(0, end)]) expect(plain.text(part, cell) ?? '', part).not.toContain(word)
      },
    ),
    runs(2000),
  )
})

test('and nothing else goes', () => {
  fc.assert(
    fc.property(holder, fc.array(fc.constantFrom(undefined, 2), { minLength: 1, maxLength: 4 }), (value, layers) => {
      let text = JSON.stringify(value)
      for (const space of layers) text = JSON.stringify({ payload: text }, undefined, space)
      let result = JSON.parse(plain.text(text)!) as Record<string, unknown>
      for (const _ of layers) result = JSON.parse(result.payload as string) as Record<string, unknown>
      const { before, after } = JSON.parse(JSON.stringify(value)) as typeof value
      expect(result).toEqual({ before, message: '', after })
    }),
    runs(1000),
  )
})
