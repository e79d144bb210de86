// From the options of the configuration to the exporters of the gateway.
import { protobufToJson } from '../otlp/to-json.ts'
import type { Log } from '../telemetry/log.ts'
import { createDebugExporter } from './debug.ts'
import type { Exporter } from './exporter.ts'
import { createFileTransport, fileSending } from './file.ts'
import type { ExporterOptions } from './options.ts'
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
      return createSendingExporter(options.name, createOtlpHttpTransport(options, log), options, log)
    case 'otlp_grpc':
      return createSendingExporter(options.name, createOtlpGrpcTransport(options, log), options, log)
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
