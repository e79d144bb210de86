import { createServer, type Server } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { createByteBudget } from '../../src/receivers/byte-budget.ts'
import { startGrpcReceiver } from '../../src/receivers/grpc.ts'
import { startHttpReceiver } from '../../src/receivers/http.ts'
import { AddressInUseError } from '../../src/receivers/listen.ts'
import { callGrpc, exportMethods } from './grpc-client.ts'
import { head, rawConnection } from './raw-http.ts'
import { startRig, taken } from './rig.ts'

const consumer = { consume: () => Promise.resolve(taken) }
const observe = { received() {}, refused() {}, fault() {} }
const limits = { maxBytes: 1000, budget: createByteBudget(1000) }
const starts = { http: startHttpReceiver, grpc: startGrpcReceiver }

describe.each(Object.entries(starts))('the %s receiver', (transport, start) => {
  it.each(['127.0.0.1', '::1'])('says which address is in use on %s', async (host) => {
    const other = await listening(host)
    const endpoint = { host, port: portOf(other) }
    const starting = start({ endpoint, limits }, consumer, observe)
    await expect(starting).rejects.toBeInstanceOf(AddressInUseError)
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE', endpoint })
    await expect(starting).rejects.toThrow(
      host === '::1' ? `[::1]:${endpoint.port} is` : `127.0.0.1:${endpoint.port} is`,
    )
    other.close()
  })

  it('passes on any other reason why it cannot listen', async () => {
    const starting = start({ endpoint: { host: '203.0.113.1', port: 0 }, limits }, consumer, observe)
    await expect(starting).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  it.each(['::1', 'localhost', ''])('listens on host "%s"', async (host) => {
    const receiver = await start({ endpoint: { host, port: 0 }, limits }, consumer, observe)
    const reached = host === '::1' ? '[::1]' : '127.0.0.1'
    if (transport === 'http') {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`http://${host === 'localhost' ? 'localhost' : reached}:${receiver.port}/v1/logs`, {
        method: 'POST',
        headers,
        body: '{}',
      })
      expect(answer.status).toBe(200)
    }
    expect(receiver.port).toBeGreaterThan(0)
    await receiver.close(1000)
  })

  it('frees its port when it is closed', async () => {
    const first = await start({ endpoint: { host: '127.0.0.1', port: 0 }, limits }, consumer, observe)
    await first.close(1000)
    const second = await start({ endpoint: { host: '127.0.0.1', port: first.port }, limits }, consumer, observe)
    expect(second.port).toBe(first.port)
    await second.close(1000)
  })
})

describe('closing', () => {
  it('lets an HTTP request under way end, and its connection with it', async () => {
    await using rig = await startRig()
    using idle = await rawConnection(rig.http.port)
    idle.send(head('/v1/logs', { 'Content-Length': 1 }), 'x')
    expect(await idle.answer()).toMatchObject({ status: 200 })
    using busy = await rawConnection(rig.http.port)
    busy.send(head('/v1/logs', { 'Content-Length': 10 }), 'first')
    await vi.waitUntil(() => rig.budget.taken === 5)
    const closed = rig.http.close(60_000)
    await idle.closed()
    busy.send('later')
    expect(await busy.answer()).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await closed
    expect(rig.arrivals).toHaveLength(2)
    await expect(fetch(`http://127.0.0.1:${rig.http.port}/v1/logs`)).rejects.toThrow('fetch failed')
  })

  it('cuts off an HTTP request that is not complete at the deadline', async () => {
    await using rig = await startRig()
    using busy = await rawConnection(rig.http.port)
    busy.send(head('/v1/logs', { 'Content-Length': 10 }), 'first')
    await vi.waitUntil(() => rig.budget.taken === 5)
    await rig.http.close(50)
    expect(await busy.answer()).toBeUndefined()
    await vi.waitUntil(() => rig.budget.taken === 0)
    expect(rig.observed).toEqual(['refused http aborted'])
  })

  it('ends idle gRPC connections and takes no new ones', async () => {
    await using rig = await startRig()
    expect(await callGrpc(rig.grpc.port, exportMethods.logs, Buffer.from('x'))).toMatchObject({ code: 0 })
    await rig.grpc.close(60_000)
    const answer = await callGrpc(rig.grpc.port, exportMethods.logs, Buffer.from('x'), { deadlineMs: 2000 })
    expect([4, 14]).toContain(answer.code)
    expect(rig.arrivals).toHaveLength(1)
  })

  it('cuts off a gRPC connection that does not end by the deadline', async () => {
    await using rig = await startRig()
    using connection = await rawConnection(rig.grpc.port)
    await rig.grpc.close(50)
    await connection.closed()
    expect(rig.arrivals).toEqual([])
  })

  it('is the same when it is called twice', async () => {
    const rig = await startRig()
    await Promise.all([rig.http.close(100), rig.http.close(100), rig.grpc.close(100), rig.grpc.close(100)])
    await rig.http.close(100)
    await rig.grpc.close(100)
  })
})

async function listening(host: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return address.port
}
