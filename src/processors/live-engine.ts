// An engine whose rules can be replaced. A request is processed in one go, so the rules change between two requests and no
// record meets half of each; counters go on over the change.
import type { Program } from '../ruleset/program.ts'
import { createEngine, type Engine } from './engine.ts'

export interface LiveEngine extends Pick<Engine, 'tally' | 'process' | 'clean'> {
  /** The program in force. */
  readonly program: Program
  /** Puts another program in force, from the next request on. */
  replace(program: Program): void
}

export function createLiveEngine(first: Program): LiveEngine {
  let program = first
  let engine = createEngine(first)
  const { tally } = engine
  return {
    tally,
    get program() {
      return program
    },
    process: (request) => engine.process(request),
    clean: (signal, body) => engine.clean(signal, body),
    replace(next) {
      engine = createEngine(next, tally)
      program = next
    },
  }
}
