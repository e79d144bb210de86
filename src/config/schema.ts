// gateway.yaml, declared once, in the Collector's words: types, validation, the JSON Schema for editors and the
// documentation of each key come from here.
import { z } from 'zod'
import { exporterAuth, profile, proxyUrl } from './backend-schema.ts'
import { duration, durationFrom, grpcTarget, listenEndpoint, size, url } from './forms.ts'
import { token } from './receiver-schema.ts'
import { clientTls } from './tls-schema.ts'

const sending = {
  profile,
  tls: clientTls,
  auth: exporterAuth,
  proxy_url: proxyUrl,
  headers: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Headers of every request, such as `X-Scope-OrgID`. Put secrets in variables: `${env:TOKEN}`.'),
  compression: z.enum(['none', 'gzip']).optional().describe('`gzip` unless given.'),
  timeout: duration.optional().describe('For one attempt; `5s` unless given.'),
  retry_on_failure: z
    .strictObject({
      enabled: z.boolean().optional().describe('Off: what is not taken at once is lost. `true` unless given.'),
      initial_interval: duration.optional().describe('`5s` unless given.'),
      max_interval: duration.optional().describe('`30s` unless given.'),
      multiplier: z.number().min(1).optional().describe('`1.5` unless given.'),
      randomization_factor: z.number().min(0).max(1).optional().describe('`0.5` unless given.'),
      max_elapsed_time: duration
        .optional()
        .describe(
          'Then the data is given up. `0` unless given, which is never; `5m` with `storage: memory`. On disk it becomes a dead letter, in memory it is lost and counted.',
        ),
    })
    .optional()
    .describe('What happens when the backend does not take a request for now.'),
  sending_queue: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .describe(
          'Off: requests are not put together, and with `storage: memory` no more are taken than can be sent. `true` unless given.',
        ),
      storage: z
        .enum(['disk', 'memory'])
        .optional()
        .describe(
          'Where it waits. `disk`, which holds unless given: a sender is answered when its data is committed there, so that a kill or a restart loses nothing. `memory`: what waits is lost with the process.',
        ),
      queue_size: size(64 * 1024)
        .optional()
        .describe(
          'In bytes, for each signal: as stored, `1GiB` unless given; in memory, `32MiB`. What becomes of more is `block_on_overflow`.',
        ),
      block_on_overflow: z
        .boolean()
        .optional()
        .describe(
          'A full queue answers senders 503, so that they keep their data. `false`, on disk only: it drops its oldest, counted as `queue-full`. `true` unless given.',
        ),
      max_age: duration
        .optional()
        .describe(
          'On disk only: what has waited longer is dropped, counted as `too-old`; `0`, which holds unless given, is never.',
        ),
      num_consumers: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('Requests in flight; `10` unless given, always one for metrics.'),
      batch: z
        .strictObject({
          max_size: size(0)
            .optional()
            .describe(
              'Bytes of a request before compression; `1MiB` unless given. What comes as more is split where the backend takes less.',
            ),
          flush_timeout: duration.optional().describe('How long data waits for company; `200ms` unless given.'),
        })
        .optional()
        .describe('How requests are put together.'),
    })
    .optional()
    .describe('What waits to be sent.'),
}
const signalUrl = (signal: string) => url.optional().describe(`For ${signal} only, used as it is.`)

/** The kinds of exporters, by the first part of their names. */
export const exporterSchemas = {
  otlp_http: z
    .strictObject({
      endpoint: url.optional().describe('The base URL; `/v1/traces`, `/v1/metrics`, `/v1/logs` come behind it.'),
      traces_endpoint: signalUrl('traces'),
      metrics_endpoint: signalUrl('metrics'),
      logs_endpoint: signalUrl('logs'),
      ...sending,
    })
    .describe('OTLP/HTTP with protobuf: Tempo, Loki, Prometheus, Jaeger, a Collector.'),
  otlp_grpc: z
    .strictObject({
      endpoint: grpcTarget.describe(
        '`host:port`, `http://host:port`, or `https://host:port` for TLS; with `tls` a bare `host:port` has it too.',
      ),
      ...sending,
    })
    .describe('OTLP/gRPC.'),
  file: z
    .strictObject({
      directory: z.string().min(1).optional().describe('A folder, relative to this file; `data_dir` unless given.'),
      rotation: z
        .strictObject({
          max_megabytes: z
            .int()
            .min(1)
            .optional()
            .describe('A file is rotated before it grows beyond; `64` unless given.'),
          max_backups: z
            .int()
            .min(0)
            .optional()
            .describe('Rotated files that are kept, for each signal; `5` unless given.'),
        })
        .optional()
        .describe('When a file is closed and the next one begun.'),
      sending_queue: z
        .strictObject({
          queue_size: size(64 * 1024)
            .optional()
            .describe('In bytes, for each signal; `32MiB` unless given.'),
        })
        .optional()
        .describe('What waits to be written, in memory.'),
    })
    .nullable()
    .describe('OTLP JSON lines, one file for each signal.'),
  debug: z
    .strictObject({ verbosity: z.enum(['basic', 'normal', 'detailed']).optional().describe('`basic` unless given.') })
    .nullable()
    .describe('Prints clean telemetry to standard output.'),
} as const
export type ExporterType = keyof typeof exporterSchemas

const pipeline = z
  .strictObject({
    receivers: z
      .array(z.string().min(1))
      .min(1)
      .describe('Names of `receivers`: who sends the signal to another is refused.'),
    exporters: z.array(z.string().min(1)).min(1).describe('Names of `exporters`; each gets everything.'),
  })
  .describe('The way of one signal.')

type Named = z.ZodType<Readonly<Record<string, unknown>>>

/**
 * The declaration of a file.
 * @param named what the file's receivers and exporters are: a map's keys choose the form of its values
 */
export function configSchema({ receivers, exporters }: { readonly receivers: Named; readonly exporters: Named }) {
  return z
    .strictObject({
      receivers: receivers
        .refine((named) => Object.keys(named).length > 0, { error: 'needs a receiver, such as otlp' })
        .optional()
        .describe(
          'What comes in. OTLP/HTTP on 127.0.0.1:4318 and OTLP/gRPC on 127.0.0.1:4317 unless given. A name is `otlp`, or `otlp` and a name: `otlp/tls`.',
        ),
      exporters: exporters
        .optional()
        .describe('Where clean telemetry goes. A name is a type, or a type and a name: `otlp_http/tempo`.'),
      service: z
        .strictObject({
          pipelines: z
            .strictObject({ traces: pipeline.optional(), metrics: pipeline.optional(), logs: pipeline.optional() })
            .describe('Which signal goes where. A signal without a pipeline is refused.'),
        })
        .optional()
        .describe('What is connected with what.'),
      ruleset: z
        .string()
        .min(1)
        .optional()
        .describe('The privacy rules: a file, relative to this one, or `builtin:automagik`, which holds unless given.'),
      data_dir: z
        .string()
        .min(1)
        .optional()
        .describe('Where the gateway keeps its key and its files, relative to this file; `./data` unless given.'),
      admin: z
        .strictObject({
          endpoint: listenEndpoint
            .optional()
            .describe('`127.0.0.1:8882` unless given; when it is taken, the next free port.'),
          auth: z
            .strictObject({
              bearer_token: token.describe('What `POST /-/reload` must send as `authorization: Bearer …`.'),
            })
            .optional()
            .describe(
              'Who may reload the ruleset. Without it only this machine may, and only while the endpoint is one of this machine. `/health` and `/metrics` are open.',
            ),
        })
        .optional()
        .describe("The gateway's own HTTP: `/health`, `/metrics` and `POST /-/reload`."),
      metrics: z
        .strictObject({
          flush_interval: durationFrom(100)
            .optional()
            .describe(
              'How often the metrics that the gateway makes itself go out: those derived from events, and the sums of increments; `10s` unless given.',
            ),
        })
        .optional()
        .describe('The metrics that the gateway makes.'),
      logs: z
        .strictObject({
          enabled: z
            .boolean()
            .optional()
            .describe(
              'Whether the gateway sends log records of its own, into the pipeline of logs: start and stop, reloads, what is wrong in a ruleset, exporters that fail; `true` unless given.',
            ),
        })
        .optional()
        .describe('The log records that the gateway makes.'),
      queue: z
        .strictObject({
          sync: z
            .enum(['normal', 'full'])
            .optional()
            .describe(
              'What a commit survives. `normal`, which holds unless given: a kill of the process; a loss of power may take the last seconds. `full`: that too, for a wait of the disk at each commit.',
            ),
          dead_letters: size(0)
            .optional()
            .describe(
              'Bytes of what backends refused for good that are kept; beyond, the oldest go. `256MiB` unless given.',
            ),
          quarantine: size(0)
            .optional()
            .describe(
              'Bytes of events that did not fit their schema and are kept, where the ruleset says `quarantine`; beyond, the oldest go. `256MiB` unless given.',
            ),
        })
        .optional()
        .describe(
          'The queue on disk, `queue.db` in `data_dir`, of the exporters whose `sending_queue` is there; the quarantine is in it as well.',
        ),
      shutdown_timeout: duration
        .optional()
        .describe(
          'How long a stop may take to send what is queued; what a queue on disk still holds then is sent after the next start. `10s` unless given.',
        ),
    })
    .describe('The configuration of the Automagik Telemetry Gateway.')
}

/** A file as its user means it. */
export type ConfigFile = z.infer<ReturnType<typeof configSchema>>
