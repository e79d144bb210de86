import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBackoff, maxDelayMs, parseRetryAfter } from '../../src/exporters/backoff.ts'
import { defaultRetry } from '../../src/exporters/options.ts'

describe('backoff', () => {
  it('draws every wait from the jitter around an interval that grows up to its longest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 20 }),
        (draws) => {
          let index = 0
          const next = createBackoff(defaultRetry, () => draws[index])
          let intervalMs = 5_000
          for (; index < draws.length; index += 1) {
            const delayMs = next()
            expect(delayMs).toBeGreaterThanOrEqual(intervalMs * 0.5)
            expect(delayMs).toBeLessThanOrEqual(intervalMs * 1.5)
            intervalMs = Math.min(intervalMs * 1.5, 30_000)
          }
        },
      ),
    )
  })

  it('never waits longer than a timer can', () => {
    const next = createBackoff({ ...defaultRetry, initialIntervalMs: 1e12, maxIntervalMs: 1e12 })
    expect(next()).toBe(maxDelayMs)
  })
})

describe('Retry-After', () => {
  const nowMs = Date.parse('Fri, 31 Dec 1999 23:59:00 GMT')
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 2.5 ', 2_500],
    ['99999999999999999999', maxDelayMs],
    ['Fri, 31 Dec 1999 23:59:59 GMT', 59_000],
    ['Friday, 31-Dec-99 23:59:59 GMT', 59_000],
    ['Fri Dec 31 23:59:59 1999 GMT', 59_000],
    ['Fri, 31 Dec 1999 23:00:00 GMT', 0],
    ['Fri, 31 Dec 2999 23:59:59 GMT', maxDelayMs],
    ['-1', undefined],
    ['1e3', undefined],
    ['tomorrow', undefined],
    ['Soon 5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, expected) => {
    expect(parseRetryAfter(value, nowMs)).toBe(expected)
  })
})
