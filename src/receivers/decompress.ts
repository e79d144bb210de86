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
  type Gunzip,
  type Inflate,
  type ZlibOptions,
  type ZstdDecompress,
  type ZstdOptions,
} from 'node:zlib'
import type { ByteBudget } from './byte-budget.ts'

/** What a Content-Encoding may say besides nothing and `identity`. */
export type Compression = 'gzip' | 'deflate' | 'zstd'

/** A body that is not given out: broken, over the limit, or no memory for it now. */
export type Withheld = 'malformed' | 'too-large' | 'memory'

/** Compressed bytes up to which a body is decompressed at once, on the spot. */
const onTheSpotBytes = 64 * 1024
// RFC 9659: a zstd window is at most 8 MiB. Without the bound a body of a few bytes could ask for 128 MiB.
const zstdWindow = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

/** What zlib gives for `info: true`; its types do not say so. */
interface Inflated {
  readonly buffer: Buffer
  /** `bytesWritten`: how far into the body it got. */
  readonly engine: { readonly bytesWritten: number }
}

const onTheSpot: Record<Compression, (body: Uint8Array, options: ZlibOptions & ZstdOptions) => unknown> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  zstd: (body, options) => zstdDecompressSync(body, { ...options, ...zstdWindow }),
}

const inPool: Record<Compression, (options: { chunkSize: number }) => Gunzip | Inflate | ZstdDecompress> = {
  gzip: createGunzip,
  deflate: createInflate,
  zstd: (options) => createZstdDecompress({ ...options, ...zstdWindow }),
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
  // One piece that holds all of it in most cases: half the cost of the default's several.
  const chunkSize = Math.min(Math.max(body.length * 8, 4096), 256 * 1024)
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `info: true` gives
    const inflated = onTheSpot[compression](body, { maxOutputLength: maxBytes, chunkSize, info: true }) as Inflated
    return inflated.engine.bytesWritten === body.length ? inflated.buffer : 'malformed'
  } catch (error) {
    const withheld = withheldBecause(error)
    if (withheld === undefined) throw error
    return withheld
  }
}

function decompressInPool(
  body: Uint8Array,
  compression: Compression,
  maxBytes: number,
  budget: ByteBudget,
): Promise<Uint8Array | Withheld> {
  return new Promise((resolve, reject) => {
    const stream = inPool[compression]({ chunkSize: 256 * 1024 })
    const chunks: Buffer[] = []
    let length = 0
    let drawn = 0
    const settle = (result: Uint8Array | Withheld): void => {
      stream.removeAllListeners('data')
      stream.destroy()
      resolve(result)
    }
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) return settle('too-large')
      if (!budget.take(chunk.length)) return settle('memory')
      drawn += chunk.length
      chunks.push(chunk)
    })
    stream.on('end', () => settle(stream.bytesWritten === body.length ? Buffer.concat(chunks, length) : 'malformed'))
    stream.on('error', (error) => {
      const withheld = withheldBecause(error)
      if (withheld === undefined) reject(error)
      else settle(withheld)
    })
    stream.on('close', () => budget.give(drawn))
    stream.end(body)
  })
}

/** `undefined`: it is not the body's fault. */
function withheldBecause(error: unknown): Withheld | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
  if (code === 'Z_MEM_ERROR' || code === 'ZSTD_error_memory_allocation') return 'memory'
  return code.startsWith('Z_') || code.startsWith('ZSTD_') ? 'malformed' : undefined
}
