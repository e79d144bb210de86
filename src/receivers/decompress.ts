// Content-Encoding → plain bytes, never more of them than the limit. Small bodies on the spot, since a turn through zlib's
// thread pool costs several times the inflating itself; larger ones in the pool, so that they hold up nobody.
import {
  constants,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
  type ZlibOptions,
} from 'node:zlib'
import type { ByteBudget } from './byte-budget.ts'

/** What a Content-Encoding may say besides nothing and `identity`. */
export type Compression = 'gzip' | 'deflate' | 'zstd'

/** A body that is not given out: broken, over the limit, or no memory for it now. */
export type Withheld = 'malformed' | 'too-large' | 'memory'

/** Compressed bytes up to which a body is decompressed at once, on the spot. */
const onTheSpotBytes = 64 * 1024
// RFC 9659: a zstd window is at most 8 MiB. Without the bound a body of a few bytes could ask for 128 MiB.
const zstdParams = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

interface Codec {
  readonly once: (body: Uint8Array, options: ZlibOptions) => { buffer: Buffer; engine: { bytesWritten: number } }
  readonly stream: (options: ZlibOptions) => ReturnType<typeof createGunzip>
}

const codecs: Record<Compression, Codec> = {
  gzip: { once: gunzipSync as unknown as Codec['once'], stream: createGunzip },
  deflate: { once: inflateSync as unknown as Codec['once'], stream: createInflate },
  zstd: {
    once: (body, options) =>
      (zstdDecompressSync as unknown as Codec['once'])(body, { ...options, ...zstdParams } as ZlibOptions),
    stream: ({ chunkSize }) => createZstdDecompress({ ...zstdParams, ...(chunkSize && { chunkSize }) }) as never,
  },
}

/**
 * Decompresses a whole body: all gzip members and zstd frames of it, and nothing may follow the last.
 * Large bodies draw what they become from the budget while they grow and give it back when they are done.
 * @param maxBytes the most bytes it may become
 */
export function decompress(
  body: Uint8Array,
  compression: Compression,
  maxBytes: number,
  budget: ByteBudget,
): Uint8Array | Withheld | Promise<Uint8Array | Withheld> {
  return body.length < onTheSpotBytes
    ? decompressOnTheSpot(body, compression, maxBytes)
    : decompressInPool(body, compression, maxBytes, budget)
}

function decompressOnTheSpot(body: Uint8Array, compression: Compression, maxBytes: number): Uint8Array | Withheld {
  try {
    const chunkSize = Math.min(Math.max(body.length * 8, 4096), 256 * 1024)
    const { buffer, engine } = codecs[compression].once(body, { maxOutputLength: maxBytes, chunkSize, info: true })
    return engine.bytesWritten === body.length ? buffer : 'malformed'
  } catch (error) {
    return withheldBecause(error)
  }
}

function decompressInPool(
  body: Uint8Array,
  compression: Compression,
  maxBytes: number,
  budget: ByteBudget,
): Promise<Uint8Array | Withheld> {
  return new Promise((resolve, reject) => {
    const stream = codecs[compression].stream({ chunkSize: 256 * 1024 })
    const chunks: Buffer[] = []
    let length = 0
    let drawn = 0
    const finish = (result: Uint8Array | Withheld): void => {
      budget.give(drawn)
      drawn = 0
      stream.removeAllListeners('data')
      stream.destroy()
      resolve(result)
    }
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) return finish('too-large')
      if (!budget.take(chunk.length)) return finish('memory')
      drawn += chunk.length
      chunks.push(chunk)
    })
    stream.on('end', () => finish(stream.bytesWritten === body.length ? Buffer.concat(chunks, length) : 'malformed'))
    stream.on('error', (error) => {
      try {
        finish(withheldBecause(error))
      } catch (fault) {
        budget.give(drawn)
        reject(fault as Error)
      }
    })
    stream.end(body)
  })
}

/** @throws what is not the body's fault */
function withheldBecause(error: unknown): Withheld {
  const code = (error as { code?: unknown }).code
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
  if (code === 'Z_MEM_ERROR' || code === 'ZSTD_error_memory_allocation') return 'memory'
  if (typeof code === 'string' && /^(Z_|ZSTD_)/.test(code)) return 'malformed'
  throw error
}
