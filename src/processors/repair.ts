// What Automagik's programs get wrong on the wire and how it is set right. Only records that are recognised as theirs
// are touched, but for ids, which every store checks.
import { createHash } from 'node:crypto'
import { lastLength, lengthEnd, ValueTag } from '../otlp/any-value.ts'
import { readVarint64 } from '../otlp/wire.ts'
import { readDouble } from './double.ts'
import { errorTypeOf } from './error-type.ts'

/** One attribute's value, for decisions; the text only where it is short. */
export type Plain = string | number | boolean | undefined

/** The AnyValue at [start, end) as a plain value; undefined for arrays, maps, bytes and long text. */
export function plainValue(bytes: Uint8Array, start: number, end: number, maxText = 64): Plain {
  if (start === end) return undefined
  switch (bytes[start]) {
    case ValueTag.string: {
      const content = lengthEnd(bytes, start + 1, end)
      if (lastLength > maxText) return undefined
      return Buffer.from(bytes.buffer, bytes.byteOffset + content, lastLength).toString()
    }
    case ValueTag.bool:
      return bytes[start + 1] === 1
    case ValueTag.int:
      return Number(BigInt.asIntN(64, readVarint64(bytes, start + 1, end)))
    case ValueTag.double:
      return readDouble(bytes, start + 1)
    default:
      return undefined
  }
}

/** A span shorter than this was stamped when it was tracked, not when it ran. */
const stampedTogetherNanos = 1_000_000n

/**
 * The start that a span should have: both its stamps were taken after the work, so start = end − duration.
 * @returns undefined when the span's own start stands
 */
export function repairedStart(startNanos: bigint, endNanos: bigint, durationMs: Plain): bigint | undefined {
  const duration = typeof durationMs === 'string' && durationMs.trim() !== '' ? Number(durationMs) : durationMs
  if (typeof duration !== 'number' || !Number.isFinite(duration) || duration < 0 || endNanos === 0n) return undefined
  const apart = endNanos - startNanos
  if (apart >= stampedTogetherNanos && startNanos !== 0n) return undefined
  const nanos = BigInt(Math.round(duration * 1e6))
  return nanos > endNanos || nanos === apart ? undefined : endNanos - nanos
}

export const StatusCode = { unset: 0, ok: 1, error: 2 } as const

/** What the attributes of an event say about its outcome, where the SDKs always say OK. */
export interface Outcome {
  readonly event: string | undefined
  readonly success: Plain
  readonly hasError: boolean
  readonly httpStatus: Plain
}

/** The status code that a span should have, given the one it has. */
export function repairedStatus(code: number, outcome: Outcome): number {
  const { event, success, hasError } = outcome
  const failed = success === false || (typeof success === 'string' && success.toLowerCase() === 'false')
  const http = Number(outcome.httpStatus ?? 0)
  if (event === 'automagik.error' || failed || hasError || http >= 500) return StatusCode.error
  return code === StatusCode.ok && http >= 400 ? StatusCode.unset : code
}

/** The `error.type` of a failed event: its HTTP status, or what its error text tells; undefined where neither does. */
export function failureOf(httpStatus: Plain, error: Plain): string | undefined {
  const http = Number(httpStatus ?? 0)
  if (Number.isInteger(http) && http >= 500 && http < 600) return String(http)
  return typeof error === 'string' ? errorTypeOf(error) : undefined
}

/** A trace id in an attribute: UUID, 64 or 32 hex digits; undefined otherwise. */
export function traceIdOf(text: Plain): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined
  const hex = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.replaceAll('-', '') : text
  if (!/^([0-9a-f]{32}|[0-9a-f]{64})$/i.test(hex)) return undefined
  return nonZero(Buffer.from(hex.slice(0, 32), 'hex'))
}

/** A span id in an attribute: 16 hex digits. */
export function spanIdOf(text: Plain): Uint8Array | undefined {
  return typeof text === 'string' && /^[0-9a-f]{16}$/i.test(text) ? nonZero(Buffer.from(text, 'hex')) : undefined
}

function nonZero(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.some((byte) => byte !== 0) ? bytes : undefined
}

/** A span id for a span that has none: the same for the same record, so that a retry does not make a second span. */
export function derivedSpanId(record: Uint8Array): Uint8Array {
  const id = createHash('sha256').update(record).digest().subarray(0, 8)
  return id.some((byte) => byte !== 0) ? id : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)
}
