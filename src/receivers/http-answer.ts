// Writes an answer in whatever state the request is. A sender that is answered in the middle of its body must still get to
// read the answer, and what is left of the body must never be read as the next request.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Uint8Array
  /** The sender was not yet told to go on (Expect: 100-continue) and may or may not send its body. */
  readonly bodyUncertain: boolean
}

/** Up to this the rest of a body is read away and the connection goes on; beyond, it is closed. */
const drainBytes = 64 * 1024
/** How long a connection that will be closed is still read, since closing on unread bytes would take the answer back. */
export const lingerMs = 1000

/** Connections that have had their last answer: nothing more is written to them. */
export const finished = new WeakSet<Duplex>()

export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, headers, body } = answer
  headers['Content-Length'] = body.length
  if (request.complete || (!answer.bodyUncertain && declaredBytes(request) <= drainBytes)) {
    response.writeHead(status, headers)
    response.end(body)
    request.resume()
    return
  }
  finished.add(request.socket)
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
