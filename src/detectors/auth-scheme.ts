// `Bearer <token>` and `Basic <base64 of user:password>`: the find is the token.
import { byteSet, isAlnum, isDigit, isUpper, skip } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { isPlaceholder } from './placeholder.ts'

const detector = indexOf['api-key']
const tokenSet = byteSet('A-Za-z0-9._~+/=|:-')
const base64Set = byteSet('A-Za-z0-9+/=_-')

/** At the byte after the scheme's name. Returns where to go on. */
export function verifyScheme(scan: Scan, at: number): number {
  const { bytes, end } = scan
  const basic = (bytes[at - 1] | 32) === 0x63
  let from = at
  while (from < at + 4 && isGap(byteAt(scan, from))) from++
  const to = skip(bytes, from, end, basic ? base64Set : tokenSet)
  let last = to
  while (last > from && (bytes[last - 1] === 0x2e || bytes[last - 1] === 0x3a)) last--
  if (last - from < 5 || isPlaceholder(bytes, from, last)) return at + 1
  if (!(basic ? isBasic(bytes, from, last) : isToken(bytes, from, last))) return at + 1
  find(scan, detector, from, last)
  return last
}

const isGap = (b: number): boolean =>
  b === 0x20 || b === 0x2c || b === 0x09 || b === 0x3a || b === 0x3d || b === 0x22 || b === 0x27 || b === 0x5c

/** No word of prose: digits, inner dots or punctuation, mixed case, or more than twenty letters. */
function isToken(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  let dots = 0
  let inner = 0
  let uppers = 0
  for (let i = from; i < to; i++) {
    const b = bytes[i]
    if (isDigit(b)) digits++
    else if (b === 0x2e) dots++
    else if (!isAlnum(b) && b !== 0x2d) inner++
    else if (isUpper(b) && i > from) uppers++
  }
  if (dots >= 2 || to - from >= 20) return true
  return to - from >= 8 && (digits > 0 || (uppers > 1 && uppers < to - from - 1) || inner > 1)
}

/** Decodes to printable text with a colon in it. */
function isBasic(bytes: Uint8Array, from: number, to: number): boolean {
  let bits = 0
  let count = 0
  let colon = false
  let decoded = 0
  for (let i = from; i < to && bytes[i] !== 0x3d; i++) {
    bits = ((bits << 6) | sextet(bytes[i])) & 0xffffff
    count += 6
    if (count < 8) continue
    count -= 8
    const b = (bits >> count) & 0xff
    decoded++
    if (b < 0x20 || b === 0x7f) return false
    if (b === 0x3a) colon = true
  }
  return colon && decoded >= 3
}

function sextet(b: number): number {
  if (isUpper(b)) return b - 0x41
  if (isDigit(b)) return b + 4
  if (b === 0x2b || b === 0x2d) return 62
  if (b === 0x2f || b === 0x5f) return 63
  return b - 71
}
