// The body of an HTTP request, whole and decompressed, or why not. Holds at most the limit, before and after
// decompression, plus one chunk; and no more than the budget over all requests.
import type { IncomingMessage } from 'node:http'
import { decompress, type BodyLimits, type Compression, type Fault, type Withheld } from './decompress.ts'

/** A body and what it measured on the wire; or why it is withheld; `aborted`: the sender is gone, nobody waits for an answer. */
export type ReadBody = { readonly body: Uint8Array; readonly wireBytes: number } | Withheld | Fault | 'aborted'

/**
 * Reads the body and hands it to `done`, exactly once; the bytes it held of the budget are given back after that.
 * After anything but a body the rest of the request is still to be read or cut off.
 */
export function readBody(
  request: IncomingMessage,
  compression: Compression | undefined,
  limits: BodyLimits,
  done: (result: ReadBody) => void,
): void {
  const { maxBytes, budget } = limits
  const chunks: Buffer[] = []
  let length = 0
  let held = 0

  const stop = (): void => {
    request.off('data', onData)
    request.off('end', onEnd)
    request.off('close', onClose)
  }
  const finish = (result: ReadBody): void => {
    try {
      done(result)
    } finally {
      budget.give(held)
    }
  }
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    const withheld = length > maxBytes ? 'too-large' : budget.take(chunk.length) ? undefined : 'memory'
    if (withheld !== undefined) {
      stop()
      chunks.length = 0
      return finish(withheld)
    }
    held += chunk.length
    chunks.push(chunk)
  }
  const onEnd = (): void => {
    stop()
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length)
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
