// Brazilian company numbers: 12.345.678/0001-95, bare or in parts, and since 2026 with letters, with right check digits.
import { isAlnum, isDigit } from './bytes.ts'
import { type FindGroups, atEdges, findGroups, groupEnd, hasShape, toldBefore } from './number-run.ts'
import { type Scan, byteAt, find, indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf.cnpj
const scratch = new Uint8Array(14)
const grouped = [2, 3, 3, 4, 2]
const halved = [8, 4, 2]

export const cnpjGroups: FindGroups = (run, g) => {
  if (!uses(run.scan, detector)) return 0
  const length = run.length[g]
  const groups =
    length === 14 ? 1 : length === 8 && hasShape(run, g, halved) ? 3 : length === 2 && hasShape(run, g, grouped) ? 5 : 0
  if (groups === 0) return 0
  const end = groupEnd(run, g + groups - 1)
  if (!atEdges(run.scan, run.start[g], end)) return 0
  readDigits(run.scan, run.start[g], end)
  const told = (toldBefore(run, g) & hints.cnpj) !== 0
  if (!told && !(checks() && (groups > 1 || isBareCnpj()))) return 0
  return findGroups(run, g, groups, detector)
}

/** Fourteen digits are a time as often as a company: bare they count for a head office or an early branch. */
const isBareCnpj = (): boolean => scratch[8] === 0 && scratch[9] === 0 && !isTimestamp()

/** yyyymmddhhmmss of these decades. */
function isTimestamp(): boolean {
  const pair = (i: number): number => scratch[i] * 10 + scratch[i + 1]
  if (pair(0) !== 20 || pair(2) > 39) return false
  return (
    pair(4) >= 1 && pair(4) <= 12 && pair(6) >= 1 && pair(6) <= 31 && pair(8) < 24 && pair(10) < 60 && pair(12) < 60
  )
}

/** How far behind the word the number may begin. */
const reach = 24
const dashedEnd = 8

/** At the J of `cnpj`, or at the last digit of `/0001-95`: the forms with letters, which no run of digits leads to. */
export function verifyCnpj(scan: Scan, at: number): void {
  if (isDigit(scan.bytes[at])) return verifyFormatted(scan, at + 1)
  for (let i = at + 1; i < Math.min(scan.end, at + reach); i++) {
    if (!isAlnum(scan.bytes[i]) || isAlnum(byteAt(scan, i - 1))) continue
    if (verifyTold(scan, i)) return
  }
}

/** Fourteen characters from `start` on, and what stands between them. */
function verifyTold(scan: Scan, start: number): boolean {
  let end = start
  for (let count = 0; count < 14; end++) {
    const b = byteAt(scan, end)
    if (isAlnum(b)) count++
    else if (b !== 0x2e && b !== 0x2f && b !== 0x2d) return false
  }
  return note(scan, start, end)
}

/** `12.ABC.345/01DE-35`, up to `end`. */
function verifyFormatted(scan: Scan, end: number): void {
  const start = end - 18
  if (start < scan.start) return
  for (let i = 0; i < 18 - dashedEnd; i++) {
    const b = scan.bytes[start + i]
    if (i === 2 || i === 6 ? b !== 0x2e : !isAlnum(b)) return
  }
  note(scan, start, end)
}

function note(scan: Scan, start: number, end: number): boolean {
  if (!atEdges(scan, start, end)) return false
  readDigits(scan, start, end)
  if (!checks()) return false
  find(scan, detector, start, end)
  return true
}

/** Letters count as their ASCII code less 48, as digits do. */
function readDigits(scan: Scan, start: number, end: number): void {
  let length = 0
  for (let i = start; i < end && length < 14; i++) {
    const b = scan.bytes[i]
    if (isAlnum(b)) scratch[length++] = (b >= 0x61 ? b - 32 : b) - 0x30
  }
}

function checks(): boolean {
  let same = true
  for (let i = 1; i < 14; i++) if (scratch[i] !== scratch[0]) same = false
  return !same && checkDigit(12) === scratch[12] && checkDigit(13) === scratch[13]
}

/** Modulo 11 with weights 2 to 9 from the right. */
function checkDigit(count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += scratch[count - 1 - i] * (2 + (i % 8))
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}
