// A checked file → Config: defaults filled in, paths made absolute.
import { resolve } from 'node:path'
import type { z } from 'zod'
import { signals, type Signal } from '../otlp/fields.ts'
import type { ClientTlsConfig, Config, ExporterAuthConfig, ExporterConfig, OtlpConfig } from './config.ts'
import type { ConfigFile, ExporterType } from './schema.ts'
import { exporterSchemas } from './schema.ts'
import { given } from './given.ts'
import { defaultReloadMs, toReceivers } from './to-receivers.ts'
import type { Endpoint } from './units.ts'

const defaultAdmin: Endpoint = { host: '127.0.0.1', port: 8882 }
const defaultFlushMs = 10_000
const defaultQuarantineBytes = 256 * 2 ** 20
const defaultDeadLetterBytes = 256 * 2 ** 20
const defaultShutdownMs = 10_000
/** Where everything goes when no exporter is configured. */
const defaultExporter = 'file'

/** @param paths.folder what relative paths start from */
export function toConfig(file: ConfigFile, { folder }: { readonly folder: string }): Config {
  const dataDir = resolve(folder, file.data_dir ?? './data')
  const ruleset = file.ruleset ?? 'builtin:automagik'
  const configured =
    file.exporters === undefined && file.service === undefined ? { [defaultExporter]: {} } : (file.exporters ?? {})
  return {
    receivers: toReceivers(file, folder),
    exporters: Object.entries(configured).map(([name, form]) => toExporter(name, form, folder, dataDir)),
    pipelines: toPipelines(file),
    ruleset: ruleset.startsWith('builtin:') ? ruleset : resolve(folder, ruleset),
    dataDir,
    admin: { ...(file.admin?.endpoint ?? defaultAdmin), ...given({ bearerToken: file.admin?.auth?.bearer_token }) },
    metrics: { flushIntervalMs: file.metrics?.flush_interval ?? defaultFlushMs },
    logs: { enabled: file.logs?.enabled ?? true },
    queue: {
      sync: file.queue?.sync ?? 'normal',
      deadLetterBytes: file.queue?.dead_letters ?? defaultDeadLetterBytes,
      quarantineBytes: file.queue?.quarantine ?? defaultQuarantineBytes,
    },
    shutdownTimeoutMs: file.shutdown_timeout ?? defaultShutdownMs,
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
    return { name, type, ...given({ endpoint }), endpoints, ...toSending(rest, folder) }
  }
  if (type === 'otlp_grpc') {
    const { endpoint, ...rest } = form as FormOf<'otlp_grpc'>
    return { name, type, endpoint, ...toSending(rest, folder) }
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

function toSending(form: SendingForm, folder: string): Omit<OtlpConfig, 'name' | 'type' | 'endpoint' | 'endpoints'> {
  const { profile, tls, auth, proxy_url: proxyUrl, headers, compression, timeout: timeoutMs } = form
  const { retry_on_failure: retry, sending_queue: queue } = form
  return {
    ...(tls && { tls: toClientTls(tls, folder) }),
    ...(auth && { auth: toAuth(auth, folder) }),
    ...given({ profile, proxyUrl, headers, compression, timeoutMs }),
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
        ...given({
          enabled: queue.enabled,
          storage: queue.storage,
          queueSizeBytes: queue.queue_size,
          blockOnOverflow: queue.block_on_overflow,
          maxAgeMs: queue.max_age,
          numConsumers: queue.num_consumers,
        }),
        ...(queue.batch && {
          batch: given({ maxSizeBytes: queue.batch.max_size, flushTimeoutMs: queue.batch.flush_timeout }),
        }),
      },
    }),
  }
}

function toAuth(form: NonNullable<SendingForm['auth']>, folder: string): ExporterAuthConfig {
  const at = (file: string | undefined): string | undefined => file && resolve(folder, file)
  const { basic, bearer_token: token, bearer_token_file: tokenFile } = form
  if (basic === undefined) return given({ token, tokenFile: at(tokenFile) })
  const { username, password, password_file: passwordFile } = basic
  return { basic: { username, ...given({ password, passwordFile: at(passwordFile) }) } }
}

function toClientTls(form: NonNullable<SendingForm['tls']>, folder: string): ClientTlsConfig {
  const at = (file: string | undefined): string | undefined => file && resolve(folder, file)
  return {
    ...given({
      caFile: at(form.ca_file),
      certFile: at(form.cert_file),
      keyFile: at(form.key_file),
      insecure: form.insecure,
      insecureSkipVerify: form.insecure_skip_verify,
      serverNameOverride: form.server_name_override,
      minVersion: form.min_version,
      includeSystemCas: form.include_system_ca_certs_pool,
    }),
    reloadIntervalMs: form.reload_interval ?? defaultReloadMs,
  }
}
