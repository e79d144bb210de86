// Hardware addresses: aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff, aabb.ccdd.eeff.
import { isAlnum, isDigit, isHex, matches } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf.mac

/**
 * At the last digit of the fourth group with dashes (`aa-bb-cc-dd`), or of the second with dots (`aabb.ccdd`); or at what
 * follows the word `mac`.
 */
export function verifyMac(scan: Scan, at: number): void {
  if (!isHex(scan.bytes[at]) || isNamed(scan, at)) return verifyNamed(scan, at)
  const dotted = byteAt(scan, at - 4) === 0x2e
  const separator = dotted ? 0x2e : byteAt(scan, at - 2)
  // `device_9f_3c_…`: the end of the word before it looks like a pair.
  const isShifted = separator === 0x5f && isAlnum(byteAt(scan, at - 11))
  const start = dotted ? at - 8 : isShifted ? at - 7 : at - 10
  const end = start + (dotted ? 14 : 17)
  if (!isGrouped(scan, start, end, dotted ? 5 : 3, separator)) return
  const before = byteAt(scan, start - 1)
  const after = byteAt(scan, end)
  // Parts of something longer are none: eight groups name an interface, too.
  const longer = dotted && ((after === 0x2e && isAlnum(byteAt(scan, end + 1))) || before === 0x2e)
  // `dev_AA_BB_…`: the underscore before it is not of the address.
  const joined = longer || isAlnum(before) || before === 0x2d || isAlnum(after) || after === (dotted ? 0x2d : separator)
  if (joined || (dotted && !hasLetter(scan, start, end))) return
  if (isNobody(scan, start, end) || (!dotted && !hasLetter(scan, start, end) && isDateTime(scan, start))) return
  find(scan, detector, start, end)
}

/** The length of the address that is `[start, end)`, 0 if it is none. With colons. */
export function macLength(scan: Scan, start: number, end: number): number {
  return end - start === 17 && isGrouped(scan, start, end, 3, 0x3a) && !isNobody(scan, start, end) ? 17 : 0
}

const frameHead = 41

/** `MAC=` of netfilter: both addresses and the type, fourteen pairs. Its length, 0 if it is none. */
export function frameLength(scan: Scan, start: number, end: number): number {
  return end - start === frameHead && isGrouped(scan, start, end, 3, 0x3a) ? frameHead : 0
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

const isNamed = (scan: Scan, at: number): boolean => matches(scan.bytes, at - 3, scan.end, 'mac', true)

/** How far behind the word the digits may begin. */
const reach = 20

/** `mac=aabbccddeeff`, `"mac_address": "AABBCCDDEEFF"`: twelve digits without separators. */
function verifyNamed(scan: Scan, at: number): void {
  let start = at
  for (const word of addressWords) if (matches(scan.bytes, start, scan.end, word, true)) start += word.length
  while (start < at + reach && isBetween(byteAt(scan, start))) start++
  if (isAlnum(byteAt(scan, start - 1))) return
  for (let i = start; i < start + 12; i++) if (!isHex(byteAt(scan, i))) return
  if (isAlnum(byteAt(scan, start + 12)) || isNobody(scan, start, start + 12)) return
  find(scan, detector, start, start + 12)
}

const addressWords = ['_', ' ', '-', 'address', 'addr']

const isBetween = (b: number): boolean =>
  b === 0x20 || b === 0x3a || b === 0x3d || b === 0x22 || b === 0x27 || b === 0x5c || b === 0x5b
