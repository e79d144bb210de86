// The searcher is the leak test's eye: it must see every form.
import { describe, expect, test } from 'vitest'
import { search } from '../../src/leak/search.ts'
import type { Secret } from '../../src/leak/secret.ts'

const text = 'Ana+Silva/é@exemplo.com.br'
const secret: Secret = { kind: 'email', text, traces: [text] }
const phone: Secret = { kind: 'phone', text: '+5511961234567', traces: ['5511961234567'], digits: '11961234567' }

const forms: readonly (readonly [string, string])[] = [
  ['raw', text],
  ['lower-cased', text.toLowerCase()],
  ['in a JSON string', JSON.stringify({ a: text })],
  ['URL-encoded', encodeURIComponent(text)],
  ['URL-encoded in lower case', encodeURIComponent(text).toLowerCase()],
  ['form-encoded', new URLSearchParams({ a: text }).toString()],
  ['in hex', Buffer.from(text).toString('hex')],
  ['in upper-case hex', Buffer.from(text).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(text).toString('base64')],
  ['in base64 after one byte', Buffer.from(`x${text}y`).toString('base64')],
  ['in base64 after two bytes', Buffer.from(`xy${text}z`).toString('base64')],
  ['in base64url', Buffer.from(`xy${text}`).toString('base64url')],
]

describe('the search for planted values', () => {
  test.each(forms)('finds a value %s', (_form, haystack) => {
    expect(search(Buffer.from(`before ${haystack} after`), [secret])).not.toEqual([])
  })

  test.each(['+55 11 96123-4567', '(11) 96123-4567', '55.11.96123.4567', '11961234567'])(
    'finds a number whatever separates its digits: %s',
    (haystack) => {
      expect(search(Buffer.from(`before ${haystack} after`), [phone])).not.toEqual([])
    },
  )

  test('finds a value among bytes that are no text', () => {
    const haystack = Buffer.concat([Buffer.from([0xff, 0x0a, 0x80]), Buffer.from(text), Buffer.from([0xc3])])
    expect(search(haystack, [secret])[0]).toMatchObject({ kind: 'email', form: 'raw', offset: 3 })
  })

  test('finds nothing where nothing is', () => {
    expect(search(Buffer.from('ana@exemplo.com 5511961234568'), [secret, phone])).toEqual([])
  })
})
