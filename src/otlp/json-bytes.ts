// Ids and bytes of OTLP/JSON, written as protobuf: hex for the one, base64 for the other.
import { byte, hexValue, takeString } from './json-reader.ts'
import { counted, refuse, type Transcoding } from './json-state.ts'
import { putVarint } from './write.ts'

/** Writes an id as a length and its bytes. A trace id of 64 digits, which is two, keeps the first 32. */
export function putId(s: Transcoding, isTraceId: boolean): boolean {
  if (s.bytes[s.at] !== byte.quote) refuse('wrong-type')
  takeString(s)
  const { text, from, until, out } = s
  const digits = until - from
  const start = s.to + 1
  let to = start
  let bad = digits > 64 || digits % 2 !== 0 ? 255 : 0
  for (let i = from; i < until && bad === 0; i += 2) {
    const high = hexValue[text[i]]
    const low = hexValue[text[i + 1]]
    bad = (high | low) & 0xf0
    out[to++] = (high << 4) | low
  }
  if (bad !== 0) {
    s.counts[counted['bad-id']]++
    return false
  }
  if (isTraceId && digits === 64) {
    to = start + 16
    s.counts[counted['trace-id-64-hex']]++
  }
  out[s.to] = to - start
  s.to = to
  return digits > 0
}

/** The value of a base64 character, in the standard and the URL alphabet; 255 for other bytes. */
const base64Value = new Uint8Array(256).fill(255)
for (const alphabet of ['+/', '-_']) {
  const characters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${alphabet}`
  for (let value = 0; value < 64; value++) base64Value[characters.charCodeAt(value)] = value
}

export function putBase64(s: Transcoding): boolean {
  if (s.bytes[s.at] !== byte.quote) refuse('wrong-type')
  takeString(s)
  const { text, from, out } = s
  let until = s.until
  const padded = (until - from) % 4 === 0
  if (padded && until > from && text[until - 1] === 0x3d) until -= text[until - 2] === 0x3d ? 2 : 1
  const rest = (until - from) % 4
  if (rest === 1) refuse('bad-base64')
  const length = ((until - from - rest) / 4) * 3 + (rest === 0 ? 0 : rest - 1)
  putVarint(s, length)
  let bits = 0
  let held = 0
  for (let i = from; i < until; i++) {
    const value = base64Value[text[i]]
    if (value === 255) refuse('bad-base64')
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      out[s.to++] = (bits >>> held) & 0xff
    }
  }
  return length > 0
}
