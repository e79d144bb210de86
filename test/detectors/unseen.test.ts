// Recall and false alarms on data of libraries that know nothing of these detectors, in the surroundings of telemetry.
import { allFakers, faker, fakerPT_BR } from '@faker-js/faker'
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { createScanner } from '../../src/detectors/scanner.ts'
import { defaultOptions } from './scan-text.ts'

const scanner = createScanner(defaultOptions)
const encoder = new TextEncoder()

/** The text with `[X]` for each find. */
function masked(text: string): string {
  const bytes = Buffer.from(encoder.encode(text))
  const count = scanner.scan(bytes, 0, bytes.length, 0)
  let out = ''
  let from = 0
  for (let i = 0; i < count; i++) {
    out += `${bytes.subarray(from, scanner.finds.start[i]).toString()}[X]`
    from = scanner.finds.end[i]
  }
  return out + bytes.subarray(from).toString()
}

const anywhere: readonly ((value: string) => string)[] = [
  (v) => v,
  (v) => `contact ${v} now`,
  (v) => `error: could not deliver to ${v}.`,
  (v) => `{"value":"${v}","ok":true}`,
  (v) => `{'to': '${v}', 'n': 3}`,
  (v) => `<${v}>`,
  (v) => `2025-01-15T10:30:00Z INFO handler: processed ${v} in 12ms`,
  (v) => `https://api.example.org/items/${encodeURIComponent(v)}?limit=10`,
  (v) => `path=/a/b; user=${v}; n=2`,
  (v) => `bot_${v.replace(/^\+/, ' +')}`,
  (v) => `line\\n${v}\\nnext`,
  (v) => `“${v}”`,
]
const told: readonly ((value: string) => string)[] = [
  (v) => `phone ${v}`,
  (v) => `"phone": "${v}"`,
  (v) => `/traces/phone/${encodeURIComponent(v)}`,
  (v) => `telefone do cliente: ${v}`,
  (v) => `mobile=${v}`,
]
const named: readonly ((value: string) => string)[] = [
  (v) => `token=${v}`,
  (v) => `"access_token":"${v}"`,
  (v) => `X-Api-Key: ${v}`,
  (v) => `{'client_secret': '${v}'}`,
  (v) => `Authorization: Bearer ${v}`,
  (v) => `https://x.org/?access_token=${v}&a=1`,
  (v) => `--token ${v}`,
]

/** What of the values stays, as examples: words of four characters or more, also of a value found in part. */
function leaks(values: readonly string[], frames: readonly ((value: string) => string)[]): string[] {
  const left: string[] = []
  for (const value of values) {
    const words = value
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length >= 4)
    for (const frame of frames) {
      const text = frame(value)
      const around = frame('').toLowerCase()
      const out = masked(text).toLowerCase()
      if (words.some((word) => out.includes(word) && !around.includes(word)) || out.includes(value.toLowerCase()))
        left.push(text)
    }
  }
  return left
}

const many = <T>(make: () => T, count = 40): T[] => Array.from({ length: count }, make)
const an = (length: number): string => faker.string.alphanumeric(length)
const hex = (length: number): string => faker.string.hexadecimal({ length, prefix: '', casing: 'lower' })

function seeded(): void {
  for (const one of Object.values(allFakers)) one.seed(11)
  faker.seed(11)
}

describe('personal data of other libraries is found, whole', () => {
  seeded()
  // Some locales have no addresses of their own.
  const locales = Object.values(allFakers).filter((one) => one.rawDefinitions.internet?.free_email !== undefined)
  const numbers = (Object.keys(examples) as CountryCode[])
    .map((region) => getExampleNumber(region, examples))
    .filter((n) => n !== undefined)
  const cases: Record<string, [values: string[], frames: typeof anywhere]> = {
    'phones, international': [numbers.map((n) => n.formatInternational()), anywhere],
    'phones, E.164': [numbers.map((n) => n.number), anywhere],
    'phones with dashes': [numbers.map((n) => n.formatInternational().replaceAll(' ', '-')), anywhere],
    'phones with dots': [numbers.map((n) => n.formatInternational().replaceAll(' ', '.')), anywhere],
    'phones behind a word': [numbers.map((n) => n.number.slice(1)), told],
    'national phones behind a word': [
      numbers.map((n) => n.formatNational()).filter((n) => n.replace(/\D/g, '').length >= 7),
      told,
    ],
    JIDs: [numbers.map((n) => `${n.number.slice(1)}@s.whatsapp.net`), anywhere],
    'phones of Brazil': [many(() => fakerPT_BR.phone.number({ style: 'international' })), anywhere],
    'national phones of Brazil': [many(() => fakerPT_BR.phone.number({ style: 'national' })), anywhere],
    'phones of the US': [many(() => faker.phone.number({ style: 'national' })), anywhere],
    'phones as people write them': [many(() => faker.phone.number({ style: 'human' })), told],
    'e-mail addresses': [locales.map((one) => one.internet.email()), anywhere],
    cards: [many(() => faker.finance.creditCardNumber()), anywhere],
    'cards without separators': [many(() => faker.finance.creditCardNumber().replace(/\D/g, '')), anywhere],
    IBANs: [many(() => faker.finance.iban()).concat(many(() => faker.finance.iban({ formatted: true }))), anywhere],
    IPv6: [many(() => faker.internet.ipv6()), anywhere],
    MACs: [many(() => faker.internet.mac()).concat(many(() => faker.internet.mac('-'))), anywhere],
    JWTs: [many(() => faker.internet.jwt(), 15), anywhere],
    'named tokens': [many(() => an(32)), named],
    passwords: [
      many(() => faker.internet.password()),
      named.slice(0, 4).concat(
        (v) => `postgres://app:${v}@db:5432/x`,
        (v) => `password=${v}`,
      ),
    ],
    'keys of issuers': [
      many(
        () => [
          `ghp_${an(36)}`,
          `glpat-${an(20)}`,
          `xoxb-${an(40)}`,
          `sk_live_${an(24)}`,
          `sk-proj-${an(48)}`,
          `AIza${an(35)}`,
        ],
        8,
      )
        .flat()
        .concat(
          many(
            () => [
              `AKIA${an(16).toUpperCase()}`,
              `npm_${an(36)}`,
              `SG.${an(22)}.${an(43)}`,
              `SK${hex(32)}`,
              `hf_${an(34)}`,
            ],
            8,
          ).flat(),
        ),
      anywhere,
    ],
    'home directories': [
      many(() => `/home/${faker.internet.username()}`).concat(many(() => `C:\\Users\\${an(8)}`)),
      [(v) => `open ${v}/x.py: denied`],
    ],
  }

  it.each(Object.entries(cases))('%s', (_, [values, frames]) => {
    expect(leaks(values, frames)).toEqual([])
  })

  it('IPv4, but for what looks like a version or a loopback address', () => {
    const values = many(() => faker.internet.ipv4(), 300)
    expect(leaks(values, anywhere).length).toBeLessThan(values.length * anywhere.length * 0.02)
  })
})

describe('what tools write is left alone', () => {
  seeded()
  const at = (): number => faker.date.between({ from: '2018-01-01', to: '2034-01-01' }).getTime()
  const negatives: Record<string, () => string> = {
    milliseconds: () => String(at()),
    seconds: () => `ts=${Math.floor(at() / 1000)}`,
    microseconds: () => `${at()}123`,
    nanoseconds: () => `${at()}123456`,
    'ISO dates': () => new Date(at()).toISOString(),
    'dates of the locale': () => new Date(at()).toString(),
    'compact dates': () => new Date(at()).toISOString().replace(/\D/g, '').slice(0, 14),
    UUIDs: () => faker.string.uuid(),
    'trace ids': () => `00-${hex(32)}-${hex(16)}-01`,
    hashes: () => `sha256:${hex(64)}`,
    'object ids': () => faker.database.mongodbObjectId(),
    ULIDs: () => faker.string.ulid(),
    'nano ids': () => faker.string.nanoid(),
    'user agents': () => faker.internet.userAgent(),
    versions: () => `v${faker.system.semver()}-rc.1`,
    floats: () => String(faker.number.float({ min: -1e6, max: 1e6 })),
    'small numbers': () => faker.string.numeric({ length: { min: 1, max: 9 } }),
    prose: () => faker.hacker.phrase(),
    'latin prose': () => faker.lorem.paragraph(),
    products: () => `${faker.commerce.productName()} ${faker.commerce.price()}`,
    coordinates: () => `${faker.location.latitude()}, ${faker.location.longitude()}`,
    URLs: () => `${faker.internet.httpMethod()} ${faker.internet.url()}api/v1/users/${faker.string.numeric(6)} 200`,
    'stack frames': () => `at Object.<anonymous> (/app/src/${faker.system.fileName()}:${faker.string.numeric(3)}:5)`,
    SQL: () => `SELECT * FROM users WHERE id = ${faker.string.numeric(8)} LIMIT 100`,
    packages: () => `${faker.hacker.noun()}@${faker.system.semver()}`,
    pods: () => `pod/api-${hex(10)}-${an(5).toLowerCase()}`,
  }

  it.each(Object.entries(negatives))('%s', (_, make) => {
    const changed = many(make, 200).filter((text) => masked(text) !== text)
    expect(changed.slice(0, 5)).toEqual([])
  })

  it('digits of any length rarely', () => {
    const changed = many(
      () => faker.string.numeric({ length: { min: 5, max: 19 }, allowLeadingZeros: false }),
      4000,
    ).filter((text) => masked(text) !== text)
    expect(changed.length).toBeLessThan(40)
  })
})
