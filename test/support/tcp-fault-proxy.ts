// Stands before any backend as a TCP port, gRPC among them, and breaks connections on command.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type TcpFault =
  | { readonly is: 'pass' }
  /** Takes bytes and gives none. */
  | { readonly is: 'never' }
  /** Resets (RST) a connection as soon as the client sends. */
  | { readonly is: 'reset' }
  /** Passes this many bytes of the backend's, then closes. */
  | { readonly is: 'close-after'; readonly bytes: number }
  | { readonly is: 'slow'; readonly ms: number }

export interface TcpFaultProxy {
  readonly address: string
  /** Connections that were made since the start. */
  readonly connections: number
  /** For connections that are made from now on; the others are cut when `cut` is called. */
  set(fault: TcpFault): void
  cut(): void
  /** Nobody gets a connection until `accept`; those that there are close. */
  refuse(): Promise<void>
  accept(): Promise<void>
  stop(): Promise<void>
}

/** Lets everything pass at first. */
export async function startTcpFaultProxy(target: {
  readonly port: number
  readonly host?: string
}): Promise<TcpFaultProxy> {
  const sockets = new Set<Socket>()
  let fault: TcpFault = { is: 'pass' }
  let connections = 0
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    connections += 1
    keep(client)
    const now = fault
    if (now.is === 'never') {
      client.resume()
      return
    }
    if (now.is === 'reset') {
      client.once('data', () => client.resetAndDestroy())
      return
    }
    const backend = keep(connect(target.port, target.host ?? '127.0.0.1'))
    client.on('close', () => backend.destroy())
    backend.on('close', () => client.destroy())
    const start = (): void => {
      client.pipe(backend)
      if (now.is !== 'close-after') {
        backend.pipe(client)
        return
      }
      let left = now.bytes
      backend.on('data', (chunk: Buffer) => {
        client.write(chunk.subarray(0, left))
        left -= chunk.length
        if (left <= 0) client.destroy()
      })
    }
    if (now.is === 'slow') setTimeout(start, now.ms)
    else start()
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    get connections() {
      return connections
    },
    set(next) {
      fault = next
    },
    cut,
    refuse: close,
    accept: () => listen(port),
    stop: close,
  }
}
