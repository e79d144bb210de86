import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countRecords } from '../../src/otlp/count.ts'
import { signals, type Signal } from '../../src/otlp/fields.ts'
import { splitAtMost, splitInHalves, withoutEmpty } from '../../src/otlp/split.ts'
import { plainTaste, request } from '../arbitrary/requests.ts'
import { tidy, write } from '../arbitrary/writer.ts'
import { requestName } from '../reference/schema.ts'
import { batchOf } from '../exporters/batches.ts'
import { recordsOf } from './records-of.ts'

const taste = { ...plainTaste, depth: 1 }

/** Canonical requests, several joined, with the fields of each message in any order. */
const bytesOf = (signal: Signal): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.array(request(signal, taste), { minLength: 1, maxLength: 3 }), fc.integer())
    .map(([requests, seed]) =>
      Buffer.concat(requests.map((each) => write(requestName[signal], each, { ...tidy, shuffle: true, seed }))),
    )
const textOf = (signal: Signal, bytes: Uint8Array): string[] => recordsOf(signal, bytes).map(({ whole }) => whole)

describe.each(signals)('splitting %s', (signal) => {
  it('into pieces of a size, then joining them, keeps every record with its resource and scope, in order', () => {
    fc.assert(
      fc.property(bytesOf(signal), fc.integer({ min: 1, max: 2_000 }), (bytes, maxBytes) => {
        const pieces = splitAtMost(signal, bytes, maxBytes)
        expect(textOf(signal, Buffer.concat(pieces.map((piece) => piece.bytes)))).toEqual(textOf(signal, bytes))
        for (const piece of pieces) {
          expect(piece.records).toBe(countRecords(signal, piece.bytes))
          expect(piece.records).toBeGreaterThan(0)
          expect(piece.isOversized === true).toBe(piece.bytes.length > maxBytes)
          if (piece.isOversized) expect(piece.records).toBe(1)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('in halves leaves half of the records in each', () => {
    fc.assert(
      fc.property(bytesOf(signal), (bytes) => {
        const records = countRecords(signal, bytes)
        const halves = splitInHalves(signal, bytes)
        expect(halves === undefined).toBe(records < 2)
        if (halves === undefined) return
        const [first, second] = halves
        expect(first.records).toBe(Math.floor(records / 2))
        expect(second.records).toBe(records - first.records)
        expect(textOf(signal, Buffer.concat([first.bytes, second.bytes]))).toEqual(textOf(signal, bytes))
      }),
      { numRuns: 100 },
    )
  })

  it('leaves what is small enough as it is, the very same bytes', () => {
    const { bytes } = batchOf(signal, ['a', 'b'])
    expect(splitAtMost(signal, bytes, bytes.length)).toEqual([{ bytes, records: 2 }])
    expect(splitAtMost(signal, bytes, bytes.length)[0].bytes).toBe(bytes)
  })

  it('fills its pieces: two that stand side by side would not fit in one', () => {
    const { bytes } = batchOf(
      signal,
      Array.from({ length: 500 }, (_, index) => `record-${index}`),
    )
    const pieces = splitAtMost(signal, bytes, 1_000)
    for (const [index, { bytes: next }] of pieces.slice(1).entries()) {
      expect(pieces[index].bytes.length + next.length).toBeGreaterThan(1_000)
      expect(pieces[index].bytes.length).toBeGreaterThan(900)
    }
  })
})

describe('a metric', () => {
  const points = (count: number): Uint8Array =>
    write(requestName.metrics, {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: Buffer.from('many'),
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: Array.from({ length: count }, (_, at) => ({ timeUnixNano: BigInt(at + 1), asInt: 1n })),
                  },
                },
                { name: Buffer.from('none'), gauge: {} },
              ],
            },
          ],
        },
      ],
    })

  it('with many points is split between points, its name and temporality in each piece', () => {
    const pieces = splitAtMost('metrics', points(100), 300)
    expect(pieces.length).toBeGreaterThan(5)
    for (const { bytes } of pieces)
      for (const { whole } of recordsOf('metrics', bytes))
        expect(whole).toMatch(/"name":"many".*"sum".*"aggregationTemporality":2,"isMonotonic":true/)
  })

  it('without points is in no piece', () => {
    expect(splitAtMost('metrics', points(0), 10)).toEqual([])
    for (const { bytes } of splitAtMost('metrics', points(3), 60))
      expect(Buffer.from(bytes).includes('none')).toBe(false)
  })

  it('without data goes, and what has some stays: no backend has a use for it, and Prometheus refuses the request', () => {
    const left = withoutEmpty('metrics', points(2))
    expect(Buffer.from(left).includes('none')).toBe(false)
    expect(textOf('metrics', left)).toEqual(textOf('metrics', points(2)))
    const { bytes } = batchOf('metrics', ['a', 'b'])
    expect(withoutEmpty('metrics', bytes)).toBe(bytes)
    expect(withoutEmpty('metrics', points(0))).toHaveLength(0)
  })
})
