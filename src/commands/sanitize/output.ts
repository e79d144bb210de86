// Output in large writes that wait for the reader: memory stays flat however slow the reader is.
import { once } from 'node:events'
import type { Writable } from 'node:stream'

const flushAt = 64 * 1024

export interface LineOutput {
  /** Writes a line; its end is added. */
  line(text: string): Promise<void> | undefined
  flush(): Promise<void>
}

/** `line` answers a promise only when the reader is behind. */
export function lineOutput(stream: Writable): LineOutput {
  let pending = ''
  const flush = async (): Promise<void> => {
    if (pending === '') return
    const text = pending
    pending = ''
    if (!stream.write(text)) await once(stream, 'drain')
  }
  return {
    line(text) {
      pending += `${text}\n`
      return pending.length < flushAt ? undefined : flush()
    },
    flush,
  }
}
