// User and password in URLs: https://user:password@host finds `user:password`; also user:password@tcp(host).
import { isAlnum, isDigit, isSpace } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { isPlaceholder } from './placeholder.ts'

const detector = indexOf['url-credentials']
const maxUserInfo = 512

/** At the second slash of `://`. Returns where to go on. */
export function verifyUserInfo(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  if (bytes[at] === 0x28) return verifyDsn(scan, at, until)
  const from = at + 1
  const limit = Math.min(scan.end, from + maxUserInfo)
  if (nextAt(scan, from) >= limit) return at + 1
  let sign = -1
  let colon = -1
  for (let i = from; i < limit; i++) {
    const b = bytes[i]
    if (isSpace(b) || b === 0x22 || b === 0x27 || b === 0x3c || b === 0x3e || b === 0x60) break
    // A slash or a question mark ends the host, unless it stands in a password: user:pa/ss@host.
    if ((b === 0x2f || b === 0x3f || b === 0x23) && (colon < 0 || isHostPort(scan, colon, i) || isHost(scan, sign, i)))
      break
    if (b === 0x3a && colon < 0) colon = i
    if (b === 0x40) sign = i
  }
  if (sign <= from) return at + 1
  note(scan, from, sign, colon)
  return sign + 1
}

/** The next @ at or after `from`, the end of the text if there is none: each byte is looked at once a scan. */
function nextAt(scan: Scan, from: number): number {
  let i = Math.max(from, scan.nextAt)
  while (i < scan.end && scan.bytes[i] !== 0x40) i++
  scan.nextAt = i
  return i
}

/** `:8080/`: digits between the colon and the end of the host. */
function isHostPort(scan: Scan, colon: number, end: number): boolean {
  for (let i = colon + 1; i < end; i++) if (scan.bytes[i] < 0x30 || scan.bytes[i] > 0x39) return false
  return true
}

/** Whether a host with a dot stands between the sign and the end: then a sign further on belongs to the path. */
function isHost(scan: Scan, sign: number, end: number): boolean {
  if (sign < 0) return false
  let dots = 0
  for (let i = sign + 1; i < end; i++) {
    const b = scan.bytes[i]
    if (b === 0x2e) dots++
    else if (!isAlnum(b) && b !== 0x2d && b !== 0x3a) return false
  }
  return dots > 0
}

function note(scan: Scan, from: number, sign: number, colon: number): void {
  const { bytes } = scan
  const hasPassword = colon >= from && colon < sign
  if (isPlaceholder(bytes, hasPassword ? colon + 1 : from, sign)) return
  // `ssh://git@host` is no secret, nor is a name; a token in its place is.
  if (!hasPassword && (sign - from < 16 || !hasDigits(bytes, from, sign))) return
  scan.credentialsAt = sign
  find(scan, detector, colon === from ? from + 1 : from, sign)
}

function hasDigits(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  for (let i = from; i < to; i++) if (isDigit(bytes[i])) digits++
  return digits > 1
}

/** `curl -u ana:password`, `sshpass -p password`: at the byte before the value. Returns where to go on. */
export function verifyFlag(scan: Scan, at: number): number {
  const { bytes } = scan
  const quoted = byteAt(scan, at + 1) === 0x22 || byteAt(scan, at + 1) === 0x27
  const from = quoted ? at + 2 : at + 1
  let to = from
  let colon = -1
  for (; to < Math.min(scan.end, from + 128); to++) {
    const b = bytes[to]
    if (isSpace(b) || b === 0x22 || b === 0x27 || b === 0x60) break
    if (b === 0x3a && colon < 0) colon = to
  }
  if (bytes[at] === 0x3a) return verifyThin(scan, from, to)
  // A user has a colon behind it; the flags of one letter that take a password are named whole.
  const first = (bytes[at - 1] | 32) === 0x70 || (bytes[at - 1] | 32) === 0x61 ? from : colon + 1
  // `docker run -u 1000:1000`, `-u www-data:www-data`: groups have no digits among letters.
  if (first <= from - 1 || (first !== from && colon <= from) || to - first < 6 || isPlaceholder(bytes, first, to))
    return at + 1
  if (!hasDigits(bytes, first, to) || isAllDigits(bytes, first, to)) return at + 1
  find(scan, detector, first, to)
  return to
}

/** Oracle's `jdbc:oracle:thin:user/password@//host`. */
function verifyThin(scan: Scan, from: number, to: number): number {
  let slash = from
  while (slash < to && scan.bytes[slash] !== 0x2f && scan.bytes[slash] !== 0x40) slash++
  let sign = slash
  while (sign < to && scan.bytes[sign] !== 0x40) sign++
  if (sign === to || scan.bytes[slash] !== 0x2f || sign - slash < 2) return from
  find(scan, detector, slash + 1, sign)
  return sign
}

function isAllDigits(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isDigit(bytes[i])) return false
  return true
}

/** `user:password@tcp(` */
function verifyDsn(scan: Scan, at: number, until: number): number {
  const sign = at - 4
  let from = sign
  let colon = -1
  while (
    from > Math.max(scan.start, until) &&
    sign - from < 128 &&
    !isSpace(byteAt(scan, from - 1)) &&
    !isQuote(byteAt(scan, from - 1))
  ) {
    from--
    if (scan.bytes[from] === 0x3a) colon = from
  }
  if (colon > from) note(scan, from, sign, colon)
  return at + 1
}

const isQuote = (b: number): boolean => b === 0x22 || b === 0x27 || b === 0x60 || b === 0x3d || b === 0x2f
