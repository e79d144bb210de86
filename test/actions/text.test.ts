import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { detectorIds, type Finds, type Scanner } from '../../src/detectors/detector.ts'
import { bench, defaultClasses, hash, scannerOf } from './treatment.ts'

const digits = '5511912345678'
const plain = bench()
const hm = (text: string) => plain.pseudonyms.hash(hash, text)
const phone = `+55 ${hm(digits)}`
const email = `[email]@${hm('example.com')}`

describe('text under detect', () => {
  test.each([
    ['nothing to see', 'nothing to see'],
    ['', ''],
    ['mail ana@example.com now', `mail ${email} now`],
    ['ana@example.com', email],
    ['a ana@example.com b ana@example.com', `a ${email} b ${email}`],
    [`to ${digits}@s.whatsapp.net`, `to ${phone}@s.whatsapp.net`],
    ['call +55 11 91234-5678!', `call ${phone}!`],
    ['/home/ana/x', '~/x'],
    ['é ana@example.com é', `é ${email} é`],
    ['from 10.1.2.3', 'from [ip]'],
    [`seen ${phone} and ${email}`, `seen ${phone} and ${email}`],
  ])('%j becomes %j', (text, expected) => {
    expect(plain.text(text)).toBe(expected)
  })

  test('in a low-cardinality place finds become their kind', () => {
    const low = plain.cell('internal', { low: true })
    expect(plain.text(`GET /traces/phone/${digits}`, low)).toBe('GET /traces/phone/{phone}')
    expect(plain.text('GET /home/ana/x', low)).toBe('GET ~/x')
  })

  test('only the range given is looked at, and what is unchanged is undefined', () => {
    const text = Buffer.from('ana@example.com, hello, bob@example.com')
    expect(plain.range(text, 17, 22)).toBeUndefined()
    expect(Buffer.from(plain.range(text, 17, text.length)!).toString()).toBe(`hello, ${email}`)
    expect(Buffer.from(plain.range(text, 0, 22)!).toString()).toBe(`${email}, hello`)
  })

  test('what is found and changed is counted', () => {
    const own = bench()
    own.text('ana@example.com, bob@example.com, 10.1.2.3')
    own.text('nothing')
    expect(Object.fromEntries(own.tally.found)).toEqual({ email: 2, ipv4: 1 })
    expect(Object.fromEntries(own.tally.changed)).toEqual({ email: 1, address: 1 })
  })

  test('a find whose class is left stays, and one whose class is dropped takes the value along', () => {
    const of = (action: Action) => bench({ classes: new Map(Object.entries({ ...defaultClasses, email: action })) })
    expect(of({ is: 'detect' }).text('ana@example.com 10.1.2.3')).toBe('ana@example.com [ip]')
    expect(of({ is: 'drop' }).text('ana@example.com')).toBeNull()
    expect(of({ is: 'drop' }).text('{"a": "ana\\u0040example.com"}')).toBeNull()
    expect(of({ is: 'mask' }).text('x ana@example.com')).toBe('x ****')
  })

  test('a detector whose class is not there replaces by its kind', () => {
    expect(bench({ classes: new Map([['internal', { is: 'detect' }]]) }).text('ana@example.com')).toBe('[email]')
  })
})

describe('the other actions', () => {
  test.each([
    ['public', 'ana@example.com', 'ana@example.com'],
    ['user.id', 'Ana', hm('Ana')],
    ['phone', digits, phone],
    ['email', 'ana@example.com', email],
    ['secret', 'x', '[REDACTED]'],
    ['person', 'Ana', null],
    ['person', '', null],
    ['secret', '', ''],
    ['user.id', '', ''],
    ['user.id', hm('Ana'), hm('Ana')],
    ['secret', '[REDACTED]', '[REDACTED]'],
  ])('%s makes %j of %j', (className, text, expected) => {
    expect(plain.text(text, plain.cell(className))).toBe(expected)
  })

  test('keep, replace and drop look at nothing', () => {
    const never: Scanner = {
      ...scannerOf(),
      scan: () => {
        throw new Error('scanned')
      },
    }
    const own = bench({ scanner: never })
    for (const name of ['public', 'secret', 'person']) own.text('ana@example.com', own.cell(name))
    expect(() => own.text('ana@example.com')).toThrow('scanned')
  })

  test('what changes is counted by its class, once', () => {
    const own = bench()
    for (const name of ['public', 'user.id', 'secret', 'person', 'internal']) own.text('Ana', own.cell(name))
    own.text('[REDACTED]', own.cell('secret'))
    expect(Object.fromEntries(own.tally.changed)).toEqual({ 'user.id': 1, secret: 1, person: 1 })
  })

  test('path replaces home directories also where their detector is not in use', () => {
    const use = detectorIds.filter((id) => id !== 'home-path')
    const own = bench({ scanner: scannerOf(use), pathScanner: scannerOf() })
    const text = 'at /home/ana/x ana@example.com'
    expect(own.text(text, own.cell('path'))).toBe(`at ~/x ${email}`)
    expect(own.text(text)).toBe(`at /home/ana/x ${email}`)
    expect(own.text(text, own.cell('path', { action: { is: 'path', home: '<home>' } }))).toBe(`at <home>/x ${email}`)
  })
})

describe('text that is not valid UTF-8', () => {
  const invalid = Buffer.concat([Buffer.from('ana@example.com '), Buffer.from([0xc3])])

  test.each(['internal', 'public', 'user.id', 'phone', 'path'])('under %s goes, or is replaced, and counts', (name) => {
    const dropping = bench({ onError: 'drop' })
    expect(dropping.bytes(invalid, dropping.cell(name))).toBeNull()
    expect(dropping.tally.dropped.get('undecodable')).toBe(1)
    expect(Buffer.from(plain.bytes(invalid, plain.cell(name))!).toString()).toBe('[undecodable]')
  })

  test('is replaced where the class does that', () => {
    expect(Buffer.from(plain.bytes(invalid, plain.cell('secret'))!).toString()).toBe('[REDACTED]')
    expect(plain.bytes(invalid, plain.cell('person'))).toBeNull()
  })
})

describe('numbers', () => {
  test.each<[string, string, string | undefined | null]>([
    ['public', digits, undefined],
    ['internal', digits, phone],
    ['internal', '200', undefined],
    ['internal', '1766140200123', undefined],
    ['internal', '3.25', undefined],
    ['internal', 'NaN', undefined],
    ['path', digits, phone],
    ['phone', digits, phone],
    ['phone', '7', hm('7')],
    ['email', '7', hm('7')],
    ['user.id', '7', hm('7')],
    ['secret', '7', '[REDACTED]'],
    ['person', '7', null],
  ])('under %s: %s', (name, text, expected) => {
    expect(plain.number(text, plain.cell(name))).toBe(expected)
  })

  test('are masked, and guarded under truncate without being cut', () => {
    expect(plain.number('7', plain.cell('c', { action: { is: 'mask' } }))).toBe('****')
    expect(plain.number('12345678', plain.cell('c', { action: { is: 'truncate', bytes: 3 } }))).toBeUndefined()
  })

  test('that become text are cut like text', () => {
    for (const bytes of [3, 26, 27, 40]) {
      const cell = plain.cell('c', { action: { is: 'truncate', bytes } })
      expect(plain.number(digits, cell)).toBe(plain.text(plain.text(digits)!, cell))
    }
  })

  test('become {phone} in low-cardinality places', () => {
    expect(plain.number(digits, plain.cell('internal', { low: true }))).toBe('{phone}')
    expect(plain.number(digits, plain.cell('phone', { low: true }))).toBe('{phone}')
  })

  test('have the pseudonym that the same digits have as text', () => {
    for (const name of ['user.id', 'phone', 'internal']) {
      expect(plain.number(digits, plain.cell(name))).toBe(plain.text(digits, plain.cell(name)))
    }
  })
})

describe('too much', () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => `u${i}@example.com`).join(' ')

  test('64 finds are replaced, 65 take the whole value', () => {
    const own = bench()
    expect(own.text(many(64))).toBe(Array.from({ length: 64 }, () => email).join(' '))
    expect(own.tally.dropped.get('overflow')).toBeUndefined()
    expect(own.text(many(65))).toBe('[REDACTED]')
    expect(own.tally.dropped.get('overflow')).toBe(1)
    expect(own.text(`{"a": ${JSON.stringify(`\n${many(65)}`)}}`)).toBe('[REDACTED]')
  })

  test('text that changes in every round is replaced as a whole', () => {
    const own = bench({ scanner: fakeScanner((text) => (text.length > 0 ? [[0, text.length]] : [])) })
    expect(own.text('a')).toBe('[REDACTED]')
  })

  test('text that settles in the fourth round is not', () => {
    // Each round takes one letter off, as a replacement that forms a new match with its neighbour does.
    const letters = fakeScanner((text) =>
      /[a-z]/.test(text) ? [[text.search(/[a-z]/), text.search(/[a-z]/) + 1]] : [],
    )
    const own = bench({ scanner: letters, classes: new Map<string, Action>([['address', { is: 'mask' }]]) })
    expect(own.text('abc')).toBe('************')
    expect(own.text('abcd')).toBe('[REDACTED]')
  })
})

/** A scanner that finds e-mail addresses where it is told to; their class masks. */
function fakeScanner(find: (text: string) => readonly (readonly [number, number])[]): Scanner {
  const finds: Finds = { count: 0, start: new Int32Array(64), end: new Int32Array(64), detector: new Uint8Array(64) }
  return {
    finds,
    structured: false,
    nonAscii: false,
    scan(bytes, start, end) {
      const found = find(Buffer.from(bytes.subarray(start, end)).toString())
      finds.count = found.length
      for (const [i, [from, to]] of found.entries()) {
        finds.start[i] = start + from
        finds.end[i] = start + to
        finds.detector[i] = detectorIds.indexOf('mac')
      }
      return found.length
    },
  }
}

describe('structured text', () => {
  test.each([
    ['{"message": "hi", "n": 1}', '{"message": "", "n": 1}'],
    ["{'password': 'hunter2', 'user_id': 7}", `{'password': '[REDACTED]', 'user_id': '${hm('7')}'}`],
    [`{"phone": ${digits}}`, `{"phone": "${phone}"}`],
    [`{"n": ${digits}, "m": 5}`, `{"n": "${phone}", "m": 5}`],
    [`{'n': [1, ${digits}]}`, `{'n': [1, '${phone}']}`],
    ['{"mail": "ana@example.com"}', `{"mail": "${email}"}`],
    ['{"a": "ana\\u0040example.com"}', `{"a": "${email}"}`],
    ['{"a": "x\\nana@example.com"}', `{"a": "x\\n${email}"}`],
    ['{"stack": "at /home/ana/x\\n", "b": "/home/ana"}', '{"stack": "at ~/x\\n", "b": "~"}'],
    [
      '{"a": "{\\"message\\": \\"ana@example.com\\", \\"b\\": \\"ana@example.com\\"}"}',
      `{"a": "{\\"message\\": \\"\\", \\"b\\": \\"${email}\\"}"}`,
    ],
  ])('%s becomes %s', (text, expected) => {
    expect(plain.text(text)).toBe(expected)
    expect(plain.text(expected)).toBe(expected)
  })

  test('a replacement is escaped for the quotes it stands in', () => {
    const own = bench({
      classes: new Map(Object.entries({ ...defaultClasses, secret: { is: 'replace', text: '<"gone">' } })),
      // Without the detectors of secrets: for them, quotes at this place are a value of their own.
      scanner: scannerOf(['email']),
    })
    expect(own.text('{"password": "x"}')).toBe('{"password": "<\\"gone\\">"}')
    expect(own.text("{'password': 'x'}")).toBe(`{'password': '<"gone">'}`)
  })

  test('a find at an escape takes the escape along, so that JSON stays JSON', () => {
    const letters = fakeScanner((text) =>
      [...text.matchAll(/[nu]?@[\\]?/g)].map((m) => [m.index, m.index + m[0].length]),
    )
    letters.structured = true
    const own = bench({ scanner: letters })
    for (const text of ['{"a": "x\\n@y"}', '{"a": "x@\\ny"}', '{"a": "\\u0061@\\u0062"}', '{"a": "@\\\\"}']) {
      expect(() => JSON.parse(own.text(text)!), own.text(text)!).not.toThrow()
    }
  })

  test('strings in strings beyond the limit are undecodable, and nothing is left of them', () => {
    let text = '{"message": "planted"}'
    for (let i = 0; i < 6; i++) text = JSON.stringify({ a: text })
    expect(plain.text(text)).not.toContain('planted')
    expect(plain.text(text)).toContain('message')
    for (let i = 0; i < 4; i++) text = JSON.stringify({ a: text })
    const own = bench()
    expect(own.text(text)).not.toContain('planted')
    expect(own.text(text)).toContain('[undecodable]')
    expect(own.tally.dropped.get('undecodable')).toBeGreaterThan(0)
  })

  test('values under a name count by its class', () => {
    const own = bench()
    own.text('{"message": "hi", "password": 1, "mail": "ana@example.com"}')
    expect(Object.fromEntries(own.tally.changed)).toEqual({ content: 1, secret: 1, email: 1 })
  })
})
