import { status } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { grpcAnswer, httpAnswer } from '../../src/exporters/answers.ts'

describe('over HTTP', () => {
  it('only what OTLP lists is tried again', () => {
    const tried = Array.from({ length: 400 }, (_, index) => 200 + index).filter(
      (each) => httpAnswer(each).is === 'retry',
    )
    expect(tried).toEqual([429, 502, 503, 504])
  })

  it.each([
    [400, 'refused'],
    [401, 'circuit'],
    [403, 'circuit'],
    [404, 'circuit'],
    [308, 'circuit'],
    [413, 'too-large'],
    [422, 'refused'],
    [500, 'refused'],
    [501, 'refused'],
  ])('%i is %s', (answer, kind) => {
    expect(httpAnswer(answer)).toEqual({ is: kind })
  })

  it.each([
    [
      503,
      'grpc error: code = ResourceExhausted desc = grpc: received message larger than max (5002487 vs. 4194304)',
      4194304,
    ],
    [400, '\u0008\u0003\u0012\u001dhttp: request body too large', undefined],
  ])('%i is about the size when its body says %j, as Loki and the Collector do', (status, text, maxBytes) => {
    expect(httpAnswer(status, Buffer.from(text))).toEqual({ is: 'too-large', ...(maxBytes && { maxBytes }) })
  })

  it('a body changes nothing about a token or a path that is wrong', () => {
    expect(httpAnswer(401, Buffer.from('request body too large'))).toEqual({ is: 'circuit' })
  })
})

describe('over gRPC', () => {
  it('only what OTLP lists is tried again, and an exhausted resource when the server says when', () => {
    const codes = Object.values(status).filter((code) => typeof code === 'number')
    const tried = codes.filter((code) => grpcAnswer(code, '', false).is === 'retry')
    expect(tried).toEqual([
      status.CANCELLED,
      status.DEADLINE_EXCEEDED,
      status.ABORTED,
      status.OUT_OF_RANGE,
      status.UNAVAILABLE,
      status.DATA_LOSS,
    ])
    expect(grpcAnswer(status.RESOURCE_EXHAUSTED, '', true)).toEqual({ is: 'retry' })
  })

  it.each([
    [status.UNAUTHENTICATED, 'circuit'],
    [status.PERMISSION_DENIED, 'circuit'],
    [status.UNIMPLEMENTED, 'circuit'],
    [status.INVALID_ARGUMENT, 'refused'],
    [status.INTERNAL, 'refused'],
    [status.UNKNOWN, 'refused'],
    [status.FAILED_PRECONDITION, 'refused'],
    [status.RESOURCE_EXHAUSTED, 'refused'],
  ])('%i is %s', (code, kind) => {
    expect(grpcAnswer(code, '', false)).toEqual({ is: kind })
  })

  it.each([
    ['grpc: received message larger than max (5000000 vs. 4194304)', 4194304],
    ['grpc: received message after decompression larger than max 4194304', 4194304],
    ['trpc: request too large', undefined],
  ])('%j is too large, and the limit in it is believed', (details, maxBytes) => {
    expect(grpcAnswer(status.RESOURCE_EXHAUSTED, details, false)).toMatchObject({
      is: 'too-large',
      ...(maxBytes && { maxBytes }),
    })
  })

  it('a rate limit without RetryInfo is tried again where the backend is known for it', () => {
    const details = 'RATE_LIMITED: ingestion rate limit exceeded'
    expect(grpcAnswer(status.RESOURCE_EXHAUSTED, details, false, /RATE_LIMITED/)).toEqual({ is: 'retry' })
    expect(grpcAnswer(status.RESOURCE_EXHAUSTED, details, false)).toEqual({ is: 'refused' })
  })
})
