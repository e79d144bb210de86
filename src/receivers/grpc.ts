// OTLP/gRPC: the three Export services, bytes in and bytes out → bytes to the consumer → the status of the specification.
// grpc-js speaks the protocol; the listening socket is ours, for an honest EADDRINUSE and a close that ends, and so is TLS:
// grpc-js gets connections that are secure already.
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { handleUnaryCall, MethodDefinition } from '@grpc/grpc-js'
import { EventEmitter } from 'node:events'
import type { IncomingHttpHeaders, ServerHttp2Session } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Signal } from '../pipeline/batch.ts'
import type { Consumer } from '../pipeline/consumer.ts'
import { createCredentials, type ReceiverAuth } from './credentials.ts'
import type { BodyLimits } from './decompress.ts'
import { createGrpcGate } from './grpc-gate.ts'
import { grpcStatus } from './grpc-status.ts'
import type { Receiver } from './http.ts'
import { listen, type Endpoint } from './listen.ts'
import type { ReceiverObserver } from './receiver-observer.ts'
import { exportResponse, rejectionOf, rejections, type Rejection } from './reply.ts'
import { secureDoor, type ReceiverTls } from './tls.ts'

export interface GrpcReceiverOptions {
  readonly endpoint: Endpoint
  /** gRPC paths are fixed: only the bearer token counts, in the metadata `authorization`. */
  readonly auth?: Pick<ReceiverAuth, 'bearerToken'>
  readonly limits: BodyLimits
  /** TLS, and only that. */
  readonly tls?: ReceiverTls
  /** A whole request must be there in this time. */
  readonly requestTimeoutMs?: number
}

/** What a stream may send ahead; a connection, four times that. */
const windowBytes = 1024 * 1024

const signals: ReadonlyMap<string, Signal> = new Map([
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
  ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'metrics'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'logs'],
])

/**
 * Starts the receiver.
 * @throws AddressInUseError, or the system's error, when it cannot listen; TlsFileError
 */
export async function startGrpcReceiver(
  options: GrpcReceiverOptions,
  consumer: Consumer,
  observe: ReceiverObserver,
): Promise<Receiver> {
  const { limits, requestTimeoutMs = 30_000 } = options
  const gate = createGrpcGate(
    { credentials: createCredentials(options.auth), limits, requestTimeoutMs, signals },
    observe,
  )
  const grpc = new Server({
    'grpc.max_receive_message_length': limits.maxBytes,
    'grpc.max_concurrent_streams': 256,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.enable_channelz': 0,
    interceptors: [gate],
  })
  const peers = new Map<string, Socket>()
  for (const [path, signal] of signals)
    grpc.addService({ Export: exportMethod(path) }, { Export: exporting(signal, consumer, observe, peers) })

  const connections = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  for (const http2 of http2ServersOf(grpc)) {
    widenWindows(http2)
    hideUnknownMethods(http2, observe)
  }
  const sockets = new Set<Socket>()
  const connected = (socket: Socket): void => {
    // As grpc-js names who calls: it has no way to the connection itself.
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.add(socket)
    peers.set(peer, socket)
    socket.on('close', () => {
      sockets.delete(socket)
      if (peers.get(peer) === socket) peers.delete(peer)
    })
    connections.injectConnection(socket)
  }
  const door =
    options.tls &&
    secureDoor(
      options.tls,
      (tls) => createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, connected),
      (reason) => observe.refused('grpc', reason),
    )
  const server = door?.server ?? createServer({ noDelay: true }, connected)
  const port = await listen(server, options.endpoint).catch((error: unknown) => {
    door?.close()
    throw error
  })
  return {
    port,
    close(deadlineMs) {
      door?.close()
      return new Promise((resolve) => {
        const deadline = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, deadlineMs)
        server.close(() => {
          clearTimeout(deadline)
          resolve()
        })
        // Tells every connection to go away once its requests are answered; `server` closes with the last of them.
        grpc.tryShutdown(() => {})
      })
    },
  }
}

/** The HTTP/2 servers inside grpc-js, which has no way to them; none where a version of it keeps them elsewhere. */
function http2ServersOf(grpc: Server): EventEmitter[] {
  const servers: unknown = Reflect.get(grpc, 'http2Servers')
  return servers instanceof Map ? [...servers.keys()].filter((server) => server instanceof EventEmitter) : []
}

/**
 * HTTP/2 starts with windows of 64 KiB, so a large message stops eight times in half a megabyte; wider ones take less than half
 * the CPU. grpc-js has an option for that, for clients only.
 */
function widenWindows(server: EventEmitter): void {
  server.on('session', (session: ServerHttp2Session) => {
    session.settings({ initialWindowSize: windowBytes })
    session.setLocalWindowSize(4 * windowBytes)
  })
}

/** grpc-js names the method that it does not know in its answer; a path can hold anything, so it gets to see another. */
function hideUnknownMethods(server: EventEmitter, observe: ReceiverObserver): void {
  server.prependListener('stream', (_stream: unknown, headers: IncomingHttpHeaders) => {
    if (signals.has(headers[':path'] ?? '')) return
    headers[':path'] = '/unknown'
    observe.refused('grpc', 'not-found')
  })
}

function exportMethod(path: string): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  }
}

function asIs(bytes: Buffer): Buffer {
  return bytes
}

function exporting(
  signal: Signal,
  consumer: Consumer,
  observe: ReceiverObserver,
  peers: ReadonlyMap<string, Socket>,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const { request: body } = call
    const connection = peers.get(call.getPeer())
    const reject = (rejection: Rejection): void => {
      observe.refused('grpc', rejection.reason)
      callback(grpcStatus(rejection))
    }
    const arrival = {
      signal,
      encoding: 'protobuf',
      transport: 'grpc',
      body,
      ...(connection && { connection }),
    } as const
    consumer.consume(arrival).then(
      (outcome) => {
        if (outcome.is === 'taken') callback(null, Buffer.from(exportResponse(signal, outcome.refused, 'protobuf')))
        else reject(rejectionOf(outcome))
      },
      (error: unknown) => {
        observe.fault('grpc', error)
        reject(rejections.internal)
      },
    )
  }
}
