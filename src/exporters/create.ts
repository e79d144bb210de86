// From the options of the configuration to the exporters of the gateway.
import { maxRequestBytesOf } from '../backends/profiles.ts'
import { protobufToJson } from '../otlp/to-json.ts'
import type { Log } from '../telemetry/log.ts'
import { createDebugExporter } from './debug.ts'
import type { Exporter } from './exporter.ts'
import { createFileTransport, fileSending } from './file.ts'
import type { ExporterOptions, OtlpGrpcOptions, OtlpHttpOptions, SendingOptions } from './options.ts'
import { createOtlpGrpcTransport } from './otlp-grpc.ts'
import { createOtlpHttpTransport } from './otlp-http.ts'
import { createSendingExporter } from './sending.ts'

export interface ExporterSurroundings {
  readonly log: Log
  /** Where debug exporters print. */
  readonly write: (text: string) => void
}

/** Throws for what cannot work: endpoints that are none, headers that cannot be sent, certificates that are none. The message names the exporter. */
export function createSenders(configured: readonly ExporterOptions[], surroundings: ExporterSurroundings): Exporter[] {
  return configured.map((options) => createSender(options, surroundings))
}

function createSender(options: ExporterOptions, { log, write }: ExporterSurroundings): Exporter {
  switch (options.type) {
    case 'otlp_http':
      return createSendingExporter(options.name, createOtlpHttpTransport(options, log), withLimit(options), log)
    case 'otlp_grpc':
      return createSendingExporter(options.name, createOtlpGrpcTransport(options, log), withLimit(options), log)
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
