// IPv6 addresses, with :: and an IPv4 tail; no loopback, no `std::`, times, slices or fingerprints.
import { isAlnum, isDigit, isHex } from './bytes.ts'
import { frameLength, macLength } from './mac.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf.ipv6

/** Returns where the token of hex digits, colons and dots ends. Also finds MAC addresses with colons. */
export function verifyColons(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  let start = at
  while (start > Math.max(scan.start, until) && isPart(bytes[start - 1])) start--
  let end = at
  while (end < scan.end && isPart(bytes[end])) end++
  const past = end
  // `host:2001:db8::1` and `1.2.3.4:` are not addresses as a whole: a dot may stand in the tail only.
  while (end > start && (bytes[end - 1] === 0x2e || (bytes[end - 1] === 0x3a && bytes[end - 2] !== 0x3a))) end--
  while (start < end && (bytes[start] === 0x2e || (bytes[start] === 0x3a && bytes[start + 1] !== 0x3a))) start++
  // `id:2001:db8::1`: the d belongs to the word before the colon.
  if (isAlnum(byteAt(scan, start - 1))) {
    while (start < end && isHex(bytes[start])) start++
    if (isLoneColon(bytes, start)) start++
    else return past
  }
  if (isAlnum(byteAt(scan, end)) || byteAt(scan, end) === 0x5f) return past
  const mac = macLength(scan, start, end) || frameLength(scan, start, end)
  if (mac > 0) find(scan, indexOf.mac, start, start + mac)
  else if (end - start <= 45 && isAddress(bytes, start, end) && !isMask(bytes, start, end))
    find(scan, detector, start, zoneEnd(scan, end))
  else {
    const port = portOf(bytes, start, end)
    // Nine pairs are a serial number.
    if (
      port < end &&
      port - start <= 45 &&
      (port - start !== 23 || hasGap(bytes, start, port)) &&
      isAddress(bytes, start, port)
    )
      find(scan, detector, start, port)
  }
  return past
}

/** `connect ECONNREFUSED 2001:…:1:5432`: the colon before digits that are no group of the address, as Node writes them. */
function portOf(bytes: Uint8Array, start: number, end: number): number {
  let i = end
  while (i > start && isDigit(bytes[i - 1])) i--
  return end - i > 1 && end - i < 6 && bytes[i - 1] === 0x3a ? i - 1 : end
}

function hasGap(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i + 1 < end; i++) if (bytes[i] === 0x3a && bytes[i + 1] === 0x3a) return true
  return false
}

/** A colon that is no part of `::`; of three the first. */
const isLoneColon = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x3a && (bytes[at + 1] !== 0x3a || bytes[at + 2] === 0x3a)

const isPart = (b: number): boolean => isHex(b) || b === 0x3a || b === 0x2e

function isAddress(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0
  let gap = -1
  let longest = 0
  let numeric = false
  let i = start
  if (bytes[i] === 0x3a) {
    gap = 0
    i += 2
  }
  while (i < end) {
    const group = i
    while (i < end && isHex(bytes[i])) if (isDigit(bytes[i++])) numeric = true
    if (i < end && bytes[i] === 0x2e)
      return isTail(bytes, group, end) && !isLoopback(bytes, group, groups) && fits(groups + 2, gap)
    if (i === group || i - group > 4) return false
    longest = Math.max(longest, i - group)
    groups++
    if (i === end) break
    i++
    if (i === end) return false
    if (bytes[i] === 0x3a) {
      if (gap >= 0) return false
      gap = groups
      i++
    }
  }
  if (!fits(groups, gap)) return false
  // `::`, `::1`, `1::2`, `dead::beef`: loopback, slices and names.
  if (gap >= 0) return numeric && (longest >= 3 || groups >= 3)
  return numeric || longest === 4
}

const fits = (groups: number, gap: number): boolean => (gap >= 0 ? groups <= 7 : groups === 8)

/** `ffff:ffff:…`, `ff::`: ones only. */
function isMask(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x3a && (bytes[i] | 32) !== 0x66) return false
  return true
}

/** Whether the rest is `1.2.3.4`. */
function isTail(bytes: Uint8Array, from: number, end: number): boolean {
  let parts = 1
  let digits = 0
  for (let i = from; i < end; i++) {
    if (bytes[i] === 0x2e) {
      if (digits === 0) return false
      digits = 0
      parts++
    } else if (!isDigit(bytes[i]) || ++digits > 3) return false
  }
  return parts === 4 && digits > 0
}

/** `::ffff:127.0.0.1` */
const isLoopback = (bytes: Uint8Array, from: number, groups: number): boolean =>
  groups <= 1 &&
  bytes[from] === 0x31 &&
  bytes[from + 1] === 0x32 &&
  bytes[from + 2] === 0x37 &&
  bytes[from + 3] === 0x2e

/** `fe80::1%eth0` */
function zoneEnd(scan: Scan, end: number): number {
  if (byteAt(scan, end) !== 0x25) return end
  let i = end + 1
  while (i < end + 16 && isAlnum(byteAt(scan, i))) i++
  return i > end + 1 ? i : end
}
