// Stands before every gRPC call: credentials, the byte budget and the time limit before and while its message is read, its
// decompression, and the statuses that grpc-js sends by itself, so that each is counted and says what the specification wants.
import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js'
import { Readable } from 'node:stream'
import type { Signal } from '../pipeline/batch.ts'
import type { Credentials } from './credentials.ts'
import { decompress, type BodyLimits, type Decompressed } from './decompress.ts'
import { grpcStatus, isOurs } from './grpc-status.ts'
import type { ReceiverObserver } from './receiver-observer.ts'
import { rejections, tooLarge, type Rejection } from './reply.ts'

export interface GrpcGateOptions {
  readonly credentials: Credentials
  readonly limits: BodyLimits
  readonly requestTimeoutMs: number
  /** The signal of each method, by its path. */
  readonly signals: ReadonlyMap<string, Signal>
}

/** The flag and the length before a message. */
const prefixBytes = 5

export function createGrpcGate(options: GrpcGateOptions, observe: ReceiverObserver): ServerInterceptor {
  const { credentials, limits, requestTimeoutMs, signals } = options
  const oversize = tooLarge(limits.maxBytes)
  const unreadable = { malformed: rejections.undecodable, 'too-large': oversize, memory: rejections.memory }

  return ({ path }, call) => {
    const signal = signals.get(path)!
    let answered = false
    let reading = true
    let wireBytes = 0
    let isCompressed = false
    let bodyBytes: number | undefined

    const reject = (rejection: Rejection): void => {
      if (answered) return
      observe.refused('grpc', rejection.reason)
      call.sendStatus(grpcStatus(rejection))
    }
    const stopReading = (): void => {
      if (!reading) return
      reading = false
      clearTimeout(timer)
      limits.budget.give(wireBytes)
    }
    const timer = setTimeout(() => reject(rejections.timeout), requestTimeoutMs)

    // How much of a message grpc-js has buffered shows only in its stream, which it keeps to itself.
    const stream: unknown = Reflect.get(call, 'stream')
    let isGzip = false
    if (stream instanceof Readable) {
      // grpc-js inflates in the thread pool, 16 KiB a turn: up to five times the cost. Told that there is no compression, it
      // hands the message over as it came.
      isGzip = Reflect.get(call, 'incomingEncoding') === 'gzip' && Reflect.set(call, 'incomingEncoding', 'identity')
      stream.on('data', (chunk: Buffer) => {
        if (!reading) return
        if (!limits.budget.take(chunk.length)) return reject(rejections.memory)
        if (wireBytes === 0) isCompressed = chunk[0] === 1
        wireBytes += chunk.length
      })
    }

    // grpc-js answers some requests by itself, past the responders of an interceptor.
    const send = call.sendStatus.bind(call)
    call.sendStatus = (given) => {
      answered = true
      stopReading()
      if (given.code === status.OK || isOurs(given)) return send(given)
      // A stream that broke off ends like a whole one, only without its message.
      const brokeOff = stream instanceof Readable && stream.closed
      const rejection = brokeOff ? rejections.timeout : rejectionOf(given.code, given.details, oversize)
      observe.refused('grpc', rejection?.reason ?? 'internal')
      send(rejection === undefined ? given : grpcStatus(rejection))
    }

    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, pass) {
            const [authorization] = metadata.get('authorization')
            if (credentials.allow(typeof authorization === 'string' ? authorization : undefined)) pass(metadata)
            else reject(rejections.unauthenticated)
          },
          onReceiveMessage(message: Buffer, pass) {
            const deliver = (body: Decompressed): void => {
              if (typeof body === 'string') return reject(unreadable[body])
              if ('fault' in body) {
                observe.fault('grpc', body.fault)
                return reject(rejections.internal)
              }
              bodyBytes = body.length
              pass(body)
            }
            if (isGzip && isCompressed) decompress(message, 'gzip', limits, deliver)
            else deliver(message)
          },
          onReceiveHalfClose(pass) {
            stopReading()
            if (bodyBytes !== undefined)
              observe.received('grpc', signal, Math.max(0, wireBytes - prefixBytes), bodyBytes)
            pass()
          },
          onCancel() {
            stopReading()
            if (!answered) observe.refused('grpc', 'aborted')
            answered = true
          },
        }),
      sendMessage(message, pass) {
        answered = true
        pass(message)
      },
    })
  }
}

/** What grpc-js refuses by itself, in the words of the specification; `undefined`: it stays as it is. */
function rejectionOf(code: status, details: string, oversize: Rejection): Rejection | undefined {
  switch (code) {
    case status.RESOURCE_EXHAUSTED:
      return oversize
    case status.UNIMPLEMENTED:
      // The other two are a request of no message or of two.
      return details.includes('encoding') ? rejections.contentEncoding : rejections.undecodable
    case status.INTERNAL:
      return details.includes('decompress') || details.includes('grpc-timeout') ? rejections.undecodable : undefined
    case status.DEADLINE_EXCEEDED:
      return rejections.timeout
    default:
      return undefined
  }
}
