// What became of a request. The one place that knows which HTTP status and gRPC code an outcome is.
import type { CleanBatch } from './batch.ts'

/** Records of a request that could not be taken, the rest could. The message names no value. */
export interface Refusal {
  readonly reason: string
  readonly records: number
}

/** Records of a request that go into the quarantine instead of on. */
export interface Quarantined {
  readonly reason: string
  readonly batch: CleanBatch
}

export type Outcome =
  | { readonly is: 'taken'; readonly refused: readonly Refusal[] }
  | { readonly is: 'refused'; readonly reason: RefusedReason; readonly message: string }
  | { readonly is: 'busy'; readonly reason: BusyReason; readonly retryAfterMs: number }

/** Why a whole request is refused for good. */
export type RefusedReason = 'malformed' | 'too-large' | 'unsupported' | 'unauthenticated'
/**
 * Why a request is refused for now: the sender tries again. Never 429, which the Automagik SDKs take as final.
 * `memory`: too many bytes are being received or wait to be committed; `queue-slow`: commits take too long.
 */
export type BusyReason = 'queue-full' | 'memory' | 'shutting-down' | 'disk-full' | 'disk-error' | 'queue-slow'

/** gRPC codes, https://grpc.io/docs/guides/status-codes/. */
export const grpcCode = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** OTLP specification, "Failures" and "OTLP/HTTP Response": the statuses of a refusal. */
export const statusOf: Readonly<Record<RefusedReason | 'busy' | 'internal', { http: number; grpc: number }>> = {
  malformed: { http: 400, grpc: grpcCode.invalidArgument },
  'too-large': { http: 413, grpc: grpcCode.resourceExhausted },
  unsupported: { http: 415, grpc: grpcCode.unimplemented },
  unauthenticated: { http: 401, grpc: grpcCode.unauthenticated },
  busy: { http: 503, grpc: grpcCode.unavailable },
  internal: { http: 500, grpc: grpcCode.internal },
}
