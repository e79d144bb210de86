// What the gateway itself wrote stays: `hm:<key id>:<hex>` and `sha256:<hex>` of the exact length, at token edges.
import { isAlnum, isHex, isUpper, matches } from './bytes.ts'
import { addShield } from './candidates.ts'
import { type Scan, byteAt } from './scan.ts'

export function shieldPseudonym(scan: Scan, at: number): void {
  const { bytes, end } = scan
  const sha = bytes[at - 1] === 0x36 && at - 6 >= scan.start
  const start = sha ? at - 6 : at - 2
  if (sha) return shieldHex(scan, start, at + 1)
  for (const prefix of scan.pseudonymPrefixes) {
    if (matches(bytes, start, end, prefix)) shieldHex(scan, start, start + prefix.length)
  }
}

function shieldHex(scan: Scan, start: number, from: number): void {
  const to = from + scan.pseudonymChars
  if (to > scan.end || isAlnum(byteAt(scan, start - 1)) || isAlnum(byteAt(scan, to))) return
  for (let i = from; i < to; i++) if (!isHex(scan.bytes[i]) || isUpper(scan.bytes[i])) return
  addShield(scan.found, start, to)
}
