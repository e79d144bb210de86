// What node's HTTP parser refuses, or ran out of patience with: there is no request object, so the answer is written to
// the socket. Its Content-Type is unknown, so it is JSON.
import type { Duplex } from 'node:stream'
import { grpcCode } from '../pipeline/outcome.ts'
import { mediaType } from './content-type.ts'
import { ending, lingerMs } from './http-answer.ts'
import { rejections, statusBody, type Rejection } from './reply.ts'

/** Connections whose bytes could not be read as requests: they have had their answer, whatever was still being received. */
export const broken = new WeakSet<Duplex>()

/** Answers and closes. The rejection, or `undefined` when nobody is there to answer. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): Rejection | undefined {
  if (broken.has(socket) || ending.has(socket)) return undefined
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return undefined
  }
  broken.add(socket)
  const rejection = rejectionOf(error.code)
  const body = statusBody(rejection, 'json')
  const head =
    `HTTP/1.1 ${rejection.http} ${phrases[rejection.http]}\r\nConnection: close\r\n` +
    `Content-Type: ${mediaType.json}\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.end(Buffer.concat([Buffer.from(head), body]))
  setTimeout(() => socket.destroy(), lingerMs)
  return rejection
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
}

function rejectionOf(code: string | undefined): Rejection {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return rejections.timeout
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'too-large', http: 431, grpc: grpcCode.resourceExhausted, message: 'the headers are too large' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { reason: 'too-large', http: 413, grpc: grpcCode.resourceExhausted, message: 'chunk extensions too large' }
    default:
      return { reason: 'malformed', http: 400, grpc: grpcCode.invalidArgument, message: 'this is not an HTTP request' }
  }
}
