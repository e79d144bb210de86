// Names and types by convention: which of two names of one thing stays, and values in the type that the convention says.
import { boolValue, doubleValue, intValue, valueContent, ValueTag, delimitedValue } from '../otlp/any-value.ts'
import { Op } from '../otlp/ops.ts'
import { readVarint64 } from '../otlp/wire.ts'
import { maxIds } from '../ruleset/name-numbers.ts'
import type { Coerce } from '../ruleset/program.ts'
import { longestWord, type ValueForm, type Words } from '../ruleset/value-form.ts'
import { count, type Tally } from '../telemetry/tally.ts'
import { plainNumber } from './closed.ts'
import { Fate, type Items } from './items.ts'
import { readDouble } from './double.ts'

const stamps = new Uint32Array(maxIds)
const oldStamps = new Uint32Array(maxIds)
let stamp = 0

/**
 * Where an attribute arrived under an old name and the canonical one is there too, the old one goes, or stays under its
 * old name where those are kept; of two old names the first stays.
 */
export function dropCollidingAliases(items: Items, base: number, keepsOld: boolean, tally: Tally): void {
  if (++stamp === 0xffffffff) {
    stamps.fill(0)
    oldStamps.fill(0)
    stamp = 1
  }
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes || items.plan[i].isAlias || items.fate[i] === Fate.remove) continue
    stamps[items.plan[i].id] = stamp
  }
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes || !items.plan[i].isAlias || items.fate[i] === Fate.remove) continue
    const { id, old } = items.plan[i]
    const isFree = old !== undefined && keepsOld && (old.id === 0 || oldStamps[old.id] !== stamp)
    if (id !== 0 && stamps[id] === stamp) {
      items.fate[i] = isFree ? Fate.treatAsOld : Fate.remove
      if (!isFree) count(tally.dropped, 'alias-collision')
    } else {
      stamps[id] = stamp
    }
    if (isFree) oldStamps[old.id] = stamp
  }
}

/** The AnyValue at [start, end) in the convention's words and type; undefined when it is so already, or fits neither. */
export function formed(
  bytes: Uint8Array,
  start: number,
  end: number,
  { words, coerce }: ValueForm,
): Uint8Array | undefined {
  if (words === undefined) return coerce === undefined ? undefined : coerced(bytes, start, end, coerce)
  // A number that is to be a text is looked up as that, or it would be in the next gateway only.
  const text = coerce === 'string' ? coerced(bytes, start, end, coerce) : undefined
  const word = text === undefined ? wordOf(bytes, start, end, words) : wordOf(text, 0, text.length, words)
  if (word === undefined) return text ?? (coerce === undefined ? undefined : coerced(bytes, start, end, coerce))
  return (coerce === undefined ? undefined : coerced(word, 0, word.length, coerce)) ?? word
}

const longestWordBytes = 3 * longestWord

/** The convention's word for the text at [start, end), as an AnyValue. */
export function wordOf(bytes: Uint8Array, start: number, end: number, words: Words): Uint8Array | undefined {
  if (start === end || bytes[start] !== ValueTag.string) return undefined
  const content = valueContent(bytes, start, end)
  if (end - content > longestWordBytes) return undefined
  return words.get(Buffer.from(bytes.buffer, bytes.byteOffset + content, end - content).toString())
}

/** The AnyValue at [start, end) in another type; undefined when it has that type, or does not fit it. */
function coerced(bytes: Uint8Array, start: number, end: number, to: Coerce): Uint8Array | undefined {
  const content = valueContent(bytes, start, end)
  const tag = start === end ? ValueTag.none : bytes[start]
  switch (to) {
    case 'int': {
      if (tag === ValueTag.double) {
        const value = readDouble(bytes, content)
        return Number.isSafeInteger(value) ? intValue(BigInt(value)) : undefined
      }
      const text = textOf(bytes, tag, content, end)
      if (text === undefined || !/^-?\d{1,19}$/.test(text)) return undefined
      const value = BigInt(text)
      return BigInt.asIntN(64, value) === value ? intValue(value) : undefined
    }
    case 'double': {
      if (tag === ValueTag.int) return doubleValue(Number(BigInt.asIntN(64, readVarint64(bytes, content, end))))
      const text = textOf(bytes, tag, content, end)
      return text !== undefined && /^-?\d{1,15}(\.\d{1,17})?$/.test(text) ? doubleValue(Number(text)) : undefined
    }
    case 'plain-number': {
      const text = textOf(bytes, tag, content, end)
      return text !== undefined && plainNumber.test(text) ? doubleValue(Number(text)) : undefined
    }
    case 'bool': {
      const text = textOf(bytes, tag, content, end)?.toLowerCase()
      return text === 'true' || text === 'false' ? boolValue(text === 'true') : undefined
    }
    case 'string':
      if (tag === ValueTag.bool) return text(String(bytes[content] === 1))
      if (tag === ValueTag.int) return text(String(BigInt.asIntN(64, readVarint64(bytes, content, end))))
      return tag === ValueTag.double ? text(String(readDouble(bytes, content))) : undefined
    default:
      return undefined
  }
}

function text(value: string): Uint8Array {
  return delimitedValue(ValueTag.string, Buffer.from(value))
}

/** The text of a short string value; longer ones are no number and no word. */
function textOf(bytes: Uint8Array, tag: number, content: number, end: number): string | undefined {
  if (tag !== ValueTag.string || end - content > 40) return undefined
  return Buffer.from(bytes.buffer, bytes.byteOffset + content, end - content).toString('latin1')
}
