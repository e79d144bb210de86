// International bank account numbers: the country's length and the check digits (ISO 13616), with or without spaces.
import { isAlnum, isDigit, isHex, isUpper } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { hints, tellingBefore } from './telling-words.ts'

const detector = indexOf.iban

/** Country → length (SWIFT IBAN registry, and countries that use the form without being in it). */
const lengths = new Map(
  `AD24 AE23 AL28 AO25 AT20 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BR29 BY28 CF27 CG27 CH21 CI28 CM27 CR22 CV25 CY28 CZ24 DE22 DJ27 DK18
  DO28 DZ26 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 GE22 GI23 GL18 GQ27 GR27 GT28 GW25 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26
  IT27 JO30 KM27 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MA28 MC27 MD24 ME22 MG27 MK19 ML28 MN20 MR27 MT31 MU30 MZ25 NE28 NI28
  NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SN28 SO23 ST25 SV28 TD27 TG28 TL23 TN24
  TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((entry) => [entry.charCodeAt(0) * 256 + entry.charCodeAt(1), Number(entry.slice(2))] as const),
)

/** At the second check digit. */
export function verifyIban(scan: Scan, at: number): void {
  const { bytes } = scan
  const start = at - 3
  const length = lengths.get((bytes[start] & 0xdf) * 256 + (bytes[start + 1] & 0xdf))
  if (length === undefined) return
  let count = 4
  let i = at + 1
  let digits = 0
  // The remainder modulo 97 of the account, then of the country and check digits, which the rule moves to the end.
  let rest = 0
  while (count < length) {
    const b = byteAt(scan, i)
    if (isAlnum(b)) {
      rest = push(rest, b)
      if (isDigit(b)) digits++
      count++
    } else if ((b !== 0x20 && b !== 0x2d && b !== 0x2e) || !isAlnum(byteAt(scan, i + 1))) return
    i++
  }
  if (isAlnum(byteAt(scan, i)) || isHexId(bytes, start, i)) return
  // Small letters with few digits among them are words and ids.
  if (!isUpper(bytes[start]) && digits < (isTold(scan, start) ? 1 : 5)) return
  for (let k = start; k < start + 4; k++) rest = push(rest, bytes[k])
  if (rest === 1) find(scan, detector, start, i)
}

const isTold = (scan: Scan, start: number): boolean =>
  (scan.hint & hints.iban) !== 0 || (tellingBefore(scan.bytes, scan.start, start) & hints.iban) !== 0

function push(rest: number, b: number): number {
  if (isDigit(b)) return (rest * 10 + b - 0x30) % 97
  return (rest * 100 + (b & 0xdf) - 55) % 97
}

/** Half of what looks like an IBAN in lower case is the beginning of a hexadecimal id. */
function isHexId(bytes: Uint8Array, start: number, end: number): boolean {
  if (isUpper(bytes[start])) return false
  let letters = 0
  for (let i = start; i < end; i++) {
    if (!isHex(bytes[i]) && bytes[i] !== 0x2d) return false
    if (bytes[i] >= 0x41) letters++
  }
  return letters > 2
}
