// What gateway.yaml says, once read: times in ms, sizes in bytes, paths absolute, every name resolved.
import type { ProfileName } from '../backends/profiles.ts'
import type { Signal } from '../otlp/fields.ts'
import type { TlsVersion } from '../tls/versions.ts'
import type { Endpoint } from './units.ts'

export interface Config {
  readonly receivers: readonly ReceiverConfig[]
  readonly exporters: readonly ExporterConfig[]
  /** The names of the exporters that get each signal; a signal without a pipeline is refused. */
  readonly pipelines: Readonly<Partial<Record<Signal, readonly string[]>>>
  /** The ruleset's file, or the name of a built-in layer. */
  readonly ruleset: string
  readonly dataDir: string
  /** The gateway's own HTTP; the token is for what changes something. */
  readonly admin: Endpoint & { readonly bearerToken?: string }
  /** The metrics that the gateway makes itself: derived from events, and the sums of increments. */
  readonly metrics: { readonly flushIntervalMs: number }
  /** The log records that the gateway makes itself: start and stop, reloads, findings, exporters that fail. */
  readonly logs: { readonly enabled: boolean }
  /** The queue on disk, in the data folder. */
  readonly queue: {
    readonly sync: 'normal' | 'full'
    readonly deadLetterBytes: number
    readonly quarantineBytes: number
  }
  readonly shutdownTimeoutMs: number
}

/** An OTLP receiver and the doors of it that are open. */
export interface ReceiverConfig {
  /** As in the file: `otlp`, `otlp/tls`. */
  readonly name: string
  /** The signals whose pipelines it feeds; others are refused at its doors. */
  readonly signals: readonly Signal[]
  readonly http?: ProtocolConfig
  readonly grpc?: ProtocolConfig
}

export interface ProtocolConfig {
  readonly endpoint: Endpoint
  /** TLS, and no plaintext. */
  readonly tls?: ServerTlsConfig
  /** HTTP only: the web pages that may send. */
  readonly cors?: CorsConfig
  /** Who may send; undefined: everybody who can reach the endpoint. */
  readonly auth?: { readonly bearerToken?: string; readonly pathToken?: string }
  /** On the wire and decompressed, each. */
  readonly maxRequestBodyBytes: number
}

/** Paths of PEM files. */
export interface ServerTlsConfig {
  readonly certFile: string
  readonly keyFile: string
  /** Who connects needs a certificate of it. */
  readonly clientCaFile?: string
  readonly minVersion?: TlsVersion
  readonly reloadIntervalMs: number
}

export interface ClientTlsConfig {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  readonly insecure?: boolean
  readonly insecureSkipVerify?: boolean
  readonly serverNameOverride?: string
  readonly minVersion?: TlsVersion
  readonly includeSystemCas?: boolean
  readonly reloadIntervalMs: number
}

export interface CorsConfig {
  readonly allowedOrigins: readonly string[]
  readonly allowedHeaders?: readonly string[]
  readonly maxAgeSeconds?: number
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
  readonly profile?: ProfileName
  readonly tls?: ClientTlsConfig
  readonly auth?: ExporterAuthConfig
  readonly proxyUrl?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly compression?: 'none' | 'gzip'
  readonly timeoutMs?: number
  readonly retry?: RetryConfig
  readonly queue?: QueueConfig
}

/** Of a secret and a file that holds it there is one. */
export type ExporterAuthConfig =
  | { readonly token?: string; readonly tokenFile?: string }
  | { readonly basic: { readonly username: string; readonly password?: string; readonly passwordFile?: string } }

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
  readonly storage?: 'disk' | 'memory'
  readonly queueSizeBytes?: number
  readonly blockOnOverflow?: boolean
  readonly maxAgeMs?: number
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
