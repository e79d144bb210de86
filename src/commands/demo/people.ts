// Made-up people for the demo, from a seeded random source: the same seed tells the same story.

export type Random = () => number

/** Mulberry32: a small seeded generator of numbers in [0, 1). Not for secrets. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]

export const integer = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1))

/** Random hex digits. */
export function hex(random: Random, digits: number): string {
  let text = ''
  while (text.length < digits) text += Math.floor(random() * 16).toString(16)
  return text
}

/** A random (version 4) UUID. */
function uuid(random: Random): string {
  const digits = hex(random, 32)
  const variant = pick(random, ['8', '9', 'a', 'b'])
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20),
  ].join('-')
}

export interface Person {
  readonly name: string
  readonly login: string
  readonly email: string
  /** `5511912345678` */
  readonly digits: string
  /** `+55 11 91234-5678` */
  readonly phone: string
  readonly cpf: string
  readonly home: string
  readonly address: string
  readonly userId: string
  readonly sessionId: string
  readonly apiKey: string
  readonly card: string
}

const givenNames = [
  'Ana',
  'Bruno',
  'Camila',
  'Diego',
  'Elisa',
  'Felipe',
  'Helena',
  'Joana',
  'Lucas',
  'Marina',
  'Rafael',
]
const familyNames = ['Silva', 'Souza', 'Oliveira', 'Pereira', 'Almeida', 'Ribeiro', 'Carvalho', 'Monteiro', 'Teixeira']

/** Somebody who does not exist. E-mail and IP address are of the ranges reserved for documentation (RFC 2606, RFC 5737). */
export function person(random: Random): Person {
  const given = pick(random, givenNames)
  const family = pick(random, familyNames)
  const login = `${given}.${family}`.toLowerCase()
  const area = pick(random, ['11', '21', '31', '41', '51'])
  const line = `9${integer(random, 1000, 9999)}${integer(random, 1000, 9999)}`
  return {
    name: `${given} ${family}`,
    login,
    email: `${login}@${pick(random, ['example.com', 'example.com.br', 'example.org'])}`,
    digits: `55${area}${line}`,
    phone: `+55 ${area} ${line.slice(0, 5)}-${line.slice(5)}`,
    cpf: cpf(random),
    home: `/${pick(random, ['home', 'Users'])}/${login}`,
    address: `203.0.113.${integer(random, 2, 254)}`,
    userId: uuid(random),
    sessionId: uuid(random),
    apiKey: ['sk', 'ant', 'api03', hex(random, 48)].join('-'),
    card: card(random),
  }
}

/** A Brazilian person number with right check digits. */
function cpf(random: Random): string {
  const digits = Array.from({ length: 9 }, () => integer(random, 0, 9))
  for (let length = 9; length < 11; length++) {
    const sum = digits.reduce((total, digit, index) => total + digit * (length + 1 - index), 0)
    digits.push(((sum * 10) % 11) % 10)
  }
  const text = digits.join('')
  return `${text.slice(0, 3)}.${text.slice(3, 6)}.${text.slice(6, 9)}-${text.slice(9)}`
}

/** A card number of a test range with a right check digit (Luhn). */
function card(random: Random): string {
  const digits = [...'400000', ...Array.from({ length: 9 }, () => String(integer(random, 0, 9)))].map(Number)
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return [...digits, (10 - (sum % 10)) % 10].join('').replace(/(\d{4})(?=\d)/g, '$1 ')
}
