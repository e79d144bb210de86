// Hardware addresses: aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff, aabb.ccdd.eeff.
import { isAlnum, isDigit, isHex } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf.mac

/** At the last digit of the fourth group with dashes (`aa-bb-cc-dd`), or of the second with dots (`aabb.ccdd`). */
export function verifyMac(scan: Scan, at: number): void {
  const dotted = byteAt(scan, at - 4) === 0x2e
  const start = dotted ? at - 8 : at - 10
  const end = start + (dotted ? 14 : 17)
  if (!isGrouped(scan, start, end, dotted ? 5 : 3, dotted ? 0x2e : 0x2d)) return
  const before = byteAt(scan, start - 1)
  const after = byteAt(scan, end)
  // Parts of something longer are none: eight groups name an interface, too.
  const longer = dotted && (after === 0x2e || before === 0x2e)
  const joined = longer || isAlnum(before) || before === 0x2d || isAlnum(after) || after === 0x2d
  if (joined || (dotted && !hasLetter(scan, start, end))) return
  if (isNobody(scan, start, end) || (!dotted && !hasLetter(scan, start, end) && isDateTime(scan, start))) return
  find(scan, detector, start, end)
}

/** The length of the address that is `[start, end)`, 0 if it is none. With colons. */
export function macLength(scan: Scan, start: number, end: number): number {
  return end - start === 17 && isGrouped(scan, start, end, 3, 0x3a) && !isNobody(scan, start, end) ? 17 : 0
}

/** Hex digits, and every `step` bytes a separator. */
function isGrouped(scan: Scan, start: number, end: number, step: number, separator: number): boolean {
  for (let i = start; i < end; i++) {
    const b = byteAt(scan, i)
    if ((i - start) % step === step - 1 ? b !== separator : !isHex(b)) return false
  }
  return true
}

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
