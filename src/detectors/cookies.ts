// Cookies that look random: `Cookie: sid=…; theme=dark`, `Set-Cookie: _app_session=…; Path=/`. The find is the value.
import { byteSet, isSpace, skip } from './bytes.ts'
import { isMixed } from './mixed.ts'
import { isPlaceholder } from './placeholder.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf['api-key']
const minValue = 16
/** Cookies of one header: more are none. */
const maxCookies = 64

const nameBytes = byteSet('A-Za-z0-9_.%-')
const valueBytes = byteSet('A-Za-z0-9_.%+/=:|~!*-')

/** At the sign or quote behind `cookie`. Returns where the header ends. */
export function verifyCookies(scan: Scan, at: number): number {
  const { bytes, end } = scan
  let i = at
  while (i < at + 6 && isBetween(byteAt(scan, i))) i++
  for (let n = 0; n < maxCookies; n++) {
    const sign = skip(bytes, i, end, nameBytes)
    if (sign === i || byteAt(scan, sign) !== 0x3d) return Math.max(i, at + 1)
    const to = skip(bytes, sign + 1, end, valueBytes)
    if (to - sign > minValue && isMixed(bytes, sign + 1, to) && !isPlaceholder(bytes, sign + 1, to))
      find(scan, detector, sign + 1, to)
    i = to
    if (byteAt(scan, i) !== 0x3b) return i
    i++
    while (isSpace(byteAt(scan, i)) && byteAt(scan, i) !== 0x0a) i++
  }
  return i
}

const isBetween = (b: number): boolean =>
  b === 0x20 || b === 0x3a || b === 0x22 || b === 0x27 || b === 0x5c || b === 0x5b
