// OTLP over gRPC: one unary Export call per attempt, bytes in and bytes out. The scheme says whether there is TLS: with
// https:// there is, with http:// there is not, with a bare host:port where `tls` is configured. What a code means
// is in `answers.ts`.
import {
  type ChannelOptions,
  Client,
  type ClientUnaryCall,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { profiles } from '../backends/profiles.ts'
import type { Signal } from '../otlp/fields.ts'
import type { RenewalLog } from '../tls/renewal.ts'
import { decodeResponse, decodeRetryDelay } from '../otlp/status.ts'
import { grpcAnswer } from './answers.ts'
import { authorization } from './auth.ts'
import type { TlsReason } from './exporter.ts'
import { grpcTls } from './grpc-tls.ts'
import { checkHeaders, userAgent } from './headers.ts'
import { namingTheExporter } from './naming.ts'
import { defaultCompression, defaultRetry, defaultTimeoutMs, type OtlpGrpcOptions } from './options.ts'
import { type Env, proxyFor } from './proxy.ts'
import { type Attempt, maxResponseBytes, type Transport } from './transport.ts'

const methodOf: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

/** Throws for what cannot be sent, for an endpoint with a path, for another proxy than http:// and for files that cannot be used. */
export function createOtlpGrpcTransport(options: OtlpGrpcOptions, log: RenewalLog, env: Env = process.env): Transport {
  const { name, compression = defaultCompression, timeoutMs = defaultTimeoutMs } = options
  const { address, isSecure } = parseEndpoint(options)
  const metadata = new Metadata()
  for (const [key, value] of checkHeaders(name, options.headers)) metadata.set(key, value)
  const authorize = authorization(name, options.auth)
  const rateLimit = options.profile && profiles[options.profile].rateLimit
  const proxy = proxyOptions(name, address, options.proxyUrl, env)
  const tls = isSecure ? grpcTls(name, address, options.tls ?? {}, log) : undefined
  const connect = (): Client =>
    new Client(proxy?.address ?? address, tls?.credentials() ?? credentials.createInsecure(), {
      'grpc.default_authority': address,
      // The rules of the environment are those of `proxy.ts`.
      'grpc.enable_http_proxy': 0,
      ...proxy?.channelOptions,
      ...tls?.channelOptions,
      'grpc.primary_user_agent': userAgent,
      'grpc.default_compression_algorithm':
        compression === 'gzip' ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
      'grpc.max_receive_message_length': maxResponseBytes,
      'grpc.max_send_message_length': -1,
      // Retries are counted and timed here, by `lane.ts`.
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_reconnect_backoff_ms': options.retry?.initialIntervalMs ?? defaultRetry.initialIntervalMs,
    })
  let client = connect()
  tls?.onRenewal(() => {
    const former = client
    client = connect()
    // Its calls are over by then.
    setTimeout(() => former.close(), timeoutMs).unref()
  })

  return {
    gzipped: false,
    send: (signal, body, abort) =>
      new Promise((resolve) => {
        const call: ClientUnaryCall = client.makeUnaryRequest(
          methodOf[signal],
          toBuffer,
          (answer: Buffer) => answer,
          body,
          authorize === undefined ? metadata : withAuthorization(metadata, authorize()),
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            abort.removeEventListener('abort', cancel)
            resolve(
              error ? failure(error, tls?.reasonOf(error), rateLimit) : { is: 'sent', rejected: rejectedIn(answer) },
            )
          },
        )
        const cancel = (): void => call.cancel()
        abort.addEventListener('abort', cancel, { once: true })
      }),
    async close() {
      tls?.stop()
      client.close()
    },
  }
}

function withAuthorization(metadata: Metadata, value: string): Metadata {
  const own = metadata.clone()
  own.set('authorization', value)
  return own
}

interface ProxyOptions {
  readonly address: string
  readonly channelOptions: ChannelOptions
}

/** grpc-js takes a proxy from its environment only; these are the options that it makes of it. */
function proxyOptions(
  exporter: string,
  address: string,
  given: string | undefined,
  env: Env,
): ProxyOptions | undefined {
  const target = /:\d+$/.test(address) ? address : `${address}:443`
  return namingTheExporter(exporter, () => {
    // As gRPC programs do, whether or not there is TLS.
    const proxy = proxyFor(new URL(`https://${target}`), given, env)
    if (proxy === undefined) return undefined
    const { url, credentials } = proxy
    if (url.protocol !== 'http:') throw new Error('the proxy of a gRPC exporter must be http://')
    return {
      address: `${url.hostname}:${url.port || 80}`,
      channelOptions: {
        'grpc.http_connect_target': `dns:${target}`,
        ...(credentials === undefined ? {} : { 'grpc.http_connect_creds': credentials }),
      },
    }
  })
}

function failure(error: ServiceError, tlsReason: TlsReason | undefined, rateLimit: RegExp | undefined): Attempt {
  if (tlsReason !== undefined) return { is: 'retry', reason: tlsReason }
  const reason = error.code === status.DEADLINE_EXCEEDED ? 'timeout' : (`grpc-${codeName(error.code)}` as const)
  const details = error.metadata?.get('grpc-status-details-bin')[0]
  const afterMs = details instanceof Uint8Array ? decodeRetryDelay(details, 'protobuf') : undefined
  // What grpc-js itself says of an answer: the request was taken or not, nobody knows.
  if (error.code === status.RESOURCE_EXHAUSTED && error.details.startsWith('Received message larger than max')) {
    return { is: 'refused', reason: 'response-too-large', ofAll: true }
  }
  const { is, maxBytes } = grpcAnswer(error.code, error.details, afterMs !== undefined, rateLimit)
  if (is === 'retry') return { is, reason, afterMs }
  return is === 'too-large' ? { is, reason, maxBytes } : { is, reason }
}

function rejectedIn(answer: Uint8Array | undefined): number {
  return answer === undefined ? 0 : (decodeResponse(answer, 'protobuf')?.rejected ?? 0)
}

function codeName(code: number): string {
  return (status[code] ?? `code-${code}`).toLowerCase().replaceAll('_', '-')
}

function parseEndpoint({ name, endpoint, tls }: OtlpGrpcOptions): { address: string; isSecure: boolean } {
  const match = /^(https?:\/\/)?([^/\s@]+)\/?$/i.exec(endpoint ?? '')
  if (match === null) throw new Error(`${name}: the endpoint is not host:port, http://host:port or https://host:port`)
  const scheme = match[1]?.toLowerCase()
  const wanted = tls !== undefined && tls.insecure !== true
  return { address: match[2], isSecure: scheme === 'https://' || (scheme === undefined && wanted) }
}

function toBuffer(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
