import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../src/commands/sanitize/lines.ts'

async function linesIn(chunks: readonly Buffer[], limit?: number): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = []
  for await (const line of linesOf(Readable.from(chunks), limit)) lines.push(line?.toString())
  return lines
}

describe('lines of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))),
        fc.array(fc.nat({ max: 200 })),
        async (expected, cuts) => {
          const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''))
          const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
          const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
          expect(await linesIn(chunks)).toEqual(expected)
        },
      ),
    )
  })

  it('need no newline at the end', async () => {
    expect(await linesIn([Buffer.from('a\n\nb')])).toEqual(['a', '', 'b'])
  })

  it('are skipped when they are too long, wherever the chunks end, and the next ones are read', async () => {
    const chunks = ['ok\nlon', 'g lo', 'ng\nok again\n'].map((text) => Buffer.from(text))
    expect(await linesIn(chunks, 8)).toEqual(['ok', undefined, 'ok again'])
    expect(await linesIn([Buffer.from('much too long')], 8)).toEqual([undefined])
  })
})
