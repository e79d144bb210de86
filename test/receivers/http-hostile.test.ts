import { constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { head, rawConnection, type RawConnection } from './raw-http.ts'
import { incompressible, startRig } from './rig.ts'
import { readStatus } from './rpc-status.ts'

const next = [head('/v1/logs', { 'Content-Length': 4 }), 'next']

/** The connection still works, and what follows was not mistaken for a part of what came before. */
async function expectUsable(connection: RawConnection): Promise<void> {
  connection.send(...next)
  expect(await connection.answer()).toMatchObject({ status: 200 })
}

describe('a compressed body', () => {
  const body = Buffer.from('telemetry '.repeat(20_000))
  // Small ones are inflated on the spot, ones that do not compress in the pool.
  const noise = incompressible(200_000)
  const codecs = {
    gzip: gzipSync,
    deflate: deflateSync,
    // Without the checksum, which is optional, zstd itself would not notice a changed literal.
    zstd: (bytes: Uint8Array) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  }

  describe.each(Object.entries(codecs))('with %s', (name, compress) => {
    describe.each([
      ['small', compress(body)],
      ['large', compress(noise)],
    ])('that is %s', (_size, whole) => {
      it.each([
        ['cut off by a byte', whole.subarray(0, -1)],
        ['cut in half', whole.subarray(0, whole.length >> 1)],
        ['cut after its first byte', whole.subarray(0, 1)],
        ['empty', whole.subarray(0, 0)],
        ['followed by something else', Buffer.concat([whole, Buffer.from('more')])],
        ['followed by zeros', Buffer.concat([whole, Buffer.alloc(8)])],
        ['followed by half another', Buffer.concat([whole, whole.subarray(0, 9)])],
        ['broken in its middle', flipped(whole, whole.length >> 1)],
        ['broken in its first byte', flipped(whole, 0)],
      ])('is refused as malformed when it is %s', async (_how, wire) => {
        await using rig = await startRig()
        using connection = await rawConnection(rig.http.port)
        connection.send(head('/v1/logs', { 'Content-Encoding': name, 'Content-Length': wire.length }), wire)
        const answer = (await connection.answer())!
        expect(answer.status).toBe(400)
        expect(readStatus(answer.body, 'application/x-protobuf')).toMatchObject({
          code: 3,
          badRequest: expect.anything(),
        })
        expect(rig.arrivals).toEqual([])
        expect(rig.observed).toEqual(['refused http malformed'])
        expect(rig.budget.taken).toBe(0)
        await expectUsable(connection)
      })
    })

    it.each([
      ['small', compress(Buffer.alloc(40 << 20))],
      ['large', compress(Buffer.concat([noise, Buffer.alloc(40 << 20)]))],
    ])('that is a %s bomb is refused as too large', async (_size, wire) => {
      await using rig = await startRig({ maxBytes: 400_000 })
      using connection = await rawConnection(rig.http.port)
      connection.send(head('/v1/logs', { 'Content-Encoding': name, 'Content-Length': wire.length }), wire)
      expect(await connection.answer()).toMatchObject({ status: 413 })
      expect(rig.observed).toEqual(['refused http too-large'])
      expect(rig.budget.taken).toBe(0)
      await expectUsable(connection)
    })
  })

  it('of zstd that asks for a window of 128 MiB is refused', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    // RFC 8878: magic number, a frame header with window descriptor 0x88 (128 MiB), one raw block of one byte.
    const wire = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x09, 0x00, 0x00, 0x61])
    connection.send(head('/v1/logs', { 'Content-Encoding': 'zstd', 'Content-Length': wire.length }), wire)
    expect(await connection.answer()).toMatchObject({ status: 400 })
  })

  it('that would go over the bytes in flight while it grows is put off', async () => {
    await using rig = await startRig({ inFlightBytes: 500_000 })
    using connection = await rawConnection(rig.http.port)
    const wire = gzipSync(Buffer.concat([noise, Buffer.alloc(500_000)]))
    connection.send(head('/v1/logs', { 'Content-Encoding': 'gzip', 'Content-Length': wire.length }), wire)
    const answer = (await connection.answer())!
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(rig.observed).toEqual(['refused http memory'])
    expect(rig.budget.taken).toBe(0)
    await expectUsable(connection)
  })
})

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] ^= 0xff
  return copy
}

describe('a body whose length is not known', () => {
  it('is taken in chunks', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Transfer-Encoding': 'chunked' }), '3\r\nabc\r\n', '2;x=y\r\nde\r\n0\r\n\r\n')
    expect(await connection.answer()).toMatchObject({ status: 200 })
    expect(Buffer.from(rig.arrivals[0].body).toString()).toBe('abcde')
    await expectUsable(connection)
  })

  it('is refused with 413 as soon as it is over the limit, and the connection closed', async () => {
    await using rig = await startRig({ maxBytes: 10 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Transfer-Encoding': 'chunked' }), 'b\r\nabcdefghijk\r\n')
    expect(await connection.answer()).toMatchObject({ status: 413, headers: { connection: 'close' } })
    connection.send('0\r\n\r\n', ...next)
    expect(await connection.answer()).toBeUndefined()
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused http too-large'])
  })

  it('is taken when it is exactly at the limit', async () => {
    await using rig = await startRig({ maxBytes: 10 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Transfer-Encoding': 'chunked' }), 'a\r\nabcdefghij\r\n0\r\n\r\n')
    expect(await connection.answer()).toMatchObject({ status: 200 })
  })

  it('is put off with 503 when too many bytes are in flight over all connections', async () => {
    await using rig = await startRig({ inFlightBytes: 100 })
    using slow = await rawConnection(rig.http.port)
    slow.send(head('/v1/logs', { 'Content-Length': 90 }), 'x'.repeat(60))
    while (rig.budget.taken < 60) await new Promise(setImmediate)
    using other = await rawConnection(rig.http.port)
    other.send(head('/v1/logs', { 'Content-Length': 50 }), 'y'.repeat(50))
    const answer = (await other.answer())!
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(readStatus(answer.body, 'application/x-protobuf')).toMatchObject({ code: 14, retryInfo: expect.anything() })
    slow.send('x'.repeat(30))
    expect(await slow.answer()).toMatchObject({ status: 200 })
    expect(rig.budget.taken).toBe(0)
    await expectUsable(other)
  })

  it('ends with a JSON Status when its chunks are none', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Transfer-Encoding': 'chunked' }), 'zz\r\nabc')
    const answer = (await connection.answer())!
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } })
    expect(readStatus(answer.body, 'application/json')).toMatchObject({ code: 3 })
    await connection.closed()
    await vi.waitUntil(() => rig.budget.taken === 0)
    expect(rig.observed).toEqual(['refused http malformed'])
  })
})

describe('a Content-Length', () => {
  it('over the limit is refused before a byte of the body is sent', async () => {
    await using rig = await startRig({ maxBytes: 10 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 11 }))
    expect(await connection.answer()).toMatchObject({ status: 413 })
    connection.send('x'.repeat(11))
    await expectUsable(connection)
  })

  it('of many gigabytes is refused, and the connection closed, even when the body keeps coming', async () => {
    await using rig = await startRig({ maxBytes: 10 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 90_000_000_000 }), 'x'.repeat(100_000))
    const answer = (await connection.answer())!
    expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } })
    expect(readStatus(answer.body, 'application/x-protobuf')).toMatchObject({ code: 8 })
    const more = setInterval(() => connection.socket.write('x'.repeat(10_000)), 20)
    await connection.closed()
    clearInterval(more)
    expect(rig.observed).toEqual(['refused http too-large'])
  })

  it('longer than the body ends in 408 when the time is over', async () => {
    await using rig = await startRig({ requestTimeoutMs: 150 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 100 }), 'x'.repeat(99))
    const answer = (await connection.answer())!
    expect(answer).toMatchObject({ status: 408, headers: { 'content-type': 'application/json', connection: 'close' } })
    expect(readStatus(answer.body, 'application/json').message).toMatch(/in time/)
    await connection.closed()
    await vi.waitUntil(() => rig.budget.taken === 0)
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused http aborted'])
  })

  it('shorter than the body is refused, and the connection closed', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 3 }), 'abcREST OF THE BODY\r\n\r\n')
    expect(await connection.answer()).toMatchObject({ status: 400 })
    expect(await connection.answer()).toBeUndefined()
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused http malformed'])
  })

  it.each([
    ['that is no number', { 'Content-Length': 'many' }],
    ['that is negative', { 'Content-Length': '-1' }],
    ['beside chunks', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }],
  ])('%s is refused, and the connection closed', async (_name, headers) => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', headers), '0\r\n\r\n', ...next)
    expect(await connection.answer()).toMatchObject({ status: 400 })
    expect(await connection.answer()).toBeUndefined()
    expect(rig.arrivals).toEqual([])
  })
})

describe('a connection', () => {
  it('on which the headers never end is closed with 408', async () => {
    await using rig = await startRig({ headersTimeoutMs: 150 })
    using connection = await rawConnection(rig.http.port)
    connection.send('POST /v1/logs HTTP/1.1\r\nX-Slow: ')
    const drip = setInterval(() => connection.socket.write('x'), 20)
    expect(await connection.answer()).toMatchObject({ status: 408 })
    clearInterval(drip)
    await connection.closed()
    expect(rig.observed).toEqual(['refused http aborted'])
  })

  it('with a flood of headers is closed with 431', async () => {
    await using rig = await startRig({ maxHeaderBytes: 2048 })
    using connection = await rawConnection(rig.http.port)
    connection.send('POST /v1/logs HTTP/1.1\r\n', 'X-Flood: flood\r\n'.repeat(1000))
    const answer = (await connection.answer())!
    expect(answer).toMatchObject({ status: 431 })
    expect(readStatus(answer.body, 'application/json')).toMatchObject({ code: 8 })
    await connection.closed()
    expect(rig.observed).toEqual(['refused http too-large'])
  })

  it.each(['\x16\x03\x01\x02\x00\x01', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'hello\r\n\r\n'])(
    'that does not speak HTTP/1.1 (%j) is answered 400 and closed',
    async (bytes) => {
      await using rig = await startRig()
      using connection = await rawConnection(rig.http.port)
      connection.send(bytes)
      expect(await connection.answer()).toMatchObject({ status: 400 })
      await connection.closed()
      expect(rig.observed).toEqual(['refused http malformed'])
    },
  )

  it('that breaks in the middle of a body gives back what it held', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 100 }), 'x'.repeat(60))
    while (rig.budget.taken < 60) await new Promise(setImmediate)
    connection.socket.resetAndDestroy()
    while (rig.observed.length === 0) await new Promise(setImmediate)
    expect(rig.observed).toEqual(['refused http aborted'])
    expect(rig.budget.taken).toBe(0)
    expect(rig.arrivals).toEqual([])
  })

  it('that is half closed after its request still gets the answer', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 3 }), 'abc')
    connection.socket.end()
    expect(await connection.answer()).toMatchObject({ status: 200 })
  })

  it('answers pipelined requests in their order, those after an error too', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    const noise = incompressible(200_000)
    const pooled = gzipSync(noise)
    connection.send(
      head('/v1/logs', { 'Content-Encoding': 'gzip', 'Content-Length': pooled.length }),
      pooled,
      head('/v1/nothing', { 'Content-Length': 7 }),
      'POST /v',
      head('/v1/traces', { 'Content-Length': 2, 'Content-Encoding': 'gzip' }),
      'no',
      ...next,
    )
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await connection.answer())?.status)
    expect(statuses).toEqual([200, 404, 400, 200])
    expect(rig.arrivals.map(({ body }) => body.length).toSorted((a, b) => a - b)).toEqual([4, noise.length])
  })

  it('may offer HTTP/2, as some clients do with every request, and stays as it is', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    const offer = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAEAAEAAAAIAAAAB' }
    connection.send(head('/v1/logs', { ...offer, 'Content-Length': 3 }), 'abc')
    expect(await connection.answer()).toMatchObject({ status: 200 })
    await expectUsable(connection)
  })

  it('may name the whole address of a request, as proxies do', async () => {
    await using rig = await startRig({ auth: { pathToken: 'secret' } })
    using connection = await rawConnection(rig.http.port)
    connection.send(head('http://gateway:4318/t/secret/v1/logs?x=1', { 'Content-Length': 1 }), 'x')
    expect(await connection.answer()).toMatchObject({ status: 200 })
  })

  it.each(['*', 'http://gateway:4318', '/v1/logs#x', '/v1/./logs', '/t/secret/../v1/logs'])(
    'finds nothing at %s',
    async (target) => {
      await using rig = await startRig({ auth: { pathToken: 'secret' } })
      using connection = await rawConnection(rig.http.port)
      connection.send(head(target, { 'Content-Length': 1 }), 'x')
      expect(await connection.answer()).toMatchObject({ status: 404 })
      expect(rig.observed).toEqual(['refused http not-found'])
    },
  )
})

describe('Expect: 100-continue', () => {
  it('is told to go on when the headers are in order', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.http.port)
    connection.send(head('/v1/logs', { 'Content-Length': 4, Expect: '100-continue' }))
    expect(await connection.answer()).toMatchObject({ status: 100 })
    connection.send('body')
    expect(await connection.answer()).toMatchObject({ status: 200 })
    await expectUsable(connection)
  })

  it.each([
    ['too large', '/v1/logs', { 'Content-Length': 11 }, 413],
    ['at a wrong path', '/v1/log', { 'Content-Length': 4 }, 404],
    ['of an unknown encoding', '/v1/logs', { 'Content-Length': 4, 'Content-Encoding': 'br' }, 415],
  ])('is refused at once when the request is %s', async (_name, path, headers, status) => {
    await using rig = await startRig({ maxBytes: 10 })
    using connection = await rawConnection(rig.http.port)
    connection.send(head(path, { ...headers, Expect: '100-continue' }))
    expect(await connection.answer()).toMatchObject({ status, headers: { connection: 'close' } })
    await connection.closed()
    expect(rig.observed).toHaveLength(1)
  })
})
