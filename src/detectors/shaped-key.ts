// Keys without a prefix of their own that their shape tells: Twilio, Discord, Telegram, Airtable, Azure …
import { isAlnum, isDigit, isHex, isLetter, isUpper, matches, skip, skipBack, tokenBytes } from './bytes.ts'
import { alnumBytes } from './issuers.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf['api-key']

/** At the byte that completes an anchor of one of the shapes. Returns where the key ends, 0 if there is none. */
export function verifyShaped(scan: Scan, at: number, until: number): number {
  const b = scan.bytes[at]
  if (b === 0x7e) return verifyAzure(scan, at, until)
  const found =
    (isHex(b) && verifyTwilio(scan, at)) ||
    (isAlnum(b) && verifyDiscord(scan, at)) ||
    (isDigit(b) && verifyMailchimp(scan, at, until))
  if (found !== false && found > 0) return found
  if ((b | 32) === 0x74) return verifyAirtable(scan, at)
  if ((b | 32) === 0x62) return verifyFirebase(scan, at, until)
  return (b | 32) === 0x73 ? verifyTerraform(scan, at, until) : 0
}

/** Notes `[start, end)` if nothing goes on at either side. */
function note(scan: Scan, start: number, end: number): number {
  if (isAlnum(byteAt(scan, start - 1)) || isAlnum(byteAt(scan, end))) return 0
  find(scan, detector, start, end)
  return end
}

/** So many hex digits from `from` on. */
function areHex(scan: Scan, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (!isHex(byteAt(scan, i))) return false
  return true
}

/** `pat`, 14 characters, a dot and 64 hex digits. */
function verifyAirtable(scan: Scan, at: number): number {
  const dot = at + 15
  if (byteAt(scan, dot) !== 0x2e || (scan.bytes[at] | 32) !== 0x74 || !areHex(scan, dot + 1, 64)) return 0
  return skip(scan.bytes, at + 1, dot, alnumBytes) === dot ? note(scan, at - 2, dot + 65) : 0
}

/** A secret of an Entra application: `abc8Q~` and 34 characters. At the tilde. */
function verifyAzure(scan: Scan, at: number, until: number): number {
  const start = at - 5
  if (scan.bytes[at] !== 0x7e || start < Math.max(scan.start, until)) return 0
  let to = at + 1
  const limit = at + 44
  while (to < limit && (isAlnum(byteAt(scan, to)) || isAzurePunctuation(byteAt(scan, to)))) to++
  while (to > at && !isAlnum(scan.bytes[to - 1])) to--
  return to - at > 30 && to - at < 42 ? note(scan, start, to) : 0
}

const isAzurePunctuation = (b: number): boolean => b === 0x5f || b === 0x7e || b === 0x2e || b === 0x2d

/** 32 hex digits, `-us` and the number of a data centre. At its first digit. */
function verifyMailchimp(scan: Scan, at: number, until: number): number {
  const start = at - 35
  if (!isDigit(scan.bytes[at]) || start < Math.max(scan.start, until) || !areHex(scan, start, 32)) return 0
  return note(scan, start, isDigit(byteAt(scan, at + 1)) ? at + 2 : at + 1)
}

/** 14 characters, `.atlasv1.` and 60 or more. At the s. */
function verifyTerraform(scan: Scan, at: number, until: number): number {
  if (!matches(scan.bytes, at - 5, scan.end, '.atlasv1.')) return 0
  const start = skipBack(scan.bytes, at - 5, Math.max(scan.start, until, at - 30), alnumBytes)
  const to = skip(scan.bytes, at + 4, scan.end, tokenBytes)
  return to - at > 40 && at - start > 10 ? note(scan, start, to) : 0
}

/** `SK` or `AC` and 32 hex digits. */
function verifyTwilio(scan: Scan, at: number): number {
  const start = at - 5
  const { bytes, end } = scan
  if (start < scan.start || start + 34 > end) return 0
  const named =
    (bytes[start] === 0x53 && bytes[start + 1] === 0x4b) || (bytes[start] === 0x41 && bytes[start + 1] === 0x43)
  if (!named || isAlnum(byteAt(scan, start - 1)) || isAlnum(byteAt(scan, start + 34))) return 0
  for (let i = start + 2; i < start + 34; i++) if (!isHex(bytes[i])) return 0
  find(scan, detector, start, start + 34)
  return start + 34
}

/** The key or the token of a device of Firebase: some characters, `:APA91b` and a hundred more. At the b. */
function verifyFirebase(scan: Scan, at: number, until: number): number {
  if (!matches(scan.bytes, at - 6, scan.end, ':APA91b')) return 0
  const start = skipBack(scan.bytes, at - 6, Math.max(scan.start, until, at - 40), tokenBytes)
  const to = skip(scan.bytes, at + 1, scan.end, tokenBytes)
  return to - at > 60 ? note(scan, start, to) : 0
}

/** Three parts: a user id in base64, a time, a signature. */
function verifyDiscord(scan: Scan, at: number): number {
  const { bytes, end } = scan
  const start = skipBack(bytes, at, Math.max(scan.start, at - 8), alnumBytes)
  // Its anchor is eight characters from its beginning.
  if (at - start !== 7) return 0
  const first = skip(bytes, start, Math.min(end, start + 40), tokenBytes)
  if (first - start < 18 || first - start > 32 || byteAt(scan, first) !== 0x2e) return 0
  const second = skip(bytes, first + 1, Math.min(end, first + 10), tokenBytes)
  if (second - first < 6 || second - first > 8 || byteAt(scan, second) !== 0x2e) return 0
  const third = skip(bytes, second + 1, end, tokenBytes)
  if (third - second < 27) return 0
  find(scan, detector, start, third)
  return third
}

/** Telegram's bots: `123456789:` and 35 characters, also behind `/bot`. `[start, end)` are the digits. */
export function telegramToken(scan: Scan, start: number, end: number): boolean {
  if (byteAt(scan, end) !== 0x3a) return false
  if (end - start === 16) return verifyAsana(scan, start, end)
  if (end - start < 8 || end - start > 10) return false
  const to = skip(scan.bytes, end + 1, Math.min(scan.end, end + 64), tokenBytes)
  if (to - end < 31 || to - end > 50 || !hasBothCases(scan.bytes, end + 1, to)) return false
  find(scan, detector, start, to)
  return true
}

function hasBothCases(bytes: Uint8Array, from: number, to: number): boolean {
  let uppers = 0
  let lowers = 0
  for (let i = from; i < to; i++) {
    if (isUpper(bytes[i])) uppers++
    else if (isLetter(bytes[i])) lowers++
  }
  return uppers > 0 && lowers > 0
}

/** `1/`, 16 digits, a colon and 32 hex digits. */
function verifyAsana(scan: Scan, start: number, end: number): boolean {
  return areHex(scan, end + 1, 32) && note(scan, start, end + 33) > 0
}
