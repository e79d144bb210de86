// Counting different ids: exact while they are few, close when they are many, over a window that slides.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countSeen, emptyDistinct, see } from '../../src/metrics/distinct.ts'

const hourMs = 3_600_000
const start = Date.UTC(2026, 10, 22)

describe('different ids', () => {
  it('are counted exactly up to the capacity, however often each is seen', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 300 }), (ids) => {
        const value = emptyDistinct(hourMs)
        for (const id of ids) see(value, `hm:k:${id}`, start, 100)
        expect(countSeen(value, start)).toBe(new Set(ids).size)
      }),
      { numRuns: 100 },
    )
  })

  it('are those of the window, from any moment on', () => {
    const seenAt = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 7_200 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(seenAt, fc.integer({ min: 0, max: 3_600 }), (events, laterS) => {
        const value = emptyDistinct(hourMs)
        const inOrder = events.toSorted(([, one], [, other]) => one - other)
        for (const [id, atS] of inOrder) see(value, String(id), start + atS * 1000, 100)
        const nowS = 7_200 + laterS
        const active = new Set(inOrder.filter(([, atS]) => atS > nowS - 3_600).map(([id]) => id))
        expect(countSeen(value, start + nowS * 1000)).toBe(active.size)
      }),
    )
  })

  it('are close when they are many, and take no more room', () => {
    const value = emptyDistinct(hourMs)
    for (let id = 0; id < 100_000; id++) see(value, `hm:k:${id}`, start, 2048)
    expect(value.size).toBeLessThanOrEqual(2048)
    expect(Object.keys(value.seen)).toHaveLength(value.size)
    // Always the same ids, so always the same figure: within three times the error that is promised.
    expect(countSeen(value, start) / 100_000).toBeGreaterThan(0.91)
    expect(countSeen(value, start) / 100_000).toBeLessThan(1.09)
  })

  it('that are exact again when all of the many are gone', () => {
    const value = emptyDistinct(hourMs)
    for (let id = 0; id < 1_000; id++) see(value, String(id), start, 64)
    expect(value.depth).toBeGreaterThan(0)
    expect(countSeen(value, start + 2 * hourMs)).toBe(0)
    see(value, 'one', start + 2 * hourMs, 64)
    expect(countSeen(value, start + 2 * hourMs)).toBe(1)
  })

  it('survive being written as JSON', () => {
    const value = emptyDistinct(hourMs)
    for (let id = 0; id < 10; id++) see(value, String(id), start, 64)
    const again = JSON.parse(JSON.stringify(value)) as typeof value
    see(again, '3', start, 64)
    expect(countSeen(again, start)).toBe(10)
  })
})
