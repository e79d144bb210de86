// Step one of three: walks one message and notes its fields in `Items`. Checks every bound; what is valid but not in
// canonical form throws `irregular`, and the engine has the body rewritten first.
import { isOverlong, lastLength, lengthEnd } from '../otlp/any-value.ts'
import { pair, readPair } from '../otlp/key-value.ts'
import { Op, type MessageOps } from '../otlp/ops.ts'
import { irregular, truncated, varintEnd } from '../otlp/wire.ts'
import { WireError } from '../otlp/wire-error.ts'
import type { Items } from './items.ts'

/** What the last call of `indexRecord` saw of ids: bits by field number. */
export const ids = { good: 0, bad: 0 }

/** Notes the fields of the message at [start, end). */
export function indexRecord(items: Items, bytes: Uint8Array, ops: MessageOps, start: number, end: number): void {
  ids.good = 0
  ids.bad = 0
  let seen = 0
  let pos = start
  while (pos < end) {
    const field = pos
    let tag = bytes[pos++]
    if (tag >= 0x80) {
      // Two-byte tags: only field 16 is known, and below 256 both bytes fit the tables.
      if (pos >= end) throw truncated(field)
      if (bytes[pos++] !== 1) throw irregular
    }
    const once = ops.once[tag]
    if ((seen & once) !== 0) throw irregular
    seen |= once
    switch (ops.op[tag]) {
      case Op.fixed64:
        pos += 8
        break
      case Op.startTime:
        if (pos + 8 > end) throw truncated(field)
        items.push(Op.startTime, tag, field, pos, pos + 8)
        pos += 8
        break
      case Op.fixed32:
        pos += 4
        break
      case Op.varint: {
        const stop = varintEnd(bytes, pos, end)
        const size = stop - pos
        if (size > 1 && (bytes[stop - 1] === 0 || size > ops.detail[tag])) throw irregular
        // A 32-bit number's fifth byte has four bits; a negative enum's ten bytes must be a sign extension.
        if (size === 5 && ops.detail[tag] === 5 && bytes[stop - 1] > 0x0f) throw irregular
        pos = stop
        break
      }
      case Op.bool:
        if (pos < end && bytes[pos] > 1) throw irregular
        pos++
        break
      case Op.attributes: {
        const content = lengthEnd(bytes, pos, end)
        pos = content + lastLength
        if (pos > end) throw truncated(field)
        const i = items.push(Op.attributes, tag, field, content, pos)
        // The usual shape first: a short key, then a short value, and nothing else.
        const keyEnd = content + 2 + bytes[content + 1]
        const isUsual =
          keyEnd + 2 <= pos &&
          bytes[content] === 0x0a &&
          bytes[content + 1] < 0x80 &&
          bytes[keyEnd] === 0x12 &&
          bytes[keyEnd + 1] < 0x80 &&
          keyEnd + 2 + bytes[keyEnd + 1] === pos
        if (isUsual) {
          items.keyStart[i] = content + 2
          items.keyEnd[i] = keyEnd
          items.valueStart[i] = keyEnd + 2
          items.valueEnd[i] = pos
        } else {
          readPair(bytes, content, pos)
          items.keyStart[i] = pair.keyStart
          items.keyEnd[i] = pair.keyEnd
          items.valueStart[i] = pair.valueStart
          items.valueEnd[i] = pair.valueEnd
        }
        break
      }
      case Op.id: {
        const content = lengthEnd(bytes, pos, end)
        pos = content + lastLength
        if (pos > end) throw truncated(field)
        if (lastLength === 0) break
        if (lastLength === ops.detail[tag] && !isZero(bytes, content, pos)) {
          ids.good |= 1 << (tag >> 3)
        } else {
          ids.bad |= 1 << (tag >> 3)
          items.push(Op.id, tag, field, content, pos)
        }
        break
      }
      case Op.text:
      case Op.body:
      case Op.child: {
        const content = lengthEnd(bytes, pos, end)
        pos = content + lastLength
        if (pos > end) throw truncated(field)
        items.push(ops.op[tag], tag, field, content, pos)
        break
      }
      case Op.packed64: {
        pos = lengthEnd(bytes, pos, end) + lastLength
        if (lastLength % 8 !== 0) throw new WireError('bad-length', 'a packed field has an odd size', field)
        break
      }
      case Op.packedVarint: {
        let at = lengthEnd(bytes, pos, end)
        pos = at + lastLength
        if (pos > end) throw truncated(field)
        while (at < pos) {
          const stop = varintEnd(bytes, at, pos)
          if (isOverlong(bytes, at, stop)) throw irregular
          at = stop
        }
        break
      }
      case Op.closed:
        throw new WireError('profiles-field', 'a field of the profiles signal is refused in other signals', field)
      default:
        // Unknown, or known with another wire type: dropped by the canonical form.
        throw irregular
    }
    if (pos > end) throw truncated(field)
  }
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return false
  return true
}
