// What a backend's answer means, one table for each protocol. What is tried again is OTLP 1.11's list and nothing else;
// of the rest OTLP says only that it is not, and here it is told apart by whose fault it is: the sender's settings (the
// circuit opens, everything is kept), the size (smaller requests), or what is in the request (the guilty are looked for).
import { status as grpc } from '@grpc/grpc-js'

export type AnswerKind = 'retry' | 'circuit' | 'too-large' | 'refused'

const httpAnswers: Readonly<Record<AnswerKind, readonly number[]>> = {
  // OTLP 1.11, "Retryable Response Codes".
  retry: [429, 502, 503, 504],
  // A token, a right, a path, a method, a proxy's password, a Content-Type: redirects are not followed, so a moved URL too.
  circuit: [301, 302, 303, 307, 308, 401, 403, 404, 405, 407, 415],
  'too-large': [413],
  // Everything else. Prometheus says 400 and 500 to what it cannot store, Loki 400 and 422, Tempo 400.
  refused: [],
}

const grpcAnswers: Readonly<Record<AnswerKind, readonly grpc[]>> = {
  // OTLP 1.11, "Failures"; RESOURCE_EXHAUSTED is below.
  retry: [
    grpc.CANCELLED,
    grpc.DEADLINE_EXCEEDED,
    grpc.ABORTED,
    grpc.OUT_OF_RANGE,
    grpc.UNAVAILABLE,
    grpc.DATA_LOSS,
  ],
  circuit: [grpc.UNAUTHENTICATED, grpc.PERMISSION_DENIED, grpc.UNIMPLEMENTED],
  'too-large': [],
  refused: [],
}

/** @param status not of the 200s */
export function httpAnswer(status: number): AnswerKind {
  return kindIn(httpAnswers, status)
}

export interface GrpcAnswer {
  readonly is: AnswerKind
  readonly maxBytes?: number | undefined
}

/**
 * @param details the status message, which only this function looks at
 * @param hasRetryInfo whether the server says when to try again
 * @param limits rate limits that a server reports without RetryInfo; those are tried again too
 */
export function grpcAnswer(code: number, details: string, hasRetryInfo: boolean, limits?: RegExp): GrpcAnswer {
  if (code !== grpc.RESOURCE_EXHAUSTED) return { is: kindIn(grpcAnswers, code) }
  if (hasRetryInfo || limits?.test(details)) return { is: 'retry' }
  // Go: "received message larger than max (5000000 vs. 4194304)", "received message after decompression larger than max 4194304".
  if (!/larger than max|too large/i.test(details)) return { is: 'refused' }
  const told = Number(/larger than max (?:\(\d+ vs\.? (\d+)\)|(\d+))/i.exec(details)?.slice(1).find(Boolean))
  return { is: 'too-large', ...(told > 0 ? { maxBytes: told } : {}) }
}

function kindIn(answers: Readonly<Record<AnswerKind, readonly number[]>>, answer: number): AnswerKind {
  const kinds: readonly AnswerKind[] = ['retry', 'circuit', 'too-large']
  return kinds.find((kind) => answers[kind].includes(answer)) ?? 'refused'
}
