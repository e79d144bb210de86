// OTLP over gRPC: one unary Export call per attempt, bytes in and bytes out. The scheme says whether there is TLS: with
// https:// there is, with http:// or a bare host:port there is not. What a code means is OTLP 1.11, "OTLP/gRPC Failures".
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import {
  type ChannelCredentials,
  Client,
  type ClientUnaryCall,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import type { Signal } from '../otlp/fields.ts'
import { decodeResponse, decodeRetryDelay } from '../otlp/status.ts'
import { checkHeaders, userAgent } from './headers.ts'
import { defaultCompression, defaultRetry, defaultTimeoutMs, type OtlpGrpcOptions } from './options.ts'
import { type Attempt, maxResponseBytes, type Transport } from './transport.ts'

const methodOf: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
}

const retryable = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
])

/** Throws for headers that cannot be sent and for an endpoint with a path. */
export function createOtlpGrpcTransport(options: OtlpGrpcOptions): Transport {
  const { name, compression = defaultCompression, timeoutMs = defaultTimeoutMs } = options
  const { address, tls } = parseEndpoint(name, options.endpoint)
  const metadata = new Metadata()
  for (const [key, value] of checkHeaders(name, options.headers)) metadata.set(key, value)
  const client = new Client(address, tls ? tlsCredentials(address) : credentials.createInsecure(), {
    ...(tls && isIP(hostOf(address)) ? { 'grpc.ssl_target_name_override': noName } : {}),
    'grpc.default_authority': address,
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

  return {
    gzipped: false,
    send: (signal, body, abort) =>
      new Promise((resolve) => {
        const call: ClientUnaryCall = client.makeUnaryRequest(
          methodOf[signal],
          toBuffer,
          (answer: Buffer) => answer,
          body,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            abort.removeEventListener('abort', cancel)
            resolve(error ? failure(error) : { is: 'sent', rejected: rejectedIn(answer) })
          },
        )
        const cancel = (): void => call.cancel()
        abort.addEventListener('abort', cancel, { once: true })
      }),
    async close() {
      client.close()
    },
  }
}

/** What is sent as the server's name where it has none: TLS takes no address there (RFC 6066), grpc-js sends it anyway. */
const noName = 'address.invalid'

/** The certificate must be for the host of the address, name or IP. */
function tlsCredentials(address: string): ChannelCredentials {
  const host = hostOf(address)
  return credentials.createSsl(null, null, null, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  })
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

function failure(error: ServiceError): Attempt {
  const reason = error.code === status.DEADLINE_EXCEEDED ? 'timeout' : (`grpc-${codeName(error.code)}` as const)
  const details = error.metadata?.get('grpc-status-details-bin')[0]
  const afterMs = details instanceof Uint8Array ? decodeRetryDelay(details, 'protobuf') : undefined
  // Without RetryInfo an exhausted resource is one that does not recover, such as a size limit.
  if (retryable.has(error.code) || (error.code === status.RESOURCE_EXHAUSTED && afterMs !== undefined)) {
    return { is: 'retry', reason, afterMs }
  }
  return { is: 'failed', reason }
}

function rejectedIn(answer: Uint8Array | undefined): number {
  return answer === undefined ? 0 : (decodeResponse(answer, 'protobuf')?.rejected ?? 0)
}

function codeName(code: number): string {
  return (status[code] ?? `code-${code}`).toLowerCase().replaceAll('_', '-')
}

function parseEndpoint(name: string, endpoint: string | undefined): { address: string; tls: boolean } {
  const match = /^(https?:\/\/)?([^/\s@]+)\/?$/i.exec(endpoint ?? '')
  if (match === null) throw new Error(`${name}: the endpoint is not host:port, http://host:port or https://host:port`)
  return { address: match[2], tls: match[1]?.toLowerCase() === 'https://' }
}

function toBuffer(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
