// The made-up values of the texts written by hand: `‹e164›`, `‹nat:DE›`, `‹a36›`, `‹card4|nbsp›` …, by name, with an
// argument behind a colon and a disguise behind a bar.
import {
  type CountryCode,
  type PhoneNumber,
  getCountries,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { alphabets, type Random } from './random.ts'

const sets: Readonly<Record<string, string>> = {
  a: alphabets.alnum,
  d: alphabets.digits,
  h: alphabets.hex,
  H: alphabets.hex.toUpperCase(),
  l: alphabets.lower + alphabets.digits,
  u: alphabets.upper + alphabets.digits,
  b: alphabets.base64,
  w: alphabets.base64url,
  B: alphabets.base32,
}

const firsts =
  'ana bruno chidi dieter emeka fatima giulia hiro ines jamal katya liam marta nuno olga priya rui sofia'.split(' ')
const lasts =
  'almeida braun costa dubois eriksen ferrari garcia hansen ivanov jansen kowalski lopez moreau novak'.split(' ')
const nouns =
  'acme blue cedar delta ember fjord grove harbor iris jade kite lumen maple north orbit pixel quartz'.split(' ')
const domains = 'com net org com.br io dev de fr co.uk pt app ai store online museum xyz info cloud'.split(' ')
const regions = getCountries()

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1)

/** A random number that libphonenumber calls valid: the example with its last digits changed. */
function phoneIn(r: Random, region: CountryCode): PhoneNumber {
  const example = getExampleNumber(region, examples)
  if (example === undefined) throw new Error(`no example of ${region}`)
  for (let i = 0; i < 20; i++) {
    const digits = example.number.slice(0, -4) + r.digits(4)
    const made = parsePhoneNumberFromString(digits)
    if (made?.isValid() === true) return made
  }
  return example
}

const phone = (r: Random, region: string): PhoneNumber =>
  phoneIn(r, region === '' ? r.pick(regions) : (region as CountryCode))

function luhn(head: string): string {
  for (let d = 0; ; d++) {
    const sum = [...`${head}${d}`]
      .toReversed()
      .map((c, i) => Number(c) * (1 + (i % 2)))
      .reduce((total, n) => total + (n > 9 ? n - 9 : n), 0)
    if (sum % 10 === 0) return `${head}${d}`
  }
}

const cardHeads = [
  '4',
  '4916',
  '5105',
  '5412',
  '2221',
  '2720',
  '6011',
  '6500',
  '3530',
  '636297',
  '506741',
  '6062',
  '34',
  '37',
]

function card(r: Random): string {
  const head = r.pick(cardHeads)
  const length = head.startsWith('34') || head.startsWith('37') ? 15 : 16
  return luhn(head + r.digits(length - 1 - head.length))
}

function cardGroups(r: Random, sign: string): string {
  const number = card(r)
  const sizes = number.length === 15 ? [4, 6, 5] : [4, 4, 4, 4]
  let at = 0
  return sizes.map((size) => number.slice(at, (at += size))).join(sign)
}

/** Structures of SWIFT's registry: n digits, a capitals, c either. */
const ibanForms =
  `AD n8c12|AE n19|AL n8c16|AT n16|AZ a4c20|BA n16|BE n12|BG a4n6c8|BH a4c14|BR n23a1c1|BY c4n4c16|CH n5c12|CR n18|CY n8c16|
  CZ n20|DE n18|DK n14|DO c4n20|EE n16|EG n25|ES n20|FI n14|FO n14|FR n10c11n2|GB a4n14|GE a2n16|GI a4c15|GL n14|GR n7c16|GT c4c20|HR n17|
  HU n24|IE a4n14|IL n19|IQ a4n15|IS n22|IT a1n10c12|JO a4n4c18|KW a4c22|KZ n3c13|LB n4c20|LC a4c24|LI n5c12|LT n16|LU n3c13|LV a4c13|LY n21|
  MC n10c11n2|MD c2c18|ME n18|MK n3c10n2|MR n23|MT a4n5c18|MU a4n19a3|NL a4n10|NO n11|PK a4c16|PL n24|PS a4c21|PT n21|QA a4c21|RO a4c16|RS n18|
  SA n2c18|SC a4n20a3|SE n20|SI n15|SK n20|SM a1n10c12|ST n21|SV a4n20|TL n19|TN n20|TR n6c16|UA n6c19|VA n18|VG a4n16|XK n16`
    .split('|')
    .map((form) => form.trim().split(' '))

function iban(r: Random): string {
  const [country, form] = r.pick(ibanForms)
  const kinds: Readonly<Record<string, string>> = { n: sets['d'], a: alphabets.upper, c: sets['u'] }
  const account = form.replace(/([nac])(\d+)/g, (_, kind: string, count: string) => r.of(kinds[kind], Number(count)))
  const digits = [...`${account}${country}00`].map((c) => parseInt(c, 36)).join('')
  const check = 98n - (BigInt(digits) % 97n)
  return `${country}${String(check).padStart(2, '0')}${account}`
}

const weighted = (text: string, from: number): string => {
  const sum = [...text]
    .toReversed()
    .reduce((total, c, i) => total + (c.charCodeAt(0) - 48) * (from === 11 ? i + 2 : (i % 8) + 2), 0)
  return String(sum % 11 < 2 ? 0 : 11 - (sum % 11))
}

function checked(head: string, kind: 11 | 14): string {
  const first = head + weighted(head, kind)
  return first + weighted(first, kind)
}

const cpf = (r: Random): string => checked(r.digits(9), 11)
const cnpj = (r: Random, branch = `000${r.between(1, 9)}`): string => checked(r.digits(8) + branch, 14)
const dottedCpf = (text: string): string => text.replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4')
const dottedCnpj = (text: string): string => text.replace(/(..)(...)(...)(....)(..)/, '$1.$2.$3/$4-$5')
const lettered = (r: Random): string => checked(r.of(sets['u'], 8) + `00${r.of(sets['u'], 2)}`, 14)

const ssn = (r: Random): string[] => [
  String(r.between(1, 665)).padStart(3, '0'),
  String(r.between(1, 99)).padStart(2, '0'),
  String(r.between(1, 9999)).padStart(4, '0'),
]

/** None that looks like a version. */
const ip4 = (r: Random): string =>
  `${r.pick([10, 172, 192, 203, 45, 177, 189, 100])}.${r.between(10, 255)}.${r.between(1, 255)}.${r.between(1, 254)}`
const group = (r: Random): string => r.hex(r.between(1, 4)).replace(/^0+(?=.)/, '')
const groups = (r: Random, count: number): string => Array.from({ length: count }, () => group(r)).join(':')
const head6 = (r: Random): string => r.pick(['2001:db8', '2804:14d', '2a01:4f8', '2600:1f18', 'fd00:1234', '2606:4700'])
const pairs = (r: Random, sign: string): string => Array.from({ length: 6 }, () => r.hex(2)).join(sign)
const macDigits = (r: Random): string => `a${r.int(10)}${r.hex(8)}f${r.int(10)}`

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwtHead = (r: Random): string =>
  part(
    r.pick([
      { alg: 'HS256', typ: 'JWT' },
      { alg: 'RS256', kid: r.hex(8) },
      { kid: r.alnum(10), alg: 'ES256', typ: 'at+jwt' },
    ]),
  )
const jwtBody = (r: Random): string =>
  part({ iss: 'https://x.example', sub: r.digits(6), exp: 1_800_000_000 + r.int(1e6) })

const uuid = (r: Random, version: string): string =>
  `${r.hex(8)}-${r.hex(4)}-${version}${r.hex(3)}-${r.pick([...'89ab'])}${r.hex(3)}-${r.hex(12)}`

function pem(r: Random, label: string, end: string): string {
  const body = Array.from({ length: r.between(3, 8) }, () => r.of(sets['b'], 64)).join(end)
  return `-----BEGIN ${label}-----${end}«${body}»${end}-----END ${label}-----`
}

const password = (r: Random): string =>
  r.pick([
    () => `${r.alnum(9)}${r.int(10)}${r.alnum(3)}`,
    () => `${capital(r.pick(nouns))}${r.digits(4)}!`,
    () => `${r.pick(nouns)}-${r.pick(nouns)}-${r.digits(2)}`,
    () => `${r.alnum(5)}$${r.alnum(5)}*${r.digits(2)}x`,
    () => r.of(sets['h'], 24),
    () => `${r.pick(firsts)}${r.digits(4)}`,
  ])()

const when = (r: Random): number => 1_600_000_000_000 + r.int(250_000_000) * 1000 + r.int(1000)
const word = (r: Random): string => r.pick(nouns)
const user = (r: Random): string =>
  r.pick([
    r.pick(firsts),
    `${r.pick(firsts)}.${r.pick(lasts)}`,
    `${r.pick(firsts)}${r.digits(2)}`,
    `${r.pick(firsts)}_${r.pick(lasts)}`,
  ])
const dom = (r: Random): string => `${word(r)}${r.pick(['', '-labs', '2'])}.${r.pick(domains)}`

const values: Readonly<Record<string, (r: Random, argument: string) => string>> = {
  e164: (r, region) => phone(r, region).number,
  digits: (r, region) => phone(r, region).number.slice(1),
  intl: (r, region) => phone(r, region).formatInternational(),
  'intl.dot': (r) => phone(r, '').formatInternational().replaceAll(' ', '.'),
  'intl.dash': (r) => phone(r, '').formatInternational().replaceAll(' ', '-'),
  'intl.paren': (r) =>
    phone(r, '')
      .formatInternational()
      .replace(/ (\d+) /, ' ($1) '),
  'intl.nbsp': (r) => phone(r, '').formatInternational().replaceAll(' ', ' '),
  'intl.bare': (r) => phone(r, '').formatInternational().slice(1),
  rfc: (r) => phone(r, '').getURI().replace('tel:', ''),
  '00': (r) => `00 ${phone(r, '').formatInternational().slice(1)}`,
  nat: (r, region) => phone(r, region).formatNational(),
  natd: (r, region) => phone(r, region).formatNational().replace(/\D/g, ''),
  card,
  card4: (r) => cardGroups(r, ' '),
  'card-': (r) => cardGroups(r, '-'),
  'card.dot': (r) => cardGroups(r, '.'),
  iban,
  iban4: (r) => iban(r).replace(/.{4}(?=.)/g, '$& '),
  'iban.lower': (r) => iban(r).toLowerCase(),
  'iban.dash': (r) => iban(r).replace(/.{4}(?=.)/g, '$&-'),
  cpf: (r) => dottedCpf(cpf(r)),
  cpfd: cpf,
  'cpf.space': (r) => cpf(r).replace(/(...)(...)(...)(..)/, '$1 $2 $3 $4'),
  'cpf.dash': (r) => cpf(r).replace(/(...)(...)(...)(..)/, '$1-$2-$3-$4'),
  'cpf.half': (r) => cpf(r).replace(/(.{9})(..)/, '$1-$2'),
  'cpf.endash': (r) => dottedCpf(cpf(r)).replace('-', '–'),
  cnpj: (r) => dottedCnpj(cnpj(r)),
  cnpjd: (r) => cnpj(r),
  cnpjd1: (r) => cnpj(r, '0001'),
  cnpja: (r) => dottedCnpj(lettered(r)),
  'cnpja.bare': lettered,
  'cnpj.jsonslash': (r) => dottedCnpj(cnpj(r)).replace('/', '\\/'),
  ssn: (r) => ssn(r).join('-'),
  ssnd: (r) => ssn(r).join(''),
  'ssn.space': (r) => ssn(r).join(' '),
  'ssn.endash': (r) => ssn(r).join('–'),
  ip4,
  'ip4.dash': (r) => ip4(r).replaceAll('.', '-'),
  ip6: (r) => `${head6(r)}:${groups(r, r.between(0, 2))}`.replace(/:$/, '') + `::${groups(r, r.between(1, 3))}`,
  'ip6.full': (r) => `${head6(r)}:${Array.from({ length: 6 }, () => r.hex(4)).join(':')}`,
  'ip6.upper': (r) => `${head6(r)}:${groups(r, 2)}::${groups(r, 2)}`.toUpperCase(),
  mac: (r) => pairs(r, ':'),
  MAC: (r) => pairs(r, ':').toUpperCase(),
  'mac-': (r) => pairs(r, '-'),
  'MAC-': (r) => pairs(r, '-').toUpperCase(),
  'mac.': (r) => macDigits(r).replace(/(....)(....)(....)/, '$1.$2.$3'),
  mac0: macDigits,
  MAC0: (r) => macDigits(r).toUpperCase(),
  mac_: (r) => pairs(r, '_'),
  MAC_: (r) => pairs(r, '_').toUpperCase(),
  first: (r) => r.pick(firsts),
  First: (r) => capital(r.pick(firsts)),
  FIRST: (r) => r.pick(firsts).toUpperCase(),
  last: (r) => r.pick(lasts),
  Last: (r) => capital(r.pick(lasts)),
  LAST: (r) => r.pick(lasts).toUpperCase(),
  user,
  USER: (r) => user(r).toUpperCase(),
  user2: (r) => r.pick(['admin', 'app', 'svc_api', 'postgres', 'deploy', r.pick(nouns)]),
  user3: (r) => `${r.pick(firsts)}${r.pick(['', r.digits(1), `-${r.pick(lasts)}`])}`,
  User3: (r) => capital(r.pick(firsts)),
  dom,
  DOM: (r) => dom(r).toUpperCase(),
  word,
  jwt: (r) => `${jwtHead(r)}.${jwtBody(r)}.${r.of(sets['w'], 43)}`,
  'jwt.cut': (r) => `${jwtHead(r)}.${jwtBody(r).slice(0, r.between(10, 40))}`,
  'jwt.none': (r) => `${part({ alg: 'none' })}.${jwtBody(r)}.`,
  'jwt.enc': (r) =>
    [part({ alg: 'RSA-OAEP', enc: 'A256GCM' }), r.alnum(300), r.alnum(16), r.alnum(80), r.alnum(22)].join('.'),
  pem: (r, label) => pem(r, label, '\n'),
  pemr: (r, label) => pem(r, label, '\r\n'),
  pemn: (r, label) => pem(r, label, '\\n'),
  pemnn: (r, label) => pem(r, label, '\\\\n'),
  pems: (r, label) => pem(r, label, ' '),
  pemj: (r, label) => pem(r, label, ''),
  pemurl: (r, label) => pem(r, label, '%0A').replaceAll(/-----.*?-----/g, (line) => line.replaceAll(' ', '%20')),
  pw: (r) => password(r).replace(/[#/?@]/g, 'x'),
  'pw.alnum': (r) => r.alnum(8) + r.digits(4),
  pws: (r) => `${password(r)} ${password(r)}`,
  basic: (r) => Buffer.from(`${user(r)}:${password(r)}`).toString('base64'),
  sf64: (r) => Buffer.from(r.between(1, 9) + r.digits(17)).toString('base64url'),
  uuid1: (r) => uuid(r, '1'),
  uuid4: (r) => uuid(r, '4'),
  uuid7: (r) =>
    `0${r.pick(['18', '19'])}${r.hex(5)}-${r.hex(4)}-7${r.hex(3)}-${r.pick([...'89ab'])}${r.hex(3)}-${r.hex(12)}`,
  ulid: (r) => `01${r.of('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
  ksuid: (r) => `2${r.alnum(26)}`,
  iso: (r) => new Date(when(r)).toISOString(),
  ymd: (r) => new Date(when(r)).toISOString().slice(0, 10),
  hms: (r) => new Date(when(r)).toISOString().slice(11, 19),
  s: (r) => String(Math.floor(when(r) / 1000)),
  ms: (r) => String(when(r)),
  us: (r) => `${when(r)}${r.digits(3)}`,
  ns: (r) => `${when(r)}${r.digits(6)}`,
  semver: (r) => `${r.int(20)}.${r.int(40)}.${r.int(30)}`,
  chrome: (r) => `${r.between(90, 140)}.0.${r.between(4000, 7300)}.${r.between(10, 250)}`,
  nbsp: () => ' ',
}

const arabic = (text: string): string => text.replace(/\d/g, (d) => String.fromCodePoint(0x660 + Number(d)))

const disguises: Readonly<Record<string, (text: string) => string>> = {
  url: (text) => encodeURIComponent(text),
  wide: (text) => text.replace(/[0-9A-Za-z+.@-]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
  arab: arabic,
  nbsp: (text) => text.replaceAll(' ', ' '),
  zw: (text) => text.replace(/(?<=^.{3}).{2}/, (two) => `${two[0]}​${two[1]}‍`),
  uesc: (text) => text.replace(/\d/g, (d) => `\\u003${d}`),
}

/** The line with its values. Throws for a name that is none. */
export function fill(random: Random, line: string): string {
  return line.replaceAll(/‹([^›]+)›/g, (_, spec: string) => {
    const [named, disguise] = spec.split('|')
    const text = valueOf(random, named)
    return disguise === undefined ? text : disguises[disguise](text)
  })
}

function valueOf(random: Random, named: string): string {
  const [name, argument = ''] = named.split(':')
  const known = values[name]
  if (known !== undefined) return known(random, argument)
  const range = /^n(\d+)-(\d+)$/.exec(name)
  if (range !== null) return String(random.between(Number(range[1]), Number(range[2])))
  const random_ = /^([adhHlubwB])(\d+)(?:-(\d+))?$/.exec(name)
  if (random_ === null) throw new Error(`no value ‹${named}›`)
  const [, set, from, to = from] = random_
  return random.of(sets[set], random.between(Number(from), Number(to)))
}
