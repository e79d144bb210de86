// Open while a backend refuses whoever asks: then nothing moves and everything is kept, but for one request at a time
// that tries whether somebody has mended it, with growing waits.
import { createBackoff } from './backoff.ts'
import type { RetryOptions } from './options.ts'

export class Circuit {
  readonly #retry: RetryOptions
  #nextDelayMs: (() => number) | undefined
  #isProbing = false
  /** When the next request may try; of `performance.now()`. */
  untilMs = 0

  constructor(retry: RetryOptions) {
    this.#retry = retry
  }

  get isOpen(): boolean {
    return this.#nextDelayMs !== undefined
  }

  /** Whether a request may be sent now. While it is open, who is let through has to say what came of it. */
  enter(): boolean {
    if (!this.isOpen) return true
    if (this.#isProbing || performance.now() < this.untilMs) return false
    this.#isProbing = true
    return true
  }

  /** A request was refused whoever sent it. */
  open(): void {
    this.#isProbing = false
    this.#nextDelayMs ??= createBackoff(this.#retry)
    // Several requests that were under way together are one fault.
    if (performance.now() >= this.untilMs) this.untilMs = performance.now() + this.#nextDelayMs()
  }

  /** A request got another answer. True when the circuit was open until now. */
  close(): boolean {
    const wasOpen = this.isOpen
    this.#isProbing = false
    this.#nextDelayMs = undefined
    return wasOpen
  }
}
