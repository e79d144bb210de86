import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Attempt } from '../../src/exporters/transport.ts'
import { createSendingExporter } from '../../src/exporters/sending.ts'
import { signals, type Signal } from '../../src/otlp/fields.ts'
import type { DurableQueue } from '../../src/queue/durable-queue.ts'
import { createMemoryQueue } from '../../src/queue/memory-queue.ts'
import { batchOf, memoryLog, namesIn, rawBatch } from './batches.ts'
import { exporterOver, inTurn } from './exporter-over.ts'
import { busy, scriptedTransport, taken } from './scripted-transport.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('batching', () => {
  it('joins what comes within the flush timeout into one request, in order', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a', 'b']))
    await vi.advanceTimersByTimeAsync(150)
    exporter.offer(batchOf('traces', ['c']))
    exporter.offer(batchOf('logs', ['d']))
    expect(transport.sent).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(60)
    expect(transport.sent.map(({ signal, body }) => [signal, namesIn(signal, body)])).toEqual([
      ['traces', ['a', 'b', 'c']],
    ])
    await vi.advanceTimersByTimeAsync(150)
    expect(namesIn('logs', transport.sent[1].body)).toEqual(['d'])
    expect(exporter.figures().traces).toMatchObject({ offered: 3, sent: 3, failed: {}, queuedRecords: 0, requests: 1 })
  })

  it('sends a full request at once and never a larger one, unless one batch is larger by itself', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport, { queue: { batch: { maxSizeBytes: 100, flushTimeoutMs: 10_000 } } })
    for (const bytes of [40, 40, 40, 300, 10]) exporter.offer(rawBatch('traces', new Uint8Array(bytes), 1))
    await vi.advanceTimersByTimeAsync(1)
    expect(transport.sent.map(({ body }) => body.length)).toEqual([80, 40, 300])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(transport.sent.at(-1)?.body.length).toBe(10)
  })

  it('hands a single batch on as it is, without a copy', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport)
    const batch = batchOf('logs', ['a'])
    exporter.offer(batch)
    await vi.advanceTimersByTimeAsync(200)
    expect(transport.sent[0].body).toBe(batch.bytes)
  })

  it('sends no empty request', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport)
    exporter.offer(rawBatch('traces', new Uint8Array(), 0))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(transport.sent).toHaveLength(0)
  })

  it('sends every batch by itself at once when the queue is off, and has no room beyond its consumers', async () => {
    const transport = scriptedTransport(() => ({ attempt: taken, afterMs: 100 }))
    const exporter = exporterOver(transport, { queue: { enabled: false, numConsumers: 2 } })
    exporter.offer(batchOf('traces', ['a']))
    expect(exporter.hasRoom(10, 'traces')).toBe(true)
    exporter.offer(batchOf('traces', ['b']))
    expect(exporter.hasRoom(10, 'traces')).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(transport.sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(100)
    expect(exporter.hasRoom(10, 'traces')).toBe(true)
  })
})

describe('compression', () => {
  it.each([100, 1_000_000])('compresses a request of %i bytes once and keeps it over the retries', async (size) => {
    // Large bodies are compressed on another thread, which knows nothing of a fake clock.
    vi.useRealTimers()
    const transport = scriptedTransport(inTurn(busy, busy, taken), true)
    const exporter = exporterOver(transport, {
      retry: { initialIntervalMs: 1 },
      queue: { batch: { flushTimeoutMs: 1 } },
    })
    const bytes = new Uint8Array(size).map((_, index) => index % 7)
    exporter.offer(rawBatch('traces', bytes, 1))
    await vi.waitFor(() => expect(exporter.figures().traces.sent).toBe(1), { timeout: 10_000 })
    expect(transport.sent).toHaveLength(3)
    expect(new Set(transport.sent.map(({ body }) => body)).size).toBe(1)
    expect(gunzipSync(transport.sent[0].body).equals(bytes)).toBe(true)
  })
})

describe('consumers', () => {
  it('keeps so many requests in flight, but one of metrics, whose series must stay in order', async () => {
    const transport = scriptedTransport(() => ({ attempt: taken, afterMs: 50 }))
    const exporter = exporterOver(transport, { queue: { numConsumers: 3, batch: { maxSizeBytes: 0 } } })
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (const signal of signals) for (const name of names) exporter.offer(batchOf(signal, [name]))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(transport.most).toEqual(
      new Map([
        ['traces', 3],
        ['metrics', 1],
        ['logs', 3],
      ]),
    )
    const metrics = transport.sent.filter(({ signal }) => signal === 'metrics')
    expect(metrics.flatMap(({ body }) => namesIn('metrics', body))).toEqual(names)
  })

  it('keeps the order of metrics over retries', async () => {
    const transport = scriptedTransport(inTurn(busy, busy, taken))
    const exporter = exporterOver(transport, { queue: { batch: { maxSizeBytes: 0 } } })
    for (const name of ['a', 'b']) exporter.offer(batchOf('metrics', [name]))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(transport.sent.flatMap(({ body }) => namesIn('metrics', body))).toEqual(['a', 'a', 'a', 'b'])
  })
})

describe('retries', () => {
  it('waits longer each time, up to the longest interval', async () => {
    const transport = scriptedTransport(inTurn(busy))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(120_000)
    const times = transport.sent.map(({ atMs }) => atMs)
    const waits = times.slice(1).map((atMs, index) => Math.round(atMs - times[index]))
    expect(waits.slice(0, 6)).toEqual([5_000, 7_500, 11_250, 16_875, 25_313, 30_000])
    expect(exporter.figures().traces).toMatchObject({
      retries: times.length - 1,
      queuedRecords: 1,
      trouble: 'http-503',
    })
  })

  it('gives up when the next attempt would come after the longest time', async () => {
    const transport = scriptedTransport(inTurn(busy))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a', 'b']))
    await vi.advanceTimersByTimeAsync(301_000)
    expect(exporter.figures().traces).toMatchObject({ sent: 0, failed: { 'retry-exhausted': 2 }, queuedRecords: 0 })
  })

  it('never gives up when the longest time is 0', async () => {
    const exporter = exporterOver(scriptedTransport(inTurn(busy)), { retry: { maxElapsedTimeMs: 0 } })
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(exporter.figures().traces).toMatchObject({ failed: {}, queuedRecords: 1 })
  })

  it.each([
    [undefined, { failed: {}, queuedRecords: 1 }],
    [60_000, { failed: { 'retry-exhausted': 1 }, queuedRecords: 0 }],
  ])('never gives up what is on the disk, unless it is told when (%s ms)', async (maxElapsedTimeMs, figures) => {
    const memory = createMemoryQueue({ capacityBytes: 1e6 })
    let notify: (signal: Signal) => void = () => {}
    const durable = {
      of: () => memory,
      watch: (_name: string, tell: typeof notify) => (notify = tell),
    } as unknown as DurableQueue
    const retry = { randomizationFactor: 0, maxElapsedTimeMs }
    const transport = scriptedTransport(inTurn(busy))
    const exporter = createSendingExporter('otlp_http/test', transport, { retry }, memoryLog(), durable)
    memory.put(batchOf('traces', ['a']))
    notify('traces')
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(exporter.figures().traces).toMatchObject(figures)
  })

  it('does not retry when that is off', async () => {
    const transport = scriptedTransport(inTurn(busy))
    const exporter = exporterOver(transport, { retry: { enabled: false } })
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(transport.sent).toHaveLength(1)
    expect(exporter.figures().traces.failed).toEqual({ 'http-503': 1 })
  })

  it('does not retry what was refused for good', async () => {
    const transport = scriptedTransport(inTurn({ is: 'refused', reason: 'http-400' }))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('metrics', ['a']))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(transport.sent).toHaveLength(1)
    expect(exporter.figures().metrics).toMatchObject({ sent: 0, failed: { 'http-400': 1 }, queuedRecords: 0 })
  })

  it('tries what was refused for good in parts: one bad batch takes no others along', async () => {
    const transport = scriptedTransport((signal, body) => ({
      attempt: namesIn(signal, body).includes('bad') ? { is: 'refused', reason: 'http-500' } : taken,
    }))
    const exporter = exporterOver(transport)
    const names = ['a', 'b', 'c', 'bad', 'd', 'e', 'f']
    for (const name of names) exporter.offer(batchOf('metrics', [name]))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(exporter.figures().metrics).toMatchObject({ sent: 6, failed: { 'http-500': 1 }, queuedRecords: 0 })
    // In order still, each once.
    const arrived = transport.sent
      .map(({ signal, body }) => namesIn(signal, body))
      .filter((all) => !all.includes('bad'))
    expect(arrived.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('does not try endlessly where all is refused', async () => {
    const transport = scriptedTransport(inTurn({ is: 'refused', reason: 'http-500' }))
    const exporter = exporterOver(transport)
    for (let i = 0; i < 200; i++) exporter.offer(batchOf('metrics', [`m${i}`]))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(transport.sent.length).toBeLessThan(70)
    expect(exporter.figures().metrics).toMatchObject({ sent: 0, failed: { 'http-500': 200 }, queuedRecords: 0 })
  })

  it('sends smaller requests once one was too large, and remembers that', async () => {
    const largest = 120 * 1024
    const transport = scriptedTransport((_signal, body) => ({
      attempt: body.length > largest ? { is: 'too-large', reason: 'http-413' } : taken,
    }))
    const exporter = exporterOver(transport)
    const names = Array.from({ length: 200 }, (_, index) => `${index}-${'x'.repeat(1_000)}`)
    for (const round of [1, 2]) {
      exporter.offer(batchOf('logs', names))
      await vi.advanceTimersByTimeAsync(1_000)
      expect(exporter.figures().logs).toMatchObject({ sent: 200 * round, failed: {}, queuedRecords: 0 })
    }
    expect(transport.sent.filter(({ body }) => body.length > largest)).toHaveLength(1)
    const arrived = transport.sent.filter(({ body }) => body.length <= largest)
    expect(arrived.flatMap(({ body }) => namesIn('logs', body))).toEqual([...names, ...names])
  })

  it('merges the resources and scopes that joined requests repeat', async () => {
    const transport = scriptedTransport(inTurn(taken))
    const exporter = exporterOver(transport)
    const batches = ['a', 'b', 'c'].map((name) => batchOf('logs', [name]))
    for (const batch of batches) exporter.offer(batch)
    await vi.advanceTimersByTimeAsync(300)
    expect(namesIn('logs', transport.sent[0].body)).toEqual(['a', 'b', 'c'])
    expect(transport.sent[0].body.length).toBeLessThan(batches.reduce((sum, { bytes }) => sum + bytes.length, 0))
  })

  it('books the rejected part of a partial success and sends nothing again', async () => {
    const transport = scriptedTransport(inTurn({ is: 'sent', rejected: 2 }))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('logs', ['a', 'b', 'c']))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(transport.sent).toHaveLength(1)
    expect(exporter.figures().logs).toMatchObject({ sent: 1, failed: { 'partial-success': 2 }, queuedRecords: 0 })
  })

  it('believes no partial success that rejects more than was sent', async () => {
    const exporter = exporterOver(scriptedTransport(inTurn({ is: 'sent', rejected: 1_000_000 })))
    exporter.offer(batchOf('logs', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(exporter.figures().logs).toMatchObject({ sent: 0, failed: { 'partial-success': 1 } })
  })

  it('waits as long as the server says, with every request of the signal', async () => {
    const transport = scriptedTransport(inTurn({ ...busy, afterMs: 20_000 } as Attempt, taken))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(300)
    exporter.offer(batchOf('traces', ['b']))
    exporter.offer(batchOf('logs', ['c']))
    await vi.advanceTimersByTimeAsync(19_000)
    expect(transport.sent.map(({ signal }) => signal)).toEqual(['traces', 'logs'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(exporter.figures().traces.sent).toBe(2)
  })

  it('gives up at once when the server names a time beyond the longest', async () => {
    const exporter = exporterOver(scriptedTransport(inTurn({ ...busy, afterMs: 86_400_000 } as Attempt)))
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(exporter.figures().traces.failed).toEqual({ 'retry-exhausted': 1 })
  })

  it('is not stopped by a fault of the transport itself', async () => {
    const transport = scriptedTransport(() => {
      throw new Error('a fault')
    })
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(exporter.figures().traces).toMatchObject({ failed: { internal: 1 }, queuedRecords: 0 })
  })
})

describe('a backend that refuses whoever asks', () => {
  const refused: Attempt = { is: 'circuit', reason: 'http-401' }

  it('gets one request at a time, more and more seldom, and nothing is lost until it takes them again', async () => {
    let isMended = false
    const transport = scriptedTransport(() => ({ attempt: isMended ? taken : refused, afterMs: 10 }))
    const exporter = exporterOver(transport, { queue: { batch: { maxSizeBytes: 0 } } })
    for (let i = 0; i < 20; i++) exporter.offer(batchOf('logs', [`l${i}`]))
    await vi.advanceTimersByTimeAsync(1_000)
    const atOnce = transport.sent.length
    expect(atOnce).toBeLessThanOrEqual(10)
    await vi.advanceTimersByTimeAsync(3_600_000)
    const times = transport.sent.slice(atOnce).map(({ atMs }) => atMs)
    expect(times.length).toBeGreaterThan(50)
    for (const [index, atMs] of times.slice(1).entries()) expect(atMs - times[index]).toBeGreaterThan(4_000)
    expect(exporter.figures().logs).toMatchObject({ failed: {}, trouble: 'http-401', isCircuitOpen: true })
    isMended = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(exporter.figures().logs).toMatchObject({ sent: 20, failed: {}, queuedRecords: 0 })
    expect(exporter.figures().logs).not.toHaveProperty('isCircuitOpen')
  })

  it('is said in the log, with what becomes of the data', async () => {
    const log = memoryLog()
    const exporter = exporterOver(scriptedTransport(inTurn(refused, taken)), {}, log)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { reason: 'http-401' } })
    expect(log.lines[0].message).toContain('keeping everything')
  })

  it('is tried once more at a shutdown, which does not wait for it', async () => {
    const transport = scriptedTransport(inTurn(refused))
    const exporter = exporterOver(transport)
    exporter.offer(batchOf('traces', ['a', 'b']))
    await vi.advanceTimersByTimeAsync(2_000)
    const closed = exporter.close(60_000)
    await vi.advanceTimersByTimeAsync(1_000)
    await closed
    expect(exporter.figures().traces.failed).toEqual({ shutdown: 2 })
  })
})

describe('a full queue', () => {
  it('has no room, and books what is offered all the same', async () => {
    const exporter = exporterOver(scriptedTransport(inTurn(busy)), { queue: { queueSizeBytes: 100 } })
    exporter.offer(rawBatch('traces', new Uint8Array(90), 9))
    expect(exporter.hasRoom(11, 'traces')).toBe(false)
    expect(exporter.hasRoom(11, 'metrics')).toBe(true)
    exporter.offer(rawBatch('traces', new Uint8Array(11), 4))
    expect(exporter.figures().traces).toMatchObject({
      offered: 13,
      failed: { 'queue-full': 4 },
      queuedRecords: 9,
      queuedBytes: 90,
      capacityBytes: 100,
    })
  })
})

describe('the log', () => {
  it('says once that and why nothing is delivered, and that it is delivered again', async () => {
    const log = memoryLog()
    const exporter = exporterOver(scriptedTransport(inTurn(busy, busy, taken)), {}, log)
    exporter.offer(batchOf('traces', ['a']))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(log.lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { exporter: 'otlp_http/test', signal: 'traces', reason: 'http-503' }],
      ['info', { exporter: 'otlp_http/test', signal: 'traces' }],
    ])
    expect(exporter.figures().traces).not.toHaveProperty('trouble')
  })
})
