import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CleanBatch } from '../../src/pipeline/batch.ts'
import { createMemoryQueue } from '../../src/queue/memory-queue.ts'
import type { Lease } from '../../src/queue/queue.ts'
import { rawBatch } from '../exporters/batches.ts'

const traces = (bytes: number, records = 1): CleanBatch => rawBatch('traces', new Uint8Array(bytes), records)

describe('the memory queue', () => {
  it('hands out the oldest batches first, up to the size', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    const batches = [traces(10), traces(20), traces(30)]
    for (const batch of batches) expect(queue.put(batch)).toBe(true)
    const first = queue.lease('traces', 30)!
    expect(first).toMatchObject({ bytes: 30, records: 2 })
    expect(contents(first)).toEqual(bytesOf(batches.slice(0, 2)))
    expect(contents(queue.lease('traces', 30))).toEqual(bytesOf([batches[2]]))
    expect(queue.lease('traces', 30)).toBeUndefined()
  })

  it('hands out a batch that is larger than the size alone', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    queue.put(traces(50))
    queue.put(traces(1))
    expect(queue.lease('traces', 10)?.bytes).toBe(50)
    expect(queue.lease('traces', 10)?.bytes).toBe(1)
  })

  it('has no room beyond its capacity, leased batches included, until they are done', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    queue.put(traces(60))
    const lease = queue.lease('traces', 100)!
    expect(queue.hasRoom(41, 'traces')).toBe(false)
    expect(queue.put(traces(41))).toBe(false)
    expect(queue.hasRoom(40, 'traces')).toBe(true)
    lease.done(allSent)
    expect(queue.hasRoom(41, 'traces')).toBe(true)
  })

  it('takes a batch beyond its capacity when it is empty, so that no sender tries for ever', () => {
    const queue = createMemoryQueue({ capacityBytes: 10 })
    expect(queue.put(traces(50))).toBe(true)
    expect(queue.hasRoom(1, 'traces')).toBe(false)
  })

  it('bounds each signal by itself; without a signal, all must have room', () => {
    const queue = createMemoryQueue({ capacityBytes: 10 })
    queue.put(traces(10))
    expect(queue.hasRoom(10, 'logs')).toBe(true)
    expect(queue.hasRoom(10)).toBe(false)
  })

  it('bounds the number of batches where that is asked for', () => {
    const queue = createMemoryQueue({ capacityBytes: 100, maxBatches: 2 })
    expect([traces(1), traces(1), traces(1)].map((batch) => queue.put(batch))).toEqual([true, true, false])
  })

  it('puts batches that were given back in front of the others', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    const batches = [traces(1, 1), traces(1, 2), traces(1, 3)]
    for (const batch of batches) queue.put(batch)
    queue.lease('traces', 2)!.retry()
    expect(contents(queue.lease('traces', 100))).toEqual(bytesOf(batches))
  })

  it('refuses to end a lease twice', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    queue.put(traces(1))
    const lease = queue.lease('traces', 1)!
    lease.done(allSent)
    expect(() => lease.retry()).toThrow('twice')
    expect(queue.state('traces')).toMatchObject({ records: 0, bytes: 0 })
  })

  it('says at the end what is left, and takes no more', () => {
    const queue = createMemoryQueue({ capacityBytes: 100 })
    queue.put(traces(1, 5))
    expect(queue.close()).toContainEqual({ signal: 'traces', records: 5 })
    expect(queue.put(traces(1))).toBe(false)
    expect(queue.state('traces')).toMatchObject({ records: 0, bytes: 0, waitingBytes: 0 })
  })

  it('keeps order and figures under any sequence of puts, leases and ends', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), bytes: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ do: fc.constant('lease' as const), bytes: fc.integer({ min: 1, max: 80 }) }),
      fc.record({ do: fc.constantFrom('done' as const, 'retry' as const), bytes: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = createMemoryQueue({ capacityBytes: 100 })
        let next = 0
        let waiting: CleanBatch[] = []
        let leased: Lease | undefined
        let leasedBatches: CleanBatch[] = []
        for (const { do: what, bytes } of steps) {
          if (what === 'put') {
            const batch = traces(bytes, (next += 1))
            const held = sum([...waiting, ...leasedBatches])
            expect(queue.put(batch)).toBe(held === 0 || held + bytes <= 100)
            if (held === 0 || held + bytes <= 100) waiting.push(batch)
          } else if (what === 'lease' && !leased) {
            leased = queue.lease('traces', bytes)
            const count = leased?.batches.length ?? 0
            leasedBatches = waiting.slice(0, count)
            expect(contents(leased)).toEqual(bytesOf(leasedBatches))
            expect(count > 0).toBe(waiting.length > 0)
            waiting = waiting.slice(count)
          } else if (leased && (what === 'done' || what === 'retry')) {
            if (what === 'retry') {
              waiting = [...leasedBatches, ...waiting]
              leased.retry()
            } else leased.done(allSent)
            leased = undefined
            leasedBatches = []
          }
          const state = queue.state('traces')
          expect(state.waitingBytes).toBe(sum(waiting))
          expect(state.bytes).toBe(sum([...waiting, ...leasedBatches]))
          expect(state.oldestMs === undefined).toBe(waiting.length === 0)
        }
      }),
    )
  })
})

const allSent = { sent: 0, failed: [], dead: [] }
const contents = (lease: Lease | undefined): Uint8Array[] => lease?.batches.map(({ data }) => data) ?? []
const bytesOf = (batches: readonly CleanBatch[]): Uint8Array[] => batches.map(({ bytes }) => bytes)

function sum(batches: readonly CleanBatch[]): number {
  return batches.reduce((total, batch) => total + batch.bytes.length, 0)
}
