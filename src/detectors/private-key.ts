// Private keys in PEM, and in the form of SSH2: from BEGIN to END, or to the end of the text where it was cut off.
import { matches } from './bytes.ts'
import { type Scan, find, indexOf } from './scan.ts'

const detector = indexOf['private-key']
const maxLabel = 48

/** At the N of `-----BEGIN` or `---- BEGIN`. Returns where the block ends. */
export function verifyPrivateKey(scan: Scan, at: number): number {
  const { bytes, end } = scan
  const start = at - 9
  let label = at + 1
  let isPrivate = false
  while (label < end && label < at + maxLabel && bytes[label] !== 0x2d) {
    if (matches(bytes, label, end, 'PRIVATE KEY')) isPrivate = true
    label++
  }
  if (!isPrivate) return at + 1
  for (let i = label + 5; i < end; i++) {
    if (bytes[i] !== 0x2d || !(matches(bytes, i, end, '-----END') || matches(bytes, i, end, '---- END'))) continue
    let close = i + 8
    while (close < end && bytes[close] !== 0x2d && close < i + maxLabel) close++
    while (close < end && bytes[close] === 0x2d) close++
    find(scan, detector, start, close)
    return close
  }
  find(scan, detector, start, end)
  return end
}
