// Answers as Tempo 3.0.3 was measured to where its binary is not at hand: OTLP in over HTTP and gRPC, traces by id,
// search and metrics out. The same tests run against both.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { exportMethods } from '../../../receivers/grpc-client.ts'
import { BadQueryError, TraceStore } from './answers.ts'
import { checkIds, readJson, readProtobuf, RefusedError, spansOf, truncateAttributes } from './intake.ts'
import { TraceQlError } from './traceql.ts'

export interface TempoStandIn {
  readonly url: string
  /** The base URL for OTLP over HTTP, and the address for gRPC. */
  readonly otlp: string
  readonly otlpGrpc: string
  stop(): Promise<void>
}

export async function startTempoStandIn(): Promise<TempoStandIn> {
  const traces = new TraceStore()
  const counts = new Map<string, number>()
  const count = (counter: string, by: number): unknown => counts.set(counter, (counts.get(counter) ?? 0) + by)

  /** Takes all of a request or nothing. Throws RefusedError. */
  const take = (resourceSpans: any[], transport: 'http' | 'grpc'): void => {
    const spans = spansOf(resourceSpans).length
    count('tempo_distributor_spans_received_total', spans)
    try {
      checkIds(resourceSpans)
    } catch (error) {
      const { reason } = error as RefusedError
      count(`tempo_discarded_spans_total{reason="${reason}"}`, spans)
      count(`tempo_receiver_refused_spans{transport="${transport}"}`, spans)
      throw error
    }
    count('tempo_distributor_attributes_truncated_total{scope="span"}', truncateAttributes(resourceSpans))
    count(`tempo_receiver_accepted_spans{transport="${transport}"}`, spans)
    traces.add(resourceSpans)
  }

  const otlp = createServer((request, response) => {
    void bodyOf(request).then((raw) => answerOtlp(request, response, raw, take))
  })
  const api = createServer((request, response) => {
    const {
      status,
      body,
      type = 'text/plain',
    } = answerQuery(new URL(request.url ?? '', 'http://tempo'), traces, counts)
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  const urls = await Promise.all([api, otlp].map(listen))
  const grpc = new Server()
  const asIs = (bytes: Buffer): Buffer => bytes
  const method = { path: exportMethods.traces, requestStream: false, responseStream: false } as const
  const codecs = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  }
  grpc.addService(
    { export: { ...method, ...codecs } },
    {
      export: ({ request }: { request: Buffer }, reply: (error: object | null, answer?: Buffer) => void): void => {
        try {
          take(readProtobuf(request), 'grpc')
          reply(null, Buffer.alloc(0))
        } catch (error) {
          reply({ code: status.INVALID_ARGUMENT, details: (error as Error).message })
        }
      },
    },
  )
  const grpcPort = await new Promise<number>((done, fail) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? fail(error) : done(port),
    )
  })
  return {
    url: urls[0],
    otlp: urls[1],
    otlpGrpc: `127.0.0.1:${grpcPort}`,
    async stop() {
      grpc.forceShutdown()
      for (const server of [api, otlp]) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function answerOtlp(
  { url, method, headers }: IncomingMessage,
  response: ServerResponse,
  raw: Buffer,
  take: (resourceSpans: any[], transport: 'http') => void,
): void {
  // Tempo opens its door for traces only.
  if (url !== '/v1/traces') return void response.writeHead(404).end('404 page not found\n')
  if (method !== 'POST') return void response.writeHead(405).end('405 method not allowed, supported: [POST]')
  const type = headers['content-type'] ?? ''
  const isJson = type.startsWith('application/json')
  if (!isJson && type !== 'application/x-protobuf')
    return void response
      .writeHead(415)
      .end('415 unsupported media type, supported: [application/json, application/x-protobuf]')
  try {
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    take(isJson ? readJson(body) : readProtobuf(body), 'http')
    response.writeHead(200, { 'content-type': type }).end(isJson ? '{"partialSuccess":{}}' : Buffer.alloc(0))
  } catch (error) {
    const message = error instanceof RefusedError ? error.message : 'gzip: invalid header'
    response
      .writeHead(400, { 'content-type': type })
      .end(isJson ? JSON.stringify({ code: 3, message }) : rpcStatus(3, message))
  }
}

/** google.rpc.Status in protobuf: code in field 1, message in field 2. */
function rpcStatus(code: number, message: string): Buffer {
  const text = Buffer.from(message).subarray(0, 127)
  return Buffer.concat([Buffer.from([0x08, code, 0x12, text.length]), text])
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly type?: string
}

function answerQuery(url: URL, traces: TraceStore, counts: ReadonlyMap<string, number>): Answer {
  const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value), type: 'application/json' })
  const byId = /^\/api\/(v2\/)?traces\/([^/]+)$/.exec(url.pathname)
  try {
    if (url.pathname === '/ready') return { status: 200, body: 'ready\n' }
    if (url.pathname === '/metrics')
      return { status: 200, body: [...counts].map(([counter, value]) => `${counter} ${value}\n`).join('') }
    if (url.pathname === '/api/search') return json(traces.search(url.searchParams))
    if (url.pathname === '/api/metrics/query_range') return json(traces.metrics(url.searchParams))
    if (byId !== null) {
      const found = traces.byId(byId[2])
      if (byId[1] !== undefined) return json({ trace: found.length === 0 ? {} : { resourceSpans: found }, metrics: {} })
      return found.length === 0 ? { status: 404, body: 'trace not found' } : json({ batches: found })
    }
    return { status: 404, body: '404 page not found\n' }
  } catch (error) {
    if (error instanceof BadQueryError || error instanceof TraceQlError) return { status: 400, body: error.message }
    throw error
  }
}
