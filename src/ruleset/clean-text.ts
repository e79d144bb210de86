// The text that was last found clean under a cell. Attributes repeat (methods, hosts, statements), and a comparison costs
// far less than looking into the text again; what the same text becomes under the same cell is always the same.
import { sameBytes, viewOf } from '../otlp/wire.ts'

const longest = 128
/** A name whose values never repeat is tried again only once in so many values. */
const patience = 16
const rest = 64

export class CleanText {
  readonly #bytes = new Uint8Array(longest)
  readonly #view = viewOf(this.#bytes)
  #length = -1
  #misses = 0

  /** Whether the text is the remembered one. */
  matches(view: DataView, start: number, end: number): boolean {
    const length = end - start
    if (length === this.#length && sameBytes(view, start, this.#view, length)) {
      this.#misses = 0
      return true
    }
    return false
  }

  /** Remembers a text that was looked into and stays as it is. */
  remember(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > longest) return
    this.#misses++
    if (this.#misses > patience && this.#misses % rest !== 0) return
    this.#length = end - start
    for (let i = 0; i < this.#length; i++) this.#bytes[i] = bytes[start + i]
  }
}
