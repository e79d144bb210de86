// Detection: one automaton over the bytes says what can occur and where, verifiers look at those tokens, and overlaps
// are resolved. Linear: an anchor costs a bounded window, and each family of finds reads a token once.
import { automatonFor, family } from './anchors.ts'
import { verifyIssued } from './api-key.ts'
import { verifyScheme } from './auth-scheme.ts'
import { createCandidates, createFinds, resolve } from './candidates.ts'
import { verifyCnpj } from './cnpj.ts'
import { verifyCookies } from './cookies.ts'
import { type DetectorOptions, type Scanner } from './detector.ts'
import { verifyEmail } from './email.ts'
import { verifyHome } from './home-path.ts'
import { verifyIban } from './iban.ts'
import { verifyIpv4 } from './ipv4.ts'
import { verifyColons } from './ipv6.ts'
import { verifyJwt } from './jwt.ts'
import { verifyMac } from './mac.ts'
import type { Automaton } from './machine.ts'
import { type NormalForm, createNormalForm, normalise } from './normal-form.ts'
import { verifyDigits } from './numbers.ts'
import { verifyPrivateKey } from './private-key.ts'
import { shieldPseudonym } from './pseudonym.ts'
import { type Scan, indexOf } from './scan.ts'
import { verifySecret, verifyWhole } from './secret-value.ts'
import { verifyWord } from './secret-words.ts'
import { hints } from './telling-words.ts'
import { verifyFlag, verifyUserInfo } from './url-credentials.ts'
import { verifyJid } from './whatsapp-jid.ts'

/** Anchors kept before they are verified; more are verified in portions. */
const maxHits = 256

/** The anchors of one pass. */
interface Hits {
  count: number
  readonly at: Int32Array
  readonly families: Int32Array
  /** All families met so far, and all bytes or-ed. */
  seen: number
  bytes: number
  state: number
  /** Where the rest begins, of a text that turned out to be disguised. */
  resumeAt: number
  /** Whether a verifier ran, or may have. */
  met: boolean
}

/** By bit of a family: looks at an anchor at `at`; `until` is where the last one ended; returns where this one does. */
type Verifier = (scan: Scan, at: number, until: number) => number

const once =
  (verify: (scan: Scan, at: number) => void): Verifier =>
  (scan, at) => {
    verify(scan, at)
    return at + 1
  }

const verifyAt: Verifier = (scan, at, until) => verifyJid(scan, at, until) || verifyEmail(scan, at, until)

const bitOf = (one: number): number => 31 - Math.clz32(one)
const verifiers: (Verifier | undefined)[] = []
const verifyBy = (one: number, verifier: Verifier): void => void (verifiers[bitOf(one)] = verifier)
verifyBy(family.pseudonym, once(shieldPseudonym))
verifyBy(family.at, verifyAt)
verifyBy(family.digits, verifyDigits)
verifyBy(family.dotted, verifyIpv4)
verifyBy(family.colons, verifyColons)
verifyBy(family.mac, once(verifyMac))
verifyBy(family.iban, once(verifyIban))
verifyBy(family.cnpj, once(verifyCnpj))
verifyBy(family.secretName, verifySecret)
verifyBy(family.issuer, verifyIssued)
verifyBy(family.scheme, verifyScheme)
verifyBy(family.jwt, verifyJwt)
verifyBy(family.pem, verifyPrivateKey)
verifyBy(family.url, verifyUserInfo)
verifyBy(family.home, verifyHome)
verifyBy(family.word, verifyWord)
verifyBy(family.cookie, verifyCookies)
verifyBy(family.flag, verifyFlag)

/** A scanner holds buffers of its own: one per thread of work. */
export function createScanner(options: DetectorOptions): Scanner {
  const automaton = automatonFor(options.use)
  const hits: Hits = {
    count: 0,
    at: new Int32Array(maxHits),
    families: new Int32Array(maxHits),
    seen: 0,
    bytes: 0,
    state: 0,
    resumeAt: 0,
    met: false,
  }
  const form = createNormalForm()
  const finds = createFinds()
  const scan: Scan = {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    hint: 0,
    found: createCandidates(),
    use: options.use.reduce((bits, id) => bits | (1 << indexOf[id]), 0),
    phoneRegions: options.phoneRegions,
    defaultRegion: options.defaultRegion,
    pseudonymPrefixes: options.pseudonym.keyIds.map((id) => `hm:${id}:`),
    pseudonymChars: options.pseudonym.chars,
    until: new Int32Array(32),
    nextAt: 0,
    credentialsAt: -1,
    valueStart: 0,
    valueEnd: 0,
    valueTries: 0,
  }
  const scanner: Scanner = {
    finds,
    structured: false,
    nonAscii: false,
    scan(bytes, start, end, hint) {
      begin(scan, hits, bytes, start, end, hint)
      const disguised = !run(automaton, scan, hits, true)
      // What the plain reading turns into quotes and colons are no keys: these two are said of the text as it is.
      if (disguised) readOn(automaton, scan, hits)
      scanner.structured = (hits.seen & family.structured) !== 0
      scanner.nonAscii = hits.bytes >= 0x80
      if (disguised) readPlainly(automaton, scan, hits, form)
      if ((hint & hints.secret) !== 0) verifyWhole(scan)
      return scan.found.count === 0 && !scan.found.overflow
        ? (finds.count = 0)
        : resolve(scan.found, finds, disguised ? form.origin : undefined)
    },
  }
  return scanner
}

function begin(scan: Scan, hits: Hits, bytes: Uint8Array, start: number, end: number, hint: number): void {
  scan.bytes = bytes
  scan.start = start
  scan.end = end
  scan.hint = hint
  scan.found.count = 0
  scan.found.shields = 0
  scan.found.overflow = false
  if (hits.met) {
    scan.until.fill(0)
    scan.nextAt = 0
    scan.credentialsAt = -1
    scan.valueStart = 0
    scan.valueEnd = 0
    scan.valueTries = 0
  }
  hits.met = false
  hits.seen = 0
  hits.bytes = 0
  hits.state = 0
}

/** Runs over the text and verifies; stops and returns false at the first disguised bytes if `plain`. */
function run(automaton: Automaton, scan: Scan, hits: Hits, plain: boolean): boolean {
  let at = scan.start
  while (at < scan.end) {
    at = collect(automaton, scan.bytes, at, scan.end, hits)
    if (plain && (hits.seen & family.disguised) !== 0) {
      hits.count = 0
      hits.resumeAt = at
      return false
    }
    if (!scan.found.overflow) verifyHits(scan, hits)
    hits.count = 0
  }
  return true
}

/** The rest of the text, for what is said of the text as a whole. */
function readOn(automaton: Automaton, scan: Scan, hits: Hits): void {
  for (let at = hits.resumeAt; at < scan.end; hits.count = 0) at = collect(automaton, scan.bytes, at, scan.end, hits)
}

function readPlainly(automaton: Automaton, scan: Scan, hits: Hits, form: NormalForm): void {
  normalise(scan.bytes, scan.start, scan.end, form)
  begin(scan, hits, form.bytes, 0, form.length, scan.hint)
  run(automaton, scan, hits, false)
}

/** The hot loop, four bytes a round while nothing fires. Returns where it stopped: at the end, or when the hits are full. */
function collect(automaton: Automaton, bytes: Uint8Array, from: number, end: number, hits: Hits): number {
  const { table, classes, width, accepting, out } = automaton
  const { at, families } = hits
  const last = end - 3
  let { state, seen, bytes: or } = hits
  let count = 0
  let i = from
  while (i < end && count < maxHits) {
    while (i < last) {
      const b0 = bytes[i]
      const b1 = bytes[i + 1]
      const b2 = bytes[i + 2]
      const b3 = bytes[i + 3]
      const s0 = table[state + classes[b0]]
      const s1 = table[s0 + classes[b1]]
      const s2 = table[s1 + classes[b2]]
      const s3 = table[s2 + classes[b3]]
      if (s0 >= accepting || s1 >= accepting || s2 >= accepting || s3 >= accepting) break
      or |= b0 | b1 | b2 | b3
      state = s3
      i += 4
    }
    for (const stop = i < last ? i + 4 : end; i < stop && count < maxHits; i++) {
      const b = bytes[i]
      or |= b
      state = table[state + classes[b]]
      if (state < accepting) continue
      const complete = out[state / width]
      seen |= complete
      if ((complete & ~flags) === 0) continue
      at[count] = i
      families[count++] = complete
    }
  }
  hits.state = state
  hits.met ||= count > 0
  hits.bytes = or
  hits.count = count
  hits.seen = seen
  return i
}

/** Families that are only noted. */
const flags = family.structured | family.disguised

function verifyHits(scan: Scan, hits: Hits): void {
  for (let h = 0; h < hits.count; h++) {
    const at = hits.at[h]
    for (let bits = hits.families[h] & ~flags; bits !== 0; bits &= bits - 1) {
      const bit = bitOf(bits & -bits)
      const until = scan.until[bit]
      if (at < until) continue
      scan.until[bit] = verifiers[bit]?.(scan, at, until) ?? 0
    }
  }
}
