// gateway.yaml, declared once, in the Collector's words: types, validation, the JSON Schema for editors and the
// documentation of each key come from here.
import { z } from 'zod'
import { durationMs, durationPattern, parseEndpoint, sizeBytes, sizePattern } from './units.ts'

const wantDuration = { error: 'want a duration such as 5s or 1m30s' }
const duration = z
  .union([z.literal(0), z.string().regex(durationPattern, wantDuration)], wantDuration)
  .transform((written) => (written === 0 ? 0 : durationMs(written)))
const durationFrom = (minMs: number) => duration.refine((ms) => ms >= minMs, { error: `want at least ${minMs}ms` })
const wantSize = { error: 'want a size such as 16MiB, or bytes' }
const size = (minBytes: number) =>
  z
    .union([z.int().min(0), z.string().regex(sizePattern, wantSize)], wantSize)
    .transform((written) => (typeof written === 'number' ? written : sizeBytes(written)))
    .refine((bytes) => bytes >= minBytes, { error: `want at least ${minBytes} bytes` })

const wantEndpoint = { error: 'want host:port, such as 127.0.0.1:4318' }
const listenEndpoint = z.string(wantEndpoint).transform((text, context) => {
  const endpoint = parseEndpoint(text)
  if (endpoint !== undefined) return endpoint
  context.addIssue({ code: 'custom', message: wantEndpoint.error })
  return z.NEVER
})
const url = z.string().refine(isHttpUrl, {
  error: 'want a URL such as http://127.0.0.1:4318, with http or https and no user name or password',
})
const grpcTarget = z.string().refine((text) => parseEndpoint(text)?.host || isBareUrl(text), {
  error: 'want host:port, or https://host:port for TLS',
})
const token = z.string().regex(/^[\x21-\x7e]+$/, { error: 'want visible ASCII characters and no space, at least one' })
const pathToken = z
  .string()
  .regex(/^[A-Za-z0-9._~-]+$/, { error: 'want letters, digits, ".", "_", "~", "-", at least one' })

const bearerToken = token.optional().describe('What senders must send as `authorization: Bearer …`.')
const maxBody = size(1024).optional().describe('The largest request, compressed and not, each: `16MiB` unless given.')
const wantToken = { error: 'needs a token' }
const http = z
  .strictObject({
    endpoint: listenEndpoint.optional().describe('Where to listen; `127.0.0.1:4318` unless given.'),
    auth: z
      .strictObject({
        bearer_token: bearerToken,
        path_token: pathToken
          .optional()
          .describe(
            'For senders that can set no header: they send to `/t/TOKEN/v1/traces`. One right token is enough.',
          ),
      })
      .refine((auth) => Object.keys(auth).length > 0, wantToken)
      .optional()
      .describe('Who may send.'),
    max_request_body_size: maxBody,
  })
  .nullable()
  .describe('OTLP/HTTP: protobuf and JSON.')
const grpc = z
  .strictObject({
    endpoint: listenEndpoint.optional().describe('Where to listen; `127.0.0.1:4317` unless given.'),
    auth: z
      .strictObject({ bearer_token: bearerToken })
      .refine((auth) => Object.keys(auth).length > 0, wantToken)
      .optional()
      .describe('Who may send.'),
    max_request_body_size: maxBody,
  })
  .nullable()
  .describe('OTLP/gRPC.')

const sending = {
  headers: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Headers of every request. Put secrets in variables: `${env:TOKEN}`.'),
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
        .describe('Then the data is given up and counted; `5m` unless given, `0` is never.'),
    })
    .optional()
    .describe('What happens when the backend does not take a request for now.'),
  sending_queue: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .describe('Off: requests go out as they came, and no more are taken than can be sent. `true` unless given.'),
      queue_size: size(64 * 1024)
        .optional()
        .describe('In bytes, for each signal; `32MiB` unless given. A full queue answers senders 503.'),
      num_consumers: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('Requests in flight; `10` unless given, always one for metrics.'),
      batch: z
        .strictObject({
          max_size: size(0).optional().describe('Bytes of a request before compression; `1MiB` unless given.'),
          flush_timeout: duration.optional().describe('How long data waits for company; `200ms` unless given.'),
        })
        .optional()
        .describe('How requests are put together.'),
    })
    .optional()
    .describe('What waits to be sent, in memory.'),
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
    .strictObject({ endpoint: grpcTarget.describe('`host:port`, or `https://host:port` for TLS.'), ...sending })
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
export const exporterTypes = Object.keys(exporterSchemas) as readonly ExporterType[]

const pipeline = z
  .strictObject({
    receivers: z
      .array(z.enum(['otlp']))
      .min(1)
      .describe('Always `[otlp]`.'),
    exporters: z.array(z.string().min(1)).min(1).describe('Names of `exporters`; each gets everything.'),
  })
  .describe('The way of one signal.')

/**
 * The declaration of a file.
 * @param exporters what the file's exporters are: a map's keys choose the form of its values
 */
export function configSchema(exporters: z.ZodType<Readonly<Record<string, unknown>>>) {
  return z
    .strictObject({
      receivers: z
        .strictObject({
          otlp: z
            .strictObject({
              protocols: z
                .strictObject({ http: http.optional(), grpc: grpc.optional() })
                .refine((protocols) => Object.keys(protocols).length > 0, { error: 'needs http, grpc or both' })
                .describe('The doors that are open; a protocol that is not listed is closed.'),
            })
            .describe('The one receiver.'),
        })
        .optional()
        .describe('What comes in. OTLP/HTTP on 127.0.0.1:4318 and OTLP/gRPC on 127.0.0.1:4317 unless given.'),
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
        })
        .optional()
        .describe("The gateway's own HTTP: `/health` and `/metrics`."),
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
      shutdown_timeout: duration
        .optional()
        .describe('How long a stop may take to send what is queued; `10s` unless given.'),
    })
    .describe('The configuration of the Automagik Telemetry Gateway.')
}

/** A file as its user means it. */
export type ConfigFile = z.infer<ReturnType<typeof configSchema>>

function isHttpUrl(text: string): boolean {
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:\/\//i.test(text)) return false
  return parsed.username === '' && parsed.password === '' && parsed.hash === ''
}

function isBareUrl(text: string): boolean {
  const parsed = URL.parse(text)
  return isHttpUrl(text) && parsed !== null && parsed.pathname === '/' && parsed.search === ''
}
