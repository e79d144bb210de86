import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../../src/queue/pace.ts'

const connection = (): { destroyed: boolean } => ({ destroyed: false })

describe('the pace of commits', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => vi.useRealTimers())

  const started = (): { pace: Pace; starts: () => number } => {
    let starts = 0
    return { pace: new Pace(() => (starts += 1)), starts: () => starts }
  }

  it('starts at once for the only one that sends', () => {
    const { pace, starts } = started()
    const only = connection()
    for (let i = 1; i <= 3; i++) {
      pace.wait(only)
      expect(starts()).toBe(i)
    }
  })

  it('starts when everybody waits who has sent lately', () => {
    const { pace, starts } = started()
    const [one, other] = [connection(), connection()]
    pace.wait(one)
    expect(starts()).toBe(1)
    pace.wait(other)
    expect(starts()).toBe(1)
    pace.wait(one)
    expect(starts()).toBe(2)
  })

  it('waits 20 ms for the others, and no longer', () => {
    const { pace, starts } = started()
    const [one, other] = [connection(), connection()]
    pace.wait(one)
    pace.wait(other)
    pace.wait(one)
    const before = starts()
    pace.wait(one)
    vi.advanceTimersByTime(19)
    expect(starts()).toBe(before)
    vi.advanceTimersByTime(1)
    expect(starts()).toBe(before + 1)
  })

  it('does not wait for connections that are gone, or have been silent', () => {
    const { pace, starts } = started()
    const [one, gone, silent] = [connection(), connection(), connection()]
    pace.wait(silent)
    pace.wait(gone)
    vi.advanceTimersByTime(101)
    gone.destroyed = true
    pace.wait(one)
    const before = starts()
    pace.wait(one)
    expect(starts()).toBe(before + 1)
  })

  it('takes what comes over no connection along with the rest', () => {
    const { pace, starts } = started()
    pace.wait(undefined)
    expect(starts()).toBe(0)
    vi.advanceTimersByTime(20)
    expect(starts()).toBe(1)
  })
})
