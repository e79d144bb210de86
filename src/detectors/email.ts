// E-mail addresses around an @, with accents and special characters, and user@localhost; no versions, files or units.
import { isBetweenStrings } from './between-strings.ts'
import {
  byteSet,
  isAlnum,
  isDigit,
  isHex,
  isHigh,
  isLetter,
  isSpace,
  isWord,
  matches,
  skip,
  skipBack,
} from './bytes.ts'
import { type Scan, byteAt, find, indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf.email
const maxLocal = 96
const maxDomain = 255

const high = (set: Uint8Array): Uint8Array => set.fill(1, 0x80)
const plainLocal = high(byteSet('A-Za-z0-9._%+-'))
/** RFC 5322 allows these too; they count between letters only, or half the punctuation around would be taken along. */
const oddLocal = byteSet("!#$*^~`{}|'")
const literalPrefix = byteSet('burfBURF')
const domainBytes = high(byteSet('A-Za-z0-9._-'))

/** Last parts of names with an @ that are no addresses: files (logo@2x.png) and systemd units (getty@tty1.service). */
const notDomains = new Set(
  `png jpg jpeg gif svg webp avif ico css scss less js mjs cjs jsx ts mts cts tsx vue json html htm map txt yaml yml xml csv tgz gz lock log
  service socket timer mount target scope slice swap automount device conf cfg toml ini so dll exe jar class java go cpp hpp rb php whl
  tar bak tmp sql wasm snap`.split(/\s+/),
)

export function verifyEmail(scan: Scan, at: number, until: number): number {
  if (at === scan.credentialsAt && uses(scan, indexOf['url-credentials'])) return at + 1
  const start = isClosingQuote(scan, at) ? quotedStart(scan, at, until) : localStart(scan, at, until)
  if (start === at) return at + 1
  const end = domainEnd(scan, at + 1)
  if (end === 0 || isGitRemote(scan, start, at, end) || isRelay(scan, start, at, end)) return at + 1
  find(scan, detector, start, end)
  return end
}

const isClosingQuote = (scan: Scan, at: number): boolean => byteAt(scan, at - 1) === 0x22

/**
 * `"ana silva"@example.com`, also with the backslashes of JSON: where the quoted name begins, `at` if there is none. A
 * quote with more backslashes than the closing one stands inside of the name; one with fewer begins the string around it.
 */
function quotedStart(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  const floor = Math.max(scan.start, until, at - maxLocal)
  const end = beforeBackslashes(bytes, floor, at - 1)
  let inner = at
  for (let i = end - 1; i >= floor && bytes[i] !== 0x0a; i--) {
    if (bytes[i] !== 0x22) continue
    const start = beforeBackslashes(bytes, floor, i)
    const deeper = i - start - (at - 1 - end)
    if (deeper < 0) return i + 1 < end ? i + 1 : at
    // `{"user":"@ana.silva"}`: the first quote closes the string before.
    if (deeper === 0) return i + 1 === end || isBetweenStrings(bytes, i + 1, end) ? at : start
    inner = start
    i = start
  }
  return inner
}

function beforeBackslashes(bytes: Uint8Array, floor: number, at: number): number {
  let i = at
  while (i > floor && bytes[i - 1] === 0x5c) i--
  return i
}

function localStart(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  const floor = Math.max(scan.start, until, at - maxLocal)
  let start = at
  while (start > floor) {
    start = skipBack(bytes, start, floor, plainLocal)
    // An odd character in between goes on the name; at either end it is punctuation.
    let odd = start
    // `bounces+ana=example.com@…`: an address within the address.
    if (odd > floor && bytes[odd - 1] === 0x3d && hasPlus(scan, floor, odd - 1)) {
      start = odd - 1
      continue
    }
    while (odd > floor && oddLocal[bytes[odd - 1]] === 1) odd--
    if (odd === start || odd <= floor || plainLocal[bytes[odd - 1]] === 0 || isQuote(scan, odd, start)) break
    if (start === at && bytes[at - 1] === 0x27) break
    start = odd
  }
  while (start < at && !isWord(bytes[start]) && bytes[start] !== 0x5f) start++
  return start
}

function hasPlus(scan: Scan, floor: number, end: number): boolean {
  for (let i = end - 1; i >= floor && plainLocal[scan.bytes[i]] === 1; i--) if (scan.bytes[i] === 0x2b) return true
  return false
}

/** An apostrophe belongs to a name (o'brien); b'…' and u'…' are literals of Python. */
function isQuote(scan: Scan, odd: number, start: number): boolean {
  const { bytes } = scan
  for (let i = odd; i < start; i++) {
    if (bytes[i] === 0x7b || bytes[i] === 0x7d || bytes[i] === 0x7c) return !isAlnum(byteAt(scan, start))
    if (bytes[i] !== 0x27) continue
    const literal = literalPrefix[byteAt(scan, i - 1)] === 1 && !isWord(byteAt(scan, i - 2))
    return literal || !isWord(byteAt(scan, start))
  }
  return false
}

/** Where the domain that begins at `from` ends, 0 if there is none. */
function domainEnd(scan: Scan, from: number): number {
  const { bytes } = scan
  if (byteAt(scan, from) === 0x5b) return literalEnd(scan, from)
  const limit = Math.min(scan.end, from + maxDomain)
  let end = skip(bytes, from, limit, domainBytes)
  while (end > from && !isWord(bytes[end - 1])) end--
  if (end === from || !isWord(bytes[from])) return 0
  let dot = end - 1
  while (dot > from && bytes[dot] !== 0x2e) dot--
  if (dot === from) return localhostEnd(scan, from, end)
  if (isVersion(scan, from, end)) return 0
  return topLevelEnd(scan, from, end) || beforeUnderscore(scan, from, end)
}

/** `export_ana@example.com_2025.csv`: no name of a host has an underscore behind its top-level domain. */
function beforeUnderscore(scan: Scan, from: number, end: number): number {
  let i = from
  while (i < end && scan.bytes[i] !== 0x5f) i++
  return i > from && i < end ? topLevelEnd(scan, from, i) : 0
}

/** Without a dot: localhost, or any host where the name says it is an address. 0 for none. */
function localhostEnd(scan: Scan, from: number, end: number): number {
  if ((scan.hint & hints.email) !== 0 && isLetter(scan.bytes[from])) return end
  const to = from + 9
  const named = matches(scan.bytes, from, end, 'localhost', true) && (to === end || isHigh(scan.bytes[to]))
  return named ? to : 0
}

function isVersion(scan: Scan, from: number, end: number): boolean {
  const { bytes } = scan
  let i = from
  if ((bytes[i] | 32) === 0x76) i++
  const digits = i
  while (i < end && isDigit(bytes[i])) i++
  return i > digits && i + 1 < end && bytes[i] === 0x2e && isDigit(bytes[i + 1])
}

/** The end of the last part that can be a top-level domain: two letters or more. Goes back over parts that cannot. */
function topLevelEnd(scan: Scan, from: number, end: number): number {
  const { bytes } = scan
  let to = end
  while (to > from) {
    let label = to
    while (label > from && bytes[label - 1] !== 0x2e) label--
    if (label === from) return 0
    let i = label
    while (i < to && (isLetter(bytes[i]) || isHigh(bytes[i]))) i++
    const punycode = matches(bytes, label, to, 'xn--', true)
    if (punycode || i - label >= 2) {
      // `example.com-backup`: the address ends before the dash; `host.db1`: a name of a host.
      const stop = punycode ? to : i < to && (bytes[i] === 0x2d || bytes[i] === 0x5f) ? i : to
      return isNoDomain(bytes, label, stop) ? 0 : stop
    }
    to = label - 1
    if (to > from && bytes[to - 1] === 0x2e) return 0
  }
  return 0
}

function isNoDomain(bytes: Uint8Array, label: number, end: number): boolean {
  if (end - label > 9) return false
  let text = ''
  for (let i = label; i < end; i++) text += String.fromCharCode(bytes[i] | 32)
  return notDomains.has(text)
}

/** `[192.168.0.1]`, `[IPv6:2001:db8::1]`; what the gateway writes in brackets is no address. */
function literalEnd(scan: Scan, from: number): number {
  const first = matches(scan.bytes, from + 1, scan.end, 'ipv6:', true) ? from + 6 : from + 1
  const limit = Math.min(scan.end, from + 50)
  let i = first
  while (i < limit && (isHex(scan.bytes[i]) || scan.bytes[i] === 0x3a || scan.bytes[i] === 0x2e)) i++
  return i - first > 6 && i < limit && scan.bytes[i] === 0x5d ? i + 1 : 0
}

/** `relay=#7#@localhost`: a number is nobody on this machine. */
function isRelay(scan: Scan, start: number, at: number, end: number): boolean {
  if (!matches(scan.bytes, at + 1, end, 'localhost', true)) return false
  for (let i = start; i < at; i++) if (isLetter(scan.bytes[i]) || isHigh(scan.bytes[i])) return false
  return true
}

/** `git@github.com:org/repo`: an account of a server, the same for all. */
function isGitRemote(scan: Scan, start: number, at: number, end: number): boolean {
  if (at - start !== 3 || !matches(scan.bytes, start, at, 'git', true)) return false
  const after = byteAt(scan, end)
  return (after === 0x3a || after === 0x2f || after === 0) && !isSpace(byteAt(scan, end + 1))
}

/** The parts of a text that is an e-mail address as a whole (spaces around it aside), `mailto:` before it or not. */
export function emailOf(text: string): { local: string; domain: string } | undefined {
  const address = text.trim().replace(/^mailto:/i, '')
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (at < 1 || address.length > 320 || /[\s<>()[\]\\,;:"/&=@]/u.test(local)) return undefined
  if (!/^(?:[\p{L}\p{M}\p{N}-]+\.)*[\p{L}\p{M}\p{N}-]*[\p{L}\p{N}]$/u.test(domain) || /^[\d.]+$/.test(domain))
    return undefined
  return domain.includes('.') || domain.toLowerCase() === 'localhost' ? { local, domain } : undefined
}
