// Who the gateway is to a backend: the Authorization header of each request, from the configuration or from files that
// are read again when they change.
import { validateHeaderValue } from 'node:http'
import { namingTheExporter } from './naming.ts'
import type { ExporterAuth } from './options.ts'
import { secretFile } from './secret-file.ts'

/**
 * The Authorization header as it is now; undefined where none is configured.
 * @throws when a file cannot be read or a secret cannot be sent; the message names the exporter, never the secret
 */
export function authorization(exporter: string, auth: ExporterAuth | undefined): (() => string) | undefined {
  if (auth === undefined) return undefined
  return namingTheExporter(exporter, () => {
    const current = 'basic' in auth ? basic(auth.basic) : bearer(auth)
    try {
      validateHeaderValue('authorization', current())
    } catch {
      throw new Error('the token has characters that cannot be sent')
    }
    return current
  })
}

function bearer({ token, tokenFile }: Extract<ExporterAuth, { token?: unknown }>): () => string {
  const secret = secretOf(token, tokenFile)
  return () => `Bearer ${secret()}`
}

function basic({ username, password, passwordFile }: Extract<ExporterAuth, { basic: unknown }>['basic']): () => string {
  const secret = secretOf(password, passwordFile)
  return () => `Basic ${Buffer.from(`${username}:${secret()}`).toString('base64')}`
}

function secretOf(value: string | undefined, file: string | undefined): () => string {
  return file === undefined ? () => value ?? '' : secretFile(file)
}
