// IPv4 addresses: no loopback, 0.0.0.0 or netmasks, no versions (Chrome/120.0.0.0, 2.5.28.4), no object ids.
import { isAlnum, isDigit, isLetter, isSpace } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { hints, tellingBefore } from './telling-words.ts'

const detector = indexOf.ipv4
const octets = new Int32Array(4)

/** Returns where the dotted token ends. */
export function verifyIpv4(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  let start = at
  while (start > Math.max(scan.start, until) && isPart(bytes[start - 1])) start--
  let end = at
  while (end < scan.end && isPart(bytes[end])) end++
  const past = end
  while (end > start && bytes[end - 1] === 0x2e) end--
  while (start < end && bytes[start] === 0x2e) start++
  if (end - start > 15 || !readOctets(bytes, start, end) || !isBounded(scan, start, end)) return past
  const first = octets[0]
  if (first === 127 || first === 0 || (first === 255 && octets[1] === 255)) return past
  if (isVersion(scan, start, end)) return past
  find(scan, detector, start, end)
  return past
}

const isPart = (b: number): boolean => isDigit(b) || b === 0x2e

function readOctets(bytes: Uint8Array, start: number, end: number): boolean {
  let part = 0
  let digits = 0
  let value = 0
  for (let i = start; i <= end; i++) {
    const b = i < end ? bytes[i] : 0x2e
    if (b !== 0x2e) {
      value = value * 10 + b - 0x30
      digits++
      continue
    }
    if (digits === 0 || digits > 3 || value > 255 || part === 4) return false
    octets[part++] = value
    digits = 0
    value = 0
  }
  return part === 4
}

/** No letter on either side, and no name or suffix of a package with a dash. */
function isBounded(scan: Scan, start: number, end: number): boolean {
  const before = byteAt(scan, start - 1)
  const after = byteAt(scan, end)
  if (isAlnum(before)) return false
  if (isAlnum(after) || (after === 0x2e && isAlnum(byteAt(scan, end + 1)))) return false
  if (after === 0x2b) return false
  if (after === 0x2d || after === 0x5f)
    return isDigit(byteAt(scan, end + 1)) ? looksPrivate() || isRange(scan, end) : !isLetter(byteAt(scan, end + 1))
  if (before === 0x2d && isAlnum(byteAt(scan, start - 2))) return looksPrivate() || isDigit(byteAt(scan, start - 2))
  return true
}

/** `10.0.0.1-10.0.0.9` */
function isRange(scan: Scan, end: number): boolean {
  let dots = 0
  for (let i = end + 1; i < end + 17 && isPart(byteAt(scan, i)); i++) if (scan.bytes[i] === 0x2e) dots++
  return dots >= 3
}

const looksPrivate = (): boolean =>
  octets[0] === 10 ||
  (octets[0] === 192 && octets[1] === 168) ||
  (octets[0] === 172 && octets[1] >= 16 && octets[1] < 32)

function isVersion(scan: Scan, start: number, end: number): boolean {
  if ((scan.hint & hints.address) !== 0) return false
  if ((scan.hint & hints.version) !== 0) return true
  const before = byteAt(scan, start - 1)
  if (before === 0x2f && isProduct(scan, start - 1)) return true
  const after = byteAt(scan, end)
  // A port or a prefix length follows addresses only.
  if ((after === 0x3a || after === 0x2f) && isDigit(byteAt(scan, end + 1))) return false
  const told = tellingBefore(scan.bytes, scan.start, start)
  if ((told & hints.version) !== 0) return true
  if ((told & hints.address) !== 0 || before === 0x40 || before === 0x2f) return false
  return looksLikeVersion()
}

/** Small parts only, or N.0.0.0: what versions and object ids look like, and hardly an address does. */
function looksLikeVersion(): boolean {
  const [a, b, c, d] = octets
  if (b === 0 && c === 0 && d === 0) return a !== 10
  if ((a === b && b === c && c === d) || (a === b && c === d) || (a === 1 && b === 0 && c === 0)) return false
  return a < 10 && b < 100 && c < 100 && d < 100
}

/** `Chrome/120.0.0.0`: a name at the beginning of a word, and a slash. */
function isProduct(scan: Scan, slash: number): boolean {
  let i = slash
  while (i > scan.start && slash - i < 40 && (isAlnum(scan.bytes[i - 1]) || isJoint(scan.bytes[i - 1]))) i--
  if (i === slash || !isLetter(scan.bytes[i])) return false
  const before = byteAt(scan, i - 1)
  if (looksPrivate() && scan.bytes[i] >= 0x61) return false
  return (
    before === 0 ||
    isSpace(before) ||
    before === 0x22 ||
    before === 0x27 ||
    before === 0x28 ||
    before === 0x5b ||
    before === 0x3d
  )
}

const isJoint = (b: number): boolean => b === 0x2d || b === 0x5f || b === 0x2e
