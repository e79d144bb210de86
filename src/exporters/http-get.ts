// Asks a backend something by GET, the way that its exporter sends: the same TLS, authorization, headers and proxy. For
// `doctor`, which looks at a store's settings and clock.
import { request } from 'undici'
import type { RenewalLog } from '../tls/renewal.ts'
import { authorization } from './auth.ts'
import { checkHeaders, userAgent } from './headers.ts'
import { httpConnections } from './http-dispatcher.ts'
import { defaultTimeoutMs, type OtlpHttpOptions } from './options.ts'
import { type Env, proxyFor } from './proxy.ts'
import { clientTls } from './tls.ts'

export interface HttpGetter {
  /** Undefined when there is no answer. */
  get(
    url: URL,
  ): Promise<{ readonly status: number; readonly date: Date | undefined; readonly text: string } | undefined>
  close(): Promise<void>
}

/** Settings are long; what is longer still is none. */
const maxTextBytes = 1024 * 1024

/**
 * @param origin any URL of the server that is asked
 * @throws for what the exporter could not start with either
 */
export function createHttpGetter(options: OtlpHttpOptions, origin: URL, log: RenewalLog, env: Env): HttpGetter {
  const { name, timeoutMs = defaultTimeoutMs } = options
  const authorize = authorization(name, options.auth)
  const headers = Object.fromEntries([['user-agent', userAgent], ...checkHeaders(name, options.headers)])
  const tls = origin.protocol === 'https:' ? clientTls(name, options.tls ?? {}, log) : undefined
  const connections = httpConnections(tls, proxyFor(origin, options.proxyUrl, env), timeoutMs)
  return {
    async get(url) {
      try {
        const answer = await request(url, {
          headers: { ...headers, ...(authorize && { authorization: authorize() }) },
          dispatcher: connections.dispatcher(),
          signal: AbortSignal.timeout(timeoutMs),
        })
        const date = Date.parse(String(answer.headers['date']))
        const chunks: Buffer[] = []
        let length = 0
        for await (const chunk of answer.body) {
          length += (chunk as Buffer).length
          if (length > maxTextBytes) break
          chunks.push(chunk as Buffer)
        }
        return {
          status: answer.statusCode,
          date: Number.isNaN(date) ? undefined : new Date(date),
          text: Buffer.concat(chunks).toString(),
        }
      } catch {
        return undefined
      }
    },
    close() {
      tls?.stop()
      return connections.close()
    },
  }
}
