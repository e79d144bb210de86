// UTF-8 on byte ranges: whether it is valid, and where a character starts. `buffer.isUtf8` would need a view per string.

/** Whether [start, end) is valid UTF-8 (Unicode 17, table 3-7). Linear, allocates nothing. */
export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end) {
    const first = bytes[at++]
    if (first < 0x80) continue
    // The second byte's range shuts out overlong forms, surrogates and what is above U+10FFFF.
    let low = 0x80
    let high = 0xbf
    let more: number
    if (first < 0xc2) return false
    else if (first < 0xe0) more = 1
    else if (first < 0xf0) {
      more = 2
      if (first === 0xe0) low = 0xa0
      else if (first === 0xed) high = 0x9f
    } else if (first < 0xf5) {
      more = 3
      if (first === 0xf0) low = 0x90
      else if (first === 0xf4) high = 0x8f
    } else return false
    if (at + more > end) return false
    if (bytes[at] < low || bytes[at] > high) return false
    for (let last = at++ + more; at < last; at++) if ((bytes[at] & 0xc0) !== 0x80) return false
  }
  return true
}

/** The last position at or before `at` where a character starts. */
export function characterStart(bytes: Uint8Array, start: number, at: number): number {
  let boundary = at
  while (boundary > start && (bytes[boundary] & 0xc0) === 0x80) boundary--
  return boundary
}

/** The text of [start, end), which must be valid UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return bufferOf(bytes).toString('utf8', start, end)
}

/** The bytes of [start, end) as a string of as many characters, one per byte: offsets are the same in both. */
export function binaryOf(bytes: Uint8Array, start: number, end: number): string {
  return bufferOf(bytes).toString('latin1', start, end)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

const beyondAscii = /\P{ASCII}/u

/** The text of a binary string of UTF-8 bytes. */
export function textOfBinary(binary: string): string {
  return beyondAscii.test(binary) ? Buffer.from(binary, 'latin1').toString('utf8') : binary
}

/** The UTF-8 bytes of a text as a binary string. */
export function binaryOfText(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}
