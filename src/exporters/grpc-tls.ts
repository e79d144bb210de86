// TLS for grpc-js: credentials of a channel, the server's name, and why a handshake failed, which grpc-js tells nobody but
// in the text of an UNAVAILABLE.
import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext } from 'node:tls'
import { type ChannelCredentials, type ChannelOptions, credentials, type ServiceError, status } from '@grpc/grpc-js'
import type { RenewalLog } from '../tls/renewal.ts'
import type { TlsReason } from './exporter.ts'
import type { ClientTlsOptions } from './options.ts'
import { clientTls, tlsReason } from './tls.ts'

export interface GrpcTls {
  /** For a channel that is made now. */
  credentials(): ChannelCredentials
  readonly channelOptions: ChannelOptions
  onRenewal(renewed: () => void): void
  /** Why TLS failed, if that is why the call did. */
  reasonOf(error: ServiceError): TlsReason | undefined
  stop(): void
}

/** What is sent as the server's name where it has none: TLS takes no address there (RFC 6066), grpc-js sends it anyway. */
const noName = 'address.invalid'

/** Throws for files that cannot be used. */
export function grpcTls(exporter: string, address: string, options: ClientTlsOptions, log: RenewalLog): GrpcTls {
  const tls = clientTls(exporter, options, log)
  const expected = options.serverNameOverride ?? hostOf(address)
  const serverName = isIP(expected) ? noName : options.serverNameOverride
  let last: Error | undefined
  return {
    credentials() {
      const { rejectUnauthorized, ...context } = tls.options()
      const made = credentials.createFromSecureContext(createSecureContext(context), {
        rejectUnauthorized,
        // The certificate must be for the host of the address, name or IP.
        checkServerIdentity: (_name, certificate) => checkServerIdentity(expected, certificate),
      })
      noteFailures(made, (error) => (last = error))
      return made
    },
    channelOptions: {
      ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
      ...(options.serverNameOverride === undefined ? {} : { 'grpc.default_authority': options.serverNameOverride }),
    },
    onRenewal: tls.onRenewal,
    reasonOf({ code, details }) {
      // The last failure may be older than this one, which says what it comes from.
      return code === status.UNAVAILABLE && last !== undefined && details.includes(last.message)
        ? tlsReason(last)
        : undefined
    },
    stop: tls.stop,
  }
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

/** Tells of every handshake that fails, and of connections that end by an alert after it, as TLS 1.3 refuses clients. */
function noteFailures(channel: ChannelCredentials, note: (error: Error) => void): void {
  const create = channel._createSecureConnector.bind(channel)
  channel._createSecureConnector = (...args) => {
    const connector = create(...args)
    const connect = connector.connect.bind(connector)
    connector.connect = async (socket) => {
      try {
        const connected = await connect(socket)
        connected.socket.on('error', note)
        return connected
      } catch (error) {
        if (error instanceof Error) note(error)
        throw error
      }
    }
    return connector
  }
}
