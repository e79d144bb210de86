import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import {
  treatStructured,
  type BareNumber,
  type KeyCell,
  type PartTreatment,
} from '../../src/actions/structured-text.ts'
import { binaryOfText, textOfBinary } from '../../src/actions/utf8.ts'
import { runs } from '../laws/runs.ts'

const classes: Record<string, Action> = {
  message: { is: 'drop' },
  password: { is: 'replace', text: '[REDACTED]' },
  note: { is: 'mask' },
  stack: { is: 'path', home: '~' },
}
const detect: KeyCell = { action: { is: 'detect' }, className: 'internal', sources: 0 }

/** Parts as the text treatment has them, with `@` for the only thing that is found in text. */
function parts(seen: string[] = [], depth = 0): PartTreatment {
  return {
    keyAction(key) {
      seen.push(key)
      const action = classes[key]
      return action === undefined ? detect : { action, className: key, sources: 0 }
    },
    text(text, cell) {
      if (cell?.action.is === 'drop') return text === '' ? undefined : ''
      if (cell?.action.is === 'replace') return text === cell.action.text ? undefined : cell.action.text
      if (cell?.action.is === 'mask') return text === '****' ? undefined : '****'
      const inner = depth < 8 ? treatStructured(binaryOfText(text), parts(seen, depth + 1), []) : undefined
      const replaced = (inner === undefined ? text : textOfBinary(inner))
        .replaceAll('@', '[at]')
        .replaceAll('/home/ana', '~')
      return replaced === text ? undefined : replaced
    },
    number(text, cell) {
      if (cell === undefined) return text === '5511912345678' ? '+55' : undefined
      return this.text(text, cell)
    },
  }
}

function treated(text: string): string {
  const result = treatStructured(binaryOfText(text), parts(), [])
  return result === undefined ? text : textOfBinary(result)
}

describe('values of named keys', () => {
  test.each([
    ['JSON', '{"a": 1, "message": "hi, \\"you\\"", "b": "x"}', '{"a": 1, "message": "", "b": "x"}'],
    ['a Python dict', "{'a': 1, 'message': 'hi', 'b': None}", "{'a': 1, 'message': '', 'b': None}"],
    ['other quotes than the key has', `{'message': "it's"}`, "{'message': ''}"],
    ['a string with a prefix', "{'message': b'hi'}", "{'message': ''}"],
    ['a space before the colon', '{"message" : "hi"}', '{"message" : ""}'],
    ['a key with an escape', '{"mess\\u0061ge": "hi"}', '{"mess\\u0061ge": ""}'],
    ['a number', '{"message": 12}', '{"message": ""}'],
    ['a number replaced by a text', '{"password": 12.5, "b": 1}', '{"password": "[REDACTED]", "b": 1}'],
    ['true', '{"message": true}', '{"message": ""}'],
    ['True under mask', "{'note': True}", "{'note': True}"],
    ['null', '{"message": null}', '{"message": null}'],
    ['an object', '{"message": {"text": "}", "b": [1]}, "c": 2}', '{"message": "", "c": 2}'],
    ['a list under replace', '{"password": ["a", {"b": 1}]}', '{"password": "[REDACTED]"}'],
    ['a tuple', "{'message': ('a', 'b'), 'c': 1}", "{'message': '', 'c': 1}"],
    ['a call', "{'message': datetime(2024, 1, 1), 'c': 1}", "{'message': '', 'c': 1}"],
    ['a call with strings', "{'message': User(name='a, b'), 'c': 1}", "{'message': '', 'c': 1}"],
    ['a string torn off', '{"a": 1, "message": "hello wor', '{"a": 1, "message": ""'],
    ['an object torn off', '{"message": {"text": "hello wor', '{"message": ""'],
    ['nothing at the end', '{"message":', '{"message":'],
    ['inside prose', 'got {"message": "hi"} from user', 'got {"message": ""} from user'],
    ['prose with an apostrophe before', "don't: {'message': 'hi'}", "don't: {'message': ''}"],
    ['prose with an apostrophe at a comma', "so, 'tis {'message': 'hi'}", "so, 'tis {'message': ''}"],
    ['a key without quotes', "{ a: 1, message: 'hi', b: 'x' }", "{ a: 1, message: '', b: 'x' }"],
    ['a key without quotes in double ones', '{message:"hi"}', '{message:""}'],
    ['a backtick, as util.inspect writes both quotes', '{ message: `it\'s "hi", you`, b: 1 }', "{ message: '', b: 1 }"],
    ['a backtick under a quoted key', "{'message': `hi, you`, 'b': 1}", "{'message': '', 'b': 1}"],
    [
      'a text in parts, as util.inspect writes lines',
      "{ message: 'one\\n' +\n  'two', b: 1 }",
      "{ message: '', b: 1 }",
    ],
    ['an object under a key without quotes', "{ message: { text: 'hi' }, b: 1 }", "{ message: '', b: 1 }"],
    ['a list under a key without quotes', "{ message: [ 'hi', 'you' ] }", "{ message: '' }"],
    ['a keyword of a call', "Note(message='hi', b='x')", "Note(message='', b='x')"],
    ['logfmt', 'level=info message="hi \\"you\\"" b=1', 'level=info message="" b=1'],
    ['a hash of Ruby', '{"message"=>"hi", :message => "you"}', '{"message"=>"", :message => ""}'],
    ['any white space before the colon', '{"message"\t\n\v :\r\n"hi"}', '{"message"\t\n\v :\r\n""}'],
    ['a key torn off at its start', 'message": "hi", "b": 1', 'message": "", "b": 1'],
    ['a key without quotes in a string', `{"p": "{ message: 'hi' }"}`, `{"p": "{ message: '' }"}`],
    ['a quote and a comma inside', '{"message": "he said "hi", she left", "b": 1}', '{"message": "", "b": 1}'],
    [
      'a dict with keys of other kinds',
      "{'message': 'hi', 1: 'x', None: 'y', b'z': 1}",
      "{'message': '', 1: 'x', None: 'y', b'z': 1}",
    ],
    ['a key twice', '{"message": "a", "message": "b"}', '{"message": "", "message": ""}'],
    ['quotes that are not escaped', '{"message": "he said "hi" and left", "x": 1}', '{"message": "", "x": 1}'],
    ['JSON in a string', '{"p": "{\\"message\\": \\"hi\\"}"}', '{"p": "{\\"message\\": \\"\\"}"}'],
    ['a dict in a JSON string', `{"p": "{'message': 'hi'}"}`, `{"p": "{'message': ''}"}`],
    ['JSON in a Python string', `{'p': '{"message": "hi"}'}`, `{'p': '{"message": ""}'}`],
    ['JSON in a list element', '["{\\"message\\": \\"hi\\"}", 1]', '["{\\"message\\": \\"\\"}", 1]'],
    ['escaped JSON without its quotes', 'body={\\"message\\": \\"hi\\"}', 'body={\\"message\\": \\"\\"}'],
    [
      'a string that is escaped twice',
      JSON.stringify({ p: JSON.stringify({ q: JSON.stringify({ message: 'hi' }) }) }),
      JSON.stringify({ p: JSON.stringify({ q: JSON.stringify({ message: '' }) }) }),
    ],
    ['path: inside an object', '{"stack": {"f": "/home/ana/x", "n": 1}}', '{"stack": {"f": "~/x", "n": 1}}'],
    [
      'path: in a list',
      '{"stack": ["/home/ana/x", {"f": "/home/ana"}], "a": "/home/ana"}',
      '{"stack": ["~/x", {"f": "~"}], "a": "/home/ana"}',
    ],
    ['a stricter name inside', '{"stack": {"message": "/home/ana", "f": 1}}', '{"stack": {"message": "", "f": 1}}'],
    ['path: in a string', '{"stack": "at /home/ana/x\\n"}', '{"stack": "at ~/x\\n"}'],
    ['text that is not ASCII', '{"é": "ü", "message": "é"}', '{"é": "ü", "message": ""}'],
  ])('%s', (_, text, expected) => {
    expect(treated(text)).toBe(expected)
  })
})

describe('other values', () => {
  test.each([
    ['escapes are decoded', '{"a": "ana\\u0040example"}', '{"a": "ana[at]example"}'],
    ['in list elements too', '{"a": ["x", "ana\\u0040example"]}', '{"a": ["x", "ana[at]example"]}'],
    ['in keys too', '{"ana\\u0040example": 1}', '{"ana[at]example": 1}'],
    ['what has no escapes stays for the detectors', '{"a": "ana@example"}', '{"a": "ana@example"}'],
    ['what changes nothing keeps its escapes', '{"a": "\\u0061\\/b"}', '{"a": "\\u0061\\/b"}'],
    ['a double with the value of a number that is found', '{"a": 5511912345678.0}', '{"a": "+55"}'],
    ['the same in a dict', "{'a': 5.511912345678e12}", "{'a': '+55'}"],
  ])('%s', (_, text, expected) => {
    expect(treated(text)).toBe(expected)
  })
})

test('keys are named as they read', () => {
  const seen: string[] = []
  treatStructured(binaryOfText(`{"a": {"é": 1, 'it\\'s' : 2}, "b\\n": [{"c": "{\\"d\\": 1}"}]}`), parts(seen), [])
  expect(seen).toEqual(['a', 'é', "it's", 'b\n', 'c', 'd'])
})

test('bare numbers are told by their place in the result', () => {
  const numbers: BareNumber[] = []
  const result = treatStructured(
    '{"message": "hi", "a": 5511912345678, \'b\': [12345, 1, "1234567"]}',
    parts(),
    numbers,
  )
  expect(numbers.map(({ start, end, quote }) => quote + result?.slice(start, end))).toEqual([
    '"5511912345678',
    "'12345",
  ])
})

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      'a@b',
      'x\n"@',
      "it's",
      'C:\\Users\\@',
      null,
      true,
      5511912345678,
      1.5,
      '{"message": "m", "k": "@\\n"}',
      "{'message': 'm'}",
    ),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('message', 'password', 'note', 'stack', 'a"b', "it's", 'k@'), fc.string()),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value

test('JSON stays JSON, of the same shape where nothing is asked for', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = JSON.stringify({ top: value })
      const result = JSON.parse(treated(text)) as { top: unknown }
      expect(Object.keys(result)).toEqual(['top'])
      expect(treated(JSON.stringify(result))).toBe(JSON.stringify(result))
      expect(JSON.stringify(result)).not.toMatch(/"message":("[^"]|\d|\{|\[|t)/)
    }),
  )
})

const pieces = fc
  .array(
    fc.constantFrom(
      '"',
      "'",
      '\\',
      '\\"',
      '\\\\"',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      ':',
      ' ',
      '"message"',
      "'message'",
      '\\"message\\":',
      ': ',
      'word',
      '12345',
      'null',
      '\n',
      'é',
      '\\u0040',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

test('anything is text: nothing throws, and twice is the same as thrice', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      let now = text
      for (let i = 0; i < 4; i++) now = treated(now)
      expect(treated(now)).toBe(now)
    }),
    runs(5000),
  )
})

/** Characters handed to the parts and keys, which is what takes time: linear means bounded by the text's length. */
function work(text: string): number {
  let sum = 0
  const counting = (depth: number): PartTreatment => ({
    keyAction(key) {
      sum += key.length
      return key in classes ? { action: classes[key], className: key, sources: 0 } : detect
    },
    text(part, cell) {
      sum += part.length
      if (cell === undefined && depth < 8) treatStructured(binaryOfText(part), counting(depth + 1), [])
      return cell === undefined || cell.action.is === 'path' ? undefined : ''
    },
    number: () => undefined,
  })
  treatStructured(text, counting(0), [])
  return sum
}

test.each([
  ['"', ':'],
  ['x" ', '":'],
  ['', '":'],
  ['', '"\':'],
  ['', '\\":1 '],
  ['\\"', 'x \\":1 '],
  ['', '"a":\''],
  ['', '{"a":['],
  ['', '"message": "a" b '],
  ['', "'\\"],
  ['', '"\\\\'],
  ['', '"message":{'],
  ['', '"stack":{'],
  ['', '"stack":a '],
  ['', '"stack":1 '],
  ['', '"stack":{"a":['],
  ['', '"stack":"'],
  ['', ',\'a\\,"b'],
])('work is linear on %s and then %s again and again', (head, unit) => {
  const n = 4000
  const small = work(head + unit.repeat(n))
  const large = work(head + unit.repeat(8 * n))
  expect(large).toBeLessThanOrEqual(9 * small + 1000)
})
