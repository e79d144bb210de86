import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { OtlpHttpOptions } from '../../src/exporters/options.ts'
import { httpAnswer } from '../../src/exporters/answers.ts'
import { createOtlpHttpTransport } from '../../src/exporters/otlp-http.ts'
import { createSendingExporter } from '../../src/exporters/sending.ts'
import type { Attempt, Transport } from '../../src/exporters/transport.ts'
import { encodeStatus } from '../../src/otlp/status.ts'
import { batchOf, memoryLog, namesIn, partialSuccess } from './batches.ts'

interface Received {
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A backend on a free port that answers each request in its own way; the last answer stands for all that follow. */
async function backend(...answers: Answer[]): Promise<{ endpoint: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const answer = answers[Math.min(received.length, answers.length - 1)]
      received.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) })
      answer(response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

const ok: Answer = (response) => response.writeHead(200).end()

function transportTo(endpoint: string, options: Partial<OtlpHttpOptions> = {}): Transport {
  const transport = createOtlpHttpTransport(
    { type: 'otlp_http', name: 'otlp_http/test', endpoint, ...options },
    memoryLog(),
  )
  cleanUps.push(() => transport.close())
  return transport
}

const never = new AbortController().signal

async function attemptAgainst(answer: Answer, options: Partial<OtlpHttpOptions> = {}): Promise<Attempt> {
  const { endpoint } = await backend(answer)
  return transportTo(endpoint, options).send('traces', batchOf('traces', ['a']).bytes, never)
}

describe('a request', () => {
  it('is a POST of the bytes to the path of its signal, with the headers of OTLP', async () => {
    const { endpoint, received } = await backend(ok)
    const transport = transportTo(`${endpoint}/otlp/?tenant=a`, { compression: 'none', headers: { 'X-Scope': 'me' } })
    for (const signal of ['traces', 'metrics', 'logs'] as const) {
      const { bytes } = batchOf(signal, ['a'])
      expect(await transport.send(signal, bytes, never)).toEqual({ is: 'sent', rejected: 0 })
      expect(received.at(-1)?.body.equals(bytes)).toBe(true)
    }
    expect(received.map(({ path }) => path)).toEqual([
      '/otlp/v1/traces?tenant=a',
      '/otlp/v1/metrics?tenant=a',
      '/otlp/v1/logs?tenant=a',
    ])
    expect(received[0].headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-scope': 'me' })
    expect(received[0].headers).not.toHaveProperty('content-encoding')
  })

  it('uses the endpoint of a single signal as it is', async () => {
    const { endpoint, received } = await backend(ok)
    const transport = transportTo(endpoint, { endpoints: { logs: `${endpoint}/otlp/v1/logs/`, traces: undefined } })
    await transport.send('logs', new Uint8Array(1), never)
    await transport.send('traces', new Uint8Array(1), never)
    expect(received.map(({ path }) => path)).toEqual(['/otlp/v1/logs/', '/v1/traces'])
  })

  it('fails when there is no endpoint for its signal', async () => {
    const endpoints = { logs: 'http://127.0.0.1:1' }
    const transport = createOtlpHttpTransport({ type: 'otlp_http', name: 'otlp_http', endpoints }, memoryLog())
    cleanUps.push(() => transport.close())
    expect(await transport.send('traces', new Uint8Array(1), never)).toEqual({
      is: 'refused',
      reason: 'no-endpoint',
      ofAll: true,
    })
  })

  it('says that its body is gzip when it is', async () => {
    const { endpoint, received } = await backend(ok)
    const transport = transportTo(endpoint)
    expect(transport.gzipped).toBe(true)
    await transport.send('traces', new Uint8Array(1), never)
    expect(received[0].headers['content-encoding']).toBe('gzip')
  })

  it('sends the credentials of a URL as basic authorization, unless a header has others', async () => {
    const { endpoint, received } = await backend(ok)
    const withUser = endpoint.replace('http://', 'http://us%40er:pass@')
    await transportTo(withUser).send('traces', new Uint8Array(1), never)
    await transportTo(withUser, { headers: { Authorization: 'Bearer t' } }).send('traces', new Uint8Array(1), never)
    expect(received.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from('us@er:pass').toString('base64')}`,
      'Bearer t',
    ])
  })

  it('authorizes itself by `auth` rather than by anything else', async () => {
    const { endpoint, received } = await backend(ok)
    const auth = { token: 't0ken' }
    const headers = { Authorization: 'Bearer other', 'X-Scope-OrgID': 'tenant' }
    await transportTo(endpoint, { auth, headers }).send('traces', new Uint8Array(1), never)
    expect(received[0].headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-scope-orgid': 'tenant' })
  })

  it('goes where the profile of the backend says', async () => {
    const { endpoint, received } = await backend(ok)
    await transportTo(endpoint, { profile: 'prometheus' }).send('metrics', new Uint8Array(1), never)
    await transportTo(endpoint, { profile: 'loki' }).send('logs', new Uint8Array(1), never)
    expect(received.map(({ path }) => path)).toEqual(['/api/v1/otlp/v1/metrics', '/otlp/v1/logs'])
    for (const { headers } of received) expect(headers['content-type']).toBe('application/x-protobuf')
  })

  it.each(['127.0.0.1:4318', 'ftp://host', ''])('is not possible to the endpoint %j', (endpoint) => {
    expect(() => createOtlpHttpTransport({ type: 'otlp_http', name: 'otlp_http/x', endpoint }, memoryLog())).toThrow(
      'otlp_http/x',
    )
  })

  it('is not possible with a header that cannot be sent, and the error does not show its value', () => {
    const headers = { authorization: 'Bearer secret\n' }
    const make = (): Transport =>
      createOtlpHttpTransport({ type: 'otlp_http', name: 'otlp_http/x', endpoint: 'http://h', headers }, memoryLog())
    expect(make).toThrow(/^otlp_http\/x: the header "authorization" (?!.*secret)/)
  })
})

describe('an answer', () => {
  it.each([200, 202, 204])('of %i is success', async (status) => {
    expect(await attemptAgainst((response) => response.writeHead(status).end())).toEqual({ is: 'sent', rejected: 0 })
  })

  it.each([429, 502, 503, 504])('of %i is tried again', async (status) => {
    expect(await attemptAgainst((response) => response.writeHead(status).end('busy'))).toEqual({
      is: 'retry',
      reason: `http-${status}`,
      afterMs: undefined,
    })
  })

  it.each([301, 307, 400, 401, 403, 404, 408, 413, 415, 422, 500, 501, 505])(
    'of %i is not tried again',
    async (status) => {
      const { endpoint, received } = await backend((response) =>
        response.writeHead(status, { location: '/v1/traces' }).end(),
      )
      const attempt = await transportTo(endpoint).send('traces', new Uint8Array(1), never)
      expect(attempt).toEqual({ is: httpAnswer(status).is, reason: `http-${status}` })
      expect(received).toHaveLength(1)
    },
  )

  it('says when to come back in seconds', async () => {
    const attempt = await attemptAgainst((response) => response.writeHead(503, { 'retry-after': '7' }).end())
    expect(attempt).toMatchObject({ is: 'retry', afterMs: 7_000 })
  })

  it('says when to come back as a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString()
    const attempt = await attemptAgainst((response) => response.writeHead(429, { 'retry-after': date }).end())
    expect(attempt).toMatchObject({ is: 'retry', reason: 'http-429' })
    const { afterMs } = attempt as { afterMs: number }
    expect(afterMs).toBeGreaterThan(3_500_000)
    expect(afterMs).toBeLessThanOrEqual(3_600_000)
  })

  it.each(['soon', '-5', '1e3', ''])('with the Retry-After %j says nothing', async (value) => {
    const attempt = await attemptAgainst((response) => response.writeHead(503, { 'retry-after': value }).end())
    expect(attempt).toMatchObject({ is: 'retry', afterMs: undefined })
  })

  it.each(['protobuf', 'json'] as const)('says when to come back by RetryInfo in %s', async (encoding) => {
    const body = encodeStatus({ code: 14, message: 'busy', retryDelayMs: 2_500 }, encoding)
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
    const attempt = await attemptAgainst((response) => response.writeHead(503, { 'content-type': type }).end(body))
    expect(attempt).toMatchObject({ is: 'retry', afterMs: 2_500 })
  })

  it('of partial success says how many were rejected', async () => {
    const body = partialSuccess('traces', 3)
    expect(await attemptAgainst((response) => response.writeHead(200).end(body))).toEqual({ is: 'sent', rejected: 3 })
  })

  it('of partial success in JSON says so too', async () => {
    const body = '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}'
    const attempt = await attemptAgainst((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    )
    expect(attempt).toEqual({ is: 'sent', rejected: 2 })
  })

  it.each(['<html>all is well</html>', 'OK', '{"partialSuccess":{}}', '\u0000\u0001\u0002', '\n\u00ff'])(
    'of 200 with the garbage %j is success',
    async (body) => {
      expect(await attemptAgainst((response) => response.writeHead(200).end(body))).toEqual({ is: 'sent', rejected: 0 })
    },
  )

  it.each([200, 503])('of %i that is too large is not read, and not tried again', async (status) => {
    const { endpoint } = await backend((response) => {
      response.writeHead(status)
      const chunk = Buffer.alloc(1024 * 1024)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const attempt = await transportTo(endpoint).send('traces', new Uint8Array(1), never)
    expect(attempt).toEqual({ is: 'refused', reason: 'response-too-large', ofAll: true })
  })

  it('of 200 that is cut off is success: the backend has the data', async () => {
    const attempt = await attemptAgainst((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x')
      setTimeout(() => response.destroy(), 10)
    })
    expect(attempt).toEqual({ is: 'sent', rejected: 0 })
  })

  it('of 503 that is cut off is tried again', async () => {
    const attempt = await attemptAgainst((response) => {
      response.writeHead(503, { 'content-length': '100' }).write('x')
      setTimeout(() => response.destroy(), 10)
    })
    expect(attempt).toMatchObject({ is: 'retry', reason: 'http-503' })
  })
})

describe('no answer', () => {
  it('is tried again after the timeout', async () => {
    const attempt = await attemptAgainst(() => {}, { timeoutMs: 50 })
    expect(attempt).toEqual({ is: 'retry', reason: 'timeout' })
  })

  it('is tried again when the connection is dropped', async () => {
    const attempt = await attemptAgainst((response) => response.destroy())
    expect(attempt).toEqual({ is: 'retry', reason: 'connection' })
  })

  it('is tried again when nobody listens', async () => {
    const { endpoint } = await backend(ok)
    await cleanUps.pop()!()
    const attempt = await transportTo(endpoint).send('traces', new Uint8Array(1), never)
    expect(attempt).toEqual({ is: 'retry', reason: 'connection' })
  })

  it('is tried again when what is there speaks something else', async () => {
    const attempt = await attemptAgainst((response) => response.socket?.end('220 mail.example ESMTP\r\n'))
    expect(attempt).toEqual({ is: 'retry', reason: 'connection' })
  })

  it('is no longer waited for after an abort', async () => {
    const abort = new AbortController()
    const { endpoint } = await backend(() => abort.abort())
    const attempt = await transportTo(endpoint, { timeoutMs: 60_000 }).send('logs', new Uint8Array(1), abort.signal)
    expect(attempt).toMatchObject({ is: 'retry' })
  })
})

describe('the exporter over HTTP', () => {
  it('delivers everything once, in few compressed requests, through faults that pass', async () => {
    const { endpoint, received } = await backend(
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
      (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
      ok,
    )
    const options = { retry: { initialIntervalMs: 5 }, queue: { batch: { flushTimeoutMs: 20 } } }
    const exporter = createSendingExporter('otlp_http/test', transportTo(endpoint), options, memoryLog())
    const names = Array.from({ length: 50 }, (_, index) => `span ${index}`)
    for (const name of names) exporter.offer(batchOf('traces', [name]))
    while (exporter.figures().traces.queuedRecords > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await exporter.close(1_000)
    expect(exporter.figures().traces).toMatchObject({ offered: 50, sent: 50, failed: {}, requests: 4, retries: 3 })
    expect(new Set(received.map(({ body }) => body.toString('hex'))).size).toBe(1)
    expect(namesIn('traces', gunzipSync(received[3].body))).toEqual(names)
  })

  it('never repeats what a backend says, which echoes what was sent', async () => {
    const log = memoryLog()
    const { endpoint } = await backend((response) => response.writeHead(400).end('bad field near "ana@example.com"'))
    const exporter = createSendingExporter('otlp_http/test', transportTo(endpoint), {}, log)
    exporter.offer(batchOf('traces', ['a']))
    await exporter.close(5_000)
    expect(exporter.figures().traces.failed).toEqual({ 'http-400': 1 })
    expect(log.lines).toHaveLength(1)
    expect(JSON.stringify([log.lines, exporter.figures()])).not.toContain('ana')
  })
})
