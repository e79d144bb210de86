// The gateway's own HTTP: GET /health (JSON), GET /metrics (Prometheus), and POST /-/reload where the ruleset can be
// reloaded. Figures and names only, never a value.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface AdminOptions {
  /** Empty: all interfaces. */
  readonly host: string
  /** 0: any free port. A taken port: the next free one. */
  readonly port: number
  health(): object
  metrics(): Promise<string>
  /** Reloads the ruleset, or says why not: decides itself who may ask. */
  readonly reload?: ((headers: IncomingHttpHeaders) => Promise<{ status: number; body: object }>) | undefined
}

export interface Admin {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

const portsTried = 50

/** Listens on the first free port from `port` on. Throws the system's error when there is none. */
export async function startAdmin(options: AdminOptions): Promise<Admin> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => send(response, 500, 'text/plain', 'internal error\n'))
  })
  // A scrape is small and quick: whoever keeps a connection open without asking is not served.
  server.requestTimeout = 10_000
  server.headersTimeout = 5_000
  await listenOnFreePort(server, options.host, options.port)
  const { address, port } = server.address() as AddressInfo
  return {
    host: address,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0]
  if (path === '/-/reload' && options.reload !== undefined) {
    await answerReload(options.reload, request, response)
  } else if (path !== '/health' && path !== '/metrics') {
    send(response, 404, 'text/plain', 'not found: there are /health and /metrics\n')
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    send(response, 405, 'text/plain', 'method not allowed\n')
  } else if (path === '/health') {
    send(response, 200, 'application/json', `${JSON.stringify(options.health(), null, 2)}\n`)
  } else {
    send(response, 200, 'text/plain; version=0.0.4', await options.metrics())
  }
}

async function answerReload(
  reload: NonNullable<AdminOptions['reload']>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume()
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST')
    return send(response, 405, 'text/plain', 'method not allowed\n')
  }
  const { status, body } = await reload(request.headers)
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  send(response, status, 'application/json', `${JSON.stringify(body, null, 2)}\n`)
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return void response.destroy()
  const bytes = Buffer.from(body)
  const charset = type.startsWith('text/') ? '; charset=utf-8' : ''
  response.writeHead(status, { 'content-type': type + charset, 'content-length': bytes.length })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

async function listenOnFreePort(server: Server, host: string, first: number): Promise<void> {
  for (let port = first; ; port++) {
    try {
      await listen(server, host, port)
      return
    } catch (error) {
      const last = port >= Math.min(first + portsTried, 65_535)
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || last) throw error
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...(host === '' ? {} : { host }), port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
