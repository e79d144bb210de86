// What holds for a scan as a whole: overlaps, limits, what it says of the text, hostile text, twice is once.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DetectorId, detectorIds, detectorTable, maxFinds } from '../../src/detectors/detector.ts'
import { createScanner } from '../../src/detectors/scanner.ts'
import { defaultOptions, findsIn } from './scan-text.ts'

const encoder = new TextEncoder()
const scanner = createScanner(defaultOptions)
const using = (...use: DetectorId[]) => createScanner({ ...defaultOptions, use })

describe('overlapping finds', () => {
  it.each([
    ['5511912345678@s.whatsapp.net', 'whatsapp-jid: 5511912345678@s.whatsapp.net'],
    ['5511912345678@gmail.com', 'email: 5511912345678@gmail.com'],
    ['api_key=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'jwt: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
    ['https://ana:pw12@x.com', 'url-credentials: ana:pw12'],
    ['/home/5511912345678/x', 'home-path: /home/5511912345678'],
    ['password=ana@x.com', 'api-key: ana@x.com'],
    ['?token=ana@x.com', 'url-credentials: ana@x.com'],
  ])('%s becomes one', (text, expected) => {
    expect(findsIn(text)).toEqual([expected])
  })
})

describe('options', () => {
  it('a detector that is not in use finds nothing', () => {
    for (const id of detectorIds) {
      const rest = createScanner({ ...defaultOptions, use: detectorIds.filter((other) => other !== id) })
      const text = 'ana@x.com 5511912345678 11 91234-5678 5511912345678@c.us 4111111111111111 529.982.247-25 10.0.0.1'
      expect(findsIn(text, 0, rest).filter((find) => find.startsWith(`${id}:`))).toEqual([])
    }
  })

  it('a JID is an address to a scanner that knows no JIDs', () => {
    expect(findsIn('5511912345678@s.whatsapp.net', 0, using('email'))).toEqual(['email: 5511912345678@s.whatsapp.net'])
  })

  it('bare digits count for the regions asked for', () => {
    const ofUs = createScanner({ ...defaultOptions, phoneRegions: ['US'] })
    expect(findsIn('14155552671', 0, ofUs)).toEqual(['phone: 14155552671'])
    expect(findsIn('14155552671')).toEqual([])
    expect(findsIn('5511912345678', 0, ofUs)).toEqual([])
  })

  it('only pseudonyms of the ring, of the exact length and at token edges, are left alone', () => {
    const secret = (value: string) => findsIn(`password=${value}`)
    expect(secret('hm:k1:0123456789abcdef')).toEqual([])
    expect(secret('hm:k2:0123456789abcdef')).toHaveLength(1)
    expect(secret('hm:k1:0123456789abcde')).toHaveLength(1)
    expect(secret('hm:k1:0123456789abcdef0')).toHaveLength(1)
    expect(secret('xhm:k1:0123456789abcdef')).toHaveLength(1)
  })
})

describe('the text as a whole', () => {
  const said = (text: string) => {
    const bytes = encoder.encode(text)
    scanner.scan(bytes, 0, bytes.length, 0)
    return { structured: scanner.structured, nonAscii: scanner.nonAscii }
  }

  it.each(['{"a":1}', "{'a': 1}", '{\\"a\\":1}', '{"a" : 1}', 'x "a":', '{"a":1, "b": "\u200b"}', '%41 {"a":1}'])(
    '%s is structured',
    (text) => expect(said(text).structured).toBe(true),
  )

  it.each(['a: 1', '"a", 1', '', 'x'.repeat(100), '“a”: 1', '%22a%22:1'])('%s is not structured', (text) => {
    expect(said(text).structured).toBe(false)
  })

  it('says whether a byte above 0x7f occurred', () => {
    expect(said('ação').nonAscii).toBe(true)
    expect(said(`ana@x.com ${'a'.repeat(50)}é`).nonAscii).toBe(true)
    expect(said('acao %C3%A7').nonAscii).toBe(false)
  })

  it('forgets the last text', () => {
    said('{"é": "ana@x.com"}')
    expect(said('plain')).toEqual({ structured: false, nonAscii: false })
    expect(findsIn('plain')).toEqual([])
  })
})

describe('bounds', () => {
  it('reads nothing outside of [start, end)', () => {
    const text = 'ana@x.com +5511912345678 /home/ana 10.0.0.1 token=abc123def456 %40 \\u0040'
    const bytes = encoder.encode(text)
    for (let start = 0; start <= bytes.length; start += 3) {
      for (let end = start; end <= bytes.length; end += 5) {
        const count = scanner.scan(bytes, start, end, 0)
        const inside = [...scanner.finds.start.subarray(0, count), ...scanner.finds.end.subarray(0, count)]
        const alone = bytes.slice(start, end)
        expect(scanner.scan(alone, 0, alone.length, 0)).toBe(count)
        expect([...scanner.finds.start.subarray(0, count), ...scanner.finds.end.subarray(0, count)]).toEqual(
          inside.map((offset) => offset - start),
        )
      }
    }
  })

  it('takes up to 64 finds and gives up above', () => {
    const mails = (count: number) => Array.from({ length: count }, (_, i) => `u${i}@x.com`).join(' ')
    expect(findsIn(mails(maxFinds))).toHaveLength(maxFinds)
    expect(findsIn(mails(maxFinds + 1))).toEqual(['too many'])
    expect(findsIn(mails(5000))).toEqual(['too many'])
  })

  const big = 1 << 20
  const units = [
    '@',
    '1',
    '.',
    ':',
    '-',
    '%',
    '\\',
    '+',
    '0',
    '\0',
    'a.',
    'a@',
    'a@a.',
    '1.',
    '1:',
    '12 34 ',
    '(1',
    '+1',
    '::f',
    '1-1-',

    'eyJ',
    'eyJ.',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY',
    '://',
    '://a:',
    'token',
    'token=',
    'password=',
    '?sig=',
    'sk-',
    'sk_live_',

    '/home/',
    '\\users\\',
    '%25',
    '\\u0040',
    '&#',
    'hm:k1:',
    'GB29 ',
    'bearer ',
    'phone 12 ',
    'MTIzNDU2',
    '12345678:',
    '/0001-95',
    '"password":"',
    'token=)',
    "a!#$'",
    'aa-bb-cc-',
    'a:@tcp(',
    '/root',
    'Ana /',
    'ก',
    '\u200b',
  ]
  it.each(units)('reads a megabyte of %j', (unit) => {
    const bytes = encoder.encode(unit.repeat(Math.ceil(big / unit.length)))
    const count = scanner.scan(bytes, 0, bytes.length, 0)
    expect(count).toBeLessThanOrEqual(maxFinds)
    for (let i = 0; i < count; i++) expect(scanner.finds.start[i]).toBeLessThan(scanner.finds.end[i])
  })

  it('gives ordered, non-overlapping finds for any bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...units,
        'ana@x.com',
        '+5511912345678',
        '10.0.0.1',
        'C:\\Users\\',
        'password: ',
        '"',
        "'",
        '\n',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(8191), (pieces, hint) => {
        const bytes = encoder.encode(pieces.join(''))
        const count = scanner.scan(bytes, 0, bytes.length, hint)
        for (let i = 0; i < count; i++) {
          expect(scanner.finds.start[i]).toBeLessThan(scanner.finds.end[i])
          expect(scanner.finds.end[i]).toBeLessThanOrEqual(bytes.length)
          if (i > 0) expect(scanner.finds.start[i]).toBeGreaterThanOrEqual(scanner.finds.end[i - 1])
        }
      }),
    )
  })

  it('reads bytes that are no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(scanner.scan(bytes, 0, bytes.length, 0)).toBeLessThanOrEqual(maxFinds)
      }),
    )
  })
})

describe('twice is once', () => {
  const pseudonym = 'hm:k1:0123456789abcdef'
  const replacements: Record<string, string> = {
    email: `[email]@${pseudonym}`,
    phone: `+55 ${pseudonym}`,
    'whatsapp-jid': `+55 ${pseudonym}@s.whatsapp.net`,
    'home-path': '~',
  }
  const replaceAll = (text: string): string => {
    const bytes = encoder.encode(text)
    const count = scanner.scan(bytes, 0, bytes.length, 0)
    const parts: Buffer[] = []
    let from = 0
    for (let i = 0; i < count; i++) {
      const id = detectorIds[scanner.finds.detector[i]]
      const by = detectorTable[id].class === 'secret' ? '[REDACTED]' : `[${detectorTable[id].kind}]`
      parts.push(Buffer.from(bytes.subarray(from, scanner.finds.start[i])), Buffer.from(replacements[id] ?? by))
      from = scanner.finds.end[i]
    }
    return Buffer.concat([...parts, bytes.subarray(from)]).toString()
  }
  const datum = fc.constantFrom(
    'ana@x.com',
    '+55 11 91234-5678',
    '5511912345678',
    '(11) 98765-4321',
    '5511912345678@s.whatsapp.net',
    '10.1.2.3',

    '4111 1111 1111 1111',
    '529.982.247-25',
    '2001:db8::1',
    'ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake0123',
    'C:\\Users\\ana\\x',

    '/home/ana/x',
    'https://u:pw12@x.com/?token=abc123def456&a=1',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    'Bearer abc123def456',
  )
  const frame = fc.constantFrom(
    'x',
    'contact X now',
    'phone: X',
    '"key":"X"',
    "{'a': 'X'}",
    'password=X',
    'token: X;',
    '<X>',
    '(X)',
    'a=X&b=X',
    'X, X',
    '“X”',
    'https://x.org/?q=X',
    'in 12ms@X',
    'user:X@h',
    'file://X',
    'mailto:X',
    'line\\nX\\n',
    '[X]',
    'X/X',
    '**X**',
  )

  it('what replaces finds is no find', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, datum), { minLength: 1, maxLength: 4 }), (parts) => {
        const once = replaceAll(parts.map(([around, value]) => around.replaceAll('X', value)).join(' '))
        expect(replaceAll(once)).toBe(once)
      }),
      { numRuns: 500 },
    )
  })
})
