// Attribute values and log bodies under a cell: the total table of value type × action, down into arrays and maps.
import { isUtf8 } from 'node:buffer'
import { canonicalNumber, type TextTreatment } from '../actions/text.ts'
import { delimitedValue, lastLength, lengthEnd, valueContent, ValueTag } from '../otlp/any-value.ts'
import { keyValue, pair, readPair } from '../otlp/key-value.ts'
import { irregular, readVarint64, truncated } from '../otlp/wire.ts'
import { strictest, type Cell } from '../ruleset/cell.ts'
import type { KeyPlan, Plan } from '../ruleset/plan.ts'
import { count, type Tally } from '../telemetry/tally.ts'
import { treatClosed } from './closed.ts'
import { readDouble } from './double.ts'

/** What values are treated with; `plan` and `context` are those of the record at hand. */
export interface ValueSettings {
  readonly treatment: TextTreatment
  readonly tally: Tally
  readonly maxDepth: number
  readonly onError: 'drop' | 'replace'
}

/** The cell of a key inside a map, given the map's own. */
type KeyCell = (plan: KeyPlan, parent: Cell) => Cell

/** A new AnyValue body; undefined: unchanged; null: the value goes. */
export type Treated = Uint8Array | undefined | null

const undecodable = delimitedValue(ValueTag.string, Buffer.from('[undecodable]'))
const trueText = Buffer.from('true')
const falseText = Buffer.from('false')

/** Below this, a number is too short for anything that a detector knows. */
const smallestGuarded = 1_000_000

/** Treats the AnyValue at [start, end) of an attribute of a record, resource or scope. */
export function treatAttribute(
  settings: ValueSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
  cell: Cell,
  plan: Plan,
  context: number,
): Treated {
  return cell.closed === undefined
    ? treatValue(settings, bytes, start, end, cell, plan, context)
    : treatClosed(settings.tally, bytes, start, end, cell.closed, cell.className)
}

/**
 * Treats the AnyValue at [start, end) of an attribute, whatever its type.
 * @param depth of containers around it: 0 for an attribute's own value
 */
function treatValue(
  settings: ValueSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
  cell: Cell,
  plan: Plan,
  context: number,
  depth = 0,
): Treated {
  const content = valueContent(bytes, start, end)
  if (start === end) return undefined
  switch (bytes[start]) {
    case ValueTag.string:
      return wrapped(ValueTag.string, settings.treatment.treat(bytes, content, end, cell))
    case ValueTag.bytes:
      return wrapped(ValueTag.bytes, treatBytes(settings, bytes, content, end, cell))
    case ValueTag.bool:
      return cell.rank < 4 ? undefined : asText(settings, bytes[content] === 1 ? trueText : falseText, cell)
    case ValueTag.int:
    case ValueTag.double:
      return treatNumber(settings, bytes, start, end, cell)
    default:
      return treatContainer(settings, bytes, start, content, end, cell, depth + 1, (at, stop, isPair) => {
        if (!isPair) return treatValue(settings, bytes, at, stop, cell, plan, context, depth + 1)
        return treatPair(
          settings,
          bytes,
          at,
          stop,
          plan,
          cell,
          (key, parent) => strictest(parent, key.nested(context)),
          (from, to, own) => treatValue(settings, bytes, from, to, own, plan, context, depth + 1),
        )
      })
  }
}

/** Treats the AnyValue of a log body, or of a key inside it: there, paths of keys have cells of their own. */
export function treatBody(
  settings: ValueSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
  cell: Cell,
  plan: Plan,
  context: number,
  path: readonly string[] = [],
  depth = 0,
): Treated {
  const tag = bytes[start]
  if (start === end || (tag !== ValueTag.kvlist && tag !== ValueTag.array)) {
    return treatValue(settings, bytes, start, end, cell, plan, context)
  }
  const content = valueContent(bytes, start, end)
  return treatContainer(settings, bytes, start, content, end, cell, depth + 1, (at, stop, isPair) => {
    if (!isPair) return treatBody(settings, bytes, at, stop, cell, plan, context, path, depth + 1)
    let below = path
    const cellOf: KeyCell = (key, parent) => {
      below = [...path, key.received]
      return plan.body(below, parent, key, depth === 0)
    }
    return treatPair(settings, bytes, at, stop, plan, cell, cellOf, (from, to, own) =>
      treatBody(settings, bytes, from, to, own, plan, context, below, depth + 1),
    )
  })
}

/** Text as it would be treated as a string attribute, written as a string value. */
function asText(settings: ValueSettings, text: Uint8Array, cell: Cell): Treated {
  return wrapped(ValueTag.string, settings.treatment.treat(text, 0, text.length, cell))
}

function wrapped(tag: number, content: Treated): Treated {
  return content === undefined || content === null ? content : delimitedValue(tag, content)
}

function treatBytes(settings: ValueSettings, bytes: Uint8Array, start: number, end: number, cell: Cell): Treated {
  if (cell.rank === 0) return undefined
  if (cell.rank > 4 || isUtf8(bytes.subarray(start, end))) {
    return settings.treatment.treat(bytes, start, end, cell)
  }
  count(settings.tally.dropped, 'undecodable')
  return settings.onError === 'drop' ? null : Buffer.from('[undecodable]')
}

function treatNumber(settings: ValueSettings, bytes: Uint8Array, start: number, end: number, cell: Cell): Treated {
  if (cell.rank === 0) return undefined
  let number: number | bigint
  if (bytes[start] === ValueTag.int) {
    // Three bytes of varint hold less than 2^21.
    if (cell.rank === 1 && end - start < 4) return undefined
    number = BigInt.asIntN(64, readVarint64(bytes, start + 1, end))
  } else {
    number = readDouble(bytes, start + 1)
    if (cell.rank === 1 && (Math.abs(number) < smallestGuarded || !Number.isInteger(number))) return undefined
  }
  const treated = settings.treatment.treatNumber(canonicalNumber(number), cell)
  return typeof treated === 'string' ? delimitedValue(ValueTag.string, Buffer.from(treated)) : treated
}

/**
 * An array or map. `element` treats the content of one element ([start, end) of its body): undefined, null, or the new
 * body, where a pair's body is a whole KeyValue.
 */
function treatContainer(
  settings: ValueSettings,
  bytes: Uint8Array,
  start: number,
  content: number,
  end: number,
  cell: Cell,
  depth: number,
  element: (start: number, end: number, isPair: boolean) => Treated,
): Treated {
  if (cell.action.is === 'drop' || cell.action.is === 'replace') return asText(settings, trueText, cell)
  if (depth > settings.maxDepth) {
    count(settings.tally.dropped, 'too-deep')
    return settings.onError === 'drop' ? null : undecodable
  }
  const isPair = bytes[start] === ValueTag.kvlist
  const parts: Uint8Array[] = []
  let copied = content
  let pos = content
  while (pos < end) {
    const elementStart = pos
    if (bytes[pos++] !== 0x0a) throw irregular
    const from = lengthEnd(bytes, pos, end)
    pos = from + lastLength
    if (pos > end) throw truncated(elementStart)
    const treated = element(from, pos, isPair)
    if (treated === undefined) continue
    parts.push(bytes.subarray(copied, elementStart))
    if (treated !== null) parts.push(delimitedValue(0x0a, treated))
    copied = pos
  }
  if (parts.length === 0) return undefined
  parts.push(bytes.subarray(copied, end))
  return delimitedValue(bytes[start], Buffer.concat(parts))
}

function treatPair(
  settings: ValueSettings,
  bytes: Uint8Array,
  start: number,
  end: number,
  plan: Plan,
  parent: Cell,
  cellOf: KeyCell,
  value: (start: number, end: number, cell: Cell) => Treated,
): Treated {
  readPair(bytes, start, end)
  const { keyStart, keyEnd, valueStart, valueEnd } = pair
  const key = plan.attribute(bytes, keyStart, keyEnd)
  if (key.isDropped) {
    count(settings.tally.dropped, 'attribute-name')
    return null
  }
  const cell = cellOf(key, parent)
  if (cell.sources !== parent.sources) settings.tally.bySources[cell.sources]++
  const treated = value(valueStart, valueEnd, cell)
  if (treated === null) return null
  if (treated === undefined && key.writeNested === undefined) return undefined
  return keyValue(key.writeNested ?? bytes.subarray(keyStart, keyEnd), treated ?? bytes.subarray(valueStart, valueEnd))
}
