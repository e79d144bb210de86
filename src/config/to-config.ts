// A checked file → Config: defaults filled in, paths made absolute.
import { resolve } from 'node:path'
import type { z } from 'zod'
import { signals, type Signal } from '../otlp/fields.ts'
import type { Config, ExporterConfig, OtlpConfig, ProtocolConfig } from './config.ts'
import type { ConfigFile, ExporterType } from './schema.ts'
import { exporterSchemas } from './schema.ts'
import type { Endpoint } from './units.ts'

const defaultEndpoints = {
  http: { host: '127.0.0.1', port: 4318 },
  grpc: { host: '127.0.0.1', port: 4317 },
  admin: { host: '127.0.0.1', port: 8882 },
} satisfies Record<string, Endpoint>
const defaultMaxBodyBytes = 16 * 2 ** 20
const defaultFlushMs = 10_000
const defaultShutdownMs = 10_000
/** Where everything goes when no exporter is configured. */
const defaultExporter = 'file'

/** @param paths.folder what relative paths start from */
export function toConfig(file: ConfigFile, { folder }: { readonly folder: string }): Config {
  const dataDir = resolve(folder, file.data_dir ?? './data')
  const protocols = file.receivers?.otlp.protocols ?? { http: {}, grpc: {} }
  const ruleset = file.ruleset ?? 'builtin:automagik'
  const configured =
    file.exporters === undefined && file.service === undefined ? { [defaultExporter]: {} } : (file.exporters ?? {})
  return {
    receivers: {
      ...(protocols.http === undefined ? {} : { http: toProtocol(protocols.http ?? {}, defaultEndpoints.http) }),
      ...(protocols.grpc === undefined ? {} : { grpc: toProtocol(protocols.grpc ?? {}, defaultEndpoints.grpc) }),
    },
    exporters: Object.entries(configured).map(([name, form]) => toExporter(name, form, folder, dataDir)),
    pipelines: toPipelines(file),
    ruleset: ruleset.startsWith('builtin:') ? ruleset : resolve(folder, ruleset),
    dataDir,
    admin: file.admin?.endpoint ?? defaultEndpoints.admin,
    metrics: { flushIntervalMs: file.metrics?.flush_interval ?? defaultFlushMs },
    shutdownTimeoutMs: file.shutdown_timeout ?? defaultShutdownMs,
  }
}

type ProtocolForm = Partial<{
  endpoint: Endpoint | undefined
  auth: { bearer_token?: string | undefined; path_token?: string | undefined } | undefined
  max_request_body_size: number | undefined
}>

function toProtocol({ endpoint, auth, max_request_body_size }: ProtocolForm, fallback: Endpoint): ProtocolConfig {
  const { bearer_token: bearerToken, path_token: pathToken } = auth ?? {}
  return {
    endpoint: endpoint ?? fallback,
    ...(auth === undefined ? {} : { auth: given({ bearerToken, pathToken }) }),
    maxRequestBodyBytes: max_request_body_size ?? defaultMaxBodyBytes,
  }
}

function toPipelines({ service }: ConfigFile): Config['pipelines'] {
  const pipelines: Partial<Record<Signal, readonly string[]>> = {}
  for (const signal of signals) {
    if (service === undefined) pipelines[signal] = [defaultExporter]
    else if (service.pipelines[signal] !== undefined)
      pipelines[signal] = [...new Set(service.pipelines[signal].exporters)]
  }
  return pipelines
}

function toExporter(name: string, form: unknown, folder: string, dataDir: string): ExporterConfig {
  const type = name.split('/', 1)[0] as ExporterType
  if (type === 'otlp_http') {
    const { endpoint, traces_endpoint, metrics_endpoint, logs_endpoint, ...rest } = form as FormOf<'otlp_http'>
    const endpoints = given({ traces: traces_endpoint, metrics: metrics_endpoint, logs: logs_endpoint })
    return { name, type, ...given({ endpoint }), endpoints, ...toSending(rest) }
  }
  if (type === 'otlp_grpc') {
    const { endpoint, ...rest } = form as FormOf<'otlp_grpc'>
    return { name, type, endpoint, ...toSending(rest) }
  }
  if (type === 'file') {
    const { directory, rotation = {}, sending_queue } = (form as FormOf<'file'>) ?? {}
    const { max_megabytes, max_backups: maxBackups } = rotation
    const maxBytes = max_megabytes === undefined ? undefined : max_megabytes * 2 ** 20
    const path = directory === undefined ? dataDir : resolve(folder, directory)
    const queue = given({ queueSizeBytes: sending_queue?.queue_size })
    return { name, type, file: { directory: path, ...given({ maxBytes, maxBackups }) }, queue }
  }
  return { name, type, debug: given({ verbosity: (form as FormOf<'debug'>)?.verbosity }) }
}

type FormOf<T extends ExporterType> = z.infer<(typeof exporterSchemas)[T]>
type SendingForm = Omit<FormOf<'otlp_grpc'>, 'endpoint'>

function toSending(form: SendingForm): Omit<OtlpConfig, 'name' | 'type' | 'endpoint' | 'endpoints'> {
  const { headers, compression, timeout: timeoutMs, retry_on_failure: retry, sending_queue: queue } = form
  return {
    ...given({ headers, compression, timeoutMs }),
    ...(retry && {
      retry: given({
        enabled: retry.enabled,
        initialIntervalMs: retry.initial_interval,
        maxIntervalMs: retry.max_interval,
        multiplier: retry.multiplier,
        randomizationFactor: retry.randomization_factor,
        maxElapsedTimeMs: retry.max_elapsed_time,
      }),
    }),
    ...(queue && {
      queue: {
        ...given({ enabled: queue.enabled, queueSizeBytes: queue.queue_size, numConsumers: queue.num_consumers }),
        ...(queue.batch && {
          batch: given({ maxSizeBytes: queue.batch.max_size, flushTimeoutMs: queue.batch.flush_timeout }),
        }),
      },
    }),
  }
}

/** Only the keys that have a value: `exactOptionalPropertyTypes` tells "left out" from "undefined". */
function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
