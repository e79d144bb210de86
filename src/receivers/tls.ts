// TLS on a receiver's door: what is asked of those who connect, handshakes that fail or hang, certificates that are renewed.
import type { Socket } from 'node:net'
import type { Server, TlsOptions, TLSSocket } from 'node:tls'
import type { TlsFiles, TlsMaterial } from '../tls/files.ts'
import { watchTlsFiles, type Renewal } from '../tls/renewal.ts'
import { secureVersion, type TlsVersion } from '../tls/versions.ts'
import type { RequestRefusal } from './receiver-observer.ts'

export interface ReceiverTls {
  /** The own pair; with a `ca` everybody who connects needs a certificate from it (mTLS). */
  readonly files: TlsFiles
  readonly minVersion?: TlsVersion
  /** How renewed files are noticed; they are not unless given. */
  readonly renewal?: Renewal
  /** A handshake must be done in this time. */
  readonly handshakeTimeoutMs?: number
}

/** A TLS server and what belongs to it. */
export interface SecureDoor<S extends Server> {
  readonly server: S
  /** Cuts off whoever has not come through the handshake, and looks for renewed files no more. */
  close(): void
}

/**
 * Makes a TLS server and looks after its connections until they are secure.
 * @param make makes the server from these options; it must not listen yet
 * @param refused a handshake came to nothing, for which there is no answer
 * @throws TlsFileError
 */
export function secureDoor<S extends Server>(
  { files, minVersion = '1.2', renewal, handshakeTimeoutMs = 10_000 }: ReceiverTls,
  make: (options: TlsOptions) => S,
  refused: (reason: RequestRefusal) => void,
): SecureDoor<S> {
  const optionsFrom = ({ cert, key, ca }: TlsMaterial): TlsOptions => ({
    cert,
    key,
    ...(ca && { ca: [...ca] }),
    minVersion: secureVersion[minVersion],
  })
  const watched = watchTlsFiles(files, renewal, (fresh) => server.setSecureContext(optionsFrom(fresh)))
  const mutual = files.ca !== undefined
  const server = make({
    ...optionsFrom(watched.material),
    noDelay: true,
    requestCert: mutual,
    rejectUnauthorized: mutual,
    handshakeTimeout: handshakeTimeoutMs,
  })

  // The server itself knows a connection only after its handshake.
  const handshaking = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    handshaking.set(peer, socket)
    socket.on('close', () => {
      if (handshaking.get(peer) === socket) handshaking.delete(peer)
    })
  })
  server.on('secureConnection', (socket) => {
    handshaking.delete(peerOf(socket))
  })
  // An HTTPS server takes these for faults of HTTP, and answers them.
  server.removeAllListeners('tlsClientError')
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    const reason = reasonOf(error, socket)
    if (reason !== undefined) refused(reason)
    socket.destroy()
  })
  return {
    server,
    close() {
      watched.stop()
      for (const socket of handshaking.values()) socket.destroy()
    },
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Undefined for who has only looked whether the port is open. */
function reasonOf(error: NodeJS.ErrnoException, { authorizationError }: TLSSocket): RequestRefusal | undefined {
  if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'aborted'
  // A wrong certificate of a client shows as a connection that broke off, by this side.
  return error.code === 'ECONNRESET' && !authorizationError ? undefined : 'tls'
}
