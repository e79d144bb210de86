// What becomes of a changed ruleset, and what can be said of it: names, places and counts, never a value.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ClosurePart } from '../ruleset/closure-groups.ts'
import type { Change } from '../ruleset/closure-levels.ts'
import { placesText } from '../ruleset/closure-words.ts'
import type { Program } from '../ruleset/program.ts'
import { shownPath, type FileStates } from './files.ts'

/** How a reload can end, and what that means. */
export const outcomes = {
  reloaded: 'Other rules are in force.',
  unchanged: 'The files say what is in force already.',
  invalid: 'Refused: the ruleset does not load, or a key of it.',
  tests: 'Refused: a case under `tests:` does not hold.',
  open: 'Refused: cells are open that nothing looks at, more than there were.',
  loosens: 'Refused: the ruleset loosens, and the gateway runs without `--allow-loosening`.',
  failed: 'Refused: it could not be judged; a fault of the gateway, or it took more than a minute.',
} as const

export type ReloadOutcome = keyof typeof outcomes

/** Whether what is in the files is in force. */
export function isInForce(outcome: ReloadOutcome): boolean {
  return outcome === 'reloaded' || outcome === 'unchanged'
}

export interface Finding {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly help?: string
}

/** One change of what the ruleset does, as `diff` names it. */
export interface ToldChange extends Pick<Change, 'kind' | 'name' | 'before' | 'after' | 'cells'> {
  /** Names and places, a few of them. */
  readonly where: readonly string[]
}

export interface Verdict {
  readonly outcome: ReloadOutcome
  /** With `reloaded` only. */
  readonly program?: Program
  /** Of the ruleset in the files, where it loads. */
  readonly digest?: string
  readonly findings: readonly Finding[]
  readonly changes: readonly ToldChange[]
  /** What is to be watched from now on. */
  readonly files: FileStates
}

/** Findings and changes that are told; there is always one of each that there are more of. */
export const maxTold = 50
const maxWhere = 5

export function findingOf({ code, severity, message, file, position, help }: Diagnostic): Finding {
  return {
    code,
    severity,
    message,
    file: shownPath(file),
    ...(position === undefined ? {} : { line: position.line, column: position.column }),
    ...(help === undefined ? {} : { help }),
  }
}

export function toldChange({ kind, name, before, after, cells, parts }: Change): ToldChange {
  return { kind, name, before, after, cells, where: parts.slice(0, maxWhere).map(whereText) }
}

function whereText({ names, places, services, events }: ClosurePart): string {
  const more = names.length > maxWhere ? ` and ${names.length - maxWhere} more` : ''
  const named = names.length === 0 ? '' : `${names.slice(0, maxWhere).join(', ')}${more} in `
  const of = (word: string, list: readonly string[]): string =>
    list.length === 0 ? '' : ` of ${word} ${list.slice(0, maxWhere).join(', ')}`
  return `${named}${placesText(places)}${of('service', services)}${of('event', events)}`
}
