import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/pipeline/outcome.ts'
import { readExportResponse, readStatus } from './rpc-status.ts'
import { signalPaths, startRig, taken, type Rig } from './rig.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json'

interface Sent {
  path?: string
  method?: string
  type?: string | undefined
  headers?: Record<string, string>
  body?: Uint8Array
}

async function send(rig: Rig, sent: Sent = {}) {
  const { path = '/v1/traces', method = 'POST', headers = {}, body = Buffer.from('x') } = sent
  const type = 'type' in sent ? sent.type : protobuf
  const response = await fetch(`http://127.0.0.1:${rig.http.port}${path}`, {
    method,
    headers: { ...(type !== undefined && { 'content-type': type }), ...headers },
    ...(method === 'POST' && { body }),
  })
  const answer = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, type: response.headers.get('content-type'), answer }
}

const refusals: [name: string, sent: Sent, status: number, code: number, reason: string][] = [
  ['404 for an unknown path', { path: '/v1/profiles' }, 404, 5, 'not-found'],
  ['405 for GET', { method: 'GET' }, 405, 12, 'method'],
  ['405 for PUT', { method: 'PUT' }, 405, 12, 'method'],
  ['405 for OPTIONS', { method: 'OPTIONS' }, 405, 12, 'method'],
  ['405 for DELETE', { method: 'DELETE' }, 405, 12, 'method'],
  ['413 for a body one byte over the limit', { body: Buffer.alloc(1001) }, 413, 8, 'too-large'],
  [
    '413 for a body that decompresses to one byte over the limit',
    { body: gzipSync(Buffer.alloc(1001)), headers: { 'content-encoding': 'gzip' } },
    413,
    8,
    'too-large',
  ],
  ['415 for an unknown Content-Encoding', { headers: { 'content-encoding': 'br' } }, 415, 12, 'unsupported'],
  ['415 for two encodings', { headers: { 'content-encoding': 'gzip, gzip' } }, 415, 12, 'unsupported'],
  [
    '400 for what is not gzip but says so',
    { headers: { 'content-encoding': 'gzip' }, body: Buffer.from('not gzip') },
    400,
    3,
    'malformed',
  ],
]

describe('an HTTP request that is refused', () => {
  describe.each([protobuf, json])('sent as %s', (type) => {
    it.each(refusals)(
      'is answered %s, with a Status in its own encoding',
      async (_name, sent, status, code, reason) => {
        await using rig = await startRig({ maxBytes: 1000 })
        const answer = await send(rig, { ...sent, type })
        expect(answer).toMatchObject({ status, type })
        expect(readStatus(answer.answer, type)).toMatchObject({ code, message: expect.stringMatching(/\w/) })
        expect(rig.arrivals).toEqual([])
        expect(rig.observed).toEqual([`refused http ${reason}`])
      },
    )
  })

  it.each([
    undefined,
    'text/plain',
    'application/grpc',
    'application/x-protobuffer',
    'application/json; charset=latin1',
  ])('is answered 415 with a JSON Status when its Content-Type is %s', async (type) => {
    await using rig = await startRig()
    const answer = await send(rig, { type })
    expect(answer).toMatchObject({ status: 415, type: json })
    expect(readStatus(answer.answer, json)).toMatchObject({ code: 12 })
    expect(answer.headers.get('accept')).toBe('application/x-protobuf, application/json')
  })

  it('names the methods and encodings that would do', async () => {
    await using rig = await startRig()
    expect((await send(rig, { method: 'GET' })).headers.get('allow')).toBe('POST')
    const answer = await send(rig, { headers: { 'content-encoding': 'br' } })
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, zstd')
  })

  it('has no body in the answer to HEAD', async () => {
    await using rig = await startRig()
    expect(await send(rig, { method: 'HEAD' })).toMatchObject({ status: 405, answer: Buffer.alloc(0) })
  })

  it.each([
    '/v1/traces/',
    '//v1/traces',
    '/v1//traces',
    '/V1/traces',
    '/v1/Traces',
    '/v1%2Ftraces',
    '/v1/%74races',
    '/',
    '/v1',
  ])('is answered 404 at %s', async (path) => {
    await using rig = await startRig()
    expect(await send(rig, { path })).toMatchObject({ status: 404 })
  })

  it('is answered 400 with BadRequest details when the consumer finds it malformed', async () => {
    await using rig = await startRig()
    rig.consume = () => ({ is: 'refused', reason: 'malformed', message: 'not an Export request' })
    for (const type of [protobuf, json]) {
      const answer = await send(rig, { type })
      expect(answer).toMatchObject({ status: 400, type })
      expect(readStatus(answer.answer, type)).toMatchObject({
        code: 3,
        message: 'not an Export request',
        badRequest: { fieldViolations: [{ description: 'not an Export request' }] },
        retryInfo: undefined,
      })
    }
    expect(rig.observed.filter((line) => line === 'refused http malformed')).toHaveLength(2)
  })

  it.each([
    [1, '1'],
    [1000, '1'],
    [1001, '2'],
    [30_000, '30'],
  ])('is answered 503 and never 429 when busy for %d ms, with Retry-After %s', async (retryAfterMs, seconds) => {
    await using rig = await startRig()
    rig.consume = () => ({ is: 'busy', reason: 'queue-full', retryAfterMs })
    for (const type of [protobuf, json]) {
      const answer = await send(rig, { type })
      expect(answer).toMatchObject({ status: 503, type })
      expect(answer.headers.get('retry-after')).toBe(seconds)
      expect(readStatus(answer.answer, type)).toMatchObject({ code: 14 })
    }
    expect(rig.observed.at(-1)).toBe('refused http queue-full')
  })

  it('is answered 500 without a word of the error when the consumer throws', async () => {
    await using rig = await startRig()
    rig.consume = () => {
      throw new Error('ana@example.com is broken')
    }
    for (const type of [protobuf, json]) {
      const answer = await send(rig, { type })
      expect(answer).toMatchObject({ status: 500, type })
      expect(readStatus(answer.answer, type)).toMatchObject({
        code: 13,
        message: 'the gateway failed to process the request',
      })
      expect(answer.answer.toString()).not.toContain('ana')
    }
    expect(rig.observed.slice(-2)).toEqual(['fault http', 'refused http internal'])
  })

  it('does not stop the next one on the same connection', async () => {
    await using rig = await startRig()
    const outcomes: Outcome[] = [{ is: 'refused', reason: 'malformed', message: 'broken' }, taken]
    rig.consume = () => outcomes.shift()!
    expect(await send(rig)).toMatchObject({ status: 400 })
    expect(await send(rig)).toMatchObject({ status: 200 })
  })
})

describe('an HTTP request that is taken', () => {
  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
    'application/x-protobuf; charset=utf-8',
    'application/x-protobuf;messageType="Export"',
  ])('may say %s', async (type) => {
    await using rig = await startRig()
    const answer = await send(rig, { type })
    expect(answer).toMatchObject({ status: 200, type: type.toLowerCase().startsWith(json) ? json : protobuf })
  })

  it('may be exactly as large as the limit, as sent and decompressed', async () => {
    await using rig = await startRig({ maxBytes: 1000 })
    expect(await send(rig, { body: Buffer.alloc(1000) })).toMatchObject({ status: 200 })
    const body = gzipSync(Buffer.alloc(1000))
    expect(await send(rig, { body, headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 200 })
  })

  it('may be empty', async () => {
    await using rig = await startRig()
    expect(await send(rig, { body: Buffer.alloc(0) })).toMatchObject({ status: 200, answer: Buffer.alloc(0) })
    expect(rig.arrivals[0].body).toHaveLength(0)
  })

  it('may carry a query string', async () => {
    await using rig = await startRig()
    expect(await send(rig, { path: '/v1/metrics?source=a' })).toMatchObject({ status: 200 })
    expect(rig.arrivals[0].signal).toBe('metrics')
  })

  it.each(signalPaths)('in part says for %s how many were not accepted and why', async (signal, path) => {
    await using rig = await startRig()
    rig.consume = () => ({
      is: 'taken',
      refused: [
        { reason: 'missing-trace-id', records: 2 },
        { reason: 'too-deep', records: 1 },
      ],
    })
    const message = '3 not accepted (missing-trace-id: 2, too-deep: 1)'
    const binary = await send(rig, { path })
    expect(binary).toMatchObject({ status: 200, type: protobuf })
    expect(readExportResponse(binary.answer)).toEqual({ partialSuccess: { rejected: 3, errorMessage: message } })
    const text = await send(rig, { path, type: json })
    expect(text).toMatchObject({ status: 200, type: json })
    const field = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' }[signal]
    expect(JSON.parse(text.answer.toString())).toEqual({ partialSuccess: { [field]: '3', errorMessage: message } })
  })

  it('has no partial success when the refused are none', async () => {
    await using rig = await startRig()
    rig.consume = () => ({ is: 'taken', refused: [{ reason: 'too-deep', records: 0 }] })
    expect((await send(rig, { type: json })).answer.toString()).toBe('{}')
  })
})
