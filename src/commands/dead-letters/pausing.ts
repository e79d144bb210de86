// A gateway that writes to the same file must get its turn: a few at a time, then a pause as long as they took.
import { setTimeout as sleep } from 'node:timers/promises'

const atOnce = 50

export async function* pausing<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += atOnce) {
    const sinceMs = performance.now()
    yield items.slice(start, start + atOnce)
    await sleep(Math.ceil(performance.now() - sinceMs))
  }
}
