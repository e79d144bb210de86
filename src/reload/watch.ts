// Notices that a file of the ruleset has changed. The files' states are looked at now and then: that works on every file
// system, with editors that write another file and rename it, and with the symbolic links that Kubernetes swaps.
import { stateOf, type FileStates } from './files.ts'

export interface Watch {
  /** Watches these files from now on. @param states those that they had when they were read */
  follow(states: FileStates): void
  stop(): void
}

/**
 * Looks at the files every `intervalMs`. A change is told once the files stand still from one look to the next, so that
 * one that is being written, or is away for a moment, is not read by halves.
 */
export function watchFiles(intervalMs: number, changed: () => void): Watch {
  /** What was told of, or read. */
  let known: FileStates = new Map()
  /** As of the last look. */
  let last = ''

  const look = (): void => {
    const states = new Map([...known.keys()].map((path) => [path, stateOf(path)]))
    const now = JSON.stringify([...states])
    const isStill = now === last
    last = now
    if (!isStill || now === JSON.stringify([...known])) return
    known = states
    changed()
  }
  const timer = setInterval(look, intervalMs).unref()
  return {
    follow(states) {
      known = states
    },
    stop: () => clearInterval(timer),
  }
}
