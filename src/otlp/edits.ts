// A list of edits on one body, in the order of their offsets: what stays is copied, what changes is replaced, and the
// lengths of the messages around a change are mended.
import { copyBytes, varintSize, writeVarint } from './wire.ts'

/**
 * Edits are pushed in ascending order of offset. A message that may change is bracketed by `open` and `close`; the
 * place of its length is reserved by `open`, because it comes before the edits inside it.
 */
export class Edits {
  #count = 0
  #delta = 0
  #start = new Int32Array(256)
  #end = new Int32Array(256)
  /** Where the replacement is in the scratch buffer. */
  #from = new Int32Array(256)
  #size = new Int32Array(256)
  #scratch = new Uint8Array(16_384)
  #used = 0

  /** Forgets all edits. */
  reset(): void {
    this.#count = 0
    this.#delta = 0
    this.#used = 0
  }

  get count(): number {
    return this.#count
  }

  /** By how many bytes the edits so far make the body longer. */
  get delta(): number {
    return this.#delta
  }

  #push(start: number, end: number, from: number, size: number): void {
    if (this.#count === this.#start.length) this.#grow()
    const i = this.#count++
    this.#start[i] = start
    this.#end[i] = end
    this.#from[i] = from
    this.#size[i] = size
    this.#delta += size - (end - start)
  }

  #grow(): void {
    const larger = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(old.length * 2)
      array.set(old)
      return array
    }
    this.#start = larger(this.#start)
    this.#end = larger(this.#end)
    this.#from = larger(this.#from)
    this.#size = larger(this.#size)
  }

  /** Opens a message whose length stands at [lengthStart, bodyStart). Returns the mark for `close` or `rollback`. */
  open(lengthStart: number, bodyStart: number): number {
    const mark = this.#count
    // Until `close`, the reservation's `from` remembers the delta in front of the message.
    this.#push(lengthStart, bodyStart, this.#delta, bodyStart - lengthStart)
    return mark
  }

  /** Closes the message: writes its new length, or takes the reservation back when nothing inside has changed. */
  close(mark: number, bodyStart: number, bodyEnd: number): void {
    if (this.#count === mark + 1) {
      this.#count = mark
      return
    }
    const length = bodyEnd - bodyStart + this.#delta - this.#from[mark]
    const from = this.reserve(10)
    const size = writeVarint(this.#scratch, from, length) - from
    this.#used = from + size
    this.#delta += size - this.#size[mark]
    this.#from[mark] = from
    this.#size[mark] = size
  }

  /** Takes back every edit since `mark`, the mark's own included. */
  rollback(mark: number): void {
    for (let i = mark; i < this.#count; i++) this.#delta -= this.#size[i] - (this.#end[i] - this.#start[i])
    this.#count = mark
  }

  /** Takes [start, end) out. */
  remove(start: number, end: number): void {
    this.#push(start, end, 0, 0)
  }

  /** Replaces [start, end) by `bytes`; start = end inserts. */
  replace(start: number, end: number, bytes: Uint8Array): void {
    const from = this.reserve(bytes.length)
    copyBytes(bytes, 0, bytes.length, this.#scratch, from)
    this.#used = from + bytes.length
    this.#push(start, end, from, bytes.length)
  }

  /** Replaces a length-delimited field's [lengthStart, bodyEnd) by a new length and content. */
  replaceContent(lengthStart: number, bodyEnd: number, content: Uint8Array): void {
    const from = this.reserve(10 + content.length)
    const at = writeVarint(this.#scratch, from, content.length)
    copyBytes(content, 0, content.length, this.#scratch, at)
    this.#used = at + content.length
    this.#push(lengthStart, bodyEnd, from, this.#used - from)
  }

  /**
   * Replaces [start, end) by a KeyValue field: `tag`, then key (bytes [keyStart, keyEnd) of `keys`) and the AnyValue's
   * body, bytes [valueStart, valueEnd) of `values`.
   */
  replaceAttribute(
    start: number,
    end: number,
    tag: number,
    keys: Uint8Array,
    keyStart: number,
    keyEnd: number,
    values: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const keyLength = keyEnd - keyStart
    const valueLength = valueEnd - valueStart
    const length = 1 + varintSize(keyLength) + keyLength + 1 + varintSize(valueLength) + valueLength
    const from = this.reserve(length + 11)
    const scratch = this.#scratch
    let at = from
    scratch[at++] = tag
    at = writeVarint(scratch, at, length)
    scratch[at++] = 0x0a
    at = writeVarint(scratch, at, keyLength)
    copyBytes(keys, keyStart, keyEnd, scratch, at)
    at += keyLength
    scratch[at++] = 0x12
    at = writeVarint(scratch, at, valueLength)
    copyBytes(values, valueStart, valueEnd, scratch, at)
    this.#used = at + valueLength
    this.#push(start, end, from, this.#used - from)
  }

  /** Makes room in the scratch buffer and returns where it starts. */
  private reserve(size: number): number {
    if (this.#used + size > this.#scratch.length) {
      const larger = new Uint8Array(Math.max(this.#scratch.length * 2, this.#used + size))
      larger.set(this.#scratch.subarray(0, this.#used))
      this.#scratch = larger
    }
    return this.#used
  }

  /** The edited body; `bytes` itself when nothing has changed. */
  apply(bytes: Uint8Array): Uint8Array {
    if (this.#count === 0) return bytes
    const size = bytes.length + this.#delta
    // Small batches share Node's pool; a buffer of their own would cost more than the copy.
    const out = size < 4096 ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size)
    const scratch = this.#scratch
    let read = 0
    let write = 0
    for (let i = 0; i < this.#count; i++) {
      const start = this.#start[i]
      copyBytes(bytes, read, start, out, write)
      write += start - read
      const from = this.#from[i]
      copyBytes(scratch, from, from + this.#size[i], out, write)
      write += this.#size[i]
      read = this.#end[i]
    }
    copyBytes(bytes, read, bytes.length, out, write)
    return out
  }
}
