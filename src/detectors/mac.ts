// Hardware addresses: aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff, aabb.ccdd.eeff.
import { isAlnum, isDigit, isHex } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf.mac

/** At the last digit of groups with dashes or dots. */
export function verifyMac(scan: Scan, at: number): void {
  const end = at + 1
  const dotted = byteAt(scan, at - 4) === 0x2e
  const start = dotted ? end - 14 : end - 17
  const before = byteAt(scan, start - 1)
  const after = byteAt(scan, end)
  if (isJoined(before) || isJoined(after) || (dotted && !hasLetter(scan, start, end))) return
  if (isNobody(scan, start, end) || (!dotted && !hasLetter(scan, start, end) && isDateTime(scan, start))) return
  find(scan, detector, start, end)
}

/** The length of the address that is `[start, end)`, 0 if it is none. With colons. */
export function macLength(scan: Scan, start: number, end: number): number {
  if (end - start !== 17) return 0
  for (let i = 0; i < 17; i++) {
    const b = scan.bytes[start + i]
    if (i % 3 === 2 ? b !== 0x3a : !isHex(b)) return 0
  }
  return isNobody(scan, start, end) ? 0 : 17
}

const isJoined = (b: number): boolean => isAlnum(b) || b === 0x2d || b === 0x3a

function hasLetter(scan: Scan, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (isHex(scan.bytes[i]) && !isDigit(scan.bytes[i])) return true
  return false
}

/** All zeros, all ones. */
function isNobody(scan: Scan, start: number, end: number): boolean {
  const first = scan.bytes[start] | 32
  for (let i = start; i < end; i++) if (isHex(scan.bytes[i]) && (scan.bytes[i] | 32) !== first) return false
  return first === 0x30 || first === 0x66
}

/** 25-01-15-10-30-45 */
function isDateTime(scan: Scan, start: number): boolean {
  const part = (k: number): number => (scan.bytes[start + k * 3] - 0x30) * 10 + scan.bytes[start + k * 3 + 1] - 0x30
  return part(1) >= 1 && part(1) <= 12 && part(2) >= 1 && part(2) <= 31 && part(3) < 24 && part(4) < 60 && part(5) < 60
}
