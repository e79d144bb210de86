// What each kind of exporter can be told, and what holds when it is not: the Collector's defaults where it has one.
import type { ProfileName } from '../backends/profiles.ts'
import type { Signal } from '../otlp/fields.ts'
import type { TlsVersion } from '../tls/versions.ts'

/** Options that may be left out. */
export type Given<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

/** Exponential backoff between attempts; the Collector's `retry_on_failure`. */
export interface RetryOptions {
  readonly enabled: boolean
  readonly initialIntervalMs: number
  readonly maxIntervalMs: number
  readonly multiplier: number
  /** A wait is drawn from `interval × (1 ± factor)`. */
  readonly randomizationFactor: number
  /** From the first attempt on; 0 is without end. */
  readonly maxElapsedTimeMs: number
}

/** How requests are made of batches; the Collector's `sending_queue.batch`. */
export interface BatchOptions {
  /** Bytes of a request before compression. A batch that is larger is sent alone; 0 sends every batch alone. */
  readonly maxSizeBytes: number
  /** How long the oldest batch waits for others. */
  readonly flushTimeoutMs: number
}

/** The Collector's `sending_queue`. Every signal has a queue and consumers of its own. */
export interface QueueOptions {
  /** Off: nothing is batched, and no more is taken than the consumers can send. */
  readonly enabled: boolean
  readonly queueSizeBytes: number
  /** Requests in flight; one for metrics whatever stands here, so that the points of a series stay in order. */
  readonly numConsumers: number
}

export interface SendingOptions {
  readonly compression?: 'none' | 'gzip' | undefined
  readonly retry?: Given<RetryOptions> | undefined
  readonly queue?: (Given<QueueOptions> & { readonly batch?: Given<BatchOptions> | undefined }) | undefined
  /** Bytes of a request before compression that the backend takes at most: larger ones are split; unknown unless given. */
  readonly maxRequestBytes?: number | undefined
}

/** The Collector's client TLS; paths of PEM files. */
export interface ClientTlsOptions {
  /** The CAs that the backend's certificate must come from; the well-known ones unless given. */
  readonly caFile?: string | undefined
  /** The own certificate and its key, for a backend that asks for one. */
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  /** No TLS after all; `otlp_grpc` only. */
  readonly insecure?: boolean | undefined
  /** TLS with whoever answers. */
  readonly insecureSkipVerify?: boolean | undefined
  /** The name that the certificate must be for, in place of the endpoint's host. */
  readonly serverNameOverride?: string | undefined
  readonly minVersion?: TlsVersion | undefined
  /** Besides `caFile` the system's CAs. */
  readonly includeSystemCas?: boolean | undefined
  /** How often the files are looked at for renewed ones; never unless given. */
  readonly reloadIntervalMs?: number | undefined
}

/** One of a value and a file that holds it; the file is read again when it changes. */
export type ExporterAuth =
  | { readonly token?: string | undefined; readonly tokenFile?: string | undefined }
  | {
      readonly basic: {
        readonly username: string
        readonly password?: string | undefined
        readonly passwordFile?: string | undefined
      }
    }

interface OtlpOptions extends SendingOptions {
  /** As in the configuration, with the type: `otlp_http/tempo`. */
  readonly name: string
  readonly endpoint?: string | undefined
  /** What the backend is: see `backends/profiles.ts`. */
  readonly profile?: ProfileName | undefined
  readonly auth?: ExporterAuth | undefined
  /** `http://` or `https://`, with `user:password@` where the proxy asks for it; that of the environment unless given. */
  readonly proxyUrl?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tls?: ClientTlsOptions | undefined
  /** For one attempt, its answer included. */
  readonly timeoutMs?: number | undefined
}

export interface OtlpHttpOptions extends OtlpOptions {
  readonly type: 'otlp_http'
  /** URLs of single signals, used as they are; the others get `/v1/<signal>` behind `endpoint`. */
  readonly endpoints?: Given<Record<Signal, string>> | undefined
}

export interface OtlpGrpcOptions extends OtlpOptions {
  /** `endpoint` is `https://host:port` for TLS; `http://host:port` is without, and so is `host:port` unless there is `tls`. */
  readonly type: 'otlp_grpc'
}

export interface FileOptions {
  readonly type: 'file'
  readonly name: string
  readonly file: {
    readonly directory: string
    /** A file that would grow beyond is rotated first. */
    readonly maxBytes?: number | undefined
    /** Rotated files that are kept, per signal. */
    readonly maxBackups?: number | undefined
  }
  readonly queue?: { readonly queueSizeBytes?: number | undefined } | undefined
}

export type Verbosity = 'basic' | 'normal' | 'detailed'

export interface DebugOptions {
  readonly type: 'debug'
  readonly name: string
  readonly debug?: { readonly verbosity?: Verbosity | undefined } | undefined
}

export type ExporterOptions = OtlpHttpOptions | OtlpGrpcOptions | FileOptions | DebugOptions

export const defaultRetry: RetryOptions = {
  enabled: true,
  initialIntervalMs: 5_000,
  maxIntervalMs: 30_000,
  multiplier: 1.5,
  randomizationFactor: 0.5,
  maxElapsedTimeMs: 300_000,
}
export const defaultBatch: BatchOptions = { maxSizeBytes: 1024 * 1024, flushTimeoutMs: 200 }
export const defaultQueue: QueueOptions = { enabled: true, queueSizeBytes: 32 * 1024 * 1024, numConsumers: 10 }
export const defaultTimeoutMs = 5_000
export const defaultCompression = 'gzip'
export const defaultFile = { maxBytes: 64 * 1024 * 1024, maxBackups: 5 }

/** The defaults with what was given over them; `undefined` is not given. */
export function withDefaults<T extends object>(defaults: T, given: Given<T> | undefined): T {
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(given ?? {}).filter(([key, value]) => key in defaults && value !== undefined)),
  }
}
