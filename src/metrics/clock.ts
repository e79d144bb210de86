// Time for series: it stands still rather than goes back, because a store refuses a point that is older than the last one.

export interface Clock {
  /** Milliseconds since 1970, never before what was given out. */
  now(): number
  /** The time of a flush: later than everything that was given out by more than the 1 ms that a zero point takes. */
  tick(): number
}

/** A clock that was put back by more was wrong before; waiting for it could take years. */
const mostPutBackMs = 10 * 60_000

/** @param lastMs the time of the last flush of an earlier run; 0 for none */
export function createClock(now: () => number, lastMs: number): Clock {
  let last = lastMs
  const current = (): number => {
    const ms = now()
    last = ms < last - mostPutBackMs ? ms : Math.max(ms, last)
    return last
  }
  return { now: current, tick: () => (last = current() + 2) }
}
