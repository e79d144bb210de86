// Stands before an HTTP backend and does to each request what a test says: lets it pass, answers in the backend's stead,
// or breaks the connection. It remembers what reached the backend. No timing and no chance: a script decides by the
// request and its number.
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

interface ProxiedRequest {
  /** From 0. */
  readonly index: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Without its gzip. */
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** What is done to one request. Those with `after` reach the backend first; its answer is lost. */
export type Fault =
  | { readonly is: 'pass' }
  /** The backend does not see it. */
  | ({ readonly is: 'answer' } & Answer)
  /** The backend takes it, and this is answered instead: a partial success, garbage. */
  | ({ readonly is: 'answer-after' } & Answer)
  /** No answer, as long as the client waits. */
  | { readonly is: 'never' }
  | { readonly is: 'never-after' }
  /** The connection is reset (RST) instead of an answer. */
  | { readonly is: 'reset' }
  | { readonly is: 'reset-after' }
  /** The head of the backend's answer and half of a body, then the connection closes. */
  | { readonly is: 'close-mid-answer' }
  | { readonly is: 'slow'; readonly ms: number }

export type Script = (request: ProxiedRequest) => Fault

interface Handled extends ProxiedRequest {
  readonly fault: Fault['is']
  /** What the backend answered; undefined when it did not see the request. */
  readonly reached: number | undefined
  /** The backend's own answer went to a client that still waited. */
  isDelivered: boolean
}

export interface FaultProxy {
  readonly url: string
  readonly port: number
  /** Every request, in the order in which they were dealt with. */
  readonly requests: readonly Handled[]
  /** Requests that the backend answered with 2xx. */
  taken(): Handled[]
  /** From the next request on. */
  set(script: Script | Fault): void
  /** Nobody gets a connection until `accept`; those that there are close. */
  refuse(): Promise<void>
  accept(): Promise<void>
  stop(): Promise<void>
}

export const pass: Fault = { is: 'pass' }

/** The faults in turn, one a request; the last one stands for all that follow. */
export function inTurn(...faults: readonly Fault[]): Script {
  let next = 0
  return () => faults[Math.min(next++, faults.length - 1)]
}

/** @param target the backend, `http://host:port`; lets everything pass at first */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests: Handled[] = []
  const sockets = new Set<Socket>()
  let script: Script = () => pass
  let seen = 0

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming, seen++)
    const fault = script(request)
    const note = (reached: number | undefined): void => {
      const handled: Handled = { ...request, fault: fault.is, reached, isDelivered: false }
      requests.push(handled)
      response.once('finish', () => (handled.isDelivered = fault.is === 'pass' || fault.is === 'slow'))
    }
    if (fault.is === 'answer' || fault.is === 'never' || fault.is === 'reset') {
      note(undefined)
      if (fault.is === 'answer') reply(response, fault)
      if (fault.is === 'reset') incoming.socket.resetAndDestroy()
      return
    }
    if (fault.is === 'slow') await sleep(fault.ms)
    const { status, headers, body } = await forward(target, incoming, request)
    note(status)
    if (fault.is === 'answer-after') reply(response, fault)
    else if (fault.is === 'reset-after') incoming.socket.resetAndDestroy()
    else if (fault.is === 'close-mid-answer') {
      response.writeHead(status, { 'content-length': String(body.length + 100) })
      response.write(Buffer.concat([body, Buffer.alloc(50)]), () => incoming.socket.destroy())
    } else if (fault.is !== 'never-after') response.writeHead(status, headers).end(body)
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => {
      if (response.headersSent) incoming.socket.destroy()
      else reply(response, { status: 502, body: 'the backend is away' })
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    taken: () => requests.filter(({ reached = 0 }) => reached >= 200 && reached < 300),
    set(next) {
      script = typeof next === 'function' ? next : () => next
    },
    refuse: close,
    accept: () => listen(port),
    stop: close,
  }
}

function reply(response: ServerResponse, { status, body = '', headers = {} }: Answer): void {
  response.writeHead(status, headers).end(body)
}

async function read(incoming: IncomingMessage, index: number): Promise<ProxiedRequest> {
  const raw = await bodyOf(incoming)
  const { headers, method = '', url: path = '' } = incoming
  return { index, method, path, headers, body: headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

interface Forwarded {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: Buffer
}

/** Sends it without its compression: what is asserted about is what went on. */
function forward(
  target: string,
  incoming: IncomingMessage,
  { body, method, path }: ProxiedRequest,
): Promise<Forwarded> {
  const { 'content-encoding': _encoding, connection: _connection, ...headers } = incoming.headers
  const to = new URL(path, target)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(to, {
      method,
      headers: { ...headers, host: to.host, 'content-length': body.length },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      bodyOf(answer).then((received) => {
        const { connection: _connection, 'transfer-encoding': _transfer, ...kept } = answer.headers
        resolve({
          status: answer.statusCode ?? 0,
          headers: { ...(kept as Record<string, string | string[]>), 'content-length': String(received.length) },
          body: received,
        })
      }, reject)
    })
    outgoing.end(body)
  })
}
