// From the options of the configuration to the exporters of the gateway.
import { maxRequestBytesOf } from '../backends/profiles.ts'
import type { Signal } from '../otlp/fields.ts'
import { protobufToJson } from '../otlp/to-json.ts'
import type { Log } from '../telemetry/log.ts'
import type { DurableQueue } from '../queue/durable-queue.ts'
import type { ReaderSpec } from '../queue/stored.ts'
import { createDebugExporter } from './debug.ts'
import type { Exporter } from './exporter.ts'
import { createFileTransport, fileSending } from './file.ts'
import {
  defaultCompression,
  defaultDisk,
  type ExporterOptions,
  type OtlpGrpcOptions,
  type OtlpHttpOptions,
  type SendingOptions,
  withDefaults,
} from './options.ts'
import { createOtlpGrpcTransport } from './otlp-grpc.ts'
import { createOtlpHttpTransport } from './otlp-http.ts'
import { createSendingExporter } from './sending.ts'

export interface ExporterSurroundings {
  readonly log: Log
  /** Where debug exporters print. */
  readonly write: (text: string) => void
  /** The queue on disk, when an exporter is to have one. */
  readonly durable?: DurableQueue | undefined
}

/** Throws for what cannot work: endpoints that are none, headers that cannot be sent, certificates that are none. The message names the exporter. */
export function createSenders(configured: readonly ExporterOptions[], surroundings: ExporterSurroundings): Exporter[] {
  return configured.map((options) => createSender(options, surroundings))
}

function createSender(options: ExporterOptions, { log, write, durable }: ExporterSurroundings): Exporter {
  const own = isDurable(options) ? durable : undefined
  switch (options.type) {
    case 'otlp_http':
      return createSendingExporter(options.name, createOtlpHttpTransport(options, log), withLimit(options), log, own)
    case 'otlp_grpc':
      return createSendingExporter(options.name, createOtlpGrpcTransport(options, log), withLimit(options), log, own)
    case 'file':
      return createSendingExporter(
        options.name,
        createFileTransport(options, protobufToJson),
        fileSending(options),
        log,
      )
    default:
      return createDebugExporter(options, protobufToJson, write)
  }
}

/** Who sets a larger `max_size` knows better what the backend takes. */
function withLimit(options: OtlpHttpOptions | OtlpGrpcOptions): SendingOptions {
  const known = options.maxRequestBytes ?? maxRequestBytesOf(options.type, options.profile)
  const given = options.queue?.batch?.maxSizeBytes ?? 0
  return known === undefined ? options : { ...options, maxRequestBytes: Math.max(known, given) }
}

/** Whether what waits for the exporter is on the disk: exporters to a network, unless told otherwise. */
function isDurable(options: ExporterOptions): boolean {
  return (options.type === 'otlp_http' || options.type === 'otlp_grpc') && options.queue?.storage !== 'memory'
}

/** The readers of the queue on disk that the exporters need, each with the signals that go to it. */
export function readersOf(
  configured: readonly ExporterOptions[],
  signalsOf: (name: string) => readonly Signal[],
): ReaderSpec[] {
  return configured.filter(isDurable).flatMap((options) => {
    const { name } = options
    const own = options.type === 'otlp_http' || options.type === 'otlp_grpc' ? options : undefined
    const { queueSizeBytes, maxAgeMs, blockOnOverflow } = withDefaults(defaultDisk, own?.queue)
    // gRPC compresses by itself.
    const gzipped = own?.type === 'otlp_http' && (own.compression ?? defaultCompression) === 'gzip'
    return signalsOf(name).map((signal) => ({
      name,
      signal,
      capacityBytes: queueSizeBytes,
      maxAgeMs,
      dropsOldest: !blockOnOverflow,
      gzipped,
    }))
  })
}
