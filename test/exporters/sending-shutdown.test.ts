import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Attempt } from '../../src/exporters/transport.ts'
import { signals } from '../../src/otlp/fields.ts'
import { batchOf, memoryLog } from './batches.ts'
import { exporterOver, inTurn } from './exporter-over.ts'
import { busy, scriptedTransport, taken } from './scripted-transport.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('shutdown', () => {
  it('sends what waits without waiting for more', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport, { queue: { batch: { flushTimeoutMs: 60_000 } } })
    for (const signal of signals) exporter.offer(batchOf(signal, ['a']))
    const closed = exporter.close(5_000)
    await vi.advanceTimersByTimeAsync(1)
    await closed
    expect(transport.sent).toHaveLength(3)
    expect(transport.isClosed).toBe(true)
    for (const signal of signals)
      expect(exporter.figures()[signal]).toMatchObject({ sent: 1, failed: {}, queuedRecords: 0 })
  })

  it('takes nothing more, and books what is offered', async () => {
    const exporter = exporterOver(scriptedTransport(inTurn(taken)))
    const closed = exporter.close(1_000)
    expect(exporter.hasRoom(1)).toBe(false)
    exporter.offer(batchOf('logs', ['late']))
    await closed
    expect(exporter.figures().logs).toMatchObject({ offered: 1, failed: { shutdown: 1 } })
  })

  it('ends at the deadline when the backend does not answer, and books the rest as lost', async () => {
    const log = memoryLog()
    const transport = scriptedTransport(() => ({ attempt: taken, afterMs: 1e9 }))
    const exporter = exporterOver(transport, { queue: { numConsumers: 2, batch: { maxSizeBytes: 0 } } }, log)
    for (const name of ['a', 'b', 'c', 'd']) exporter.offer(batchOf('traces', [name]))
    const startMs = performance.now()
    const closed = exporter.close(3_000)
    await vi.advanceTimersByTimeAsync(3_000)
    await closed
    expect(performance.now() - startMs).toBe(3_000)
    expect(transport.sent).toHaveLength(2)
    expect(exporter.figures().traces).toMatchObject({
      sent: 0,
      failed: { shutdown: 4 },
      queuedRecords: 0,
      queuedBytes: 0,
    })
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { signal: 'traces', records: 4 } })
  })

  it('tries a waiting request at once and then in short steps, but not beyond the deadline', async () => {
    const transport = scriptedTransport(inTurn(busy))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(transport.sent).toHaveLength(1)
    const startMs = performance.now()
    const closed = exporter.close(2_000)
    await vi.advanceTimersByTimeAsync(2_000)
    await closed
    expect(performance.now() - startMs).toBeLessThanOrEqual(2_000)
    // Before the stop, at once, and each half second that is left.
    expect(transport.sent.length).toBeGreaterThanOrEqual(4)
    expect(exporter.figures().traces).toMatchObject({ failed: { shutdown: 1 }, queuedRecords: 0 })
  })

  it('saves what a backend that came back takes', async () => {
    const transport = scriptedTransport(inTurn(busy, taken))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    const closed = exporter.close(2_000)
    await vi.advanceTimersByTimeAsync(1)
    await closed
    expect(exporter.figures().traces).toMatchObject({ sent: 1, failed: {} })
  })

  it('does not ask a server again before the time it named, not even at the end', async () => {
    const transport = scriptedTransport(inTurn({ ...busy, afterMs: 10_000 } as Attempt))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    exporter.offer(batchOf('traces', ['b']))
    const closed = exporter.close(5_000)
    await vi.advanceTimersByTimeAsync(1)
    await closed
    expect(transport.sent).toHaveLength(1)
    expect(exporter.figures().traces.failed).toEqual({ shutdown: 2 })
  })

  it('is one shutdown however often it is asked for', () => {
    const exporter = exporterOver(scriptedTransport(inTurn(taken)))
    expect(exporter.close(10)).toBe(exporter.close(10_000))
  })
})
