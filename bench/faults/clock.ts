// Loaded into the gateway before its own code (`--import`), in each of its threads: its clock is off by what a file says, in
// milliseconds, read anew ten times a second. The monotonic clock goes on, as it does when a machine's clock is set.
import { readFileSync } from 'node:fs'

const file = process.env['CLOCK_OFFSET_FILE']
if (file !== undefined) {
  const System = Date
  let offsetMs = 0
  const read = (): void => {
    offsetMs = Number(readFileSync(file, 'utf8'))
  }
  read()
  setInterval(read, 100).unref()
  globalThis.Date = class extends System {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(System.now() + offsetMs)
      else super(...(given as [string]))
    }

    static override now(): number {
      return System.now() + offsetMs
    }
  } as DateConstructor
}
