// Writes an answer in whatever state the request is. A sender that is answered in the middle of its body must still get to
// read the answer, and what is left of the body must never be read as the next request.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The sender holds its body back until it is told to go on (Expect: 100-continue). */
  readonly awaitsContinue: boolean
}

/** Up to this the rest of a body is read away and the connection goes on; beyond, it is closed. */
const drainBytes = 64 * 1024
/** How long a connection that will be closed is still read, since closing on unread bytes would take the answer back. */
export const lingerMs = 500

/** Connections that end with the answer already given: what still comes on them is read and thrown away. */
export const ending = new WeakSet<Duplex>()

/**
 * Writes the answer. When too much of the body is still to come, or it cannot be known whether the body comes at all, the
 * connection ends with it.
 */
export function sendAnswer(
  { request, response, awaitsContinue }: Exchange,
  status: number,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
): void {
  // RFC 9110 §8.6: none with 204.
  if (status !== 204) headers['Content-Length'] = body.length
  if (request.complete || (!awaitsContinue && declaredBytes(request) <= drainBytes)) {
    response.writeHead(status, headers)
    // As text of single bytes, node sends headers and body in one write; as a buffer, in a gathered one, which costs more.
    response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
    request.resume()
    return
  }
  ending.add(request.socket)
  response.writeHead(status, { ...headers, Connection: 'close' })
  response.write(body)
  // Ended only here: node closes the connection with the end of the response.
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(() => request.socket.destroy(), lingerMs)
  request.once('end', end)
  request.once('close', end)
  request.resume()
}

function declaredBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Infinity
  return Number(headers['content-length'] ?? 0)
}
