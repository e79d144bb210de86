// The body of an HTTP request, whole and decompressed, or why not. Holds at most the limit, before and after
// decompression, plus one chunk; and no more than the budget over all requests.
import type { IncomingMessage } from 'node:http'
import { giveBuffer, takeBuffer } from './body-buffers.ts'
import { decompress, type BodyLimits, type Compression, type Fault, type Withheld } from './decompress.ts'

/** A body and what it measured on the wire; or why it is withheld; `aborted`: the sender is gone, nobody waits for an answer. */
export type ReadBody = { readonly body: Uint8Array; readonly wireBytes: number } | Withheld | Fault | 'aborted'

/** A buffer grows to what was announced, but not to more than this many times what has arrived. */
const growth = 4

/**
 * Reads the body and hands it to `done`, exactly once; the bytes it held of the budget are given back after that, and
 * the body itself is used for another.
 * After anything but a body the rest of the request is still to be read or cut off.
 */
export function readBody(
  request: IncomingMessage,
  compression: Compression | undefined,
  limits: BodyLimits,
  done: (result: ReadBody) => void,
): void {
  const { maxBytes, budget } = limits
  const announced = Number(request.headers['content-length'] ?? 0)
  let first: Buffer | undefined
  let joined: Buffer | undefined
  let length = 0
  let held = 0

  const stop = (): void => {
    request.off('data', onData)
    request.off('end', onEnd)
    request.off('close', onClose)
  }
  const release = (): void => {
    if (joined !== undefined) giveBuffer(joined)
    joined = undefined
    first = undefined
  }
  const finish = (result: ReadBody): void => {
    try {
      done(result)
    } finally {
      budget.give(held)
      release()
    }
  }
  const add = (chunk: Buffer): void => {
    if (length === chunk.length) {
      first = chunk
      return
    }
    if (joined === undefined || joined.length < length) {
      const before = joined ?? first ?? chunk
      const larger = takeBuffer(Math.max(2 * length, Math.min(announced, growth * length)))
      before.copy(larger, 0, 0, length - chunk.length)
      if (joined !== undefined) giveBuffer(joined)
      joined = larger
      first = undefined
    }
    chunk.copy(joined, length - chunk.length)
  }
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    const withheld = length > maxBytes ? 'too-large' : budget.take(chunk.length) ? undefined : 'memory'
    if (withheld !== undefined) {
      stop()
      release()
      return finish(withheld)
    }
    held += chunk.length
    add(chunk)
  }
  const onEnd = (): void => {
    stop()
    const body = joined?.subarray(0, length) ?? first ?? Buffer.alloc(0)
    if (compression === undefined) return finish({ body, wireBytes: length })
    decompress(body, compression, limits, (plain) => {
      if (request.socket.destroyed) finish('aborted')
      else finish(plain instanceof Uint8Array ? { body: plain, wireBytes: length } : plain)
    })
  }
  const onClose = (): void => {
    stop()
    finish('aborted')
  }
  request.on('data', onData)
  request.on('end', onEnd)
  request.on('close', onClose)
}

/** The Content-Encoding as a compression, `undefined` for none, `unknown` for what is not offered here. */
export function compressionOf(header: string | undefined): Compression | 'unknown' | undefined {
  switch (header) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'deflate':
    case 'zstd':
      return header
    default: {
      const known = header.trim().toLowerCase()
      return known === header ? (known === 'x-gzip' ? 'gzip' : 'unknown') : compressionOf(known)
    }
  }
}
