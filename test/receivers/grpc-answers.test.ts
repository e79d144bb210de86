import { connect, type ClientHttp2Session } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { callGrpc, exportMethods } from './grpc-client.ts'
import { rawConnection } from './raw-http.ts'
import { incompressible, startRig, type Rig } from './rig.ts'
import { readExportResponse, readStatus } from './rpc-status.ts'

const method = exportMethods.traces
const binary = 'application/x-protobuf'

function call(rig: Rig, options: Parameters<typeof callGrpc>[3] = {}, body: Uint8Array = Buffer.from('x')) {
  return callGrpc(rig.grpc.port, method, body, options)
}

describe('a gRPC request that is taken', () => {
  it.each(Object.entries(exportMethods))(
    'in part says for %s how many were not accepted and why',
    async (_signal, path) => {
      await using rig = await startRig()
      rig.consume = () => ({ is: 'taken', refused: [{ reason: 'missing-trace-id', records: 2 }] })
      const { code, response } = await callGrpc(rig.grpc.port, path, Buffer.from('x'))
      expect(code).toBe(0)
      expect(readExportResponse(response!)).toEqual({
        partialSuccess: { rejected: 2, errorMessage: '2 not accepted (missing-trace-id: 2)' },
      })
    },
  )

  it('may be empty', async () => {
    await using rig = await startRig()
    expect(await call(rig, {}, Buffer.alloc(0))).toMatchObject({ code: 0 })
    expect(rig.arrivals[0].body).toHaveLength(0)
  })

  it.each(['none', 'gzip'] as const)('may be exactly as large as the limit (%s)', async (compression) => {
    await using rig = await startRig({ maxBytes: 1000 })
    expect(await call(rig, { compression }, Buffer.alloc(1000))).toMatchObject({ code: 0 })
  })
})

describe('a gRPC request that is refused', () => {
  it('says INVALID_ARGUMENT with BadRequest when the consumer finds it malformed', async () => {
    await using rig = await startRig()
    rig.consume = () => ({ is: 'refused', reason: 'malformed', message: 'not an Export request' })
    const { code, details, status } = await call(rig)
    expect({ code, details }).toEqual({ code: 3, details: 'not an Export request' })
    expect(readStatus(status!, binary)).toEqual({
      code: 3,
      message: 'not an Export request',
      badRequest: { fieldViolations: [{ field: 'body', description: 'not an Export request' }] },
      retryInfo: undefined,
    })
    expect(rig.observed.at(-1)).toBe('refused grpc malformed')
  })

  it('says UNAVAILABLE with RetryInfo when busy', async () => {
    await using rig = await startRig()
    rig.consume = () => ({ is: 'busy', reason: 'queue-full', retryAfterMs: 2500 })
    const { code, status } = await call(rig)
    expect(code).toBe(14)
    expect(readStatus(status!, binary)).toMatchObject({
      code: 14,
      retryInfo: { retryDelay: { seconds: 2, nanos: 500_000_000 } },
      badRequest: undefined,
    })
    expect(rig.observed.at(-1)).toBe('refused grpc queue-full')
  })

  it('says INTERNAL without a word of the error when the consumer throws', async () => {
    await using rig = await startRig()
    rig.consume = () => {
      throw new Error('ana@example.com is broken')
    }
    expect(await call(rig)).toMatchObject({ code: 13, details: 'the gateway failed to process the request' })
    expect(rig.observed.slice(-2)).toEqual(['fault grpc', 'refused grpc internal'])
    rig.consume = () => ({ is: 'taken', refused: [] })
    expect(await call(rig)).toMatchObject({ code: 0 })
  })

  it.each([
    ['as it is sent', 'none', Buffer.alloc(1001)],
    ['decompressed', 'gzip', Buffer.alloc(1001)],
    ['decompressed, by far', 'gzip', Buffer.alloc(900_000)],
    ['in both ways', 'gzip', incompressible(5000)],
  ] as const)('says RESOURCE_EXHAUSTED without RetryInfo when it is too large %s', async (_how, compression, body) => {
    await using rig = await startRig({ maxBytes: 1000 })
    const { code, status } = await call(rig, { compression }, body)
    expect(code).toBe(8)
    expect(readStatus(status!, binary)).toMatchObject({ code: 8, retryInfo: undefined })
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused grpc too-large'])
    expect(rig.budget.taken).toBe(0)
  })

  it.each([
    '/opentelemetry.proto.collector.trace.v1.TraceService/Import',
    '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
    '/v1/traces',
    '/ana@example.com/Export',
  ])('says UNIMPLEMENTED for %s, without saying the path again', async (path) => {
    await using rig = await startRig()
    const answer = await callGrpc(rig.grpc.port, path, Buffer.from('x'))
    expect(answer).toMatchObject({ code: 12 })
    expect(JSON.stringify(answer)).not.toContain(path)
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused grpc not-found'])
  })

  it('says UNAUTHENTICATED without the right token, before its message is read', async () => {
    await using rig = await startRig({ auth: { bearerToken: 'bearer-7f3a9c', pathToken: 'path' } })
    for (const authorization of [undefined, 'Bearer wrong', 'Bearer path', 'bearer-7f3a9c', 'Basic bearer-7f3a9c']) {
      const answer = await call(rig, authorization === undefined ? {} : { metadata: { authorization } })
      expect(answer).toMatchObject({ code: 16, details: 'a valid token is needed' })
      expect(rig.observed.splice(0)).toEqual(['refused grpc unauthenticated'])
    }
    expect(await call(rig, { metadata: { authorization: 'bearer bearer-7f3a9c' } })).toMatchObject({ code: 0 })
    expect(rig.arrivals).toHaveLength(1)
  })
})

describe('a gRPC stream that is not what grpc-js would send', () => {
  it('says INVALID_ARGUMENT when its gzip is broken', async () => {
    await using rig = await startRig()
    for (const bytes of [gzipSync('x'.repeat(1000)).subarray(0, -1), Buffer.from('not gzip')])
      expect(await rawCall(rig, frame(bytes, 1), { 'grpc-encoding': 'gzip' })).toMatchObject({ code: 3 })
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused grpc malformed', 'refused grpc malformed'])
    expect(rig.budget.taken).toBe(0)
  })

  it('says UNIMPLEMENTED when it is compressed with what is not offered', async () => {
    await using rig = await startRig()
    expect(await rawCall(rig, frame(Buffer.from('x'), 1), { 'grpc-encoding': 'snappy' })).toMatchObject({ code: 12 })
    expect(rig.observed).toEqual(['refused grpc unsupported'])
  })

  it('is not taken when it ends before its message does', async () => {
    await using rig = await startRig()
    const { code } = await rawCall(rig, frame(Buffer.from('telemetry'), 0).subarray(0, -1), {})
    expect(code).not.toBe(0)
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused grpc malformed'])
    expect(rig.budget.taken).toBe(0)
  })

  it('is not taken when it has two messages', async () => {
    await using rig = await startRig()
    const message = frame(Buffer.from('telemetry'), 0)
    const { code } = await rawCall(rig, Buffer.concat([message, message]), {})
    expect(code).not.toBe(0)
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused grpc malformed'])
  })

  it('is refused for too large by the length it announces, before that comes', async () => {
    await using rig = await startRig({ maxBytes: 1000 })
    expect(await rawCall(rig, frame(Buffer.alloc(1001), 0).subarray(0, 10), {}, false)).toMatchObject({ code: 8 })
    expect(rig.observed).toEqual(['refused grpc too-large'])
  })

  it('says UNAVAILABLE when its message does not come whole in time', async () => {
    await using rig = await startRig({ requestTimeoutMs: 100 })
    expect(await rawCall(rig, frame(Buffer.alloc(100), 0).subarray(0, 50), {}, false)).toMatchObject({ code: 14 })
    expect(rig.observed).toEqual(['refused grpc aborted'])
    expect(rig.budget.taken).toBe(0)
  })

  it('says UNAVAILABLE with RetryInfo when too many bytes are in flight', async () => {
    await using rig = await startRig({ inFlightBytes: 1000 })
    using session = await openSession(rig.grpc.port)
    const slow = request(session.http2, {})
    slow.stream.write(frame(Buffer.alloc(800), 0).subarray(0, 700))
    await vi.waitUntil(() => rig.budget.taken === 700)
    const { code, status } = await call(rig, {}, Buffer.alloc(500))
    expect(code).toBe(14)
    expect(readStatus(status!, binary)).toMatchObject({ retryInfo: { retryDelay: { seconds: 1 } } })
    expect(rig.observed).toEqual(['refused grpc memory'])
    slow.stream.end(frame(Buffer.alloc(800), 0).subarray(700))
    expect(await slow.answer).toMatchObject({ code: 0 })
    expect(rig.budget.taken).toBe(0)
  })

  it('gives back what it held when its connection breaks', async () => {
    await using rig = await startRig()
    using session = await openSession(rig.grpc.port)
    const { stream } = request(session.http2, {})
    stream.write(frame(Buffer.alloc(800), 0).subarray(0, 700))
    await vi.waitUntil(() => rig.budget.taken === 700)
    session.http2.destroy()
    await vi.waitUntil(() => rig.observed.length > 0)
    expect(rig.observed).toEqual(['refused grpc aborted'])
    expect(rig.budget.taken).toBe(0)
  })

  it('is refused when it is not gRPC', async () => {
    await using rig = await startRig()
    using session = await openSession(rig.grpc.port)
    const stream = session.http2.request({ ':method': 'POST', ':path': method, 'content-type': 'application/json' })
    stream.end('{}')
    const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve))
    expect(headers[':status']).toBe(415)
    expect(rig.arrivals).toEqual([])
  })

  it.each([
    'POST /v1/traces HTTP/1.1\r\nHost: x\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00',
  ])('and no HTTP/2 at all (%j) ends the connection and nothing else', async (bytes) => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.grpc.port)
    connection.send(bytes)
    await connection.closed()
    expect(await call(rig)).toMatchObject({ code: 0 })
  })
})

/** A message in gRPC's length-prefixed framing. */
function frame(message: Uint8Array, compressed: 0 | 1): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = compressed
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

async function openSession(port: number) {
  const http2 = connect(`http://127.0.0.1:${port}`)
  http2.on('error', () => {})
  await new Promise((resolve) => http2.once('connect', resolve))
  return { http2, [Symbol.dispose]: () => http2.destroy() }
}

function request(http2: ClientHttp2Session, headers: Record<string, string>) {
  const stream = http2.request({
    ':method': 'POST',
    ':path': method,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', () => {})
  stream.resume()
  const answer = new Promise<{ code: number }>((resolve) => {
    const look = (fields: Record<string, unknown>): void => {
      if ('grpc-status' in fields) resolve({ code: Number(fields['grpc-status']) })
    }
    stream.on('response', look)
    stream.on('trailers', look)
    stream.on('close', () => resolve({ code: -1 }))
  })
  return { stream, answer }
}

async function rawCall(rig: Rig, bytes: Uint8Array, headers: Record<string, string>, whole = true) {
  using session = await openSession(rig.grpc.port)
  const { stream, answer } = request(session.http2, headers)
  if (whole) stream.end(bytes)
  else stream.write(bytes)
  return await answer
}
