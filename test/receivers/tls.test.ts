// Both receivers behind TLS, with real sockets: who gets in, who does not, and what is left of those who do not.
import { credentials } from '@grpc/grpc-js'
import { connect as connectPlain, type Socket } from 'node:net'
import { request } from 'node:https'
import { writeFileSync } from 'node:fs'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { ReceiverTls } from '../../src/receivers/tls.ts'
import { makeAuthority, onDisk, type Authority, type Pair } from '../tls/certificates.ts'
import { callGrpc, exportMethods } from './grpc-client.ts'
import { clientHello } from './client-hello.ts'
import { head, rawConnection } from './raw-http.ts'
import { startRig } from './rig.ts'

let authority: Authority
let stranger: Authority
let server: Pair
let client: Pair
beforeAll(async () => {
  authority = await makeAuthority()
  stranger = await makeAuthority('Stranger CA')
  server = await authority.issue()
  client = await authority.issue({ name: 'sender' })
})

const own = (): ReceiverTls => ({ files: onDisk(server) })
const mutual = (): ReceiverTls => ({ files: onDisk({ ...server, ca: authority.cert }) })
const trusting = (pair?: Pair) => ({ ca: authority.cert, ...pair })
const channel = (pair?: Pair, ca = authority.cert) =>
  credentials.createSsl(
    Buffer.from(ca),
    pair === undefined ? null : Buffer.from(pair.key),
    pair === undefined ? null : Buffer.from(pair.cert),
  )

interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** A POST over HTTPS on a connection of its own. */
function post(port: number, tls: ConnectionOptions, type = 'application/x-protobuf', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, connection: 'close' }
    const call = request(
      { host: 'localhost', port, path: '/v1/traces', method: 'POST', headers, ...tls },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

function secureSocket(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: 'localhost', port, ...options }, () => resolve(socket))
    socket.on('error', reject)
  })
}

function plainSocket(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connectPlain(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => {})
    // Read, or its end is never seen.
    socket.resume()
  })
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

describe('OTLP over TLS', () => {
  it('comes whole over HTTP, in protobuf and JSON, and is answered as without', async () => {
    await using rig = await startRig({ tls: own() })
    const protobuf = await post(rig.http.port, trusting(), 'application/x-protobuf', 'any bytes')
    const json = await post(rig.http.port, trusting(), 'application/json', '{}')
    expect([protobuf.status, json.status, json.body.toString()]).toEqual([200, 200, '{}'])
    expect(rig.arrivals.map(({ encoding, body }) => [encoding, Buffer.from(body).toString()])).toEqual([
      ['protobuf', 'any bytes'],
      ['json', '{}'],
    ])
    expect((await post(rig.http.port, trusting(), 'text/plain', '{}')).status).toBe(415)
  })

  it('comes whole over gRPC, plain and in gzip, larger than a window', async () => {
    await using rig = await startRig({ tls: own(), maxBytes: 8 << 20 })
    const large = Buffer.alloc(3 << 20, 'abc')
    for (const compression of ['none', 'gzip'] as const) {
      const options = { channel: channel(), compression }
      expect(await callGrpc(rig.grpc.port, exportMethods.logs, large, options)).toMatchObject({ code: 0 })
    }
    expect(rig.arrivals.map(({ body }) => body.length)).toEqual([large.length, large.length])
  })

  it('keeps everything that stands before a gRPC call', async () => {
    await using rig = await startRig({ tls: own(), auth: { bearerToken: 'secret' }, maxBytes: 1000 })
    const call = (body: Buffer, metadata: Record<string, string>, method: string = exportMethods.traces) =>
      callGrpc(rig.grpc.port, method, body, { channel: channel(), metadata })
    const right = { authorization: 'Bearer secret' }
    const codes = [
      await call(Buffer.alloc(1), {}),
      await call(Buffer.alloc(2000), right),
      await call(Buffer.alloc(1), right, '/some.Service/Method'),
      await call(Buffer.alloc(1), right),
    ].map(({ code }) => code)
    expect(codes).toEqual([16, 8, 12, 0])
    expect(rig.observed.filter((line) => line.startsWith('refused'))).toEqual([
      'refused grpc unauthenticated',
      'refused grpc too-large',
      'refused grpc not-found',
    ])
    await vi.waitUntil(() => rig.budget.taken === 0)
  })

  it('speaks h2 on the gRPC port and HTTP/1.1 on the other, and says so', async () => {
    await using rig = await startRig({ tls: own() })
    const protocols = { ALPNProtocols: ['h2', 'http/1.1'], ...trusting() }
    const [http, grpc] = await Promise.all([
      secureSocket(rig.http.port, protocols),
      secureSocket(rig.grpc.port, protocols),
    ])
    expect([http.alpnProtocol, grpc.alpnProtocol]).toEqual(['http/1.1', 'h2'])
    http.destroy()
    grpc.destroy()
    const wrong = secureSocket(rig.grpc.port, { ALPNProtocols: ['http/1.1'], ...trusting() })
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' })
  })

  it.each([
    ['1.3', 'TLSv1.2', 'rejected'],
    ['1.3', 'TLSv1.3', 'fulfilled'],
    ['1.2', 'TLSv1.2', 'fulfilled'],
    [undefined, 'TLSv1.2', 'fulfilled'],
    [undefined, 'TLSv1.1', 'rejected'],
  ] as const)('from version %s on takes %s: %s', async (minVersion, maxVersion, expected) => {
    await using rig = await startRig({ tls: { ...own(), ...(minVersion && { minVersion }) } })
    for (const { port } of [rig.http, rig.grpc]) {
      const minimum = maxVersion === 'TLSv1.1' ? { minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {}
      const options = { maxVersion, ALPNProtocols: [], ...minimum, ...trusting() }
      const [{ status }] = await Promise.allSettled([secureSocket(port, options).then((socket) => socket.destroy())])
      expect(status).toBe(expected)
    }
  })
})

describe('with a client CA', () => {
  it('a certificate of it gets in', async () => {
    await using rig = await startRig({ tls: mutual() })
    expect((await post(rig.http.port, trusting(client))).status).toBe(200)
    expect(
      await callGrpc(rig.grpc.port, exportMethods.logs, Buffer.alloc(1), { channel: channel(client) }),
    ).toMatchObject({
      code: 0,
    })
    expect(rig.arrivals).toHaveLength(2)
  })

  it('nobody gets in without one, with one of another CA, or with one that has expired', async () => {
    await using rig = await startRig({ tls: mutual() })
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') }
    const pairs = [undefined, await stranger.issue(), await authority.issue(past)]
    for (const pair of pairs) {
      await expect(post(rig.http.port, trusting(pair))).rejects.toThrow()
      const call = callGrpc(rig.grpc.port, exportMethods.logs, Buffer.alloc(1), {
        channel: channel(pair),
        deadlineMs: 3000,
      })
      expect((await call).code).toBe(14)
    }
    expect(rig.arrivals).toEqual([])
    expect(rig.observed.filter((line) => line === 'refused http tls')).toHaveLength(3)
    expect(rig.observed.filter((line) => line === 'refused grpc tls').length).toBeGreaterThanOrEqual(3)
  })

  it('a token is still asked for', async () => {
    await using rig = await startRig({ tls: mutual(), auth: { bearerToken: 'secret' } })
    expect((await post(rig.http.port, trusting(client))).status).toBe(401)
    const options = { channel: channel(client), metadata: { authorization: 'Bearer wrong' } }
    expect((await callGrpc(rig.grpc.port, exportMethods.logs, Buffer.alloc(1), options)).code).toBe(16)
  })
})

describe('renewed certificates', () => {
  it('are shown to the next who connects; who is connected stays', async () => {
    const tls: ReceiverTls = { files: onDisk(server), renewal: { intervalMs: 10, log: quiet, about: {} } }
    await using rig = await startRig({ tls })
    const before = await Promise.all([rig.http, rig.grpc].map(({ port }) => secureSocket(port, trusting())))
    const next = await authority.issue({ name: 'renewed' })
    writeFileSync(tls.files.cert!, next.cert)
    writeFileSync(tls.files.key!, next.key)
    for (const { port } of [rig.http, rig.grpc]) {
      await vi.waitUntil(async () => {
        const socket = await secureSocket(port, trusting())
        const { subject } = socket.getPeerCertificate()
        socket.destroy()
        return subject.CN === 'renewed'
      })
    }
    before[0].write(head('/v1/logs', { 'Content-Length': 0 }))
    await new Promise((resolve) => before[0].once('data', resolve))
    expect(rig.observed).toContain('received http logs 0 0')
    for (const socket of before) socket.destroy()
  })

  it('decide at once who gets in, also for who has a session from before', async () => {
    const tls: ReceiverTls = {
      files: onDisk({ ...server, ca: authority.cert }),
      renewal: { intervalMs: 10, log: quiet, about: {} },
    }
    await using rig = await startRig({ tls })
    const first = await secureSocket(rig.http.port, trusting(client))
    const session = await new Promise<Buffer>((resolve) => first.once('session', resolve))
    first.destroy()
    writeFileSync(tls.files.ca!, stranger.cert)
    const theirs = await stranger.issue()
    await vi.waitUntil(async () => (await post(rig.http.port, trusting(theirs)).catch(() => undefined))?.status === 200)
    await expect(
      post(rig.http.port, { ...trusting(client), session, agent: false } as ConnectionOptions),
    ).rejects.toThrow()
  })
})

const quiet = { info() {}, warn() {} }

describe('who does not speak TLS as it should', () => {
  it.each(['http', 'grpc'] as const)('plaintext on the %s port is cut off and counted', async (protocol) => {
    await using rig = await startRig({ tls: own() })
    const socket = await plainSocket(rig[protocol].port)
    socket.write(protocol === 'http' ? head('/v1/traces', { 'Content-Length': 1 }) : 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    await closed(socket)
    expect(rig.observed).toEqual([`refused ${protocol} tls`])
    expect(rig.arrivals).toEqual([])
  })

  it.each(['http', 'grpc'] as const)('TLS on the plaintext %s port is cut off', async (protocol) => {
    await using rig = await startRig()
    await expect(secureSocket(rig[protocol].port, trusting())).rejects.toThrow()
    const socket = await plainSocket(rig[protocol].port)
    socket.write(clientHello('gateway'))
    await closed(socket)
    expect(rig.arrivals).toEqual([])
  })

  it.each(['http', 'grpc'] as const)('a handshake on the %s port that hangs ends in time', async (protocol) => {
    await using rig = await startRig({ tls: { ...own(), handshakeTimeoutMs: 50 } })
    const silent = await plainSocket(rig[protocol].port)
    const half = await plainSocket(rig[protocol].port)
    half.write(clientHello('gateway').subarray(0, 30))
    await Promise.all([closed(silent), closed(half)])
    expect(rig.observed).toEqual([`refused ${protocol} aborted`, `refused ${protocol} aborted`])
  })

  it.each(['http', 'grpc'] as const)('who only looks whether the %s port is open is not counted', async (protocol) => {
    await using rig = await startRig({ tls: own() })
    const socket = await plainSocket(rig[protocol].port)
    socket.end()
    await closed(socket)
    // The next connection comes after it.
    ;(await secureSocket(rig[protocol].port, trusting())).destroy()
    expect(rig.observed).toEqual([])
  })

  it.each(['http', 'grpc'] as const)('a huge server name on the %s port hurts nobody', async (protocol) => {
    await using rig = await startRig({ tls: own() })
    for (const length of [300, 15_000, 60_000]) {
      const socket = await plainSocket(rig[protocol].port)
      socket.write(clientHello('a'.repeat(length)))
      await closed(socket)
    }
    expect(rig.observed).toEqual(Array.from({ length: 3 }, () => `refused ${protocol} tls`))
    ;(await secureSocket(rig[protocol].port, trusting())).destroy()
  })

  it.each(['http', 'grpc'] as const)('records that are none, after the handshake, on the %s port', async (protocol) => {
    await using rig = await startRig({ tls: own() })
    const raw = await plainSocket(rig[protocol].port)
    const secure = connect({ socket: raw, host: 'localhost', ALPNProtocols: [], ...trusting() })
    secure.on('error', () => {})
    await new Promise((resolve) => secure.once('secureConnect', resolve))
    raw.write('no record of TLS')
    await closed(raw)
    ;(await secureSocket(rig[protocol].port, trusting())).destroy()
  })
})

describe.each(['http', 'grpc'] as const)('a connection to the %s port that is reset', (protocol) => {
  it.each(['before', 'during', 'after'] as const)('%s its handshake leaves nothing', async (when) => {
    await using rig = await startRig({ tls: own() })
    const raw = await plainSocket(rig[protocol].port)
    if (when === 'during') raw.write(clientHello('gateway').subarray(0, 30))
    if (when === 'after') {
      const secure = connect({ socket: raw, host: 'localhost', ALPNProtocols: ['h2', 'http/1.1'], ...trusting() })
      secure.on('error', () => {})
      await new Promise((resolve) => secure.once('secureConnect', resolve))
      secure.write(protocol === 'http' ? head('/v1/logs', { 'Content-Length': 10 }) : 'PRI * HTTP/2.0\r\n')
    }
    raw.resetAndDestroy()
    ;(await secureSocket(rig[protocol].port, trusting())).destroy()
    await rig[protocol].close(60_000)
    expect(rig.arrivals).toEqual([])
  })
})

describe('closing', () => {
  it.each(['http', 'grpc'] as const)('the %s receiver waits for no handshake', async (protocol) => {
    await using rig = await startRig({ tls: own() })
    const silent = await plainSocket(rig[protocol].port)
    const half = await plainSocket(rig[protocol].port)
    half.write(clientHello('gateway').subarray(0, 30))
    await vi.waitUntil(() => half.bytesWritten > 0)
    // The server has both of them once it has a later one.
    const idle = await secureSocket(rig[protocol].port, { ALPNProtocols: [], ...trusting() })
    idle.resume()
    await rig[protocol].close(protocol === 'http' ? 60_000 : 100)
    await Promise.all([closed(silent), closed(half), closed(idle)])
  })

  it('lets a request over TLS under way end', async () => {
    await using rig = await startRig({ tls: own() })
    const busy = await secureSocket(rig.http.port, trusting())
    busy.write(head('/v1/logs', { 'Content-Length': 10 }) + 'first')
    await vi.waitUntil(() => rig.budget.taken === 5)
    const ended = rig.http.close(60_000)
    const answer = new Promise<string>((resolve) => busy.once('data', (bytes) => resolve(bytes.toString())))
    busy.write('later')
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close/i)
    await ended
  })

  it('lets a gRPC call over TLS under way end', async () => {
    await using rig = await startRig({ tls: own() })
    const call = callGrpc(rig.grpc.port, exportMethods.logs, Buffer.alloc(500_000), { channel: channel() })
    await vi.waitUntil(() => rig.budget.taken > 0 || rig.arrivals.length > 0)
    await rig.grpc.close(60_000)
    expect((await call).code).toBe(0)
  })
})

it('a plaintext door still takes plaintext', async () => {
  await using rig = await startRig()
  using connection = await rawConnection(rig.http.port)
  connection.send(head('/v1/logs', { 'Content-Length': 1 }), 'x')
  expect(await connection.answer()).toMatchObject({ status: 200 })
})
