// Which of two dispositions is the stricter one: what a change of a ruleset loosens, and what it tightens.
import type { Action, Hash } from '../actions/action.ts'
import type { Grade } from './closure-grade.ts'
import type { ClosurePart } from './closure-groups.ts'
import type { Disposition } from './closure-judge.ts'

/** `changes`: neither is stricter, but values become something else. */
export type Direction = 'loosens' | 'tightens' | 'changes'

/** What a change of a ruleset does. */
export interface Change {
  readonly kind: Direction | 'renames'
  /** Names the cause, for `--allow`: `rule.people`, `class.phone`, `detector.email`. */
  readonly name: string
  readonly before: string
  readonly after: string
  /** How many cells it stands for; 0: it is about no cell. */
  readonly cells: number
  readonly parts: readonly ClosurePart[]
}

/** An exception changes who answers for a cell, not what stays in it. */
const gradeLevel: Readonly<Record<Grade, number>> = { fixed: 2, guarded: 1, excepted: 0, open: 0 }

/** What going from one disposition to another is; undefined: nothing changes. */
export function directionOf(before: Disposition, after: Disposition): Direction | undefined {
  const byGrade = gradeLevel[after.grade] - gradeLevel[before.grade]
  if (byGrade !== 0) return byGrade > 0 ? 'tightens' : 'loosens'
  const byLevel = levelOf(after) - levelOf(before)
  if (byLevel !== 0) return byLevel > 0 ? 'tightens' : 'loosens'
  return same(before.action, after.action) && same(before.closed, after.closed) ? undefined : 'changes'
}

/** The same for what is done to finds. */
export function actionDirection(before: Action | undefined, after: Action | undefined): Direction | undefined {
  const byLevel = actionLevel(after) - actionLevel(before)
  if (byLevel !== 0) return byLevel > 0 ? 'tightens' : 'loosens'
  return same(before, after) ? undefined : 'changes'
}

/** A value of a closed type holds no text, and stays. */
const closedLevel = 3.05

function levelOf({ action, closed }: Disposition): number {
  return closed === undefined ? actionLevel(action) : closedLevel
}

/** The ranks of the language, and within a rank what leaves less. Finds without a class are replaced. */
function actionLevel(action: Action | undefined): number {
  switch (action?.is) {
    case 'keep':
      return 0
    case 'detect':
      return 1
    case 'truncate':
      return 2 + 1 / (1 + action.bytes)
    case 'path':
      return 3
    case 'email':
      return action.domain === 'keep' ? 3.1 : action.domain === 'drop' ? 3.4 : 3.2 + hashLevel(action.domain)
    case 'phone':
      return 3.2 + hashLevel(action.hash) + (action.show === 'nothing' ? 0.05 : 0)
    case 'mask':
      return 3.5
    case 'hash':
      return 4 + hashLevel(action.hash)
    case 'drop':
      return 6
    default:
      return 5
  }
}

function hashLevel(hash: Hash | undefined): number {
  return hash === undefined ? 0.2 : hash.method === 'sha256' ? 0 : 0.1
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
