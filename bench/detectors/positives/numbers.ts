// Numbers with rules of their own: cards, bank accounts, CPF, CNPJ, SSN.
import { faker } from '@faker-js/faker'
import { alphabets, type Random } from '../random.ts'
import type { Value } from '../sample.ts'

/** Brand, what its numbers begin with, their lengths. */
const brands: readonly (readonly [string, readonly string[], readonly number[]])[] = [
  ['Visa', ['4'], [16, 16, 16, 13]],
  ['Mastercard', ['51', '52', '53', '54', '55'], [16]],
  ['Mastercard, 2 series', ['2221', '2300', '2450', '2720'], [16]],
  ['American Express', ['34', '37'], [15]],
  ['Discover', ['6011', '644', '649', '65'], [16]],
  ['Diners Club', ['300', '305', '36', '38', '3095'], [14]],
  ['JCB', ['3528', '3540', '3589'], [16]],
  ['UnionPay', ['62', '6229', '6250'], [16]],
  ['Mir', ['2200', '2202', '2204'], [16]],
  ['Elo', ['636368', '438935', '504175', '451416', '509048', '650031', '655021', '627780'], [16]],
  ['Hipercard', ['606282'], [16]],
  ['RuPay', ['6521', '607', '508', '8172', '8200'], [16]],
  ['Troy', ['9792'], [16]],
  ['Verve', ['506099', '507865', '650002'], [16]],
  ['Maestro', ['5018', '5020', '5038', '6304', '6759', '6761'], [16]],
  ['Dankort', ['5019'], [16]],
  ['Humo', ['9860'], [16]],
  ['Uzcard', ['8600'], [16]],
  ['Napas', ['9704'], [16]],
  ['UATP', ['1'], [15]],
]

const luhnDigit = (digits: string): string => {
  let sum = 0
  for (let i = digits.length - 1, twice = true; i >= 0; i--, twice = !twice) {
    const d = Number(digits[i]) * (twice ? 2 : 1)
    sum += d > 9 ? d - 9 : d
  }
  return String((10 - (sum % 10)) % 10)
}

function grouped(number: string, separator: string): string {
  const sizes = number.length === 15 ? [4, 6, 5] : number.length === 14 ? [4, 6, 4] : [4, 4, 4, 4, 4]
  const groups: string[] = []
  for (let i = 0, k = 0; i < number.length; i += sizes[k++]) groups.push(number.slice(i, i + sizes[k]))
  return groups.join(separator)
}

export function cards(random: Random, rounds: number): Value[] {
  const list: Value[] = []
  for (const [brand, prefixes, lengths] of brands) {
    for (let i = 0; i < rounds; i++) {
      const body = random.pick(prefixes)
      const head = body + random.digits(random.pick(lengths) - body.length - 1)
      const number = head + luhnDigit(head)
      const ways: Readonly<Record<string, string>> = {
        bare: number,
        'with spaces': grouped(number, ' '),
        'with dashes': grouped(number, '-'),
      }
      // UATP numbers begin like anything; only a word tells.
      const frames = brand === 'UATP' ? 'card' : 'any'
      for (const [way, written] of Object.entries(ways)) {
        list.push({ detector: 'credit-card', form: `${brand}, ${way}`, written, frames })
      }
    }
  }
  for (let i = 0; i < rounds * 3; i++) {
    const begin = random.pick(['62', '6759', '4'])
    const long = begin + random.digits(18 - begin.length)
    list.push({ detector: 'credit-card', form: '19 digits, told', written: long + luhnDigit(long), frames: 'card' })
    const short = random.pick(['5018', '6304', '6759']) + random.digits(7)
    list.push({ detector: 'credit-card', form: '12 digits, told', written: short + luhnDigit(short), frames: 'card' })
    list.push({ detector: 'credit-card', form: 'faker', written: faker.finance.creditCardNumber(), frames: 'any' })
  }
  return list
}

/** Countries that faker makes IBANs of. */
const countries = (
  'AD AE AL AT AZ BA BE BG BH BR CH CR CY CZ DE DK DO EE ES FI FO FR GB GE GI GL GR GT HR HU IE IL IS IT JO KW KZ LB LI LT LU LV MC MD ME ' +
  'MK MR MT MU NL NO PK PL PS PT QA RO RS SA SE SI SK SM TL TN TR VG XK'
).split(' ')

/** Countries of the registry that faker knows nothing of: the account after the check digits, as in SWIFT's registry. */
const others: readonly (readonly [country: string, structure: string])[] = [
  ['BI', 'd23'],
  ['BY', 'u4d4u16'],
  ['DJ', 'd23'],
  ['EG', 'd25'],
  ['FK', 'U2d12'],
  ['HN', 'U4d20'],
  ['IQ', 'U4d15'],
  ['LC', 'U4u24'],
  ['LY', 'd21'],
  ['MN', 'd16'],
  ['NI', 'U4d20'],
  ['OM', 'd3u16'],
  ['RU', 'd14u15'],
  ['SC', 'U4d20U3'],
  ['SD', 'd14'],
  ['SO', 'd19'],
  ['ST', 'd21'],
  ['SV', 'U4d20'],
  ['UA', 'd6u19'],
  ['VA', 'd18'],
  ['YE', 'U4d4u18'],
]

function otherIban(random: Random, country: string, structure: string): string {
  const account = structure.replace(/([duU])(\d+)/g, (_, kind: string, count: string) =>
    random.of(
      kind === 'd' ? alphabets.digits : kind === 'U' ? alphabets.upper : alphabets.upper + alphabets.digits,
      Number(count),
    ),
  )
  let rest = 0
  for (const c of `${account}${country}00`) rest = Number(`${rest}${parseInt(c, 36)}`) % 97
  return `${country}${String(98 - rest).padStart(2, '0')}${account}`
}

export function ibans(random: Random, seed: number, rounds: number): Value[] {
  faker.seed(seed)
  const list: Value[] = []
  for (const [country, structure] of others) {
    for (let i = 0; i < rounds; i++) {
      const bare = otherIban(random, country, structure)
      list.push({ detector: 'iban', form: 'bare', written: bare, frames: 'any' })
      list.push({ detector: 'iban', form: 'with spaces', written: bare.replace(/(.{4})(?=.)/g, '$1 '), frames: 'any' })
    }
  }
  for (const countryCode of countries) {
    for (let i = 0; i < rounds; i++) {
      const add = (form: string, written: string): void =>
        void list.push({ detector: 'iban', form, written, frames: 'any' })
      add('bare', faker.finance.iban({ countryCode }))
      add('with spaces', faker.finance.iban({ countryCode, formatted: true }))
      add('with dashes', faker.finance.iban({ countryCode, formatted: true }).replaceAll(' ', '-'))
      add('small letters', faker.finance.iban({ countryCode }).toLowerCase())
    }
  }
  return list
}

const mod11 = (values: readonly number[], weights: readonly number[]): number => {
  const rest = values.reduce((sum, value, i) => sum + value * weights[i], 0) % 11
  return rest < 2 ? 0 : 11 - rest
}

export function cpfs(random: Random, count: number): Value[] {
  const list: Value[] = []
  for (let i = 0; i < count; i++) {
    const digits = [...random.digits(9)].map(Number)
    digits.push(mod11(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]))
    digits.push(mod11(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
    const bare = digits.join('')
    const [a, b, c, d] = [bare.slice(0, 3), bare.slice(3, 6), bare.slice(6, 9), bare.slice(9)]
    const ways: Readonly<Record<string, string>> = {
      usual: `${a}.${b}.${c}-${d}`,
      bare,
      'dash only': `${a}${b}${c}-${d}`,
      'with spaces': `${a} ${b} ${c} ${d}`,
      'dashes throughout': `${a}-${b}-${c}-${d}`,
    }
    for (const [form, written] of Object.entries(ways)) list.push({ detector: 'cpf', form, written, frames: 'any' })
  }
  return list
}

const cnpjWeights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

export function cnpjs(random: Random, count: number): Value[] {
  const list: Value[] = []
  const make = (body: string): string => {
    const values = [...body].map((c) => c.charCodeAt(0) - 48)
    values.push(mod11(values, cnpjWeights.slice(1)))
    values.push(mod11(values, cnpjWeights))
    return body + values.slice(12).join('')
  }
  const usual = (n: string): string =>
    `${n.slice(0, 2)}.${n.slice(2, 5)}.${n.slice(5, 8)}/${n.slice(8, 12)}-${n.slice(12)}`
  for (let i = 0; i < count; i++) {
    const root = random.digits(8)
    const office = make(`${root}0001`)
    const branch = make(`${root}${random.digits(4)}`)
    const letters = make(`${random.of(alphabets.digits + alphabets.upper, 8)}${random.pick(['0001', '01DE', '000A'])}`)
    const add = (form: string, written: string, frames: Value['frames']): void =>
      void list.push({ detector: 'cnpj', form, written, frames })
    add('usual', usual(office), 'any')
    add('usual, branch', usual(branch), 'any')
    add('bare, head office', office, 'any')
    add('bare, branch, told', branch, 'cnpj')
    add('slash and dash only', `${branch.slice(0, 8)}/${branch.slice(8, 12)}-${branch.slice(12)}`, 'any')
    add('with letters', usual(letters), 'any')
    add('with letters, bare, told', letters, 'cnpj')
  }
  return list
}

export function ssns(random: Random, count: number): Value[] {
  const list: Value[] = []
  for (let i = 0; i < count; i++) {
    const first = random.between(1, 899)
    const area = String(first === 666 ? 667 : first).padStart(3, '0')
    const group = String(random.between(1, 99)).padStart(2, '0')
    const serial = String(random.between(1, 9999)).padStart(4, '0')
    list.push({ detector: 'us-ssn', form: 'usual', written: `${area}-${group}-${serial}`, frames: 'any' })
    list.push({ detector: 'us-ssn', form: 'told, bare', written: area + group + serial, frames: 'ssn' })
    list.push({ detector: 'us-ssn', form: 'told, spaces', written: `${area} ${group} ${serial}`, frames: 'ssn' })
    list.push({ detector: 'us-ssn', form: 'told, dots', written: `${area}.${group}.${serial}`, frames: 'ssn' })
  }
  return list
}
