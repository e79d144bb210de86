// E-mail addresses, phone numbers and WhatsApp ids, of faker's locales and libphonenumber's example numbers.
import { allFakers, type Faker } from '@faker-js/faker'
import { type CountryCode, getExampleNumber, type PhoneNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { alphabets, type Random } from '../random.ts'
import type { Value } from '../sample.ts'

/** faker's locales that have what is asked of them; seeded. */
function fakers(seed: number): [locale: string, faker: Faker][] {
  return Object.entries(allFakers)
    .filter(([locale]) => locale !== 'base')
    .map(([locale, one]) => {
      one.seed(seed)
      return [locale, one]
    })
}

const attempt = <T>(make: () => T): T | undefined => {
  try {
    return make()
  } catch {
    // The locale has no data for it.
    return undefined
  }
}

const topLevels =
  'com org net io dev app co.uk com.br de fr jp museum photography technology xyz info cloud email online'.split(' ')

export function emails(random: Random, seed: number, rounds: number): Value[] {
  const list: Value[] = []
  const add = (form: string, written: string | undefined): void => {
    if (written !== undefined) list.push({ detector: 'email', form, written, frames: 'any' })
  }
  for (const [, one] of fakers(seed)) {
    for (let i = 0; i < rounds; i++) {
      add(
        'of a locale',
        attempt(() => one.internet.email()),
      )
      add(
        'of a locale, other domain',
        attempt(() => one.internet.email({ provider: one.internet.domainName() })),
      )
      add(
        'with accents',
        attempt(() => `${one.person.firstName()}.${one.person.lastName()}@example.com`.replace(/\s/g, '')),
      )
    }
  }
  const name = (): string => random.of(alphabets.lower, random.between(2, 9))
  const domain = (): string => `${name()}.${random.pick(topLevels)}`
  for (let i = 0; i < rounds * 12; i++) {
    add('plus', `${name()}+${name()}${random.digits(2)}@${domain()}`)
    add('subdomain', `${name()}@${name()}.${name()}.${domain()}`)
    add(
      'IDN',
      `${name()}@${random.pick(['müller', 'españa', 'exämple', 'почта', '例え', 'correo-ñ'])}.${random.pick(['de', 'com', 'рф', 'テスト'])}`,
    )
    add(
      'punycode',
      `${name()}@xn--${name()}-${random.alnum(3).toLowerCase()}.${random.pick(['de', 'com', 'xn--p1ai'])}`,
    )
    add('capitals', `${name()}.${name()}@${domain()}`.toUpperCase())
    add('digits', `${name()}${random.digits(4)}@${domain()}`)
    add('digits only', `${random.digits(9)}@${domain()}`)
    add('dashes and underscores', `${name()}-${name()}_${name()}@${name()}-${name()}.${random.pick(topLevels)}`)
    add('quoted', `"${name()}.${name()}"@${domain()}`)
    add('one letter', `${random.of(alphabets.lower, 1)}@${domain()}`)
    add('odd characters', `${name()}${random.pick(["'", '!', '#', '*', '~', '$'])}${name()}@${domain()}`)
    add('long', `${random.of(alphabets.lower, 30)}.${random.of(alphabets.lower, 30)}@${domain()}`)
    add(
      'IP literal',
      `${name()}@[${random.between(11, 99)}.${random.int(256)}.${random.int(256)}.${random.between(1, 254)}]`,
    )
    add('localhost', `${name()}@localhost`)
  }
  return list
}

const digitsOf = (text: string): string => text.replace(/\D/g, '')

/** Every usual way to write a number that tells by itself. */
const international: Readonly<Record<string, (n: PhoneNumber) => string>> = {
  'E.164': (n) => n.number,
  international: (n) => n.formatInternational(),
  'with dashes': (n) => n.formatInternational().replaceAll(' ', '-'),
  'with dots': (n) => n.formatInternational().replaceAll(' ', '.'),
  'RFC 3966': (n) => n.format('RFC3966'),
  'prefix 00': (n) => `00${n.formatInternational().slice(1)}`,
  'calling code in brackets': (n) => n.formatInternational().replace(/^(\+\d+)/, '($1)'),
  'national part run together': (n) => `+${n.countryCallingCode} ${n.nationalNumber}`,
  'area code in brackets': (n) => {
    const groups = n.formatInternational().split(' ')
    return groups.length < 3 ? n.formatInternational() : `${groups[0]} (${groups[1]}) ${groups.slice(2).join('-')}`
  },
}

/** Ways that need a word before. */
const toldWays: Readonly<Record<string, (n: PhoneNumber) => string>> = {
  'international digits': (n) => n.number.slice(1),
  national: (n) => n.formatNational(),
  'national digits': (n) => digitsOf(n.formatNational()),
  'national with dashes': (n) => n.formatNational().replaceAll(' ', '-'),
}

export function phones(random: Random, seed: number): Value[] {
  const list: Value[] = []
  const numbers = (Object.keys(examples) as CountryCode[])
    .map((region) => getExampleNumber(region, examples))
    .filter((n) => n !== undefined)
  for (const n of numbers) {
    for (const [form, write] of Object.entries(international)) {
      const written = write(n)
      list.push({ detector: 'phone', form, written, secret: written.replace('tel:', ''), frames: 'any' })
    }
    for (const [form, write] of Object.entries(toldWays)) {
      const written = write(n)
      // Five and six digits are a number of anything.
      if (digitsOf(written).length >= 7)
        list.push({ detector: 'phone', form: `told, ${form}`, written, frames: 'phone' })
    }
  }
  for (const [, one] of fakers(seed + 1)) {
    for (const style of ['international', 'national', 'human'] as const) {
      for (let i = 0; i < 3; i++) {
        const written = attempt(() => one.phone.number({ style }))
        if (written === undefined || digitsOf(written).length < 7) continue
        const own = written.startsWith('+')
        list.push({ detector: 'phone', form: `faker, ${style}`, written, frames: own ? 'any' : 'phone' })
      }
    }
  }
  const areas = [11, 21, 31, 41, 51, 61, 71, 81, 85, 91]
  for (let i = 0; i < 40; i++) {
    const area = random.pick(areas)
    const mobile = `9${random.between(1, 9)}${random.digits(3)}-${random.digits(4)}`
    const land = `3${random.digits(3)}-${random.digits(4)}`
    for (const number of [mobile, land]) {
      list.push({ detector: 'phone', form: 'Brazil, (11)', written: `(${area}) ${number}`, frames: 'any' })
      list.push({ detector: 'phone', form: 'Brazil, 55', written: `55${area}${digitsOf(number)}`, frames: 'any' })
      list.push({ detector: 'phone', form: 'Brazil, spaces', written: `${area} ${number}`, frames: 'any' })
    }
    const us = [
      `2${random.between(1, 9)}2`,
      `${random.between(2, 9)}${random.between(2, 9)}${random.int(10)}`,
      random.digits(4),
    ]
    list.push({ detector: 'phone', form: 'US, (212)', written: `(${us[0]}) ${us[1]}-${us[2]}`, frames: 'any' })
    list.push({ detector: 'phone', form: 'US, dashes', written: us.join('-'), frames: 'any' })
    list.push({ detector: 'phone', form: 'US, dots', written: us.join('.'), frames: 'any' })
    list.push({
      detector: 'phone',
      form: 'US, extension',
      written: `(${us[0]}) ${us[1]}-${us[2]} x${random.digits(3)}`,
      frames: 'any',
    })
    list.push({ detector: 'phone', form: 'US, 1-', written: `1-${us.join('-')}`, frames: 'any' })
  }
  return list
}

const servers = ['s.whatsapp.net', 'c.us', 'whatsapp.net', 'hosted']

/** The server may stay: it says nothing about anyone. */
export function jids(random: Random): Value[] {
  const list: Value[] = []
  const add = (form: string, user: string, server: string): void =>
    void list.push({ detector: 'whatsapp-jid', form, written: `${user}@${server}`, secret: user, frames: 'any' })
  for (const region of Object.keys(examples) as CountryCode[]) {
    const digits = getExampleNumber(region, examples)?.number.slice(1)
    if (digits === undefined) continue
    add('person', digits, servers[0])
    add('person, other servers', digits, random.pick(servers))
    add('device', `${digits}:${random.int(99)}`, servers[0])
    add('agent and device', `${digits}.${random.int(9)}:${random.int(99)}`, servers[0])
    add('group of old', `${digits}-${1_500_000_000 + random.int(1e8)}`, 'g.us')
  }
  for (let i = 0; i < 60; i++) {
    add('LID', random.between(1, 9) + random.digits(14), 'lid')
    add('LID, device', `${random.between(1, 9)}${random.digits(13)}:${random.int(99)}`, 'lid')
    add('hosted LID', random.between(1, 9) + random.digits(14), 'hosted.lid')
    add('group', `12036${random.digits(13)}`, 'g.us')
    add('newsletter', `12036${random.digits(13)}`, 'newsletter')
    add('broadcast', `${1_500_000_000 + random.int(1e8)}`, 'broadcast')
    add('bot', `1${random.digits(12)}`, 'bot')
  }
  return list
}
