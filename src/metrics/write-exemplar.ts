// An event as the exemplar of a metric's point: when, how much, and which trace.
import { tagIn } from '../otlp/ops.ts'
import type { EventAt } from './event.ts'

const exemplarTags = {
  time: tagIn('Exemplar', 'timeUnixNano'),
  value: tagIn('Exemplar', 'asDouble'),
  spanId: tagIn('Exemplar', 'spanId'),
  traceId: tagIn('Exemplar', 'traceId'),
}

const noTrace = new Uint8Array(16)

/**
 * An Exemplar, without tag and length.
 * @param before what may be written over, where it has the same length
 */
export function writeExemplar(
  before: Uint8Array | undefined,
  { traceId = noTrace, spanId }: EventAt,
  value: number,
  timeNanos: bigint,
): Uint8Array {
  const length = 36 + (spanId === undefined ? 0 : 2 + spanId.length)
  const out = before?.length === length ? (before as Buffer) : Buffer.allocUnsafeSlow(length)
  out[0] = exemplarTags.time
  out.writeBigUInt64LE(timeNanos, 1)
  out[9] = exemplarTags.value
  out.writeDoubleLE(value, 10)
  out[18] = exemplarTags.traceId
  out[19] = traceId.length
  out.set(traceId, 20)
  if (spanId !== undefined) {
    out[36] = exemplarTags.spanId
    out[37] = spanId.length
    out.set(spanId, 38)
  }
  return out
}
