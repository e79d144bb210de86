import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countRecords } from '../../src/otlp/count.ts'
import { recordMessages, requestOf, messages, signals } from '../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { requestType } from '../../src/otlp/root.ts'
import { WireError } from '../../src/otlp/wire-error.ts'
import { arbitraryRequest, type Json } from './arbitrary-request.ts'

/** Counts by the object, without the bytes. */
function recordsIn(value: Json, message: string): number {
  if (recordMessages.has(message)) return 1
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0
  return Object.entries(value).reduce((sum, [key, member]) => {
    const field = messages[message].fields.find(({ name }) => name === key)
    if (field?.kind !== 'message') return sum
    const children = Array.isArray(member) ? member : [member]
    return sum + children.reduce<number>((below, child) => below + recordsIn(child, field.type ?? ''), 0)
  }, 0)
}

describe.each(signals)('counting the records of %s', (signal) => {
  it('finds as many as there are', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const { bytes } = jsonToProtobuf(signal, Buffer.from(JSON.stringify(request)))
        expect(countRecords(signal, bytes)).toBe(recordsIn(request, requestOf[signal]))
      }),
    )
  })

  it('adds up when requests are joined', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), arbitraryRequest(signal), (a, b) => {
        const [first, second] = [a, b].map(
          (request) => jsonToProtobuf(signal, Buffer.from(JSON.stringify(request))).bytes,
        )
        const joined = Buffer.concat([first, second])
        expect(countRecords(signal, joined)).toBe(countRecords(signal, first) + countRecords(signal, second))
      }),
      { numRuns: 50 },
    )
  })

  it('answers with a number or a WireError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          expect(countRecords(signal, bytes)).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

it('counts data points of every kind of metric', () => {
  const type = requestType('metrics')
  const dataPoints = [{}, {}]
  const metrics = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'].map((kind) => ({
    [kind]: { dataPoints },
  }))
  const bytes = type.encode(type.fromObject({ resourceMetrics: [{ scopeMetrics: [{ metrics }, {}] }] })).finish()
  expect(countRecords('metrics', bytes)).toBe(10)
})

it('passes over fields it does not know, of every wire type', () => {
  const unknown = Buffer.from([0x78, 0x01, 0x79, ...Array(8).fill(0), 0x7a, 0x01, 0x00, 0x7d, 0, 0, 0, 0])
  const span = Buffer.from([0x0a, 0x04, 0x12, 0x02, 0x12, 0x00])
  expect(countRecords('traces', Buffer.concat([unknown, span, unknown]))).toBe(1)
})

it.each([
  ['a length past the end', [0x0a, 0x05, 0x00]],
  ['a group', [0x0b]],
  ['a varint without end', [0x80]],
])('refuses %s', (_, bytes) => {
  expect(() => countRecords('traces', Uint8Array.from(bytes))).toThrow(WireError)
})
