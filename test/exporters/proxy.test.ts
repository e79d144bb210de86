import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { createOtlpGrpcTransport } from '../../src/exporters/otlp-grpc.ts'
import { createOtlpHttpTransport } from '../../src/exporters/otlp-http.ts'
import { type Env, proxyFor } from '../../src/exporters/proxy.ts'
import { batchOf, memoryLog } from './batches.ts'

const through = (target: string, env: Env, given?: string): string | undefined =>
  proxyFor(new URL(target), given, env)?.url.href

describe('the proxy for a backend', () => {
  const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' }

  it('is that of the scheme, in capitals or not', () => {
    expect(through('https://a.example', env)).toBe('http://secure:1/')
    expect(through('http://a.example', env)).toBe('http://plain:2/')
    expect(through('http://a.example', { http_proxy: 'plain:3' })).toBe('http://plain:3/')
    expect(through('https://a.example', { HTTP_PROXY: 'http://plain:2' })).toBeUndefined()
  })

  it.each(['http://localhost:4318', 'http://127.0.0.1:4318', 'http://127.8.9.1', 'http://[::1]:4318'])(
    'of the environment is none for this machine: %s',
    (target) => {
      expect(through(target, env)).toBeUndefined()
      expect(through(target, env, 'http://given:4')).toBe('http://given:4/')
    },
  )

  it.each([
    ['*', 'http://a.example', false],
    ['a.example', 'http://a.example', false],
    ['example', 'http://a.example', false],
    ['ample', 'http://a.example', true],
    ['.example', 'http://a.example', false],
    ['.a.example', 'http://a.example', true],
    ['*.example', 'http://a.example', false],
    ['a.example:4318', 'http://a.example:4318', false],
    ['a.example:4317', 'http://a.example:4318', true],
    ['10.0.0.0/8', 'http://10.1.2.3:4318', false],
    ['10.0.0.0/8', 'http://11.1.2.3:4318', true],
    ['10.0.0.0/nonsense', 'http://10.1.2.3', true],
    ['fd00::/8', 'http://[fd12::1]:80', false],
    ['10.1.2.3', 'http://10.1.2.3', false],
    [' b.example , a.example ', 'http://a.example', false],
    [',', 'http://a.example', true],
  ])('with NO_PROXY=%s for %s is used: %s', (noProxy, target, isUsed) => {
    expect(through(target, { ...env, NO_PROXY: noProxy }) !== undefined).toBe(isUsed)
  })

  it('keeps its password out of what is shown', () => {
    expect(proxyFor(new URL('http://a'), 'http://us%40er:p%3Aw@proxy:3128', {})).toEqual({
      url: new URL('http://proxy:3128'),
      credentials: 'us@er:p:w',
    })
    expect(() => proxyFor(new URL('http://a'), 'socks5://user:secret@proxy', {})).toThrow(/proxy_url(?!.*secret)/)
  })
})

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

interface Asked {
  readonly to: string
  readonly authorization: string | undefined
}

/** A proxy that connects, or refuses with a status. */
async function startProxy(status = 200): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer()
  const sockets = new Set<Socket>()
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    sockets.add(socket)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const [, port] = /:(\d+)$/.exec(request.url ?? '') ?? []
    const out = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      out.pipe(socket).pipe(out)
    })
    for (const each of [out, socket]) each.on('error', () => {})
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://me:secret@127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function httpBackend(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => server.closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const never = new AbortController().signal
const credentials = `Basic ${Buffer.from('me:secret').toString('base64')}`

describe('a request through a proxy', () => {
  it('arrives over HTTP, with the credentials for the proxy only', async () => {
    const [endpoint, proxy] = [await httpBackend(), await startProxy()]
    const transport = createOtlpHttpTransport(
      { type: 'otlp_http', name: 'otlp_http', endpoint, proxyUrl: proxy.url },
      memoryLog(),
      {},
    )
    cleanUps.push(() => transport.close())
    expect(await transport.send('traces', batchOf('traces', ['a']).bytes, never)).toEqual({ is: 'sent', rejected: 0 })
    expect(proxy.asked).toEqual([{ to: new URL(endpoint).host, authorization: credentials }])
  })

  it('arrives over gRPC', async () => {
    const server = new Server()
    const asIs = (bytes: Buffer): Buffer => bytes
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
    server.addService(
      {
        export: {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: asIs,
          requestDeserialize: asIs,
          responseSerialize: asIs,
          responseDeserialize: asIs,
        },
      },
      { export: (_call: unknown, reply: (error: null, answer: Buffer) => void) => reply(null, Buffer.alloc(0)) },
    )
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      )
    })
    cleanUps.push(() => server.forceShutdown())
    const proxy = await startProxy()
    // A name that only the proxy can reach.
    const endpoint = `collector.invalid:${port}`
    const transport = createOtlpGrpcTransport({ type: 'otlp_grpc', name: 'otlp_grpc', endpoint }, memoryLog(), {
      https_proxy: proxy.url,
    })
    cleanUps.push(() => transport.close())
    expect(await transport.send('traces', batchOf('traces', ['a']).bytes, never)).toEqual({ is: 'sent', rejected: 0 })
    expect(proxy.asked).toEqual([{ to: endpoint, authorization: credentials }])
  })

  it.each([
    [407, { is: 'circuit', reason: 'proxy-407' }],
    [502, { is: 'retry', reason: 'proxy-502' }],
  ])('that answers %i says so', async (status, attempt) => {
    const [endpoint, proxy] = [await httpBackend(), await startProxy(status)]
    const transport = createOtlpHttpTransport(
      { type: 'otlp_http', name: 'otlp_http', endpoint, proxyUrl: proxy.url },
      memoryLog(),
      {},
    )
    cleanUps.push(() => transport.close())
    expect(await transport.send('traces', batchOf('traces', ['a']).bytes, never)).toEqual(attempt)
  })
})
