// A gRPC client that sends any bytes to any method.
import {
  type ChannelCredentials,
  compressionAlgorithms,
  Client,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'

export interface GrpcAnswer {
  readonly code: number
  readonly details: string
  readonly response: Buffer | undefined
  /** grpc-status-details-bin. */
  readonly status: Buffer | undefined
}

export const exportMethods = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const

const algorithms = {
  none: compressionAlgorithms.identity,
  gzip: compressionAlgorithms.gzip,
  deflate: compressionAlgorithms.deflate,
}

export async function callGrpc(
  port: number,
  method: string,
  body: Uint8Array,
  options: {
    compression?: keyof typeof algorithms
    metadata?: Record<string, string>
    deadlineMs?: number
    channel?: ChannelCredentials
  } = {},
): Promise<GrpcAnswer> {
  const host = options.channel === undefined ? '127.0.0.1' : 'localhost'
  const client = new Client(`${host}:${port}`, options.channel ?? credentials.createInsecure(), {
    'grpc.default_compression_algorithm': algorithms[options.compression ?? 'none'],
    'grpc.max_send_message_length': -1,
  })
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value)
  const deadline = options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs }
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(method, asIs, asIs, Buffer.from(body), metadata, deadline, (error, response) =>
        resolve({
          code: error?.code ?? 0,
          details: error?.details ?? '',
          response,
          status: error === null ? undefined : detailsOf(error),
        }),
      )
    })
  } finally {
    client.close()
  }
}

function detailsOf(error: ServiceError): Buffer | undefined {
  const [value] = error.metadata.get('grpc-status-details-bin')
  return value === undefined ? undefined : Buffer.from(value)
}

function asIs(bytes: Buffer): Buffer {
  return bytes
}
