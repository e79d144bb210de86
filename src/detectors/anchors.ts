// What the automaton looks for: for each family of finds the few bytes without which it cannot occur.
import { byteSet, isAlnum } from './bytes.ts'
import { colonGroups, digitRuns, dottedNumbers, macGroups } from './counters.ts'
import type { DetectorId } from './detector.ts'
import { issuerAnchors } from './issuers.ts'
import { type Automaton, type Pattern, patternMachine, product } from './machine.ts'

/** Families of anchors: bits of an automaton's output. Each has one verifier, but for the first three. */
export const family = {
  structured: 1,
  /** Bytes that a plain reading would misread: escapes, other alphabets' digits, invisible characters. */
  disguised: 1 << 1,
  pseudonym: 1 << 2,
  at: 1 << 3,
  digits: 1 << 4,
  dotted: 1 << 5,
  colons: 1 << 6,
  mac: 1 << 7,
  iban: 1 << 8,
  cnpj: 1 << 9,
  secretName: 1 << 10,
  issuer: 1 << 11,
  scheme: 1 << 12,
  jwt: 1 << 13,
  pem: 1 << 14,
  url: 1 << 15,
  home: 1 << 16,
  /** What a word that no pattern of ASCII finds ends with. */
  word: 1 << 17,
  cookie: 1 << 18,
  flag: 1 << 19,
} as const

const needs: Record<DetectorId, number> = {
  email: family.at,
  phone: family.digits,
  'whatsapp-jid': family.at,
  'credit-card': family.digits,
  iban: family.iban,
  cpf: family.digits,
  cnpj: family.digits | family.cnpj,
  'us-ssn': family.digits,
  ipv4: family.dotted,
  ipv6: family.colons,
  mac: family.mac | family.colons,
  jwt: family.jwt,
  'api-key': family.secretName | family.issuer | family.scheme | family.digits | family.word | family.cookie,
  'private-key': family.pem,
  'url-credentials': family.url | family.secretName | family.flag,
  'home-path': family.home,
}

const hex = byteSet('0-9A-Fa-f')
const digits = byteSet('0-9')
const letters = byteSet('A-Za-z')
/** Lead bytes of the blocks with invisible characters, dashes, spaces, full-width letters and other digits. */
const leads = new Uint8Array(256)
for (const [from, to] of [
  [0xc2, 0xc2],
  [0xcc, 0xcd],
  [0xd8, 0xd9],
  [0xdb, 0xdb],
  [0xdf, 0xe3],
  [0xef, 0xf4],
]) {
  leads.fill(1, from, to + 1)
}
const alnum = byteSet('A-Za-z0-9')
const high = new Uint8Array(256).fill(1, 0x80)
/** What stands behind `mac` when an address may follow. */
const afterMac = byteSet('_ :="\'-Aa')
const quotes = byteSet('"\'')
const space = byteSet(' \t\n\r')
const spaceOrSign = byteSet(' \t\n\r:=')
const signs = byteSet(':=')
const spaceOrArrow = byteSet(' >')
const nameByte = byteSet('A-Za-z0-9_$')
const openers = byteSet('"\'`{[')
const literals = new Map<string, Uint8Array>()

function literal(char: string): Uint8Array {
  const spec = /[a-z]/.test(char) ? char + char.toUpperCase() : char
  let set = literals.get(spec)
  if (set === undefined) {
    set = new Uint8Array(256)
    for (const c of spec) set[c.charCodeAt(0)] = 1
    literals.set(spec, set)
  }
  return set
}

/** Upper case is lower case to the automaton: verifiers look closer. */
const folded = (text: string): Uint8Array[] => [...text.toLowerCase()].map(literal)

/** Fragments of names that say "what follows is secret"; the whole name is judged by the verifier. */
const secretNames = [
  'token|secret|passw|passp|passe|pwd|senha|contrase|wachtwoord|kennwort|heslo|parola|lozinka|salasana|adgangskode|mdp=|mdp:',
  'authori|credent|signature|sessionid',
  'sig=|auth=|auth"|pass=|pass:|session=|sid=|sessid=|jwt=|code=|ifre:|ifre=|comb-team',
  'senord|clave=|clave:|requirep|identified by|pat=|pat:',
].flatMap((list) => list.split('|'))

/** What stands behind `…key` when a value may follow. */
const afterKey = byteSet('=:"\'`\\] ')

function patterns(): Pattern[] {
  const list: Pattern[] = []
  const add = (out: number, sets: readonly Uint8Array[], edge = false): void => void list.push({ out, sets, edge })
  // A key: quoted, then white space or not, then `:` or `=>`; or bare, when a quoted or nested value follows.
  for (const sign of [':', '=']) add(family.structured, [quotes, ...folded(sign)])
  add(family.structured, [quotes, space, spaceOrSign])
  add(family.structured, [nameByte, signs, openers])
  add(family.structured, [nameByte, signs, spaceOrArrow, openers])
  add(family.structured, [nameByte, ...folded('=>'), ...folded(' '), openers])
  add(family.disguised, [...folded('%'), hex, hex])
  add(family.disguised, [...folded('\\u'), hex, hex])
  add(family.disguised, [...folded('\\x'), hex, hex])
  add(family.disguised, [...folded('\\'), byteSet('/nrtNRT')])
  add(family.disguised, folded('&#'))
  add(family.disguised, folded('\0'))
  add(family.disguised, [leads])
  add(family.pseudonym, folded('hm:'), true)
  add(family.pseudonym, folded('sha256:'), true)
  add(family.at, folded('@'))
  add(family.iban, [letters, letters, digits, digits], true)
  add(family.iban, [...folded('iban'), letters, letters, digits, digits], true)
  add(family.cnpj, folded('cnpj'))
  // …/0001-95, also with letters.
  add(family.cnpj, [...folded('/'), alnum, alnum, alnum, alnum, ...folded('-'), digits, digits])
  add(family.mac, [...folded('mac'), afterMac], true)
  for (const name of secretNames) add(family.secretName, folded(name))
  add(family.secretName, [...folded('key'), afterKey])
  for (const anchor of issuerAnchors) add(family.issuer, folded(anchor), true)
  // Airtable, Azure, Mailchimp, Terraform.
  add(family.issuer, folded('pat'), true)
  add(family.issuer, [digits, ...folded('q~')])
  add(family.issuer, [...folded('-us'), digits])
  add(family.issuer, folded('.atlas'))
  add(family.issuer, folded(':apa91b'))
  // Twilio: SK or AC and 32 hex digits. Discord: the base64 of decimal digits.
  for (const kind of ['sk', 'ac']) add(family.issuer, [...folded(kind), hex, hex, hex, hex], true)
  const quad = ['mno', 'dtjz', 'aeimquycgk', 'wxyz012345'].map((chars) => byteSet(chars + chars.toUpperCase()))
  add(family.issuer, [...quad, ...quad], true)
  for (const scheme of ['bearer', 'basic', 'ssws']) add(family.scheme, [...folded(scheme), byteSet(' \t+:=",')], true)
  add(family.jwt, folded('eyj'), true)
  // Words of other scripts are told by their end: the verifier reads them back.
  add(family.word, [high, byteSet(':="\'')])
  add(family.word, [high, ...folded('o'), byteSet(':="\'')])
  add(family.cookie, [...folded('cookie'), byteSet(':"\'')])
  for (const flag of [' -u ', '--user ', '--user=', '-user ', 'sshpass -p ', 'redis-cli -a ', ':thin:'])
    add(family.flag, folded(flag))
  for (const begin of ['-----begin', '---- begin']) add(family.pem, folded(begin))
  add(family.url, folded('://'))
  add(family.url, folded('@tcp('))
  for (const slash of ['/', '\\']) {
    for (const name of ['home', 'users']) add(family.home, folded(slash + name + slash))
    add(family.home, folded(`settings${slash}`))
    add(family.home, folded(`${slash}root`))
  }
  add(family.home, folded('/media/'))
  add(family.home, [...folded('~'), letters], true)
  return list
}

const built = new Map<number, Automaton>()

/** The automaton for these detectors; the same set of families is built once. */
export function automatonFor(use: readonly DetectorId[]): Automaton {
  const wanted = use.reduce((bits, id) => bits | needs[id], family.structured | family.disguised | family.pseudonym)
  const known = built.get(wanted)
  if (known !== undefined) return known
  const machines = [
    patternMachine(
      patterns().filter((pattern) => (pattern.out & wanted) !== 0),
      isAlnum,
    ),
  ]
  if (wanted & family.digits) machines.push(digitRuns(family.digits))
  if (wanted & family.dotted) machines.push(dottedNumbers(family.dotted))
  if (wanted & family.colons) machines.push(colonGroups(family.colons))
  if (wanted & family.mac)
    machines.push(macGroups(family.mac, '-', 4, 2), macGroups(family.mac, '_', 4, 2), macGroups(family.mac, '.', 2, 4))
  const automaton = product(machines)
  built.set(wanted, automaton)
  return automaton
}
