// Bodies of answers, held against google.rpc's own descriptors (protobufjs ships Status's parts) and OTLP's.
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signals, type Signal } from '../../src/otlp/fields.ts'
import {
  decodeResponse,
  decodeRetryDelay,
  encodeResponse,
  encodeStatus,
  maxResponseBytes,
  type Encoding,
} from '../../src/otlp/status.ts'
import { decode } from '../receivers/rpc-status.ts'

const encodings: readonly Encoding[] = ['protobuf', 'json']
const judge = createRequire(import.meta.url)('@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js')
const collector = judge.opentelemetry.proto.collector
const responses: Readonly<Record<Signal, any>> = {
  traces: collector.trace.v1.ExportTraceServiceResponse,
  metrics: collector.metrics.v1.ExportMetricsServiceResponse,
  logs: collector.logs.v1.ExportLogsServiceResponse,
}
const rejectedField = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' }

const json = (bytes: Uint8Array): any => JSON.parse(Buffer.from(bytes).toString())

describe('a Status', () => {
  it('holds code, message, field violations and retry delay in protobuf', () => {
    const status = decode(
      'Status',
      encodeStatus(
        {
          code: 14,
          message: 'the queue is full',
          fieldViolations: [
            { field: 'spans', description: 'too many' },
            { field: 'a', description: '' },
          ],
          retryDelayMs: 2500,
        },
        'protobuf',
      ),
    )
    expect(status.code).toBe(14)
    expect(status.message).toBe('the queue is full')
    expect(status.details.map((detail: any) => detail.typeUrl)).toEqual([
      'type.googleapis.com/google.rpc.BadRequest',
      'type.googleapis.com/google.rpc.RetryInfo',
    ])
    expect(decode('BadRequest', status.details[0].value)).toEqual({
      fieldViolations: [{ field: 'spans', description: 'too many' }, { field: 'a' }],
    })
    expect(decode('RetryInfo', status.details[1].value)).toEqual({ retryDelay: { seconds: 2, nanos: 500_000_000 } })
  })

  it('holds the same in JSON', () => {
    expect(
      json(
        encodeStatus(
          { code: 3, message: 'bad "é"', fieldViolations: [{ field: 'f', description: 'd' }], retryDelayMs: 250 },
          'json',
        ),
      ),
    ).toEqual({
      code: 3,
      message: 'bad "é"',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'f', description: 'd' }] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.250s' },
      ],
    })
  })

  it('has no details when there are none', () => {
    expect(decode('Status', encodeStatus({ code: 5, message: 'm' }, 'protobuf'))).toEqual({ code: 5, message: 'm' })
    expect(json(encodeStatus({ code: 5, message: 'm' }, 'json'))).toEqual({ code: 5, message: 'm' })
  })

  it.each(encodings)('gives its retry delay back (%s)', (encoding) => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), fc.boolean(), (retryDelayMs, violated) => {
        const fieldViolations = violated ? [{ field: 'f', description: 'd' }] : []
        const body = encodeStatus({ code: 14, message: 'm', fieldViolations, retryDelayMs }, encoding)
        expect(decodeRetryDelay(body, encoding)).toBe(retryDelayMs)
      }),
    )
  })

  it.each(encodings)('without RetryInfo has no delay (%s)', (encoding) => {
    expect(decodeRetryDelay(encodeStatus({ code: 14, message: 'm' }, encoding), encoding)).toBeUndefined()
  })

  it.each(encodings)('larger than 4 MiB is cut (%s)', (encoding) => {
    for (const message of [
      'x'.repeat(maxResponseBytes),
      '\u0001'.repeat(maxResponseBytes),
      '東'.repeat(maxResponseBytes),
    ]) {
      const body = encodeStatus({ code: 3, message, fieldViolations: [{ field: 'f', description: message }] }, encoding)
      expect(body.length).toBeLessThanOrEqual(maxResponseBytes)
      const read = encoding === 'json' ? json(body) : decode('Status', body)
      expect(read.code).toBe(3)
      expect(message.startsWith(read.message)).toBe(true)
      expect(read.message.length).toBeGreaterThan(1000)
    }
  })
})

describe.each(signals)('an Export response for %s', (signal) => {
  it('is empty for a full success', () => {
    expect(encodeResponse(signal, undefined, 'protobuf').length).toBe(0)
    expect(Buffer.from(encodeResponse(signal, undefined, 'json')).toString()).toBe('{}')
  })

  it('says in protobuf how many were rejected, and why', () => {
    const body = encodeResponse(signal, { rejected: 5_000_000_000, errorMessage: 'bad-number' }, 'protobuf')
    const read = responses[signal].toObject(responses[signal].decode(body), { longs: Number })
    expect(read).toEqual({ partialSuccess: { [rejectedField[signal]]: 5_000_000_000, errorMessage: 'bad-number' } })
  })

  it('says in JSON how many were rejected, as a string', () => {
    const body = encodeResponse(signal, { rejected: 3, errorMessage: 'bad-number' }, 'json')
    expect(json(body)).toEqual({ partialSuccess: { [rejectedField[signal]]: '3', errorMessage: 'bad-number' } })
  })

  it.each(encodings)('reads back, warnings with none rejected included (%s)', (encoding) => {
    for (const rejected of [0, 1, 300, 5_000_000_000]) {
      const partial = { rejected, errorMessage: 'why: é' }
      expect(decodeResponse(encodeResponse(signal, partial, encoding), encoding)).toEqual(partial)
    }
    expect(decodeResponse(encodeResponse(signal, undefined, encoding), encoding)).toBeUndefined()
  })

  it.each(encodings)('is cut to 4 MiB (%s)', (encoding) => {
    const body = encodeResponse(signal, { rejected: 1, errorMessage: 'x'.repeat(maxResponseBytes) }, encoding)
    expect(body.length).toBeLessThanOrEqual(maxResponseBytes)
    expect(decodeResponse(body, encoding)?.rejected).toBe(1)
  })
})

describe('an answer that cannot be read', () => {
  it('of a backend that writes numbers, or an empty partial success, is read all the same', () => {
    const read = (text: string): unknown => decodeResponse(Buffer.from(text), 'json')
    expect(read('{"partialSuccess":{"rejectedSpans":2}}')).toEqual({ rejected: 2, errorMessage: '' })
    expect(read('{"partialSuccess":{}}')).toBeUndefined()
    expect(read('{"partialSuccess":null}')).toBeUndefined()
    expect(decodeResponse(Buffer.from([0x0a, 0x00]), 'protobuf')).toBeUndefined()
  })

  it.each(encodings)('is no answer, never an exception (%s)', (encoding) => {
    const valid = encodeStatus(
      { code: 1, message: 'm', fieldViolations: [{ field: 'a', description: 'b' }], retryDelayMs: 1 },
      encoding,
    )
    const broken = fc
      .tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 }))
      .map(([at, value]) => Uint8Array.from(valid, (old, index) => (index === at ? value : old)))
    const text = fc.oneof(
      fc.json(),
      fc.constantFrom(
        '{"details":[null]}',
        '{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":5}]}',
      ),
    )
    const body = fc.oneof(
      fc.uint8Array(),
      broken,
      text.map((json_) => Uint8Array.from(Buffer.from(json_))),
    )
    fc.assert(
      fc.property(body, (bytes) => {
        const delay = decodeRetryDelay(bytes, encoding)
        expect(delay === undefined || delay >= 0).toBe(true)
        const partial = decodeResponse(bytes, encoding)
        expect(partial === undefined || partial.rejected >= 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('of a retry delay below zero is none', () => {
    const body = Buffer.from('{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"-1s"}]}')
    expect(decodeRetryDelay(body, 'json')).toBeUndefined()
  })
})
