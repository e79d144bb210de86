// Says in the gateway's log that an exporter cannot deliver, and that it can again, without saying it for each request.
import type { Signal } from '../otlp/fields.ts'
import type { Log } from '../telemetry/log.ts'
import type { FailedReason, SignalBook } from './exporter.ts'

/** The same trouble is said again after this long. */
const quietMs = 60_000

type Then = 'retrying' | 'records dropped' | 'keeping everything until that is mended'

export class Trouble {
  readonly #log: Log
  readonly #about: { readonly exporter: string; readonly signal: Signal }
  readonly #book: SignalBook
  readonly #saidMs = new Map<string, number>()
  #isSaid = false

  constructor(log: Log, exporter: string, signal: Signal, book: SignalBook) {
    this.#log = log
    this.#about = { exporter, signal }
    this.#book = book
  }

  /** An attempt failed, and what that means for its records. */
  failed(reason: FailedReason, then: Then): void {
    this.#book.trouble = reason
    const now = performance.now()
    const saidMs = this.#saidMs.get(`${reason} ${then}`)
    if (saidMs !== undefined && now - saidMs < quietMs) return
    this.#saidMs.set(`${reason} ${then}`, now)
    this.#isSaid = true
    this.#log.warn(`the exporter cannot deliver, ${then}`, { ...this.#about, reason })
  }

  /** An attempt went well. */
  over(): void {
    if (this.#book.trouble === undefined) return
    this.#book.trouble = undefined
    if (this.#isSaid) this.#log.info('the exporter delivers again', this.#about)
    this.#isSaid = false
  }

  /** Records were lost at the end. */
  lost(records: number): void {
    this.#log.warn('records were lost at shutdown', { ...this.#about, records })
  }
}
