// Protobuf that the JSON transcoder would not write: other orders, parts, defaults, unknown fields, broken bytes.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signals } from '../../src/otlp/fields.ts'
import { requestType } from '../../src/otlp/root.ts'
import { decodeRequest, protobufToJson } from '../../src/otlp/to-json.ts'
import { WireError } from '../../src/otlp/wire-error.ts'

const bytes = (...parts: (number[] | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const field = (tag: number, ...parts: (number[] | string)[]): number[] => {
  const body = bytes(...parts)
  return [tag, body.length, ...body]
}
/** A request of one span with these fields. */
const span = (...parts: (number[] | string)[]): any =>
  JSON.parse(protobufToJson('traces', bytes(field(0x0a, field(0x12, field(0x12, ...parts)))))).resourceSpans[0]
    .scopeSpans[0].spans[0]
const value = (...parts: (number[] | string)[]): any => span(field(0x4a, field(0x12, ...parts))).attributes[0].value

describe('protobuf to JSON', () => {
  it('maps every kind as the specification says', () => {
    const type = requestType('metrics')
    const request = {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'm',
                  exponentialHistogram: {
                    aggregationTemporality: 2,
                    dataPoints: [
                      {
                        count: '18446744073709551615',
                        sum: 0,
                        scale: -5,
                        positive: { offset: 2147483647, bucketCounts: ['1', '300'] },
                        flags: 4294967295,
                        exemplars: [{ asInt: '-9223372036854775808', spanId: Buffer.from('00f067aa0ba902b7', 'hex') }],
                        min: Number.NaN,
                        max: Number.NEGATIVE_INFINITY,
                        attributes: [
                          { key: 'b', value: { bytesValue: Buffer.from([0xff, 0xfe, 0xfd]) } },
                          { key: 'i', value: { intValue: '-1' } },
                        ],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }
    const json = protobufToJson('metrics', type.encode(type.fromObject(request)).finish())
    expect(json).not.toContain('\n')
    expect(JSON.parse(json).resourceMetrics[0].scopeMetrics[0].metrics[0]).toEqual({
      name: 'm',
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            count: '18446744073709551615',
            sum: 0,
            scale: -5,
            positive: { offset: 2147483647, bucketCounts: ['1', '300'] },
            flags: 4294967295,
            exemplars: [{ asInt: '-9223372036854775808', spanId: '00f067aa0ba902b7' }],
            min: 'NaN',
            max: '-Infinity',
            attributes: [
              { key: 'b', value: { bytesValue: '//79' } },
              { key: 'i', value: { intValue: '-1' } },
            ],
          },
        ],
      },
    })
  })

  it('takes fields in any order and prints lists together', () => {
    expect(span(field(0x4a, field(0x0a, 'a')), field(0x2a, 'name'), field(0x4a, field(0x0a, 'b')))).toEqual({
      name: 'name',
      attributes: [{ key: 'a' }, { key: 'b' }],
    })
  })

  it('takes the last of a scalar, and joins a message that comes in parts', () => {
    expect(span(field(0x2a, 'first'), field(0x2a, 'last'))).toEqual({ name: 'last' })
    expect(span(field(0x7a, field(0x12, 'text')), field(0x7a, [0x18, 0x02]))).toEqual({
      status: { message: 'text', code: 2 },
    })
  })

  it('takes the last member of a oneof, whatever came before', () => {
    expect(value(field(0x0a, 'text'), [0x18, 0x07])).toEqual({ intValue: '7' })
    expect(value(field(0x2a, []), field(0x0a, 'text'))).toEqual({ stringValue: 'text' })
    expect(value([0x18, 0x07], field(0x2a, []))).toEqual({ arrayValue: {} })
  })

  it('keeps zeros that say something and leaves out those that do not', () => {
    expect(value([0x10, 0x00])).toEqual({ boolValue: false })
    expect(value(field(0x0a, ''))).toEqual({ stringValue: '' })
    expect(span([0x30, 0x00], field(0x2a, ''), field(0x7a, []))).toEqual({ status: {} })
  })

  it('keeps minus zero', () => {
    const json = protobufToJson(
      'logs',
      bytes(field(0x0a, field(0x12, field(0x12, field(0x2a, [0x21, 0, 0, 0, 0, 0, 0, 0, 0x80]))))),
    )
    expect(json).toContain('{"doubleValue":-0}')
  })

  it('leaves out unknown fields and known ones of a wrong wire type', () => {
    expect(span([0xf8, 0x07, 0x01], [0x28, 0x01], field(0x2a, 'a'))).toEqual({ name: 'a' })
  })

  it('takes packed fields in one piece, in chunks and unpacked', () => {
    const point = (...parts: number[][]): any =>
      JSON.parse(
        protobufToJson(
          'metrics',
          bytes(field(0x0a, field(0x12, field(0x12, field(0x52, field(0x0a, field(0x42, ...parts))))))),
        ),
      ).resourceMetrics[0].scopeMetrics[0].metrics[0].exponentialHistogram.dataPoints[0].positive
    expect(point(field(0x12, [1, 2, 3]))).toEqual({ bucketCounts: ['1', '2', '3'] })
    expect(point(field(0x12, [1]), [0x10, 2], field(0x12, [0xac, 0x02]))).toEqual({ bucketCounts: ['1', '2', '300'] })
  })

  it('replaces invalid UTF-8', () => {
    expect(span(field(0x2a, [0x61, 0xff, 0x62]))).toEqual({ name: 'a\ufffdb' })
  })

  it('escapes what must be escaped', () => {
    expect(span(field(0x2a, '"\\\n\u0001\u2028'))).toEqual({ name: '"\\\n\u0001\u2028' })
  })

  it.each([
    ['truncated', [0x0a, 0x05, 0x0a]],
    ['truncated', [0x0a]],
    ['truncated', [0x80]],
    ['bad-wire-type', [0x0b]],
  ])('refuses broken bytes as %s', (code, broken) => {
    expect(() => protobufToJson('traces', Uint8Array.from(broken))).toThrow(expect.objectContaining({ code }))
  })

  it('refuses messages nested without end', () => {
    let nested = field(0x18, [])
    for (let i = 0; i < 60; i++) nested = [...bytes([0x2a, 0x80 | (nested.length & 0x7f), nested.length >> 7], nested)]
    expect(() => value(nested)).toThrow(WireError)
  })

  it('answers with JSON or a WireError for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...signals), fc.uint8Array({ maxLength: 60 }), (signal, random) => {
        for (const wrapped of [random, bytes(field(0x0a, field(0x12, field(0x12, [...random]))))]) {
          try {
            JSON.parse(protobufToJson(signal, wrapped))
          } catch (error) {
            expect(error).toBeInstanceOf(WireError)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the decoded request', () => {
  it('has 64-bit integers as text and bytes as bytes', () => {
    const type = requestType('traces')
    const traceId = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')
    const encoded = type
      .encode(
        type.fromObject({
          resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, startTimeUnixNano: '1795289840850000001' }] }] }],
        }),
      )
      .finish()
    expect(decodeRequest('traces', encoded)).toEqual({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, startTimeUnixNano: '1795289840850000001' }] }] }],
    })
  })

  it('is a WireError when the bytes are no request', () => {
    expect(() => decodeRequest('traces', Uint8Array.of(0x0a, 0x05))).toThrow(WireError)
  })
})
