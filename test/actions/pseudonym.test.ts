import { createHash, createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, createPseudonyms } from '../../src/actions/pseudonym.ts'
import { hash, key, rings } from './treatment.ts'

const hmac = (text: string, secret: Uint8Array = key) => createHmac('sha256', secret).update(text).digest('hex')

test('a pseudonym is the HMAC of the canonical text under the active key', () => {
  const pseudonyms = createPseudonyms(rings, [hash])
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 250, maxLength: 270, unit: 'grapheme' })),
      (text) => {
        expect(pseudonyms.hash(hash, text)).toBe(`hm:k1:${hmac(text).slice(0, 16)}`)
        expect(pseudonyms.hash({ ...hash, chars: 64 }, text)).toBe(`hm:k1:${hmac(text)}`)
      },
    ),
  )
})

test.each([31, 32, 63, 64, 65, 200])('keys of %i bytes are used as RFC 2104 says', (length) => {
  const long = Buffer.alloc(length, 9)
  const pseudonyms = createPseudonyms(new Map([['pseudonym', { active: 'a', keys: new Map([['a', long]]) }]]), [hash])
  expect(pseudonyms.hash(hash, '5511912345678')).toBe(`hm:a:${hmac('5511912345678', long).slice(0, 16)}`)
})

test('plain SHA-256 says so', () => {
  const plain = { method: 'sha256', chars: 16 } as const
  const pseudonyms = createPseudonyms(rings, [plain])
  const expected = `sha256:${createHash('sha256').update('ana').digest('hex').slice(0, 16)}`
  expect(pseudonyms.hash(plain, 'ana')).toBe(expected)
  expect(pseudonyms.isOwn(expected)).toBe(true)
  expect(createPseudonyms(rings, [hash]).isOwn(expected)).toBe(false)
})

test.each([
  ['hm:k1:0123456789abcdef', true],
  ['hm:k0:0123456789abcdef', true],
  ['hm:k2:0123456789abcdef', false],
  ['hm:k1:0123456789abcde', false],
  ['hm:k1:0123456789abcdef0', false],
  ['hm:k1:0123456789ABCDEF', false],
  [' hm:k1:0123456789abcdef', false],
  ['hm:k1:0123456789abcdef\n', false],
  ['', false],
])('%j is one of ours: %s', (text, own) => {
  expect(createPseudonyms(rings, [hash]).isOwn(text)).toBe(own)
})

test('a key id is no pattern', () => {
  const odd = new Map([['pseudonym', { active: 'k.1', keys: new Map([['k.1', key]]) }]])
  const pseudonyms = createPseudonyms(odd, [hash])
  expect(pseudonyms.isOwn('hm:k.1:0123456789abcdef')).toBe(true)
  expect(pseudonyms.isOwn('hm:kx1:0123456789abcdef')).toBe(false)
})

test('without hashes nothing is ours, and a ring that is not there is an error at once', () => {
  expect(createPseudonyms(rings, []).isOwn('hm:k1:0123456789abcdef')).toBe(false)
  expect(createPseudonyms(rings, []).keyIds).toEqual(['k0', 'k1'])
  expect(() => createPseudonyms(new Map(), [hash])).toThrow('no key ring is called "pseudonym"')
})

test('more people than the cache holds keep their pseudonyms', () => {
  const pseudonyms = createPseudonyms(rings, [hash])
  const first = pseudonyms.hash(hash, 'first')
  for (let i = 0; i < 20_000; i++) pseudonyms.hash(hash, `other ${i}`)
  expect(pseudonyms.hash(hash, 'first')).toBe(first)
})

test.each([
  ['+55 11 91234-5678', '5511912345678'],
  ['005511912345678', '5511912345678'],
  ['5511912345678', '5511912345678'],
  ['5511912345678@s.whatsapp.net', '5511912345678'],
  ['whatsapp:+5511912345678', '5511912345678'],
  [' +5511912345678 ', '5511912345678'],
  ['Ana.Silva@Example.COM', 'ana.silva@example.com'],
  ['ana.silva%40example.com', 'ana.silva@example.com'],
  ['ana%2bx%40example.com', 'ana+x@example.com'],
  ['ana\\u0040example.com', 'ana@example.com'],
  [' ana ', 'ana'],
  ['Ana', 'Ana'],
  ['123456789012345@lid', '123456789012345@lid'],
])('the canonical form of %j is %j', (text, expected) => {
  expect(canonical(text, {})).toBe(expected)
})

test('a national number has a canonical form where its region is known', () => {
  expect(canonical('(11) 91234-5678', { defaultRegion: 'BR' })).toBe('5511912345678')
  expect(canonical('(11) 91234-5678', {})).toBe('(11) 91234-5678')
})
