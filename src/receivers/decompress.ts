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

export interface BodyLimits {
  /** The most bytes of a body, on the wire and decompressed, each (OTLP specification, "Server MUST" on request size). */
  readonly maxBytes: number
  readonly budget: ByteBudget
}

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

/** What failed was not the body. */
export interface Fault {
  readonly fault: unknown
}

export type Decompressed = Uint8Array | Withheld | Fault

/**
 * Decompresses a whole body: all gzip members and zstd frames of it, and nothing may follow the last.
 * Large bodies draw what they become from the budget while they grow.
 * @param maxBytes the most bytes it may become
 * @param done called once: for small bodies before this returns
 */
export function decompress(
  body: Uint8Array,
  compression: Compression,
  { maxBytes, budget }: BodyLimits,
  done: (result: Decompressed) => void,
): void {
  if (body.length < onTheSpotBytes) done(decompressOnTheSpot(body, compression, maxBytes))
  else decompressInPool(body, compression, maxBytes, budget, done)
}

function decompressOnTheSpot(body: Uint8Array, compression: Compression, maxBytes: number): Decompressed {
  const chunkSize = pieceBytes(body, compression)
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `info: true` gives
    const inflated = onTheSpot[compression](body, { maxOutputLength: maxBytes, chunkSize, info: true }) as Inflated
    return inflated.engine.bytesWritten === body.length ? inflated.buffer : 'malformed'
  } catch (error) {
    return causeOf(error)
  }
}

function decompressInPool(
  body: Uint8Array,
  compression: Compression,
  maxBytes: number,
  budget: ByteBudget,
  done: (result: Decompressed) => void,
): void {
  const stream = inPool[compression]({ chunkSize: pieceBytes(body, compression) })
  const chunks: Buffer[] = []
  let length = 0
  let drawn = 0
  let settled = false
  const settle = (result: Decompressed): void => {
    if (settled) return
    settled = true
    stream.destroy()
    done(result)
    budget.give(drawn)
  }
  stream.on('data', (chunk: Buffer) => {
    if (settled) return
    length += chunk.length
    if (length > maxBytes) return settle('too-large')
    if (!budget.take(chunk.length)) return settle('memory')
    drawn += chunk.length
    chunks.push(chunk)
  })
  stream.on('end', () => settle(stream.bytesWritten === body.length ? Buffer.concat(chunks, length) : 'malformed'))
  stream.on('error', (error) => settle(causeOf(error)))
  stream.end(body)
}

/**
 * How large the pieces are in which zlib puts out: one that holds all is less than half the cost of the default's 16 KiB each.
 * gzip ends with the length of what it holds (RFC 1952), which may lie; so there is an upper bound.
 */
function pieceBytes(body: Uint8Array, compression: Compression): number {
  const end = body.length
  const guess =
    compression === 'gzip' && end >= 18
      ? (body[end - 4] | (body[end - 3] << 8) | (body[end - 2] << 16) | (body[end - 1] << 24)) >>> 0
      : end * 8
  return Math.min(Math.max(guess + 1, 4096), 1024 * 1024)
}

function causeOf(error: unknown): Withheld | Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
  if (code === 'Z_MEM_ERROR' || code === 'ZSTD_error_memory_allocation') return 'memory'
  return code.startsWith('Z_') || code.startsWith('ZSTD_') ? 'malformed' : { fault: error }
}
