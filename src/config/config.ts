// What gateway.yaml says, once read: times in ms, sizes in bytes, paths absolute, every name resolved.
import type { Signal } from '../otlp/fields.ts'
import type { Endpoint } from './units.ts'

export interface Config {
  /** The doors that are open. */
  readonly receivers: { readonly http?: ProtocolConfig; readonly grpc?: ProtocolConfig }
  readonly exporters: readonly ExporterConfig[]
  /** The names of the exporters that get each signal; a signal without a pipeline is refused. */
  readonly pipelines: Readonly<Partial<Record<Signal, readonly string[]>>>
  /** The ruleset's file, or the name of a built-in layer. */
  readonly ruleset: string
  readonly dataDir: string
  /** The gateway's own HTTP. */
  readonly admin: Endpoint
  /** The metrics that the gateway makes itself: derived from events, and the sums of increments. */
  readonly metrics: { readonly flushIntervalMs: number }
  readonly shutdownTimeoutMs: number
}

export interface ProtocolConfig {
  readonly endpoint: Endpoint
  /** Who may send; undefined: everybody who can reach the endpoint. */
  readonly auth?: { readonly bearerToken?: string; readonly pathToken?: string }
  /** On the wire and decompressed, each. */
  readonly maxRequestBodyBytes: number
}

/** What is left out has the exporter's own default. */
export type ExporterConfig = OtlpConfig | FileConfig | DebugConfig

interface NamedConfig {
  /** As in the file, with the type: `otlp_http/tempo`. */
  readonly name: string
}

export interface OtlpConfig extends NamedConfig {
  readonly type: 'otlp_http' | 'otlp_grpc'
  readonly endpoint?: string
  /** `otlp_http` only. */
  readonly endpoints?: Readonly<Partial<Record<Signal, string>>>
  readonly headers?: Readonly<Record<string, string>>
  readonly compression?: 'none' | 'gzip'
  readonly timeoutMs?: number
  readonly retry?: RetryConfig
  readonly queue?: QueueConfig
}

interface RetryConfig {
  readonly enabled?: boolean
  readonly initialIntervalMs?: number
  readonly maxIntervalMs?: number
  readonly multiplier?: number
  readonly randomizationFactor?: number
  /** 0 is without end. */
  readonly maxElapsedTimeMs?: number
}

interface QueueConfig {
  readonly enabled?: boolean
  readonly queueSizeBytes?: number
  readonly numConsumers?: number
  readonly batch?: { readonly maxSizeBytes?: number; readonly flushTimeoutMs?: number }
}

interface FileConfig extends NamedConfig {
  readonly type: 'file'
  readonly file: { readonly directory: string; readonly maxBytes?: number; readonly maxBackups?: number }
  readonly queue?: { readonly queueSizeBytes?: number }
}

interface DebugConfig extends NamedConfig {
  readonly type: 'debug'
  readonly debug?: { readonly verbosity?: 'basic' | 'normal' | 'detailed' }
}
