// Reloads of the ruleset: one at a time, whoever asks. What is refused leaves in force what was.
import type { Program } from '../ruleset/program.ts'
import type { FileStates } from './files.ts'
import { isInForce, outcomes, type Finding, type ReloadOutcome, type ToldChange, type Verdict } from './verdict.ts'

/** Who asks for a reload. */
export const triggers = {
  file: 'a file of the ruleset changed',
  signal: 'SIGHUP',
  request: '`POST /-/reload`',
} as const
export type ReloadTrigger = keyof typeof triggers

/** What came of a reload. Names, places and counts only. */
export interface Reload {
  readonly outcome: ReloadOutcome
  /** Why it failed; with `failed` only. */
  readonly why?: string
  readonly trigger: ReloadTrigger
  readonly at: Date
  readonly durationMs: number
  readonly file: string
  /** Digest of what was in force before. */
  readonly before: string
  /** Digest of what is in the files; undefined where that does not load. */
  readonly after: string | undefined
  readonly findings: readonly Finding[]
  readonly changes: readonly ToldChange[]
}

export interface ReloaderOptions {
  readonly file: string
  /** Says what becomes of the files, compared with what is in force. @throws Error that quotes nothing of them */
  readonly judge: (inForce: Program) => Promise<Verdict>
  readonly inForce: () => Program
  /** Puts a program in force between two requests. */
  readonly replace: (program: Program) => void
  /** What the ruleset is loaded from now. */
  readonly follow: (files: FileStates) => void
  /** Sees each reload when it is over. */
  readonly done: (reload: Reload) => void
}

export interface Reloader {
  /**
   * Reloads, behind the reload under way where there is one: the answer is about the files as they are now, or later.
   * Those who ask before it has begun share it.
   */
  reload(trigger: ReloadTrigger): Promise<Reload>
  figures(): ReloadFigures
}

export interface ReloadFigures {
  readonly times: Readonly<Record<ReloadOutcome, number>>
  /** The newest; undefined before the first. */
  readonly last: Reload | undefined
  /** When what is in the files was last put in force, or found to be: at the start, or by a reload. */
  readonly successMs: number
}

export function createReloader(options: ReloaderOptions): Reloader {
  const { file, judge, inForce, replace, follow, done } = options
  const times = Object.fromEntries(Object.keys(outcomes).map((outcome) => [outcome, 0])) as Record<
    ReloadOutcome,
    number
  >
  let last: Reload | undefined
  let successMs = Date.now()
  /** The last reload that was asked for, over or not. */
  let newest: Promise<unknown> = Promise.resolve()
  /** The one that has not begun. */
  let waiting: Promise<Reload> | undefined

  async function run(trigger: ReloadTrigger): Promise<Reload> {
    const at = new Date()
    const startMs = performance.now()
    const before = inForce().digest
    const { digest: after, ...said } = await attempt()
    const durationMs = Math.round(performance.now() - startMs)
    last = { ...said, trigger, at, durationMs, file, before, after }
    times[last.outcome] += 1
    if (isInForce(last.outcome)) successMs = at.getTime()
    done(last)
    return last
  }

  async function attempt(): Promise<Omit<Verdict, 'program' | 'files'> & { why?: string }> {
    try {
      const { program, files, ...verdict } = await judge(inForce())
      follow(files)
      if (program !== undefined) replace(program)
      return verdict
    } catch (error) {
      return { outcome: 'failed', why: (error as Error).message, findings: [], changes: [] }
    }
  }

  return {
    reload(trigger) {
      if (waiting !== undefined) return waiting
      const begun = newest.then(() => {
        waiting = undefined
        return run(trigger)
      })
      newest = begun.catch(() => {})
      waiting = begun
      return begun
    },
    figures: () => ({ times, last, successMs }),
  }
}
