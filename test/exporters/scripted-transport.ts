// A transport that does what a script says, and remembers what it was asked.
import type { Signal } from '../../src/otlp/fields.ts'
import type { Attempt, Transport } from '../../src/exporters/transport.ts'

interface Sent {
  readonly signal: Signal
  readonly body: Uint8Array
  readonly atMs: number
}

export interface ScriptedTransport extends Transport {
  readonly sent: Sent[]
  /** Attempts under way now, and the most there were at once, by signal. */
  readonly underWay: Map<Signal, number>
  readonly most: Map<Signal, number>
  isClosed: boolean
}

/** `next` gives the result of an attempt and how long it takes; an abort ends it at once. */
export function scriptedTransport(
  next: (signal: Signal, body: Uint8Array) => { attempt: Attempt; afterMs?: number },
  gzipped = false,
): ScriptedTransport {
  const transport: ScriptedTransport = {
    gzipped,
    sent: [],
    underWay: new Map(),
    most: new Map(),
    isClosed: false,
    async send(signal, body, abort) {
      transport.sent.push({ signal, body, atMs: performance.now() })
      const now = (transport.underWay.get(signal) ?? 0) + 1
      transport.underWay.set(signal, now)
      transport.most.set(signal, Math.max(now, transport.most.get(signal) ?? 0))
      const { attempt, afterMs = 0 } = next(signal, body)
      const result = await new Promise<Attempt>((resolve) => {
        if (afterMs === 0) return resolve(attempt)
        const timer = setTimeout(() => resolve(attempt), afterMs)
        abort.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve({ is: 'retry', reason: 'timeout' })
        })
      })
      transport.underWay.set(signal, transport.underWay.get(signal)! - 1)
      return result
    },
    async close() {
      transport.isClosed = true
    },
  }
  return transport
}

export const taken: Attempt = { is: 'sent', rejected: 0 }
export const busy: Attempt = { is: 'retry', reason: 'http-503' }
