import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { applyToText, replaceFind, type Means } from '../../src/actions/apply.ts'
import { canonical, createPseudonyms } from '../../src/actions/pseudonym.ts'
import { detectorIds, type DetectorId } from '../../src/detectors/detector.ts'
import { hash, rings } from './treatment.ts'

const pseudonyms = createPseudonyms(rings, [hash])
const means: Means = { pseudonyms, phone: {} }
const hm = (text: string) => pseudonyms.hash(hash, text)

const actions = {
  keep: { is: 'keep' },
  detect: { is: 'detect' },
  truncate: { is: 'truncate', bytes: 4 },
  mask: { is: 'mask' },
  phone: { is: 'phone', show: 'country', hash },
  'phone, nothing shown': { is: 'phone', show: 'nothing', hash },
  'phone, no hash': { is: 'phone', show: 'country', hash: undefined },
  'phone, nothing at all': { is: 'phone', show: 'nothing', hash: undefined },
  email: { is: 'email', domain: hash },
  'email, domain kept': { is: 'email', domain: 'keep' },
  'email, domain dropped': { is: 'email', domain: 'drop' },
  path: { is: 'path', home: '~' },
  hash: { is: 'hash', hash },
  replace: { is: 'replace', text: '[{kind}]' },
  drop: { is: 'drop' },
} satisfies Record<string, Action>
type Name = keyof typeof actions

const phone = '+55 11 91234-5678'
const digits = '5511912345678'
const email = 'Ana@Example.com'
const word = 'some text'

describe('a whole value', () => {
  test.each<[Name, string, string | null, string | null]>([
    ['keep', phone, phone, phone],
    ['detect', phone, phone, phone],
    ['truncate', phone, phone, phone],
    ['path', phone, phone, phone],
    ['mask', word, '****', '****'],
    ['phone', phone, `+55 ${hm(digits)}`, '{phone}'],
    ['phone', digits, `+55 ${hm(digits)}`, '{phone}'],
    ['phone', `${digits}@s.whatsapp.net`, `+55 ${hm(digits)}`, '{phone}'],
    ['phone', ` whatsapp:+${digits} `, `+55 ${hm(digits)}`, '{phone}'],
    ['phone', word, hm(word), '{phone}'],
    ['phone', `bot_${digits}`, hm(`bot_${digits}`), '{phone}'],
    ['phone', '123456789012345@lid', hm('123456789012345@lid'), '{phone}'],
    ['phone, nothing shown', phone, hm(digits), '{phone}'],
    ['phone, no hash', phone, '+55', '{phone}'],
    ['phone, no hash', word, '{phone}', '{phone}'],
    ['phone, nothing at all', phone, '{phone}', '{phone}'],
    ['email', email, `[email]@${hm('example.com')}`, '{email}'],
    ['email', word, hm(word), '{email}'],
    ['email, domain kept', email, '[email]@example.com', '{email}'],
    ['email, domain kept', word, '[email]', '{email}'],
    ['email, domain dropped', email, '[email]', '{email}'],
    ['hash', phone, hm(digits), hm(digits)],
    ['hash', email, hm('ana@example.com'), hm('ana@example.com')],
    ['hash', ` ${word} `, hm(word), hm(word)],
    ['replace', word, '[secret]', '[secret]'],
    ['drop', word, null, null],
  ])('under %s: %j', (name, text, expected, expectedLow) => {
    expect(applyToText(actions[name], text, { className: 'secret', low: false }, means)).toBe(expected)
    expect(applyToText(actions[name], text, { className: 'secret', low: true }, means)).toBe(expectedLow)
  })

  test.each(Object.keys(actions) as Name[])('under %s twice is the same as once, and empty stays empty', (name) => {
    for (const low of [false, true]) {
      const place = { className: 'secret', low }
      const apply = (text: string) => applyToText(actions[name], text, place, means)
      for (const text of [
        phone,
        digits,
        email,
        word,
        'ana@localhost',
        '+55',
        '{phone}',
        '{email}',
        '[email]',
        hm('x'),
        `+55 ${hm('x')}`,
        `[email]@${hm('x')}`,
        '[email]@example.com',
        ' ',
        '',
      ]) {
        const once = apply(text)
        if (once !== null) expect(apply(once)).toBe(once)
      }
      expect(apply('')).toBe(name === 'drop' ? null : '')
    }
  })

  test.each<[Name, string]>([
    ['phone', `+55 ${hm(digits)}`],
    ['phone', hm(digits)],
    ['phone', '{phone}'],
    ['phone', `+55 ${hm(digits)}@s.whatsapp.net`],
    ['phone', `${hm('x')}@lid`],
    ['email', `[email]@${hm('example.com')}`],
    ['email', hm(word)],
    ['email', '{email}'],
    ['hash', hm(word)],
  ])('under %s, %s is ours and stays', (name, text) => {
    expect(applyToText(actions[name], text, { className: 'c', low: false }, means)).toBe(text)
    expect(applyToText(actions[name], text, { className: 'c', low: true }, means)).toBe(text)
  })

  test.each<[Name, string]>([
    ['phone', '+55'],
    ['phone', `+55${hm(digits)}`],
    ['phone', `${hm(digits)} Ana`],
    ['phone', 'hm:k9:0123456789abcdef'],
    ['email', '[email]@example.com'],
    ['email', `ana@${hm('example.com')}`],
    ['hash', `+55 ${hm(digits)}`],
    ['hash', 'hm:k1:0123456789abcde'],
  ])('under %s, %s is not ours and is hashed', (name, text) => {
    expect(applyToText(actions[name], text, { className: 'c', low: false }, means)).toBe(hm(canonical(text, {})))
  })
})

describe('a find', () => {
  test.each<[DetectorId, Name, string, string | undefined | null]>([
    ['phone', 'keep', phone, undefined],
    ['phone', 'detect', phone, undefined],
    ['phone', 'truncate', phone, '****'],
    ['phone', 'mask', phone, '****'],
    ['phone', 'phone', phone, `+55 ${hm(digits)}`],
    ['phone', 'phone', '(11) 91234-5678', '{phone}'],
    ['phone', 'phone, no hash', phone, '+55'],
    ['phone', 'hash', phone, hm(digits)],
    ['phone', 'path', phone, '~'],
    ['phone', 'replace', phone, '[phone]'],
    ['phone', 'drop', phone, null],
    ['whatsapp-jid', 'phone', `${digits}@s.whatsapp.net`, `+55 ${hm(digits)}@s.whatsapp.net`],
    ['whatsapp-jid', 'phone', `${digits}:12@s.whatsapp.net`, `+55 ${hm(digits)}@s.whatsapp.net`],
    ['whatsapp-jid', 'phone', `${digits}%40s.whatsapp.net`, `+55 ${hm(digits)}%40s.whatsapp.net`],
    ['whatsapp-jid', 'phone', '123456789012345@lid', `${hm('123456789012345@lid')}@lid`],
    ['whatsapp-jid', 'phone', '120363040000000000@g.us', `${hm('120363040000000000@g.us')}@g.us`],
    ['whatsapp-jid', 'phone', `${digits}-1612345678@g.us`, `${hm(`${digits}-1612345678@g.us`)}@g.us`],
    ['whatsapp-jid', 'phone, nothing shown', `${digits}@s.whatsapp.net`, `${hm(digits)}@s.whatsapp.net`],
    ['whatsapp-jid', 'phone, no hash', '123456789012345@lid', '{phone}@lid'],
    ['email', 'email', email, `[email]@${hm('example.com')}`],
    ['email', 'email', 'ana%40example.com', `[email]@${hm('example.com')}`],
    ['email', 'email, domain kept', email, '[email]@example.com'],
    ['email', 'email, domain dropped', email, '[email]'],
    ['email', 'hash', email, hm('ana@example.com')],
    ['ipv4', 'email', '10.1.2.3', hm('10.1.2.3')],
    ['ipv4', 'email, domain dropped', '10.1.2.3', '[ip]'],
    ['ipv4', 'phone', '10.1.2.3', hm('10.1.2.3')],
    ['credit-card', 'replace', '4111111111111111', '[card]'],
    ['home-path', 'path', '/home/ana', '~'],
    ['home-path', 'replace', '/home/ana', '[home]'],
  ])('of %s under %s: %s', (detector, name, token, expected) => {
    expect(replaceFind(detector, actions[name], token, false, means)).toBe(expected)
  })

  test('in a low-cardinality place is its kind, whatever the action, unless it is left', () => {
    const low = (detector: DetectorId, action: Action) => replaceFind(detector, action, 'x', true, means)
    for (const action of Object.values(actions) as Action[]) {
      const isLeft = action.is === 'keep' || action.is === 'detect'
      expect(low('email', action)).toBe(isLeft ? undefined : '{email}')
      expect(low('credit-card', action)).toBe(isLeft ? undefined : '{card}')
      expect(low('home-path', action)).toBe(isLeft ? undefined : '~')
    }
  })

  test('has a replacement for every detector and action', () => {
    for (const detector of detectorIds) {
      for (const action of Object.values(actions) as Action[]) {
        const replacement = replaceFind(detector, action, 'token', false, means)
        if (action.is === 'keep' || action.is === 'detect') expect(replacement).toBeUndefined()
        else if (action.is === 'drop') expect(replacement).toBeNull()
        else expect(replacement).not.toContain('token')
      }
    }
  })
})
