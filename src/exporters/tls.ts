// TLS towards a backend: whom to trust, what to show, and what is said when it comes to nothing.
import { isIP } from 'node:net'
import { checkServerIdentity, getCACertificates, type PeerCertificate, type SecureVersion } from 'node:tls'
import type { TlsMaterial } from '../tls/files.ts'
import { watchTlsFiles, type RenewalLog } from '../tls/renewal.ts'
import { secureVersion } from '../tls/versions.ts'
import type { TlsReason } from './exporter.ts'
import { namingTheExporter } from './naming.ts'
import type { ClientTlsOptions } from './options.ts'

/** Options of `tls.connect`. */
interface ConnectOptions {
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly ca?: string[]
  readonly minVersion: SecureVersion
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined
}

export interface ClientTls {
  /** What to connect with now. */
  options(): ConnectOptions
  /** The name to ask for in place of the endpoint's. */
  readonly serverName: string | undefined
  /** Calls back when the files were renewed: `options` says something else from now on. */
  onRenewal(renewed: () => void): void
  stop(): void
}

/** Throws for files that cannot be used; the message names the exporter and the file. */
export function clientTls(exporter: string, options: ClientTlsOptions, log: RenewalLog): ClientTls {
  const { caFile, certFile, keyFile, serverNameOverride: name, reloadIntervalMs: intervalMs } = options
  const files = {
    ...(caFile === undefined ? {} : { ca: caFile }),
    ...(certFile === undefined || keyFile === undefined ? {} : { cert: certFile, key: keyFile }),
  }
  const renewal = intervalMs === undefined ? undefined : { intervalMs, log, about: { exporter } }
  let renewed = (): void => {}
  const watched = namingTheExporter(exporter, () =>
    watchTlsFiles(files, renewal, (fresh) => {
      material = fresh
      renewed()
    }),
  )
  let { material } = watched
  return {
    options: () => connectOptions(material, options),
    // An address is no server name (RFC 6066 §3): it is only compared with the certificate.
    serverName: name === undefined || isIP(name) ? undefined : name,
    onRenewal(call) {
      renewed = call
    },
    stop: watched.stop,
  }
}

function connectOptions({ cert, key, ca }: TlsMaterial, options: ClientTlsOptions): ConnectOptions {
  const { insecureSkipVerify = false, serverNameOverride: name, minVersion = '1.2', includeSystemCas } = options
  const system = includeSystemCas ? [...getCACertificates('default'), ...getCACertificates('system')] : []
  const trusted = ca === undefined && !includeSystemCas ? undefined : [...(ca ?? []), ...system]
  return {
    ...(cert && key && { cert, key }),
    ...(trusted && { ca: trusted }),
    minVersion: secureVersion[minVersion],
    rejectUnauthorized: !insecureSkipVerify,
    ...(name !== undefined && {
      checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
    }),
  }
}

/** Reasons of OpenSSL why a certificate is not to be trusted, as node names them. */
const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'UNSPECIFIED',
])

/** What a failed connection says about TLS; undefined when it failed for another reason. */
export function tlsReason(error: unknown): TlsReason | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (untrusted.has(code)) return 'tls-untrusted'
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'tls-expired'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 'tls-name'
  if (/^ERR_SSL_.*ALERT_.*(CERT|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) return 'tls-refused'
  return /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code) ? 'tls-handshake' : undefined
}
