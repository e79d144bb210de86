// The state of one JSON transcoding: where it reads, where it writes, what it counted, and how a record is given up.
import type { NumberToken } from './json-number.ts'
import type { JsonReader } from './json-reader.ts'
import type { Writer } from './write.ts'

/** What is mended on the way, and what goes missing, in the order of `Transcoding.counts`. */
export const repairKinds = [
  'trace-id-64-hex',
  'json-nan',
  'null-number',
  'enum-name',
  'number-object',
  'span-resource',
] as const
export const dropKinds = ['bad-id', 'unknown-field', 'null-element'] as const

export const counted = Object.fromEntries(
  [...repairKinds, ...dropKinds].map((kind, index) => [kind, index]),
) as Readonly<Record<(typeof repairKinds)[number] | (typeof dropKinds)[number], number>>

export type RefusalReason = 'wrong-type' | 'bad-number' | 'bad-enum' | 'bad-base64' | 'null-number' | 'number-object'

/** The state of one transcoding: where it reads, where it writes, what it counted. */
export interface Transcoding extends JsonReader, Writer, NumberToken {
  depth: number
  readonly counts: Int32Array
  /** A `doubleValue: null` was met: the attribute around it goes. */
  nullNumber: boolean
}

/** Thrown for a value that its record does not survive. One object, because a body may hold a million of them. */
class Refusal extends Error {
  reason: RefusalReason = 'wrong-type'
}
export const refusal = new Refusal('a record is refused')

export function refuse(reason: RefusalReason): never {
  refusal.reason = reason
  throw refusal
}
