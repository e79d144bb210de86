// OTLP over HTTP: one POST per attempt. What an answer means is in `answers.ts`; success is any 2xx, because Loki
// answers 204 and Prometheus an empty 200. Redirects are not followed: data goes only where the user said.
import { type Dispatcher, request } from 'undici'
import { signalUrl } from '../backends/profiles.ts'
import type { Signal } from '../otlp/fields.ts'
import type { RenewalLog } from '../tls/renewal.ts'
import { decodeResponse, decodeRetryDelay } from '../otlp/status.ts'
import { httpAnswer, proxyAnswer } from './answers.ts'
import { authorization } from './auth.ts'
import { parseRetryAfter } from './backoff.ts'
import { bySignal } from './exporter.ts'
import { checkHeaders, userAgent } from './headers.ts'
import { type HttpConnections, httpConnections } from './http-dispatcher.ts'
import { namingTheExporter } from './naming.ts'
import { defaultCompression, defaultTimeoutMs, type OtlpHttpOptions } from './options.ts'
import { type Env, proxyFor } from './proxy.ts'
import { clientTls, tlsReason } from './tls.ts'
import { type Attempt, maxResponseBytes, type Transport } from './transport.ts'

/** Throws for endpoints that are no URLs, for what cannot be sent and for files that cannot be used. */
export function createOtlpHttpTransport(options: OtlpHttpOptions, log: RenewalLog, env: Env = process.env): Transport {
  const { name, compression = defaultCompression, timeoutMs = defaultTimeoutMs } = options
  const targets = bySignal((signal) => targetOf(options, signal))
  const gzipped = compression === 'gzip'
  const headers = Object.fromEntries([
    ['user-agent', userAgent],
    ...checkHeaders(name, options.headers),
    // Exactly so: Loki and Prometheus refuse it with a charset behind.
    ['content-type', 'application/x-protobuf'],
    ...(gzipped ? [['content-encoding', 'gzip']] : []),
  ])
  const authorize = authorization(name, options.auth)
  const isSecure = Object.values(targets).some((target) => target?.url.protocol === 'https:')
  const tls = isSecure ? clientTls(name, options.tls ?? {}, log) : undefined
  const byProxy = new Map<string, HttpConnections>()
  const connections = bySignal((signal) => {
    const proxy =
      targets[signal] && namingTheExporter(name, () => proxyFor(targets[signal]!.url, options.proxyUrl, env))
    const key = proxy?.url.href ?? ''
    const known = byProxy.get(key) ?? httpConnections(tls, proxy, timeoutMs)
    byProxy.set(key, known)
    return known
  })

  async function send(signal: Signal, body: Uint8Array, abort: AbortSignal): Promise<Attempt> {
    const target = targets[signal]
    if (target === undefined) return { is: 'refused', reason: 'no-endpoint', ofAll: true }
    const attempt = new AbortController()
    const end = (): void => attempt.abort()
    const timer = setTimeout(end, timeoutMs)
    abort.addEventListener('abort', end, { once: true })
    try {
      const answer = await request(target.url, {
        method: 'POST',
        headers: headersWith(headers, authorize?.(), target.authorization),
        body,
        dispatcher: connections[signal].dispatcher(),
        signal: attempt.signal,
      })
      return await readAnswer(answer)
    } catch (error) {
      if ((error as { code?: unknown }).code === 'UND_ERR_INVALID_ARG')
        return { is: 'refused', reason: 'invalid-request', ofAll: true }
      if (attempt.signal.aborted) return { is: 'retry', reason: 'timeout' }
      const proxyStatus = proxyStatusOf(error)
      if (proxyStatus !== undefined) return { is: proxyAnswer(proxyStatus), reason: `proxy-${proxyStatus}` }
      return { is: 'retry', reason: tlsReason(error) ?? connections[signal].takeReason() ?? 'connection' }
    } finally {
      clearTimeout(timer)
      abort.removeEventListener('abort', end)
    }
  }

  return {
    gzipped,
    send,
    async close() {
      tls?.stop()
      await Promise.all([...byProxy.values()].map((each) => each.close()))
    },
  }
}

/** `auth` before a header of that name, and that before the user of a URL. */
function headersWith(
  headers: Readonly<Record<string, string>>,
  auth: string | undefined,
  ofUrl: string | undefined,
): Readonly<Record<string, string>> {
  const value = auth ?? headers['authorization'] ?? ofUrl
  return value === undefined ? headers : { ...headers, authorization: value }
}

/** What a proxy said when it was asked for a connection; undefined when it was not that. */
function proxyStatusOf(error: unknown): number | undefined {
  const found = /^Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : '')
  return found === null ? undefined : Number(found[1])
}

async function readAnswer(answer: Dispatcher.ResponseData): Promise<Attempt> {
  const { statusCode: status, headers } = answer
  const body = await readBody(answer.body)
  if (body === 'too-large') return { is: 'refused', reason: 'response-too-large', ofAll: true }
  const encoding = String(headers['content-type']).includes('json') ? 'json' : 'protobuf'
  if (status >= 200 && status < 300) return { is: 'sent', rejected: decodeResponse(body, encoding)?.rejected ?? 0 }
  const { is, maxBytes } = httpAnswer(status, body)
  if (is === 'too-large') return { is, reason: `http-${status}`, maxBytes }
  if (is !== 'retry') return { is, reason: `http-${status}` }
  const header = headers['retry-after']
  const afterMs = parseRetryAfter(Array.isArray(header) ? header[0] : header, Date.now())
  return { is, reason: `http-${status}`, afterMs: afterMs ?? decodeRetryDelay(body, encoding) }
}

/**
 * The body as far as it came: the status has said what became of the request, and asking again because the rest was cut
 * off would deliver it twice.
 */
async function readBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | 'too-large'> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      length += chunk.length
      if (length > maxResponseBytes) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return new Uint8Array()
  }
  return Buffer.concat(chunks)
}

interface Target {
  readonly url: URL
  readonly authorization: string | undefined
}

function targetOf({ name, endpoint, endpoints, profile }: OtlpHttpOptions, signal: Signal): Target | undefined {
  const own = endpoints?.[signal]
  const text = own ?? endpoint
  if (text === undefined) return undefined
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new Error(`${name}: the endpoint for ${signal} is not a URL with http:// or https://`)
  }
  const url = own === undefined ? signalUrl(parsed, signal, profile) : parsed
  const { username, password } = url
  url.username = url.password = ''
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    url,
    authorization: username || password ? `Basic ${Buffer.from(credentials).toString('base64')}` : undefined,
  }
}
