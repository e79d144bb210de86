// The made-up personal data of the built-in leak corpus: for each detector what it must find, and for each class names
// that tell what is under them. Nobody's: numbers are those that standards and vendors print as examples, or drawn here.
import { generateKeyPairSync } from 'node:crypto'
import type { DetectorId } from '../detectors/detector.ts'
import type { Secret } from './secret.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz'
const alphanumeric = `${letters}${letters.toUpperCase()}0123456789`

/** A seeded source of characters (mulberry32): the same corpus in every run. */
function drawing(seed: number): (count: number, from?: string) => string {
  let state = seed
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
  return (count, from = alphanumeric) => Array.from({ length: count }, () => from[next(from.length)]).join('')
}

type Draw = ReturnType<typeof drawing>

const whole = (kind: string, text: string, ...parts: string[]): Secret => ({ kind, text, traces: [text, ...parts] })
const number = (kind: string, text: string, key?: string): Secret => {
  const digits = text.replaceAll(/\D/g, '')
  return {
    kind,
    text,
    traces: text === digits ? [text] : [text, digits],
    digits,
    ...(key === undefined ? {} : { key }),
  }
}

/** Example numbers of several regions without their last two digits: calling code, national number as it is grouped. */
const numbers: readonly (readonly [code: string, national: string])[] = [
  ['55', '11 96123-45'],
  ['1', '201-555-01'],
  ['49', '1512 34567'],
  ['44', '7400 1234'],
  ['351', '912 345 6'],
  ['91', '81234 567'],
]

/** A phone number of its own for each way to write one, so that what is found tells how it was written. */
function phone(region: number, nth: number, kind: string, write: (digits: string, groups: string) => string): Secret {
  const [code, grouped] = numbers[region]
  const groups = `${grouped}${20 + nth}`
  const national = groups.replaceAll(/\D/g, '')
  return {
    kind,
    text: write(code + national, `+${code} ${groups}`),
    traces: [code + national, national],
    digits: national,
  }
}

function phones(): Secret[] {
  return numbers.flatMap((_number, region) => [
    phone(region, 1, 'phone with a plus', (digits) => `+${digits}`),
    phone(region, 2, 'phone in groups', (_digits, groups) => groups),
    phone(region, 3, 'phone after its word', (digits) => `phone: +${digits}`),
    { ...phone(region, 4, 'phone under its name', (digits) => digits), key: 'phone' },
    // Brazil is the region whose bare digits are a phone unless a ruleset names others.
    ...(region === 0 ? [phone(region, 5, 'phone in bare digits', (digits) => digits)] : []),
  ])
}

function jids(draw: Draw): Secret[] {
  const lid = `1${draw(14, '0123456789')}`
  return [
    phone(0, 6, 'WhatsApp id', (digits) => `${digits}@s.whatsapp.net`),
    phone(1, 6, 'WhatsApp id', (digits) => `${digits}@s.whatsapp.net`),
    { ...whole('WhatsApp lid', `${lid}@lid`, lid), digits: lid },
  ]
}

function tokens(draw: Draw): Secret[] {
  // Put together here, so that nobody's scanner takes them for real ones.
  const token = (kind: string, prefix: string, secret: string): Secret => whole(kind, prefix + secret, secret)
  return [
    token('AWS key id', 'AKIA', draw(16, letters.slice(0, 20).toUpperCase())),
    token('GitHub token', 'ghp_', draw(36)),
    token('Slack token', 'xoxb-', `${draw(12, '123456789')}-${draw(12, '123456789')}-${draw(24)}`),
    token('OpenAI key', 'sk-proj-', draw(48)),
    token('Anthropic key', 'sk-ant-api03-', draw(93)),
    token('key=value', 'api_key=', draw(32)),
    token('Bearer', 'Authorization: Bearer ', draw(40)),
  ]
}

function jwt(draw: Draw): Secret {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const parts = [part({ alg: 'HS256', typ: 'JWT' }), part({ sub: draw(10), jti: draw(12) }), draw(43)]
  return whole('JSON web token', parts.join('.'), ...parts.slice(1))
}

function privateKey(): Secret {
  const pem = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  // The first line is the algorithm's, the same in every key.
  return { kind: 'private key', text: pem, traces: [pem.split('\n')[2]] }
}

/** What each detector must find by itself, or by a telling name. */
export function detectorValues(): Readonly<Record<DetectorId, readonly Secret[]>> {
  const draw = drawing(20_260_101)
  const name = (): string => draw(9, letters)
  const email = (): Secret => {
    const [local, domain] = [`${name()}.${draw(4, letters)}`, `${name()}.example`]
    return whole('e-mail address', `${local}@${domain}`, local, domain)
  }
  const home = (before: string, after: string): Secret => {
    const user = name()
    return { kind: 'home directory', text: before + user + after, traces: [user] }
  }
  const password = draw(14)
  const inQuery = draw(20)
  return {
    email: [email(), email()],
    phone: phones(),
    'whatsapp-jid': jids(draw),
    'credit-card': [
      number('card', '4111111111111111'),
      number('card in groups', '5555 5555 5555 4444'),
      number('card of American Express', '378282246310005'),
    ],
    iban: [
      whole('IBAN', 'DE89370400440532013000'),
      whole('IBAN in groups', 'GB29 NWBK 6016 1331 9268 19', 'NWBK60161331926819'),
    ],
    cpf: [number('CPF', '529.982.247-25'), number('CPF under its name', '11144477735', 'cpf')],
    cnpj: [number('CNPJ', '11.222.333/0001-81'), number('CNPJ under its name', '11444777000161', 'cnpj')],
    'us-ssn': [number('social security number', '536-22-1234')],
    ipv4: [whole('IPv4 address', '203.0.113.195'), whole('IPv4 address in a private net', '192.168.178.42')],
    ipv6: [
      whole('IPv6 address', '2001:db8:85a3:8d3:1319:8a2e:370:7348'),
      whole('IPv6 address, short', '2001:db8::ff00:42:8329'),
    ],
    mac: [whole('MAC address', '3c:22:fb:7a:9d:01'), whole('MAC address with dashes', '3C-22-FB-7A-9D-02')],
    jwt: [jwt(draw)],
    'api-key': tokens(draw),
    'private-key': [privateKey()],
    'url-credentials': [
      whole('password in a URL', `https://${name()}:${password}@db.example.com/x`, password),
      whole('token in a query', `https://example.com/cb?access_token=${inQuery}&x=1`, inQuery),
    ],
    'home-path': [
      home('/home/', '/project/x.ts'),
      home('/Users/', '/project/x.ts'),
      home(String.raw`C:\Users` + '\\', '\\x.ts'),
    ],
  }
}

/** Names under which programs have what belongs to each class: what is in a text under them is personal data. */
export const classNames: Readonly<Record<string, readonly string[]>> = {
  content: ['message', 'prompt', 'content', 'text', 'transcript', 'payload', 'request_body', 'gen_ai.input.messages'],
  person: ['user.name', 'full_name', 'sender_name', 'push_name'],
  secret: ['password', 'api_token', 'client_secret', 'authorization', 'cookie'],
  'user.id': ['user.id', 'session.id'],
  phone: ['phone_number'],
  email: ['email_address'],
  address: ['client.address', 'postal_code'],
  identity: ['passport_number', 'birth_date'],
  payment: ['card_number', 'pix_key'],
}

/** Nonsense under a name: nothing in it can be detected, only its name tells. */
export function namedValue(name: string): Secret {
  const draw = drawing(Buffer.from(name).reduce((seed, byte) => Math.imul(seed, 31) + byte, 7))
  const words = Array.from({ length: 3 }, () => draw(8, letters))
  return { kind: `text under ${name}`, key: name, text: words.join(' '), traces: words }
}
