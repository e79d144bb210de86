// Binds a receiver's endpoint, and says which address is taken when it is.
import type { Server } from 'node:net'

export interface Endpoint {
  /** Without brackets: `127.0.0.1`, `::1`, `localhost`. Empty: all interfaces. */
  readonly host: string
  readonly port: number
}

/** The endpoint is in use by another program. The caller knows which option moves it. */
export class AddressInUseError extends Error {
  readonly code = 'EADDRINUSE'
  readonly endpoint: Endpoint

  constructor(endpoint: Endpoint) {
    super(`${formatEndpoint(endpoint)} is already in use`)
    this.name = 'AddressInUseError'
    this.endpoint = endpoint
  }
}

/** As it is written in a configuration: `127.0.0.1:4318`, `[::1]:4318`, `:4318`. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Starts listening; port 0 takes a free one.
 * @returns the port
 * @throws AddressInUseError, or the system's error
 */
export function listen(server: Server, endpoint: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      reject(error.code === 'EADDRINUSE' ? new AddressInUseError(endpoint) : error)
    }
    server.once('error', failed)
    const host = endpoint.host === '' ? {} : { host: endpoint.host }
    server.listen({ ...host, port: endpoint.port }, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : endpoint.port)
    })
  })
}
