// OTLP/HTTP: POST /v1/{traces,metrics,logs} in protobuf or JSON → bytes to the consumer → the answer of the specification.
// On node:http straight, since this is the hot path.
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Arrival } from '../pipeline/batch.ts'
import type { Consumer } from '../pipeline/consumer.ts'
import { encodingOf, mediaType } from './content-type.ts'
import { createCors, isPreflight, type CorsOptions } from './cors.ts'
import { createCredentials, type ReceiverAuth } from './credentials.ts'
import type { BodyLimits, Compression } from './decompress.ts'
import { ending, sendAnswer, type Exchange } from './http-answer.ts'
import { answerClientError, broken } from './http-client-error.ts'
import { httpTarget, type HttpTarget } from './http-target.ts'
import { listen, type Endpoint } from './listen.ts'
import { compressionOf, readBody } from './read-body.ts'
import type { ReceiverObserver } from './receiver-observer.ts'
import { exportResponse, rejectionOf, rejections, statusBody, tooLarge, type Rejection } from './reply.ts'
import { secureDoor, type ReceiverTls } from './tls.ts'

export interface HttpReceiverOptions {
  readonly endpoint: Endpoint
  readonly auth?: ReceiverAuth
  readonly limits: BodyLimits
  /** HTTPS, and only that. */
  readonly tls?: ReceiverTls
  /** Which web pages may send; none unless given. */
  readonly cors?: CorsOptions
  /** The headers of a request must be there in this time. */
  readonly headersTimeoutMs?: number
  /** The whole request must be there in this time. */
  readonly requestTimeoutMs?: number
  /** How long an idle connection stays open: longer than the SDKs' batches are apart. */
  readonly keepAliveTimeoutMs?: number
  readonly maxHeaderBytes?: number
}

/** A running receiver, of either transport. */
export interface Receiver {
  readonly port: number
  /** Takes no new connections, lets requests under way end, and cuts off what is left after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>
}

/** A request whose headers are in order. */
interface Admitted extends HttpTarget {
  readonly encoding: Arrival['encoding']
  readonly compression: Compression | undefined
}

/**
 * Starts the receiver.
 * @throws AddressInUseError, or the system's error, when it cannot listen; TlsFileError
 */
export async function startHttpReceiver(
  options: HttpReceiverOptions,
  consumer: Consumer,
  observe: ReceiverObserver,
): Promise<Receiver> {
  const { limits, requestTimeoutMs = 30_000, headersTimeoutMs = 10_000 } = options
  const credentials = createCredentials(options.auth)
  const cors = options.cors && createCors(options.cors)
  const oversize = tooLarge(limits.maxBytes)
  const unreadable = { malformed: rejections.undecodable, 'too-large': oversize, memory: rejections.memory }
  let closing = false

  /** Decides by the headers alone, so that no body is read that will not be taken. */
  function admit({ url = '', method, headers }: IncomingMessage): Admitted | Rejection {
    const target = httpTarget(url, credentials.inPath)
    if (target === undefined) return rejections.notFound
    if (method !== 'POST') return rejections.method
    if (!credentials.allow(headers.authorization, target.pathToken)) return rejections.unauthenticated
    const encoding = encodingOf(headers['content-type'])
    if (encoding === undefined) return rejections.contentType
    const compression = compressionOf(headers['content-encoding'])
    if (compression === 'unknown') return rejections.contentEncoding
    if (Number(headers['content-length'] ?? 0) > limits.maxBytes) return oversize
    return { ...target, encoding, compression }
  }

  const isKnown = ({ url = '' }: IncomingMessage): boolean => httpTarget(url, credentials.inPath) !== undefined

  function handle(exchange: Exchange): void {
    const { request, response } = exchange
    const { socket } = request
    if (ending.has(socket) || broken.has(socket)) return
    if (cors !== undefined && isPreflight(request.method, request.headers) && isKnown(request)) {
      // Before credentials: a preflight cannot carry any.
      return answer(exchange, 204, cors.preflight(request.headers), nothing)
    }
    const admitted = admit(request)
    if ('reason' in admitted) return reject(exchange, admitted)
    if (exchange.awaitsContinue) response.writeContinue()
    const reading = { request, response, awaitsContinue: false }
    readBody(request, admitted.compression, limits, (read) => {
      if (broken.has(socket)) return
      if (read === 'aborted') {
        observe.refused('http', 'aborted')
      } else if (typeof read === 'string') {
        reject(reading, unreadable[read])
      } else if ('fault' in read) {
        observe.fault('http', read.fault)
        reject(reading, rejections.internal)
      } else {
        observe.received('http', admitted.signal, read.wireBytes, read.body.length)
        deliver(reading, admitted, read.body)
      }
    })
  }

  function deliver(exchange: Exchange, { signal, encoding }: Admitted, body: Uint8Array): void {
    const { socket: connection } = exchange.request
    consumer.consume({ signal, encoding, transport: 'http', body, connection }).then(
      (outcome) => {
        if (outcome.is !== 'taken') return reject(exchange, rejectionOf(outcome))
        const response = exportResponse(signal, outcome.refused, encoding)
        answer(exchange, 200, { 'Content-Type': mediaType[encoding] }, response)
      },
      (error: unknown) => {
        observe.fault('http', error)
        reject(exchange, rejections.internal)
      },
    )
  }

  function reject(exchange: Exchange, rejection: Rejection): void {
    observe.refused('http', rejection.reason)
    const encoding = encodingOf(exchange.request.headers['content-type']) ?? 'json'
    const headers = { 'Content-Type': mediaType[encoding], ...headersOf(rejection) }
    answer(exchange, rejection.http, headers, statusBody(rejection, encoding))
  }

  function answer(exchange: Exchange, status: number, headers: OutgoingHttpHeaders, body: Uint8Array): void {
    if (closing) headers.Connection = 'close'
    if (cors !== undefined && status !== 204) Object.assign(headers, cors.answer(exchange.request.headers.origin))
    sendAnswer(exchange, status, headers, body)
  }

  const http = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    connectionsCheckingInterval: Math.min(headersTimeoutMs, requestTimeoutMs, 5000),
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 75_000,
    maxHeaderSize: options.maxHeaderBytes ?? 16 * 1024,
  }
  const door =
    options.tls &&
    secureDoor(
      options.tls,
      (tls) => createTlsServer({ ...http, ...tls }),
      (reason) => observe.refused('http', reason),
    )
  const server: Server = door?.server ?? createServer(http)
  server.on('request', (request, response) => handle({ request, response, awaitsContinue: false }))
  server.on('checkContinue', (request, response) => handle({ request, response, awaitsContinue: true }))
  // RFC 9110 §10.1.1: an expectation that is not known may be passed over.
  server.on('checkExpectation', (request, response) => handle({ request, response, awaitsContinue: false }))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const rejection = answerClientError(error, socket)
    if (rejection !== undefined) observe.refused('http', rejection.reason)
  })

  const port = await listen(server, options.endpoint).catch((error: unknown) => {
    door?.close()
    throw error
  })
  return {
    port,
    close(deadlineMs) {
      closing = true
      door?.close()
      return new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
        server.close(() => {
          clearTimeout(deadline)
          resolve()
        })
      })
    },
  }
}

const nothing = new Uint8Array()

function headersOf({ http, retryAfterMs }: Rejection): OutgoingHttpHeaders {
  switch (http) {
    case 401:
      return { 'WWW-Authenticate': 'Bearer' }
    case 405:
      return { Allow: 'POST' }
    case 415:
      return { 'Accept-Encoding': 'gzip, deflate, zstd', Accept: `${mediaType.protobuf}, ${mediaType.json}` }
    default:
      return retryAfterMs === undefined ? {} : { 'Retry-After': Math.max(1, Math.ceil(retryAfterMs / 1000)) }
  }
}
