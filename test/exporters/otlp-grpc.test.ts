import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type sendUnaryData,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { OtlpGrpcOptions } from '../../src/exporters/options.ts'
import { grpcAnswer } from '../../src/exporters/answers.ts'
import { createOtlpGrpcTransport } from '../../src/exporters/otlp-grpc.ts'
import { createSendingExporter } from '../../src/exporters/sending.ts'
import type { Attempt, Transport } from '../../src/exporters/transport.ts'
import { encodeStatus } from '../../src/otlp/status.ts'
import { startTcpFaultProxy, type TcpFault } from '../support/tcp-fault-proxy.ts'
import { batchOf, memoryLog, namesIn, partialSuccess } from './batches.ts'

interface Received {
  readonly path: string
  readonly metadata: Metadata
  readonly body: Buffer
}

type Call = ServerUnaryCall<Buffer, Buffer>
type Answer = (reply: sendUnaryData<Buffer>, call: Call) => void

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const paths = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** A backend on a free port that answers each call in its own way; the last answer stands for all that follow. */
async function backend(...answers: Answer[]): Promise<{ endpoint: string; received: Received[] }> {
  const received: Received[] = []
  const server = new Server({ 'grpc.max_send_message_length': -1 })
  const bytes = (value: Buffer): Buffer => value
  const service: ServiceDefinition = Object.fromEntries(
    Object.entries(paths).map(([signal, path]) => [
      signal,
      {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    ]),
  )
  const handler: handleUnaryCall<Buffer, Buffer> = (call, reply) => {
    const answer = answers[Math.min(received.length, answers.length - 1)]
    received.push({ path: call.getPath(), metadata: call.metadata, body: call.request })
    answer(reply, call)
  }
  server.addService(service, { traces: handler, metrics: handler, logs: handler })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  cleanUps.push(() => server.forceShutdown())
  return { endpoint: `127.0.0.1:${port}`, received }
}

const empty = Buffer.alloc(0)
const ok: Answer = (reply) => reply(null, empty)
const fail =
  (code: status, metadata?: Metadata): Answer =>
  (reply) =>
    reply({ code, details: 'near "ana@example.com"', ...(metadata ? { metadata } : {}) })

function transportTo(endpoint: string, options: Partial<OtlpGrpcOptions> = {}): Transport {
  const transport = createOtlpGrpcTransport(
    { type: 'otlp_grpc', name: 'otlp_grpc/test', endpoint, ...options },
    memoryLog(),
  )
  cleanUps.push(() => transport.close())
  return transport
}

const never = new AbortController().signal

async function attemptAgainst(answer: Answer, options: Partial<OtlpGrpcOptions> = {}): Promise<Attempt> {
  const { endpoint } = await backend(answer)
  return transportTo(endpoint, options).send('traces', batchOf('traces', ['a']).bytes, never)
}

function retryInfo(delayMs: number): Metadata {
  const metadata = new Metadata()
  const details = encodeStatus({ code: 8, message: 'busy', retryDelayMs: delayMs }, 'protobuf')
  metadata.set('grpc-status-details-bin', Buffer.from(details))
  return metadata
}

describe('a call', () => {
  it.each(['none', 'gzip'] as const)('carries the bytes and the headers, with compression %s', async (compression) => {
    const { endpoint, received } = await backend(ok)
    const transport = transportTo(`http://${endpoint}`, { compression, headers: { 'X-Scope': 'me' } })
    for (const signal of ['traces', 'metrics', 'logs'] as const) {
      const names = Array.from({ length: 100 }, (_, index) => `record ${index}`)
      const { bytes } = batchOf(signal, names)
      expect(await transport.send(signal, bytes, never)).toEqual({ is: 'sent', rejected: 0 })
      expect(received.at(-1)?.path).toBe(paths[signal])
      expect(namesIn(signal, received.at(-1)!.body)).toEqual(names)
    }
    expect(received[0].metadata.get('x-scope')).toEqual(['me'])
  })

  it('sends a view into a larger buffer as what it is', async () => {
    const { endpoint, received } = await backend(ok)
    const { bytes } = batchOf('logs', ['a'])
    const larger = Buffer.concat([Buffer.alloc(7, 1), bytes, Buffer.alloc(9, 2)])
    await transportTo(endpoint).send('logs', larger.subarray(7, 7 + bytes.length), never)
    expect(received[0].body.equals(bytes)).toBe(true)
  })

  it.each(['', 'http://', 'grpc://host:4317', 'host:4317/path', 'http://user@host:4317', undefined])(
    'is not possible to the endpoint %j',
    (endpoint) => {
      expect(() => createOtlpGrpcTransport({ type: 'otlp_grpc', name: 'otlp_grpc/x', endpoint }, memoryLog())).toThrow(
        'otlp_grpc/x',
      )
    },
  )

  it('is not possible with a header that cannot be sent', () => {
    expect(() => transportTo('h:1', { headers: { authorization: 'Bearer secret\n' } })).toThrow(/^(?!.*secret)/)
  })

  it('uses TLS when the endpoint says https, to an IP address too', async () => {
    const firstBytes = new Promise<Buffer>((resolve) => {
      const server = createTcpServer((socket) =>
        socket.once('data', (chunk: Buffer) => {
          resolve(chunk)
          socket.destroy()
        }),
      )
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        void transportTo(`https://127.0.0.1:${port}`, { timeoutMs: 500 }).send('traces', new Uint8Array(1), never)
      })
      cleanUps.push(() => server.close())
    })
    // 22 is a TLS handshake record.
    expect((await firstBytes)[0]).toBe(22)
  })
})

describe('an answer', () => {
  it.each(['CANCELLED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const)(
    'of %s is tried again',
    async (code) => {
      const reason = `grpc-${code.toLowerCase().replaceAll('_', '-')}`
      expect(await attemptAgainst(fail(status[code]))).toEqual({ is: 'retry', reason, afterMs: undefined })
    },
  )

  it.each([
    'UNKNOWN',
    'INVALID_ARGUMENT',
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'PERMISSION_DENIED',
    'RESOURCE_EXHAUSTED',
    'FAILED_PRECONDITION',
    'UNIMPLEMENTED',
    'INTERNAL',
    'UNAUTHENTICATED',
  ] as const)('of %s is not tried again', async (code) => {
    const reason = `grpc-${code.toLowerCase().replaceAll('_', '-')}`
    expect(await attemptAgainst(fail(status[code]))).toEqual({ is: grpcAnswer(status[code], '', false).is, reason })
  })

  it('of DEADLINE_EXCEEDED is tried again', async () => {
    expect(await attemptAgainst(fail(status.DEADLINE_EXCEEDED))).toMatchObject({ is: 'retry', reason: 'timeout' })
  })

  it.each(['RESOURCE_EXHAUSTED', 'UNAVAILABLE'] as const)('of %s with RetryInfo says when', async (code) => {
    const attempt = await attemptAgainst(fail(status[code], retryInfo(5_250)))
    expect(attempt).toMatchObject({ is: 'retry', afterMs: 5_250 })
  })

  it('with details that cannot be read is judged by its code', async () => {
    const metadata = new Metadata()
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]))
    expect(await attemptAgainst(fail(status.UNAVAILABLE, metadata))).toMatchObject({ is: 'retry', afterMs: undefined })
    expect(await attemptAgainst(fail(status.RESOURCE_EXHAUSTED, metadata))).toMatchObject({ is: 'refused' })
  })

  it('of partial success says how many were rejected', async () => {
    const attempt = await attemptAgainst((reply) => reply(null, Buffer.from(partialSuccess('traces', 4))))
    expect(attempt).toEqual({ is: 'sent', rejected: 4 })
  })

  it('of OK with garbage is success', async () => {
    const attempt = await attemptAgainst((reply) => reply(null, Buffer.from([0xff, 0x0a, 0x7f])))
    expect(attempt).toEqual({ is: 'sent', rejected: 0 })
  })

  it('that is too large is not tried again', async () => {
    const attempt = await attemptAgainst((reply) => reply(null, Buffer.alloc(5 * 1024 * 1024)))
    expect(attempt).toEqual({ is: 'refused', reason: 'response-too-large', ofAll: true })
  })
})

describe('no answer', () => {
  it('is tried again after the timeout', async () => {
    expect(await attemptAgainst(() => {}, { timeoutMs: 100 })).toMatchObject({ is: 'retry', reason: 'timeout' })
  })

  it('is tried again when nobody listens', async () => {
    const { endpoint } = await backend(ok)
    await cleanUps.pop()!()
    const attempt = await transportTo(endpoint).send('traces', new Uint8Array(1), never)
    expect(attempt).toMatchObject({ is: 'retry', reason: 'grpc-unavailable' })
  })

  it('is no longer waited for after an abort', async () => {
    const abort = new AbortController()
    const { endpoint } = await backend(() => abort.abort())
    const attempt = await transportTo(endpoint, { timeoutMs: 60_000 }).send('logs', new Uint8Array(1), abort.signal)
    expect(attempt).toMatchObject({ is: 'retry' })
  })
})

describe('the exporter over gRPC', () => {
  it('delivers everything once, through faults that pass, and never repeats what a backend says', async () => {
    const log = memoryLog()
    const { endpoint, received } = await backend(
      fail(status.UNAVAILABLE),
      fail(status.RESOURCE_EXHAUSTED, retryInfo(10)),
      ok,
    )
    const options = { retry: { initialIntervalMs: 5 }, queue: { batch: { flushTimeoutMs: 20 } } }
    const exporter = createSendingExporter('otlp_grpc/test', transportTo(endpoint), options, log)
    for (const name of ['a', 'b', 'c']) exporter.offer(batchOf('metrics', [name]))
    while (exporter.figures().metrics.queuedRecords > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await exporter.close(1_000)
    expect(exporter.figures().metrics).toMatchObject({ offered: 3, sent: 3, failed: {}, requests: 3, retries: 2 })
    expect(received.map(({ body }) => namesIn('metrics', body))).toEqual([1, 2, 3].map(() => ['a', 'b', 'c']))
    expect(JSON.stringify([log.lines, exporter.figures()])).not.toContain('ana')
  })
})

describe('a connection that breaks', () => {
  it.each<[string, TcpFault]>([
    ['is reset', { is: 'reset' }],
    ['gets no answer', { is: 'never' }],
    ['ends in the middle of an answer', { is: 'close-after', bytes: 40 }],
  ])('when it %s, loses nothing: what was under way is sent again', async (_what, fault) => {
    const { endpoint, received } = await backend(ok)
    const proxy = await startTcpFaultProxy({ port: Number(endpoint.split(':')[1]) })
    cleanUps.push(() => proxy.stop())
    proxy.set(fault)
    const transport = transportTo(proxy.address, { timeoutMs: 300, retry: { initialIntervalMs: 10 } })
    const options = { retry: { initialIntervalMs: 10, maxIntervalMs: 20 }, queue: { batch: { flushTimeoutMs: 1 } } }
    const exporter = createSendingExporter('otlp_grpc/test', transport, options, memoryLog())
    exporter.offer(batchOf('logs', ['a', 'b']))
    while (exporter.figures().logs.retries < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(proxy.connections).toBeGreaterThan(0)
    proxy.set({ is: 'pass' })
    proxy.cut()
    while (exporter.figures().logs.queuedRecords > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await exporter.close(1_000)
    expect(exporter.figures().logs).toMatchObject({ offered: 2, sent: 2, failed: {} })
    for (const { body } of received) expect(namesIn('logs', body)).toEqual(['a', 'b'])
  })
})

describe('authorization', () => {
  it('goes with each call, in the words of the header', async () => {
    const { endpoint, received } = await backend(ok)
    const auth = { basic: { username: '12', password: 'p' } }
    await transportTo(endpoint, { auth, headers: { 'X-Scope-OrgID': 'a' } }).send('logs', new Uint8Array(1), never)
    const { metadata } = received[0]
    expect(metadata.get('authorization')).toEqual([`Basic ${Buffer.from('12:p').toString('base64')}`])
    expect(metadata.get('x-scope-orgid')).toEqual(['a'])
  })
})

describe('a rate limit without RetryInfo', () => {
  it('is tried again of Tempo, which says so before 3.0, and of nobody else', async () => {
    const answer: Answer = (reply) => reply({ code: status.RESOURCE_EXHAUSTED, details: 'RATE_LIMITED: live' })
    expect(await attemptAgainst(answer, { profile: 'tempo' })).toMatchObject({ is: 'retry' })
    expect(await attemptAgainst(answer)).toMatchObject({ is: 'refused' })
  })
})
