// What single backends need that plain OTLP does not say, as measured on Prometheus 3.15, Loki 3.7, Tempo 3.0 and the
// Collector 0.155. An exporter has a profile when its configuration names one; nothing is guessed from an address.
import { signals, type Signal } from '../otlp/fields.ts'

export const profileNames = ['collector', 'tempo', 'loki', 'prometheus'] as const
export type ProfileName = (typeof profileNames)[number]
export type OtlpProtocol = 'otlp_http' | 'otlp_grpc'

export interface Profile {
  /** What people call it. */
  readonly title: string
  readonly signals: readonly Signal[]
  /** How it takes them, with the bytes of a request before compression that it takes at most. */
  readonly protocols: Readonly<Partial<Record<OtlpProtocol, { readonly maxRequestBytes: number }>>>
  /** What an endpoint without a path gets: `/v1/<signal>` comes behind it. */
  readonly basePath: string
  /** What it says over gRPC of a rate limit, where it says so without RetryInfo and OTLP would give up. */
  readonly rateLimit?: RegExp
}

const mebibyte = 1024 * 1024
/** What gRPC servers take unless told otherwise. */
const grpcMaxRequestBytes = 4 * mebibyte

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  // Answers 400 to more than 20 MiB.
  collector: {
    title: 'a Collector',
    signals,
    protocols: {
      otlp_http: { maxRequestBytes: 16 * mebibyte },
      otlp_grpc: { maxRequestBytes: grpcMaxRequestBytes },
    },
    basePath: '',
  },
  // Before 3.0 its rate limit came without RetryInfo.
  tempo: {
    title: 'Tempo',
    signals: ['traces'],
    protocols: {
      otlp_http: { maxRequestBytes: 4 * mebibyte },
      otlp_grpc: { maxRequestBytes: grpcMaxRequestBytes },
    },
    basePath: '',
    rateLimit: /RATE_LIMITED/,
  },
  // Above 4 MiB, as it counts them, it answers 503 for ever; above `ingestion_burst_size_mb` (6 MB) 429 for ever.
  loki: {
    title: 'Loki',
    signals: ['logs'],
    protocols: { otlp_http: { maxRequestBytes: 2 * mebibyte } },
    basePath: '/otlp',
  },
  // Takes a request as a whole or not at all: the smaller, the less is sent again to find a point that it refuses.
  prometheus: {
    title: 'Prometheus',
    signals: ['metrics'],
    protocols: { otlp_http: { maxRequestBytes: 2 * mebibyte } },
    basePath: '/api/v1/otlp',
  },
}

/** The bytes of a request that a backend takes at most; undefined when that is not known. */
export function maxRequestBytesOf(protocol: OtlpProtocol, profile: ProfileName | undefined): number | undefined {
  const known = profile === undefined ? undefined : profiles[profile].protocols[protocol]
  return known?.maxRequestBytes ?? (protocol === 'otlp_grpc' ? grpcMaxRequestBytes : undefined)
}

/** The URL that a signal goes to below an exporter's `endpoint`. */
export function signalUrl(endpoint: URL, signal: Signal, profile: ProfileName | undefined): URL {
  const url = new URL(endpoint)
  const given = url.pathname.replace(/\/+$/, '')
  const base = given === '' && profile !== undefined ? profiles[profile].basePath : given
  url.pathname = `${base}/v1/${signal}`
  return url
}
