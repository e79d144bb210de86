import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countRecords } from '../../src/otlp/count.ts'
import { signals, type Signal } from '../../src/otlp/fields.ts'
import { mergeEqual } from '../../src/otlp/merge.ts'
import { requestType } from '../../src/otlp/root.ts'
import { plainTaste, request } from '../arbitrary/requests.ts'
import { tidy, write } from '../arbitrary/writer.ts'
import { requestName } from '../reference/schema.ts'
import { batchOf, namesIn } from '../exporters/batches.ts'
import { recordsOf } from './records-of.ts'

const taste = { ...plainTaste, depth: 1, key: fc.constantFrom('a', 'b'), text: fc.constantFrom('', 'x', 'y') }

/** Joined requests in which resources and scopes occur again. */
const joined = (signal: Signal): fc.Arbitrary<Uint8Array> =>
  fc
    .array(request(signal, taste), { minLength: 1, maxLength: 3 })
    .chain((requests) =>
      fc
        .array(fc.constantFrom(...requests), { minLength: 1, maxLength: 5 })
        .map((chosen) => Buffer.concat(chosen.map((each) => write(requestName[signal], each, tidy)))),
    )

const sorted = (texts: readonly string[]): string[] => [...texts].sort()

describe.each(signals)('merging %s', (signal) => {
  it('keeps every record with its resource and scope, and the order of those of one scope', () => {
    fc.assert(
      fc.property(joined(signal), (bytes) => {
        const [before, after] = [bytes, mergeEqual(signal, bytes)].map((each) => recordsOf(signal, each))
        expect(sorted(after.map(({ whole }) => whole))).toEqual(sorted(before.map(({ whole }) => whole)))
        for (const stream of new Set(before.map((record) => record.stream))) {
          const of = (records: typeof before) => records.filter((each) => each.stream === stream)
          expect(of(after)).toEqual(of(before))
        }
        expect(countRecords(signal, mergeEqual(signal, bytes))).toBe(countRecords(signal, bytes))
      }),
      { numRuns: 150 },
    )
  })

  it('twice is once, and never longer', () => {
    fc.assert(
      fc.property(joined(signal), (bytes) => {
        const once = mergeEqual(signal, bytes)
        expect(once.length).toBeLessThanOrEqual(bytes.length)
        expect(mergeEqual(signal, once)).toBe(once)
      }),
      { numRuns: 100 },
    )
  })

  it('says each resource and scope once', () => {
    const bytes = Buffer.concat(['a', 'b', 'c'].map((name) => batchOf(signal, [name]).bytes))
    const merged = mergeEqual(signal, bytes)
    expect(namesIn(signal, merged)).toEqual(['a', 'b', 'c'])
    const type = requestType(signal)
    const { [type.fieldsArray[0].name]: resources }: Record<string, any> = type.toObject(type.decode(merged))
    expect(resources).toHaveLength(1)
    expect(Object.values(resources[0])).toEqual([[expect.anything()]])
  })

  it('tells resources and scopes apart by their schema URLs', () => {
    const scope = (schemaUrl: string) => [{ schemaUrl: Buffer.from(schemaUrl), ...items[signal] }]
    const bytes = Buffer.concat(
      [
        ['r1', 's1'],
        ['r2', 's1'],
        ['r1', 's2'],
        ['r1', 's1'],
      ].map(([resource, inside]) =>
        write(requestName[signal], {
          [lists[signal][0]]: [{ schemaUrl: Buffer.from(resource), [lists[signal][1]]: scope(inside) }],
        }),
      ),
    )
    const streams = new Set(recordsOf(signal, mergeEqual(signal, bytes)).map(({ stream }) => stream))
    expect(streams.size).toBe(3)
  })

  it('leaves alone what says nothing twice, the very same bytes', () => {
    const { bytes } = batchOf(signal, ['a', 'b'])
    expect(mergeEqual(signal, bytes)).toBe(bytes)
  })
})

const lists = {
  traces: ['resourceSpans', 'scopeSpans'],
  metrics: ['resourceMetrics', 'scopeMetrics'],
  logs: ['resourceLogs', 'scopeLogs'],
} as const
const items = {
  traces: { spans: [{ name: Buffer.from('n') }] },
  metrics: { metrics: [{ name: Buffer.from('n'), gauge: { dataPoints: [{ timeUnixNano: 1n, asInt: 1n }] } }] },
  logs: { logRecords: [{ eventName: Buffer.from('n') }] },
}
