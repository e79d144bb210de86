// The versions of TLS, as the Collector writes them.
import type { SecureVersion } from 'node:tls'

export type TlsVersion = '1.2' | '1.3'

/** As `node:tls` wants it. */
export const secureVersion: Readonly<Record<TlsVersion, SecureVersion>> = { '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' }
