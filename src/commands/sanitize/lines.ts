// Lines of a byte stream, bounded: a line that is too long is reported and skipped, never held.
import type { Readable } from 'node:stream'

/** The longest line that is read, in bytes; more than the largest body that the receivers take by default. */
export const maxLineBytes = 64 * 1024 * 1024

const newline = 0x0a

/**
 * Hands out each line without its end, in order; `undefined` for a line over the limit. The last one needs no newline.
 * The bytes are the reader's until the next line only.
 */
export async function* linesOf(input: Readable, limit = maxLineBytes): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = []
  let held = 0
  let tooLong = false
  const take = (): Buffer | undefined => {
    const line = tooLong ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts)
    parts = []
    held = 0
    tooLong = false
    return line
  }
  const hold = (part: Buffer): void => {
    if (part.length === 0) return
    held += part.length
    tooLong ||= held > limit
    if (tooLong) parts = []
    else parts.push(part)
  }
  for await (const chunk of input) {
    const bytes = chunk as Buffer
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      hold(bytes.subarray(start, end))
      start = end + 1
      yield take()
    }
    hold(bytes.subarray(start))
  }
  if (held > 0) yield take()
}
