// JSON web tokens: three (signed) or five (encrypted) parts of base64url, the first a JSON object.
import { isAlnum, skip, tokenBytes } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf.jwt
const minPart = 8

/** At the third letter of `eyJ`. Returns where the token ends, or where to go on. */
export function verifyJwt(scan: Scan, at: number): number {
  const { bytes, end } = scan
  const start = at - 2
  const before = byteAt(scan, start - 1)
  if (isAlnum(before)) return at + 1
  let parts = 1
  let i = skip(bytes, at, end, tokenBytes)
  if (i - start < minPart) return i
  while (i < end && bytes[i] === 0x2e && parts < 5) {
    const next = skip(bytes, i + 1, end, tokenBytes)
    // An encrypted token without a key of its own has an empty second part.
    if (parts === 1 && next - i <= 2 && !(next - i === 1 && isDirect(scan, i))) return i
    i = next
    parts++
    if (parts >= 3 && next === end) break
  }
  // A header alone, cut off, tells nothing; header and payload do.
  if (parts < 2) return i
  if (bytes[i - 1] === 0x2e) i--
  find(scan, detector, start, i)
  return i
}

/** `eyJ…..iv.text.tag`: a dot after the dot, and a part after it. */
const isDirect = (scan: Scan, dot: number): boolean =>
  byteAt(scan, dot + 1) === 0x2e && skip(scan.bytes, dot + 2, Math.min(scan.end, dot + 12), tokenBytes) === dot + 12
