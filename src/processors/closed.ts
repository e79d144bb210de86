// Attributes that an event's schema closes: a boolean, a word of a list, a number within bounds. What fits holds nothing
// personal by its type and stays without a look; what does not fit could hold anything, and does not stay.
import { delimitedValue, valueContent, ValueTag } from '../otlp/any-value.ts'
import { readVarint64 } from '../otlp/wire.ts'
import type { Cell } from '../ruleset/cell.ts'
import { count, type Tally } from '../telemetry/tally.ts'
import { readDouble } from './double.ts'

type Closed = NonNullable<Cell['closed']>

/** What OpenTelemetry's semantic conventions write for a word that is none of a list's. */
const otherWord = '_OTHER'
const other = delimitedValue(ValueTag.string, Buffer.from(otherWord))

/** A plain number as text: longer ones hold more digits than they need. */
export const plainNumber = /^-?(?:0|[1-9]\d{0,7})(?:\.\d{1,6})?$/
const longestText = 64

/**
 * Treats the AnyValue at [start, end).
 * @returns undefined: it fits; else `_OTHER` for a text that is none of an enum's, null for anything else
 */
export function treatClosed(
  tally: Tally,
  bytes: Uint8Array,
  start: number,
  end: number,
  closed: Closed,
  className: string,
): Uint8Array | undefined | null {
  if (start === end || fits(bytes, start, end, closed)) return undefined
  if (closed.closed === 'enum' && bytes[start] === ValueTag.string) {
    count(tally.changed, className)
    return other
  }
  count(tally.dropped, 'not-in-schema')
  return null
}

function fits(bytes: Uint8Array, start: number, end: number, closed: Closed): boolean {
  const content = valueContent(bytes, start, end)
  switch (bytes[start]) {
    case ValueTag.bool:
      return closed.closed === 'boolean'
    case ValueTag.int:
      return isWithin(Number(BigInt.asIntN(64, readVarint64(bytes, content, end))), closed)
    case ValueTag.double:
      return isWithin(readDouble(bytes, content), closed)
    case ValueTag.string:
      return content === end || isFittingText(bytes, content, end, closed)
    default:
      return false
  }
}

function isFittingText(bytes: Uint8Array, start: number, end: number, closed: Closed): boolean {
  if (end - start > longestText) return false
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()
  if (closed.closed === 'enum') return text === otherWord || closed.values?.includes(text) === true
  if (closed.closed === 'boolean') return /^(?:true|false)$/i.test(text)
  return plainNumber.test(text) && isWithin(Number(text), closed)
}

function isWithin(value: number, { range }: Closed): boolean {
  return range !== undefined && value >= range.min && value <= range.max
}
