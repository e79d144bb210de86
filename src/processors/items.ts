// The index of the records being walked: for each field that needs a decision, where it is. Columns of typed arrays,
// used as a stack, because a span's events are walked inside the span; nothing is allocated per record.
import type { KeyPlan } from '../ruleset/plan.ts'

/** What is to become of an attribute. */
export const Fate = {
  treat: 0,
  remove: 1,
  /** It stays under its old name only: another attribute has the new one. */
  treatAsOld: 2,
} as const

export class Items {
  top = 0
  op = new Uint8Array(1024)
  /** The tag, one byte: every field that needs a decision has a number below 16. */
  tag = new Uint8Array(1024)
  /** Where the field's tag stands. */
  field = new Int32Array(1024)
  /** Content without tag and length. */
  start = new Int32Array(1024)
  end = new Int32Array(1024)
  /** Of attributes: key and AnyValue. */
  keyStart = new Int32Array(1024)
  keyEnd = new Int32Array(1024)
  valueStart = new Int32Array(1024)
  valueEnd = new Int32Array(1024)
  fate = new Uint8Array(1024)
  /** Of attributes, once resolved. */
  readonly plan: KeyPlan[] = []

  /** Adds an item and returns its index. */
  push(op: number, tag: number, field: number, start: number, end: number): number {
    if (this.top === this.op.length) this.#grow()
    const i = this.top++
    this.op[i] = op
    this.tag[i] = tag
    this.field[i] = field
    this.start[i] = start
    this.end[i] = end
    this.fate[i] = Fate.treat
    return i
  }

  #grow(): void {
    const bytes = (old: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      const larger = new Uint8Array(old.length * 2)
      larger.set(old)
      return larger
    }
    const ints = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(old.length * 2)
      larger.set(old)
      return larger
    }
    this.op = bytes(this.op)
    this.tag = bytes(this.tag)
    this.fate = bytes(this.fate)
    this.field = ints(this.field)
    this.start = ints(this.start)
    this.end = ints(this.end)
    this.keyStart = ints(this.keyStart)
    this.keyEnd = ints(this.keyEnd)
    this.valueStart = ints(this.valueStart)
    this.valueEnd = ints(this.valueEnd)
  }
}
