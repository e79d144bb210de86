import * as fc from 'fast-check'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createByteBudget } from '../../src/receivers/byte-budget.ts'
import { decompress, type Compression, type Decompressed } from '../../src/receivers/decompress.ts'
import { incompressible } from './rig.ts'

const compress = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync }
const compressions = Object.keys(compress) as Compression[]

async function decompressed(body: Uint8Array, compression: Compression, maxBytes = 1 << 20): Promise<Decompressed> {
  const budget = createByteBudget(1 << 21)
  const result = await new Promise<Decompressed>((resolve) =>
    decompress(body, compression, { maxBytes, budget }, resolve),
  )
  await new Promise(setImmediate)
  expect(budget.taken).toBe(0)
  return result
}

describe.each(compressions)('%s', (compression) => {
  it('gives back what was compressed, up to the limit and not a byte more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 5000 }),
          fc.nat(200_000).map((length) => incompressible(length)),
          fc.nat(300_000).map((length) => new Uint8Array(length)),
        ),
        async (plain) => {
          const body = compress[compression](plain)
          const result = await decompressed(body, compression, Math.max(1, plain.length))
          expect(result instanceof Uint8Array && Buffer.compare(result, plain) === 0).toBe(true)
          if (plain.length > 1) expect(await decompressed(body, compression, plain.length - 1)).toBe('too-large')
        },
      ),
      { numRuns: 60 },
    )
  })

  it('answers anything else with one of its reasons, and never with a fault', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      // What starts well and goes wrong.
      fc
        .tuple(fc.uint8Array({ maxLength: 2000 }), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
        .map(([plain, at, patch]) => {
          const body = Uint8Array.from(compress[compression](plain))
          body.set(patch.subarray(0, Math.max(0, body.length - (at % body.length))), at % body.length)
          return body
        }),
      fc.nat(100_000).map((cut) => compress[compression](incompressible(100_000)).subarray(0, cut)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const result = await decompressed(body, compression)
        expect(result instanceof Uint8Array || result === 'malformed' || result === 'too-large').toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
