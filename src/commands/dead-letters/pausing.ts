// A gateway that writes to the same file must get its turn: after each step, a pause as long as the step took.
import { setTimeout as sleep } from 'node:timers/promises'

export async function* pausing<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    const sinceMs = performance.now()
    yield item
    await sleep(Math.ceil(performance.now() - sinceMs))
  }
}
