// API keys and tokens that show who issued them: ghp_…, sk-ant-…, AKIA…, AIza…, bot tokens.
import { isAlnum, matches, skip } from './bytes.ts'
import { type Issuer, issuersEnding, maxAnchor } from './issuers.ts'
import { isMixed, sample } from './mixed.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { verifyShaped } from './shaped-key.ts'

const detector = indexOf['api-key']

/** At the last byte of an issuer's anchor, or of what tells one of the shapes below. Returns where to go on. */
export function verifyIssued(scan: Scan, at: number, until: number): number {
  const found = issuersEnding(byteAt(scan, at - 1), scan.bytes[at])
  if (found !== undefined) {
    for (const issuer of found) {
      const start = at + 1 - Math.min(issuer.prefix.length, maxAnchor)
      if (start < Math.max(scan.start, until) || !matches(scan.bytes, start, scan.end, issuer.prefix)) continue
      const past = verifyPrefix(scan, start, start + issuer.prefix.length, issuer)
      if (past > 0) return past
    }
  }
  return verifyShaped(scan, at, until) || until
}

function verifyPrefix(scan: Scan, start: number, from: number, issuer: Issuer): number {
  const { bytes, end } = scan
  const before = byteAt(scan, start - 1)
  // `my-key-…` is a name; short prefixes stand alone.
  const named = issuer.mixed && issuer.prefix.length < 5 && (before === 0x2d || before === 0x2e)
  if (isAlnum(before) || named) return 0
  // The beginning tells; only a key is read to its end.
  const sampled = skip(bytes, from, Math.min(end, from + sample), issuer.set)
  if (sampled - from < issuer.min || (issuer.mixed && !isMixed(bytes, from, sampled))) return 0
  let to = skip(bytes, sampled, end, issuer.set)
  while (bytes[to - 1] === 0x2e || bytes[to - 1] === 0x2d) to--
  find(scan, detector, start, to)
  return to
}
