// What became of a request → the answer, over HTTP and over gRPC (OTLP specification, "Full Success", "Partial Success",
// "Failures", "OTLP/HTTP Response"). Answers name reasons and counts, never a value, a path or a token.
import { encodeResponse, encodeStatus, type Encoding } from '../otlp/status.ts'
import type { Signal } from '../pipeline/batch.ts'
import { grpcCode, statusOf, type BusyReason, type Outcome, type Refusal } from '../pipeline/outcome.ts'
import type { RequestRefusal } from './receiver-observer.ts'

/** The answer to a request that was not taken as a whole. */
export interface Rejection {
  readonly reason: RequestRefusal
  readonly http: number
  readonly grpc: number
  readonly message: string
  /** Present when the sender is asked to try again after that. */
  readonly retryAfterMs?: number
}

/** How long a sender waits when too many bytes are in flight: they are gone in well under a second. */
const memoryRetryMs = 1000
/** gRPC carries the message in its trailers, twice; clients bound those to 8 KiB. */
const maxMessageLength = 1000

const busyMessages: Readonly<Record<BusyReason, string>> = {
  'queue-full': 'the queue is full',
  memory: 'too many bytes are being received',
  'shutting-down': 'the gateway is shutting down',
  'disk-full': 'the disk of the gateway is full',
  'disk-error': 'the queue cannot be written',
  'queue-slow': 'the queue is slow',
}

/** The rejections that receivers give by themselves. */
export const rejections = {
  notFound: {
    reason: 'not-found',
    http: 404,
    grpc: grpcCode.notFound,
    message: 'no such path; OTLP is taken at /v1/traces, /v1/metrics and /v1/logs',
  },
  method: { reason: 'method', http: 405, grpc: grpcCode.unimplemented, message: 'OTLP/HTTP is sent with POST' },
  unauthenticated: rejection('unauthenticated', 'a valid token is needed'),
  contentType: rejection('unsupported', 'the Content-Type must be application/x-protobuf or application/json in UTF-8'),
  contentEncoding: rejection('unsupported', 'the body must be compressed with gzip, deflate, zstd or not at all'),
  undecodable: rejection('malformed', 'the body is cut off, or not compressed as its headers say'),
  timeout: {
    reason: 'aborted',
    http: 408,
    grpc: grpcCode.unavailable,
    message: 'the request did not come whole in time',
  },
  memory: { ...statusOf.busy, reason: 'memory', message: busyMessages.memory, retryAfterMs: memoryRetryMs },
  internal: rejection('internal', 'the gateway failed to process the request'),
} as const satisfies Record<string, Rejection>

export function tooLarge(maxBytes: number): Rejection {
  return rejection('too-large', `the body is larger than ${maxBytes} bytes, as it is sent or decompressed`)
}

/** The rejection that an outcome is. */
export function rejectionOf(outcome: Exclude<Outcome, { is: 'taken' }>): Rejection {
  if (outcome.is === 'refused') return rejection(outcome.reason, outcome.message.slice(0, maxMessageLength))
  const { reason, retryAfterMs } = outcome
  return { ...statusOf.busy, reason, message: busyMessages[reason], retryAfterMs: Math.max(1, retryAfterMs) }
}

function rejection<Reason extends keyof typeof statusOf>(reason: Reason, message: string) {
  return { reason, ...statusOf[reason], message }
}

const accepted: Record<Encoding, Uint8Array> = {
  protobuf: encodeResponse('traces', undefined, 'protobuf'),
  json: encodeResponse('traces', undefined, 'json'),
}

/** The Export response: empty when everything was taken, else a partial success with how many were not, and why. */
export function exportResponse(signal: Signal, refused: readonly Refusal[], encoding: Encoding): Uint8Array {
  const rejected = refused.reduce((sum, { records }) => sum + records, 0)
  if (rejected === 0) return accepted[encoding]
  const reasons = refused.map(({ reason, records }) => `${reason}: ${records}`).join(', ')
  const errorMessage = `${rejected} not accepted (${reasons})`.slice(0, maxMessageLength)
  return encodeResponse(signal, { rejected, errorMessage }, encoding)
}

/** The google.rpc.Status of a rejection: BadRequest where the body is at fault, RetryInfo where a retry is welcome. */
export function statusBody({ reason, grpc: code, message, retryAfterMs }: Rejection, encoding: Encoding): Uint8Array {
  return encodeStatus(
    {
      code,
      message,
      ...(reason === 'malformed' && { fieldViolations: [{ field: 'body', description: message }] }),
      ...(retryAfterMs !== undefined && { retryDelayMs: retryAfterMs }),
    },
    encoding,
  )
}
