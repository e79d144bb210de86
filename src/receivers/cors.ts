// CORS (https://fetch.spec.whatwg.org/#http-cors-protocol), as the Collector does it: which web pages may send, and may
// read what they are answered. Browsers hold to it; everybody else is stopped by credentials.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

export interface CorsOptions {
  /** `https://app.example.com`, with one `*` for any part of it, or `*`. */
  readonly allowedOrigins: readonly string[]
  /** Besides those that OTLP over HTTP needs; `*` for any. */
  readonly allowedHeaders?: readonly string[]
  /** How long a browser may remember the answer to a preflight. */
  readonly maxAgeSeconds?: number
}

export interface Cors {
  /** Headers for an answer to a page of this origin. */
  answer(origin: string | undefined): OutgoingHttpHeaders
  /** Headers of the answer to a preflight. */
  preflight(headers: IncomingHttpHeaders): OutgoingHttpHeaders
}

/** What browsers ask for whoever sends OTLP with a token. */
const otlpHeaders = ['accept', 'authorization', 'content-encoding', 'content-type', 'x-requested-with']
/** Browsers keep other headers from a page; its exporter obeys this one. */
const exposedHeaders = 'Retry-After'

export function createCors({ allowedOrigins, allowedHeaders = [], maxAgeSeconds }: CorsOptions): Cors {
  const everywhere = allowedOrigins.includes('*')
  const patterns = allowedOrigins.map((origin) => origin.toLowerCase().split('*'))
  const known = new Set([...otlpHeaders, ...allowedHeaders.map((name) => name.toLowerCase())])
  const knownList = [...known].join(', ')

  const isAllowed = (origin: string): boolean =>
    everywhere || patterns.some((pattern) => matches(origin.toLowerCase(), pattern))

  /** Where every origin is allowed, none with what a browser keeps for this host: that is for origins by name. */
  const allow = (origin: string): OutgoingHttpHeaders =>
    everywhere
      ? { 'Access-Control-Allow-Origin': '*' }
      : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }

  return {
    answer(origin) {
      if (origin === undefined || !isAllowed(origin)) return { Vary: 'Origin' }
      return { Vary: 'Origin', ...allow(origin), 'Access-Control-Expose-Headers': exposedHeaders }
    },
    preflight({ origin, 'access-control-request-headers': asked }) {
      const vary = { Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' }
      if (origin === undefined || !isAllowed(origin)) return vary
      return {
        ...vary,
        ...allow(origin),
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': known.has('*') && asked !== undefined ? asked : knownList,
        ...(maxAgeSeconds !== undefined && { 'Access-Control-Max-Age': maxAgeSeconds }),
      }
    },
  }
}

/** Whether a request asks what a page may send, and sends nothing itself. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/** A `*` stands for labels of a host and a port, never for more of a URL. */
function matches(origin: string, [before, after]: readonly string[]): boolean {
  if (after === undefined) return origin === before
  if (origin.length < before.length + after.length || !origin.startsWith(before) || !origin.endsWith(after))
    return false
  return /^[\w.:[\]-]*$/.test(origin.slice(before.length, origin.length - after.length))
}
