// WhatsApp ids: 5511912345678@s.whatsapp.net, with :device, groups 5511…-1612345678@g.us, 123456789012345@lid.
import { isAlnum, isDigit, matches } from './bytes.ts'
import { type Scan, byteAt, find, indexOf, uses } from './scan.ts'

const detector = indexOf['whatsapp-jid']
const servers = [
  's.whatsapp.net',
  'whatsapp.net',
  'c.us',
  'g.us',
  'lid',
  'hosted.lid',
  'hosted',
  'newsletter',
  'broadcast',
  'bot',
  'call',
]
const maxUser = 40

/** Returns where the id ends, or 0 if there is none around the @. */
export function verifyJid(scan: Scan, at: number, until: number): number {
  if (!uses(scan, detector)) return 0
  const { bytes } = scan
  if (!isDigit(byteAt(scan, at - 1))) return 0
  const server = servers.find(
    (name) => matches(bytes, at + 1, scan.end, name, true) && endsServer(scan, at + 1 + name.length),
  )
  if (server === undefined) return 0
  const floor = Math.max(scan.start, until, at - maxUser)
  let start = at
  let digits = 0
  while (start > floor && isUserByte(bytes[start - 1])) if (isDigit(bytes[--start])) digits++
  while (start < at && !isDigit(bytes[start])) start++
  // Short ids are no people: `0@s.whatsapp.net` is WhatsApp itself.
  if (digits < 5) return at + 1 + server.length
  // Letters before it make it the name of a mailbox.
  if (isAlnum(byteAt(scan, start - 1))) return 0
  if (byteAt(scan, start - 1) === 0x2b) start--
  const end = at + 1 + server.length
  find(scan, detector, start, end)
  return end
}

/** Digits, `:` before a device, `.` before an agent, `_`, `-` in old groups. */
const isUserByte = (b: number): boolean => isDigit(b) || b === 0x3a || b === 0x2d || b === 0x2e

function endsServer(scan: Scan, end: number): boolean {
  const after = byteAt(scan, end)
  // `…@s.whatsapp.net.json` and `…@g.us--0.json` are names of files.
  if (after === 0x2e) return !isAlnum(byteAt(scan, end + 1)) || matches(scan.bytes, end + 1, scan.end, 'json', true)
  return !isAlnum(after) && (after !== 0x2d || byteAt(scan, end + 1) === 0x2d)
}
