// What the automaton looks for: for each family of finds the few bytes without which it cannot occur.
import { byteSet, isAlnum } from './bytes.ts'
import { colonGroups, digitRuns, dottedNumbers, macGroups } from './counters.ts'
import type { DetectorId } from './detector.ts'
import { issuerPrefixes } from './api-key.ts'
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
  'api-key': family.secretName | family.issuer | family.scheme | family.digits,
  'private-key': family.pem,
  'url-credentials': family.url | family.secretName,
  'home-path': family.home,
}

const hex = byteSet('0-9A-Fa-f')
const digits = byteSet('0-9')
const upper = byteSet('A-Z')
const letters = byteSet('A-Za-z')
const alnum = byteSet('A-Za-z0-9')
const range = (from: number, to: number): Uint8Array => new Uint8Array(256).fill(1, from, to + 1)
const literals = new Map<string, Uint8Array>()

function literal(char: string, fold: boolean): Uint8Array {
  const spec = fold && /[a-z]/.test(char) ? char + char.toUpperCase() : char
  let set = literals.get(spec)
  if (set === undefined) {
    set = new Uint8Array(256)
    for (const c of spec) set[c.charCodeAt(0)] = 1
    literals.set(spec, set)
  }
  return set
}

const exact = (text: string): Uint8Array[] => [...text].map((char) => literal(char, false))
const folded = (text: string): Uint8Array[] => [...text].map((char) => literal(char, true))

/** Fragments of names that say "what follows is secret"; the whole name is judged by the verifier. */
const secretNames = [
  ...['token', 'secret', 'passw', 'passphrase', 'pwd', 'senha', 'apikey', 'api_key', 'api-key', 'authorization'],
  ...['credential', 'access_key', 'accesskey', 'access-key', 'private_key', 'privatekey', 'private-key', 'accountkey'],
  ...['auth_key', 'auth-key', 'authkey', 'account_key', 'encryption_key', 'signing_key', 'signature', 'sig=', 'auth='],
  ...['pass=', 'pass:', 'session=', 'sessionid', 'jwt=', 'code=', 'key=', 'api key'],
]

function patterns(): Pattern[] {
  const list: Pattern[] = []
  const add = (out: number, sets: readonly Uint8Array[], edge = false): void => void list.push({ out, sets, edge })
  for (const quote of ['"', "'"]) {
    add(family.structured, exact(`${quote}:`))
    add(family.structured, exact(`${quote} :`))
  }
  add(family.disguised, [...exact('%'), hex, hex])
  add(family.disguised, [...exact('\\u'), hex, hex])
  add(family.disguised, [...exact('\\x'), hex, hex])
  add(family.disguised, exact('\\/'))
  add(family.disguised, exact('&#'))
  add(family.disguised, [range(0, 0)])
  add(family.disguised, [range(0xc2, 0xc2), range(0xa0, 0xbf)])
  add(family.disguised, [range(0xcc, 0xcd)])
  add(family.disguised, [range(0xd9, 0xd9), range(0xa0, 0xa9)])
  add(family.disguised, [range(0xdb, 0xdb), range(0xb0, 0xb9)])
  add(family.disguised, [range(0xdf, 0xe2)])
  add(family.disguised, [range(0xe3, 0xe3), range(0x80, 0x80)])
  add(family.disguised, [range(0xef, 0xf4)])
  add(family.pseudonym, exact('hm:'), true)
  add(family.pseudonym, exact('sha256:'), true)
  add(family.at, exact('@'))
  add(family.iban, [letters, letters, digits, digits], true)
  add(family.cnpj, [...exact('/'), alnum, alnum, alnum, alnum, ...exact('-'), digits, digits])
  for (const name of secretNames) add(family.secretName, folded(name))
  for (const prefix of issuerPrefixes) add(family.issuer, exact(prefix))
  // Twilio: SK or AC and 32 hex digits. Discord: the base64 of decimal digits.
  add(family.issuer, [literal('S', false), literal('K', false), hex, hex, hex, hex], true)
  add(family.issuer, [literal('A', false), literal('C', false), hex, hex, hex, hex], true)
  const quad = [byteSet('MNO'), byteSet('DTjz'), byteSet('AEIMQUYcgk'), byteSet('wxyz0-5')]
  add(family.issuer, [...quad, ...quad], true)
  for (const scheme of ['bearer', 'basic']) {
    add(family.scheme, [...folded(scheme), byteSet(' \t+:=')], true)
  }
  add(family.jwt, [...exact('ey'), upper], true)
  add(family.pem, exact('-----BEGIN'))
  add(family.url, exact('://'))
  add(family.url, exact('@tcp('))
  for (const slash of ['/', '\\']) {
    const separator = literal(slash, false)
    add(family.home, [separator, ...folded('home'), separator])
    add(family.home, [separator, ...folded('users'), separator])
    add(family.home, [...folded('documents and settings'), separator])
    add(family.home, [separator, ...exact('root')])
  }
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
  if (wanted & family.mac) machines.push(macGroups(family.mac, '-', 6, 2), macGroups(family.mac, '.', 3, 4))
  const automaton = product(machines)
  built.set(wanted, automaton)
  return automaton
}
