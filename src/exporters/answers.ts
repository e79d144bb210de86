// What a backend's answer means, one table for each protocol. What is tried again is OTLP 1.11's list and nothing else;
// of the rest OTLP says only that it is not, and here it is told apart by whose fault it is: the sender's settings (the
// circuit opens, everything is kept), the size (smaller requests), or what is in the request (the guilty are looked for).
import { status as grpc } from '@grpc/grpc-js'

type AnswerKind = 'retry' | 'circuit' | 'too-large' | 'refused'

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
  retry: [grpc.CANCELLED, grpc.DEADLINE_EXCEEDED, grpc.ABORTED, grpc.OUT_OF_RANGE, grpc.UNAVAILABLE, grpc.DATA_LOSS],
  circuit: [grpc.UNAUTHENTICATED, grpc.PERMISSION_DENIED, grpc.UNIMPLEMENTED],
  'too-large': [],
  refused: [],
}

export interface Answer {
  readonly is: AnswerKind
  /** With `too-large`, where the backend said how much it takes. */
  readonly maxBytes?: number | undefined
}

/** Enough of a body to see what it is about. */
const headBytes = 512

/**
 * @param status not of the 200s
 * @param body where a size is meant though the status is another: the Collector says 400 to what is too large, and Loki
 * 503, which would be tried again for ever
 */
export function httpAnswer(status: number, body: Uint8Array = new Uint8Array()): Answer {
  const is = kindIn(httpAnswers, status)
  if (is === 'circuit' || is === 'too-large') return { is }
  const text = Buffer.from(body.subarray(0, headBytes)).toString('latin1')
  const maxBytes = toldLimit(text)
  if (maxBytes !== undefined) return { is: 'too-large', maxBytes }
  return is === 'refused' && /request body too large/i.test(text) ? { is: 'too-large' } : { is }
}

/** What a proxy's refusal to connect means: a password or a right is missing, or the way behind it is not there now. */
export function proxyAnswer(status: number): 'circuit' | 'retry' {
  return httpAnswers.circuit.includes(status) ? 'circuit' : 'retry'
}

/** Go's gRPC: "received message larger than max (5000000 vs. 4194304)", "… after decompression larger than max 4194304". */
function toldLimit(text: string): number | undefined {
  const found = /received message (?:after decompression )?larger than max (?:\(\d+ vs\.? (\d+)\)|(\d+))/.exec(text)
  const told = Number(found?.[1] ?? found?.[2])
  return told > 0 ? told : undefined
}

/**
 * @param details the status message, which only this function looks at
 * @param hasRetryInfo whether the server says when to try again
 * @param rateLimit what a backend is known to say of a rate limit without RetryInfo; that is tried again too
 */
export function grpcAnswer(code: grpc, details: string, hasRetryInfo: boolean, rateLimit?: RegExp): Answer {
  if (code !== grpc.RESOURCE_EXHAUSTED) return { is: kindIn(grpcAnswers, code) }
  if (hasRetryInfo || rateLimit?.test(details)) return { is: 'retry' }
  const maxBytes = toldLimit(details)
  if (maxBytes !== undefined) return { is: 'too-large', maxBytes }
  return { is: /too large/i.test(details) ? 'too-large' : 'refused' }
}

function kindIn(answers: Readonly<Record<AnswerKind, readonly number[]>>, answer: number): AnswerKind {
  const kinds: readonly AnswerKind[] = ['retry', 'circuit', 'too-large']
  return kinds.find((kind) => answers[kind].includes(answer)) ?? 'refused'
}
