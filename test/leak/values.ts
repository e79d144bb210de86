// Made-up personal data for the leak test, from libraries and public formats that know nothing of our detectors.
import { generateKeyPairSync } from 'node:crypto'
import {
  type Faker,
  fakerAR,
  fakerDE,
  fakerEN_US,
  fakerFR,
  fakerJA,
  fakerPT_BR,
  fakerRU,
  fakerZH_CN,
} from '@faker-js/faker'
import { getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import type { Secret } from '../../src/leak/secret.ts'

const locales: readonly Faker[] = [fakerEN_US, fakerPT_BR, fakerDE, fakerFR, fakerRU, fakerJA, fakerAR, fakerZH_CN]
const seed = 20_260_101
locales.forEach((faker, at) => faker.seed(seed + at))
const faker = fakerEN_US

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const ascii = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)
const whole = (kind: string, text: string, ...parts: string[]): Secret => ({ kind, text, traces: [text, ...parts] })

function emails(): Secret[] {
  return locales.flatMap((each) =>
    times(2, () => {
      const local = `${each.internet.username()}${faker.string.numeric(2)}`.toLowerCase()
      const name = ascii(local) ? local : faker.internet.username().toLowerCase()
      const domain = `${faker.string.alpha({ length: 9, casing: 'lower' })}.${faker.internet.domainSuffix()}`
      return whole('email', `${name}@${domain}`, domain, ...(name.length > 6 ? [name] : []))
    }),
  )
}

const regions = ['BR', 'US', 'PT', 'DE', 'GB', 'IN', 'JP', 'MX', 'AR', 'FR', 'ZA', 'AU'] as const

function phones(): Secret[] {
  return regions.flatMap((region): Secret[] => {
    const example = getExampleNumber(region, examples)
    if (!example) throw new Error(`no example number of ${region}`)
    const digits = example.number.slice(1)
    const { nationalNumber } = example
    const traces = [digits, ...(nationalNumber.length > 7 ? [nationalNumber] : [])]
    const phone = (kind: string, text: string, key?: string): Secret => ({
      kind,
      text,
      traces: [...traces, ...(/\d{7}/.test(text) ? [] : [text])],
      digits: nationalNumber.length > 7 ? nationalNumber : digits,
      ...(key === undefined ? {} : { key }),
    })
    return [
      phone('phone with a plus', example.format('E.164')),
      phone('phone in groups', example.format('INTERNATIONAL')),
      phone('WhatsApp id', `${digits}@s.whatsapp.net`),
      phone('phone under its name', digits, 'phone'),
      phone('phone after its word', `phone: +${digits}`),
      phone('phone after its word, as at home', `phone: ${example.format('NATIONAL')}`),
      phone('phone as at home, under its name', example.format('NATIONAL'), 'sender_phone'),
      phone('phone with 00', `00${digits}`),
      phone('whatsapp: id', `whatsapp:+${digits}`),
      ...(region === 'BR' ? [phone('bare digits', digits)] : []),
    ]
  })
}

/** WhatsApp's ids that hold no phone number: of people and of groups. */
function jids(): Secret[] {
  return times(2, () => [
    ...[faker.string.numeric({ length: 15, allowLeadingZeros: false })].map((id) => ({
      ...whole('WhatsApp lid', `${id}@lid`, id),
      digits: id,
    })),
    ...[`120363${faker.string.numeric(12)}`].map((id) => ({
      ...whole('WhatsApp group', `${id}@g.us`, id),
      digits: id,
    })),
  ]).flat()
}

/** Brazilian check digits, modulo 11, as the Receita Federal defines them. */
function withCheckDigits(base: readonly number[], weights: readonly (readonly number[])[]): number[] {
  const digits = [...base]
  for (const row of weights) {
    const rest = row.reduce((sum, weight, at) => sum + weight * digits[at], 0) % 11
    digits.push(rest < 2 ? 0 : 11 - rest)
  }
  return digits
}

const digitsOf = (count: number): number[] =>
  [...faker.string.numeric({ length: count, allowLeadingZeros: false })].map(Number)

function brazilian(): Secret[] {
  const down = (from: number): number[] => times(from - 1, (at) => from - at)
  const cnpjWeights = [
    [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
    [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
  ]
  return times(3, () => {
    const cpf = withCheckDigits(digitsOf(9), [down(10), down(11)]).join('')
    const cnpj = withCheckDigits([...digitsOf(8), 0, 0, 0, 1], cnpjWeights).join('')
    return [
      { ...whole('CPF', cpf.replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4'), cpf), digits: cpf },
      { ...whole('CPF under its name', cpf), digits: cpf, key: 'cpf' },
      { ...whole('CNPJ under its name', cnpj), digits: cnpj, key: 'cnpj' },
      { ...whole('CNPJ', cnpj.replace(/(..)(...)(...)(....)(..)/, '$1.$2.$3/$4-$5'), cnpj), digits: cnpj },
    ]
  }).flat()
}

function payment(): Secret[] {
  const issuers = ['visa', 'mastercard', 'american_express', 'discover'] as const
  const cards = issuers.flatMap((issuer) =>
    times(2, () => {
      const text = faker.finance.creditCardNumber({ issuer })
      const digits = text.replaceAll(/\D/g, '')
      return [
        { ...whole('card in groups', text, digits), digits },
        { ...whole('card', digits), digits },
      ]
    }).flat(),
  )
  const ibans = ['DE', 'GB', 'FR', 'BR', 'PT'].map((countryCode) => whole('IBAN', faker.finance.iban({ countryCode })))
  const grouped = ['DE', 'FR', 'ES'].map((countryCode) => {
    const text = faker.finance.iban({ countryCode, formatted: true })
    return whole('IBAN in groups', text, text.replaceAll(' ', ''))
  })
  return [...cards, ...ibans, ...grouped]
}

function addresses(): Secret[] {
  return times(4, () => [
    whole(
      'IPv4',
      `${faker.number.int({ min: 11, max: 99 })}.${faker.number.int({ min: 101, max: 250 })}.${faker.number.int({ min: 101, max: 250 })}.${faker.number.int({ min: 101, max: 250 })}`,
    ),
    whole('IPv6', faker.internet.ipv6()),
    whole('MAC', faker.internet.mac()),
    whole('MAC with dashes', faker.internet.mac({ separator: '-' })),
    whole(
      'IPv6, short',
      `2001:db8:${faker.string.hexadecimal({ length: 4, prefix: '', casing: 'lower' })}::${faker.string.hexadecimal({ length: 4, prefix: '', casing: 'lower' })}`,
    ),
  ]).flat()
}

/** Token formats as their issuers document them; made at run time, so that no scanner takes them for real ones. */
function tokens(): Secret[] {
  const some = (length: number): string => faker.string.alphanumeric(length)
  const token = (kind: string, prefix: string, secret: string): Secret => whole(kind, prefix + secret, secret)
  return times(2, () => [
    token('AWS key id', 'AKIA', faker.string.alphanumeric({ length: 16, casing: 'upper' })),
    token('GitHub token', 'ghp_', some(36)),
    token('GitHub fine-grained token', 'github_pat_', `${some(22)}_${some(59)}`),
    token('Slack token', 'xoxb-', `${faker.string.numeric(12)}-${faker.string.numeric(12)}-${some(24)}`),
    token('Stripe key', 'sk_live_', some(24)),
    token('OpenAI key', 'sk-proj-', some(48)),
    token('Anthropic key', 'sk-ant-api03-', some(93)),
    token('Google key', 'AIza', some(35)),
    token('key=value', 'api_key=', some(32)),
    token('Bearer', 'Authorization: Bearer ', some(40)),
    token(
      'Basic',
      'Authorization: Basic ',
      Buffer.from(`${some(8)}:${some(12)}`)
        .toString('base64')
        .replaceAll('=', ''),
    ),
    ...[faker.internet.jwt()].map((jwt) => whole('JWT', jwt, ...jwt.split('.').slice(1))),
    ...[some(14)].map((password) =>
      whole('URL credentials', `https://${some(8)}:${password}@${faker.internet.domainName()}/x`, password),
    ),
    ...[some(20)].map((secret) =>
      whole('secret in a query', `https://example.com/cb?access_token=${secret}&x=1`, secret),
    ),
  ]).flat()
}

function privateKeys(): Secret[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  // The first line is the algorithm's, the same in every key.
  const secret = pem.split('\n')[2]
  return [{ kind: 'private key', text: pem, traces: [secret] }]
}

function homes(): Secret[] {
  const name = (): string =>
    `${faker.person.firstName().toLowerCase()}${faker.string.alpha({ length: 5, casing: 'lower' })}`
  return times(2, () => [
    ...[name()].map((user) => ({ kind: 'home', text: `/home/${user}/project/x.ts`, traces: [user] })),
    ...[name()].map((user) => ({ kind: 'home', text: `/Users/${user}/project/x.ts`, traces: [user] })),
    ...[name()].map((user) => ({ kind: 'home', text: `C:\\Users\\${user}\\x.ts`, traces: [user] })),
  ]).flat()
}

/** Everything that detectors must find by itself, or by a telling name. */
export function detectable(): Secret[] {
  return [
    ...emails(),
    ...phones(),
    ...jids(),
    ...brazilian(),
    ...times(3, () =>
      whole(
        'SSN',
        `${faker.number.int({ min: 100, max: 600 })}-${faker.number.int({ min: 11, max: 98 })}-${faker.number.int({ min: 1001, max: 9998 })}`,
      ),
    ),
    ...payment(),
    ...addresses(),
    ...tokens(),
    ...privateKeys(),
    ...homes(),
  ]
}

/**
 * Names under which Automagik's programs and others have what people write, who they are and what they log in with
 * (SDK events, Omni's traces, agents' telemetry).
 */
export const contentNames: readonly string[] = [
  'message',
  'message_content',
  'response_content',
  'prompt',
  'user_prompt',
  'content',
  'text',
  'caption',
  'transcript',
  'payload',
  'request_body',
  'tool_input',
  'gen_ai.input.messages',
  'sender_name',
  'push_name',
  'user_name',
  'full_name',
  'display_name',
  'password',
  'api_token',
  'client_secret',
  'authorization',
  'cookie',
]

/** A sentence of nonsense for each name of content: nothing in it can be detected, only its name tells. */
export function content(names: readonly string[]): Secret[] {
  return names.flatMap((name, at): Secret[] => {
    const each = locales[at % locales.length]
    const words = times(4, () => each.string.alpha({ length: 7, casing: 'lower' }))
    return [{ kind: `content under ${name}`, key: name, text: words.join(' '), traces: words }]
  })
}
