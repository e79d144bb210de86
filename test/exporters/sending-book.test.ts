import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SignalFigures } from '../../src/exporters/exporter.ts'
import type { Attempt } from '../../src/exporters/transport.ts'
import { signals } from '../../src/otlp/fields.ts'
import { rawBatch } from './batches.ts'
import { exporterOver } from './exporter-over.ts'
import { busy, scriptedTransport, taken } from './scripted-transport.ts'

function lost(figures: SignalFigures): number {
  return Object.values(figures.failed).reduce((total: number, records) => total + (records ?? 0), 0)
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the book', () => {
  const attempt = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Attempt>(taken) },
    fc.integer({ min: 0, max: 4 }).map((rejected): Attempt => ({ is: 'sent', rejected })),
    fc.constant<Attempt>(busy),
    fc.integer({ min: 0, max: 3_000 }).map((afterMs): Attempt => ({ is: 'retry', reason: 'http-429', afterMs })),
    fc.constant<Attempt>({ is: 'refused', reason: 'http-400' }),
    fc.constant<Attempt>({ is: 'too-large', reason: 'http-413' }),
    fc.constant<Attempt>({ is: 'circuit', reason: 'http-401' }),
  )
  const reply = fc.record({ attempt, afterMs: fc.integer({ min: 0, max: 500 }) })
  const step = fc.oneof(
    fc.record({
      do: fc.constant('offer' as const),
      signal: fc.constantFrom(...signals),
      bytes: fc.integer({ min: 1, max: 60 }),
      records: fc.integer({ min: 0, max: 5 }),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  )

  it('balances at every moment, whatever the backend does: offered = sent + failed + queued', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.infiniteStream(reply),
        fc.integer({ min: 0, max: 4_000 }),
        async (steps, replies, deadlineMs) => {
          const delivered = { traces: 0, metrics: 0, logs: 0 }
          const transport = scriptedTransport((signal, body) => {
            const next = replies.next().value
            if (next.attempt.is === 'sent') delivered[signal] += body.length
            return next
          })
          const exporter = exporterOver(transport, {
            retry: { initialIntervalMs: 100, maxIntervalMs: 1_000, maxElapsedTimeMs: 5_000, randomizationFactor: 0.5 },
            queue: { queueSizeBytes: 200, numConsumers: 2, batch: { maxSizeBytes: 100, flushTimeoutMs: 50 } },
          })
          const offered = { traces: 0, metrics: 0, logs: 0 }
          const check = (): void => {
            const figures = exporter.figures()
            for (const signal of signals) {
              const { sent, queuedRecords } = figures[signal]
              expect(figures[signal].offered).toBe(offered[signal])
              expect(sent + lost(figures[signal]) + queuedRecords).toBe(offered[signal])
            }
          }
          for (const next of steps) {
            if (next.do === 'wait') await vi.advanceTimersByTimeAsync(next.ms)
            else {
              offered[next.signal] += next.records
              const hadRoom = exporter.hasRoom(next.bytes, next.signal)
              const before = exporter.figures()[next.signal].failed['queue-full'] ?? 0
              exporter.offer(rawBatch(next.signal, new Uint8Array(next.bytes), next.records))
              const after = exporter.figures()[next.signal].failed['queue-full'] ?? 0
              expect(after - before).toBe(hadRoom ? 0 : next.records)
            }
            check()
          }
          const closed = exporter.close(deadlineMs)
          await vi.advanceTimersByTimeAsync(deadlineMs + 1)
          await closed
          check()
          const figures = exporter.figures()
          for (const signal of signals) {
            expect(figures[signal]).toMatchObject({ queuedRecords: 0, queuedBytes: 0 })
            if (delivered[signal] === 0) expect(figures[signal].sent).toBe(0)
          }
          expect([...transport.underWay.values()].every((count) => count === 0)).toBe(true)
          expect(vi.getTimerCount()).toBe(0)
        },
      ),
      { numRuns: 150 },
    )
  })
})
