// API keys and tokens that show who issued them: ghp_…, sk-ant-…, AKIA…, AIza…, bot tokens.
import { byteSet, isAlnum, isDigit, isHex, isLetter, isUpper, matches, skip, skipBack, tokenBytes } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf['api-key']
const sample = 128

interface Issuer {
  readonly prefix: string
  /** Bytes of the rest. */
  readonly set: Uint8Array
  readonly min: number
  /** The rest has a digit or mixes cases: prefixes that words begin with too. */
  readonly mixed?: boolean
}

const alnum = byteSet('A-Za-z0-9')
const capitals = byteSet('A-Z0-9')
const dotted = byteSet('A-Za-z0-9_.-')
const base64 = byteSet('A-Za-z0-9+/=_-')
const pathLike = byteSet('A-Za-z0-9/_-')

const of = (set: Uint8Array, min: number, prefixes: string, mixed = false): Issuer[] =>
  prefixes.split(' ').map((prefix) => ({ prefix, set, min, mixed }))

const issuers: readonly Issuer[] = [
  ...of(alnum, 16, 'ghp_ gho_ ghu_ ghs_ ghr_'),
  ...of(tokenBytes, 20, 'github_pat_'),
  ...of(dotted, 16, 'glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent-'),
  ...of(tokenBytes, 10, 'xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xoxo- xapp- xoxc- xoxd-'),
  ...of(pathLike, 16, 'hooks.slack.com/services/ hooks.slack.com/workflows/'),
  ...of(tokenBytes, 8, 'sk_live_ sk_test_ pk_live_ pk_test_ rk_live_ rk_test_'),
  ...of(alnum, 16, 'whsec_ acct_'),
  ...of(tokenBytes, 16, 'sk-ant- sk-proj- sk-or- sk-svcacct- sk-admin- sk-None-'),
  ...of(tokenBytes, 16, 'sk- sk_', true),
  ...of(capitals, 16, 'AKIA ASIA ABIA ACCA'),
  ...of(tokenBytes, 30, 'AIza'),
  ...of(dotted, 16, 'ya29.'),
  ...of(tokenBytes, 16, 'GOCSPX-'),
  ...of(alnum, 30, 'npm_'),
  ...of(tokenBytes, 16, 'pypi-', true),
  ...of(dotted, 20, 'SG.', true),
  ...of(alnum, 16, 'hf_', true),
  ...of(alnum, 16, 'dop_v1_ doo_v1_ dor_v1_ r8_ gsk_ xai- pplx- fw_ tvly- nvapi- lsv2_pt_ lsv2_sk_', true),
  ...of(
    tokenBytes,
    16,
    'shpat_ shpca_ shppa_ shpss_ lin_api_ ntn_ sntrys_ dapi pat- rnd_ key- re_ sq0atp- sq0csp-',
    true,
  ),
  ...of(dotted, 16, 'hvs. hvb. hvr. dp.pt. dp.st.', true),
  ...of(tokenBytes, 16, 'figd_ PMAK- dckr_pat_ glsa_ phc_ phx_ sbp_ pul- tfp_ atlasv1. CFPAT- EAAG', true),
  ...of(tokenBytes, 20, 'api_key_ api-key- apikey_ apikey- API_KEY_', true),
  ...of(base64, 32, 'AGE-SECRET-KEY-1'),
]

/** As much of a prefix as tells it from other text. */
const maxAnchor = 6
const anchorOf = (issuer: Issuer): string => issuer.prefix.slice(0, maxAnchor).toLowerCase()

/** For the automaton, in lower case. */
export const issuerAnchors: readonly string[] = [...new Set(issuers.map(anchorOf))]

/** Issuers by the last byte of their anchor, lower case. */
const byLast = new Map<number, Issuer[]>()
for (const issuer of issuers) {
  const last = anchorOf(issuer).charCodeAt(anchorOf(issuer).length - 1)
  byLast.set(last, [...(byLast.get(last) ?? []), issuer])
}

/** At the last byte of an issuer's anchor, or of the first bytes of a Twilio or Discord key. Returns where to go on. */
export function verifyIssued(scan: Scan, at: number, until: number): number {
  const last = scan.bytes[at]
  for (const issuer of byLast.get(isUpper(last) ? last | 32 : last) ?? []) {
    const start = at + 1 - Math.min(issuer.prefix.length, maxAnchor)
    if (start < Math.max(scan.start, until) || !matches(scan.bytes, start, scan.end, issuer.prefix)) continue
    const past = verifyPrefix(scan, start, start + issuer.prefix.length, issuer)
    if (past > 0) return past
  }
  return verifyTwilio(scan, at) || verifyDiscord(scan, at) || until
}

function verifyPrefix(scan: Scan, start: number, from: number, issuer: Issuer): number {
  const { bytes, end } = scan
  const before = byteAt(scan, start - 1)
  // `my-key-…` is a name; short prefixes stand alone.
  const named = issuer.mixed === true && issuer.prefix.length < 5 && (before === 0x2d || before === 0x2e)
  if (isAlnum(before) || named) return 0
  // The beginning tells; only a key is read to its end.
  const sampled = skip(bytes, from, Math.min(end, from + sample), issuer.set)
  if (sampled - from < issuer.min || (issuer.mixed === true && !isMixed(bytes, from, sampled))) return 0
  let to = skip(bytes, sampled, end, issuer.set)
  while (bytes[to - 1] === 0x2e || bytes[to - 1] === 0x2d) to--
  find(scan, detector, start, to)
  return to
}

/** No name of words: a digit, or no separator and both cases or great length. */
export function isMixed(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  let uppers = 0
  let lowers = 0
  let separators = 0
  for (let i = from, end = Math.min(to, from + sample); i < end; i++) {
    if (isDigit(bytes[i])) digits++
    else if (isUpper(bytes[i])) uppers++
    else if (isLetter(bytes[i])) lowers++
    else separators++
  }
  if (digits >= 2) return true
  return separators <= 1 && ((uppers > 2 && lowers > 2) || (to - from >= 20 && separators === 0))
}

/** `SK` or `AC` and 32 hex digits. */
function verifyTwilio(scan: Scan, at: number): number {
  const start = at - 5
  const { bytes, end } = scan
  if (start < scan.start || start + 34 > end) return 0
  const named =
    (bytes[start] === 0x53 && bytes[start + 1] === 0x4b) || (bytes[start] === 0x41 && bytes[start + 1] === 0x43)
  if (!named || isAlnum(byteAt(scan, start - 1)) || isAlnum(byteAt(scan, start + 34))) return 0
  for (let i = start + 2; i < start + 34; i++) if (!isHex(bytes[i])) return 0
  find(scan, detector, start, start + 34)
  return start + 34
}

/** Three parts: a user id in base64, a time, a signature. */
function verifyDiscord(scan: Scan, at: number): number {
  const { bytes, end } = scan
  const start = skipBack(bytes, at, Math.max(scan.start, at - 8), alnum)
  const first = skip(bytes, start, Math.min(end, start + 40), tokenBytes)
  if (first - start < 18 || first - start > 32 || byteAt(scan, first) !== 0x2e) return 0
  const second = skip(bytes, first + 1, Math.min(end, first + 10), tokenBytes)
  if (second - first < 6 || second - first > 8 || byteAt(scan, second) !== 0x2e) return 0
  const third = skip(bytes, second + 1, end, tokenBytes)
  if (third - second < 27) return 0
  find(scan, detector, start, third)
  return third
}

/** Telegram's bots: `123456789:` and 35 characters, also behind `/bot`. `[start, end)` are the digits. */
export function telegramToken(scan: Scan, start: number, end: number): boolean {
  if (end - start < 8 || end - start > 10 || byteAt(scan, end) !== 0x3a) return false
  const to = skip(scan.bytes, end + 1, Math.min(scan.end, end + 64), tokenBytes)
  if (to - end < 31 || to - end > 50 || !isMixed(scan.bytes, end + 1, to)) return false
  find(scan, detector, start, to)
  return true
}
