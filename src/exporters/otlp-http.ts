// OTLP over HTTP: one POST per attempt. What an answer means is in `answers.ts`; success is any 2xx, because Loki
// answers 204 and Prometheus an empty 200. Redirects are not followed: data goes only where the user said.
import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import type { Signal } from '../otlp/fields.ts'
import type { RenewalLog } from '../tls/renewal.ts'
import { decodeResponse, decodeRetryDelay } from '../otlp/status.ts'
import { httpAnswer } from './answers.ts'
import { parseRetryAfter } from './backoff.ts'
import { bySignal, type TlsReason } from './exporter.ts'
import { checkHeaders, userAgent } from './headers.ts'
import { defaultCompression, defaultTimeoutMs, type OtlpHttpOptions } from './options.ts'
import { clientTls, type ClientTls, tlsReason } from './tls.ts'
import { type Attempt, maxResponseBytes, type Transport } from './transport.ts'

/** Throws for endpoints that are no URLs, for headers that cannot be sent and for files of TLS that cannot be used. */
export function createOtlpHttpTransport(options: OtlpHttpOptions, log: RenewalLog): Transport {
  const { name, compression = defaultCompression, timeoutMs = defaultTimeoutMs } = options
  const targets = bySignal((signal) => targetOf(options, signal))
  const gzipped = compression === 'gzip'
  const headers = Object.fromEntries([
    ['user-agent', userAgent],
    ...checkHeaders(name, options.headers),
    ['content-type', 'application/x-protobuf'],
    ...(gzipped ? [['content-encoding', 'gzip']] : []),
  ])
  // The timeout below covers connecting, sending and the whole answer.
  const isSecure = Object.values(targets).some((target) => target?.url.protocol === 'https:')
  const tls = isSecure ? clientTls(name, options.tls ?? {}, log) : undefined
  const secure = tls && secureConnector(tls, timeoutMs)
  const agent = new Agent({ connect: secure?.connect ?? { timeout: timeoutMs }, headersTimeout: 0, bodyTimeout: 0 })

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
        headers: target.authorization ? { authorization: target.authorization, ...headers } : headers,
        body,
        dispatcher: agent,
        signal: attempt.signal,
      })
      return await readAnswer(answer)
    } catch (error) {
      if ((error as { code?: unknown }).code === 'UND_ERR_INVALID_ARG')
        return { is: 'refused', reason: 'invalid-request', ofAll: true }
      if (attempt.signal.aborted) return { is: 'retry', reason: 'timeout' }
      return { is: 'retry', reason: tlsReason(error) ?? secure?.takeReason() ?? 'connection' }
    } finally {
      clearTimeout(timer)
      abort.removeEventListener('abort', end)
    }
  }

  return {
    gzipped,
    send,
    close() {
      tls?.stop()
      return agent.destroy()
    },
  }
}

interface SecureConnector {
  readonly connect: buildConnector.connector
  /** Why TLS ended a connection that was there already, once. */
  takeReason(): TlsReason | undefined
}

/** Connects with what the files hold now; a connection that is there stays as it is. */
function secureConnector(tls: ClientTls, timeout: number): SecureConnector {
  const build = (): buildConnector.connector => buildConnector({ ...tls.options(), timeout })
  let connector = build()
  tls.onRenewal(() => (connector = build()))
  let reason: TlsReason | undefined
  return {
    connect(to, done) {
      connector(tls.serverName === undefined ? to : { ...to, servername: tls.serverName }, (...result) => {
        // With TLS 1.3 a backend refuses a client's certificate only after the handshake; undici says that it closed.
        result[1]?.on('error', (error) => (reason = tlsReason(error) ?? reason))
        done(...result)
      })
    },
    takeReason() {
      const taken = reason
      reason = undefined
      return taken
    },
  }
}

async function readAnswer(answer: Dispatcher.ResponseData): Promise<Attempt> {
  const { statusCode: status, headers } = answer
  const body = await readBody(answer.body)
  if (body === 'too-large') return { is: 'refused', reason: 'response-too-large', ofAll: true }
  const encoding = String(headers['content-type']).includes('json') ? 'json' : 'protobuf'
  if (status >= 200 && status < 300) return { is: 'sent', rejected: decodeResponse(body, encoding)?.rejected ?? 0 }
  const is = httpAnswer(status)
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

function targetOf({ name, endpoint, endpoints }: OtlpHttpOptions, signal: Signal): Target | undefined {
  const own = endpoints?.[signal]
  const text = own ?? endpoint
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${name}: the endpoint for ${signal} is not a URL with http:// or https://`)
  }
  if (own === undefined) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`
  const { username, password } = url
  url.username = url.password = ''
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    url,
    authorization: username || password ? `Basic ${Buffer.from(credentials).toString('base64')}` : undefined,
  }
}
