// Steps through the fields of a message in clean, canonical protobuf: for readers that pick a few fields and pass over
// the rest. Bytes of a sender go through the engine first, which checks all that is not checked here.
import { lastLength, lengthEnd } from './any-value.ts'
import { readVarint, truncated, varintEnd } from './wire.ts'
import { WireError } from './wire-error.ts'

export class FieldCursor {
  /** `number << 3 | wire type` of the current field. */
  tag = 0
  /** Where its content begins: behind the tag and, for messages and text, behind the length. */
  start = 0
  end = 0
  /** Where its tag stands. */
  field = 0
  readonly #bytes: Uint8Array
  readonly #limit: number

  /** Over the message at [start, end). */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#limit = end
    this.end = start
  }

  /** Goes to the next field. @throws WireError when the bytes are not protobuf */
  next(): boolean {
    const bytes = this.#bytes
    const limit = this.#limit
    const field = this.end
    if (field >= limit) return false
    const behindTag = varintEnd(bytes, field, limit)
    this.field = field
    this.tag = bytes[field] < 0x80 ? bytes[field] : readVarint(bytes, field, limit)
    this.start = behindTag
    switch (this.tag & 7) {
      case 0:
        this.end = varintEnd(bytes, behindTag, limit)
        break
      case 1:
        this.end = behindTag + 8
        break
      case 2:
        this.start = lengthEnd(bytes, behindTag, limit)
        this.end = this.start + lastLength
        break
      case 5:
        this.end = behindTag + 4
        break
      default:
        throw new WireError('bad-wire-type', `wire type ${this.tag & 7} is not used by OTLP`, field)
    }
    if (this.end > limit) throw truncated(field)
    return true
  }
}
