// Counts the records of a request without looking into them.
import { messages, recordMessages, requestOf, type Signal } from './fields.ts'
import { WireError } from './wire-error.ts'
import { readVarint, truncated, varintEnd } from './wire.ts'

/** What to do at each tag on the way to the records: go into a message, or count it. */
interface Path {
  readonly [tag: number]: Path | 'record'
}

const known = new Map<string, Path | undefined>()

/** The way from a message to the records below it; undefined when there are none. */
function pathOf(name: string): Path | undefined {
  if (known.has(name)) return known.get(name)
  // Values contain themselves; a message on its own way leads nowhere new.
  known.set(name, undefined)
  const path: Record<number, Path | 'record'> = {}
  for (const { number, type, kind } of messages[name].fields) {
    if (kind !== 'message' || type === undefined) continue
    const step = recordMessages.has(type) ? 'record' : pathOf(type)
    if (step !== undefined) path[(number << 3) | 2] = step
  }
  const found = Object.keys(path).length > 0 ? path : undefined
  known.set(name, found)
  return found
}

/**
 * How many spans, data points or log records a request in protobuf holds.
 * @throws WireError when the bytes are not protobuf
 */
export function countRecords(signal: Signal, bytes: Uint8Array): number {
  return countIn(pathOf(requestOf[signal]) ?? {}, bytes, 0, bytes.length)
}

function countIn(path: Path, bytes: Uint8Array, start: number, end: number): number {
  let records = 0
  let at = start
  while (at < end) {
    const tag = readVarint(bytes, at, end)
    const value = varintEnd(bytes, at, end)
    let body = value
    switch (tag % 8) {
      case 0:
        at = varintEnd(bytes, value, end)
        break
      case 1:
        at = value + 8
        break
      case 2:
        body = varintEnd(bytes, value, end)
        at = body + readVarint(bytes, value, end)
        break
      case 5:
        at = value + 4
        break
      default:
        throw new WireError('bad-wire-type', `wire type ${tag % 8} is not used by OTLP`, at)
    }
    if (at > end) throw truncated(value)
    const step = path[tag]
    if (step === 'record') records++
    else if (step !== undefined) records += countIn(step, bytes, body, at)
  }
  return records
}
