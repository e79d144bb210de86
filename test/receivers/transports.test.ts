import { gzipSync, deflateSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { callGrpc, exportMethods } from './grpc-client.ts'
import { incompressible, signalPaths, startRig } from './rig.ts'

const compressions = {
  none: (body: Uint8Array) => body,
  identity: (body: Uint8Array) => body,
  gzip: gzipSync,
  'x-gzip': gzipSync,
  GZIP: gzipSync,
  'gzip of two members': (body: Uint8Array) =>
    Buffer.concat([gzipSync(body.subarray(0, 100)), gzipSync(body.subarray(100))]),
  deflate: deflateSync,
  zstd: zstdCompressSync,
  'zstd of two frames': (body: Uint8Array) =>
    Buffer.concat([zstdCompressSync(body.subarray(0, 100)), zstdCompressSync(body.subarray(100))]),
}
const small = Buffer.from('telemetry '.repeat(300))
const large = incompressible(300_000)
const bodies = { small, large }

describe.each(['application/x-protobuf', 'application/json'])('OTLP/HTTP with %s', (type) => {
  it.each(signalPaths)('hands %s to the consumer as they are and answers an empty success', async (signal, path) => {
    await using rig = await startRig()
    const response = await fetch(`http://127.0.0.1:${rig.http.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: small,
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(await response.text()).toBe(type === 'application/json' ? '{}' : '')
    const [{ body, connection: _connection, ...rest }] = rig.arrivals
    expect(rest).toEqual({ signal, encoding: type === 'application/json' ? 'json' : 'protobuf', transport: 'http' })
    expect(Buffer.from(body).equals(small)).toBe(true)
    expect(rig.observed).toEqual([`received http ${signal} ${small.length} ${small.length}`])
  })

  describe.each(Object.entries(compressions))('compressed with %s', (name, compress) => {
    it.each(Object.entries(bodies))('takes a %s body, decompressed', async (_size, sent) => {
      await using rig = await startRig()
      const wire = compress(sent)
      const response = await fetch(`http://127.0.0.1:${rig.http.port}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': type, ...(name !== 'none' && { 'content-encoding': name.split(' ')[0] }) },
        body: wire,
      })
      expect(response.status).toBe(200)
      expect(Buffer.from(rig.arrivals[0].body).equals(sent)).toBe(true)
      expect(rig.observed).toEqual([`received http logs ${wire.length} ${sent.length}`])
      expect(rig.budget.taken).toBe(0)
    })
  })
})

describe('OTLP/gRPC', () => {
  it.each(Object.entries(exportMethods))(
    'hands %s to the consumer and answers an empty success',
    async (signal, method) => {
      await using rig = await startRig()
      const answer = await callGrpc(rig.grpc.port, method, small)
      expect(answer).toMatchObject({ code: 0, response: Buffer.alloc(0) })
      const [{ body, connection: _connection, ...rest }] = rig.arrivals
      expect(rest).toEqual({ signal, encoding: 'protobuf', transport: 'grpc' })
      expect(Buffer.from(body).equals(small)).toBe(true)
      expect(rig.observed).toEqual([`received grpc ${signal} ${small.length} ${small.length}`])
    },
  )

  it.each(['none', 'gzip', 'deflate'] as const)(
    'takes small and large messages compressed with %s',
    async (compression) => {
      await using rig = await startRig()
      for (const [index, sent] of [small, large].entries()) {
        expect(await callGrpc(rig.grpc.port, exportMethods.logs, sent, { compression })).toMatchObject({ code: 0 })
        expect(Buffer.from(rig.arrivals[index].body).equals(sent)).toBe(true)
      }
      expect(rig.budget.taken).toBe(0)
    },
  )
})
