// What happens to the values of one place and name: the class that rules, schema and defaults came to, with all that the
// treatment of values needs to know.
import { rankOf, type Action } from '../actions/action.ts'
import type { AttributeClass } from '../events/event-classes.ts'
import type { Program } from './program.ts'
import type { SourceSets } from './sources.ts'

/** What happens to the values of one cell. Long-lived and shared. */
export interface Cell {
  readonly action: Action
  readonly className: string
  readonly rank: number
  /** From the attribute's name, for the detectors. */
  readonly hint: number
  /** A low-cardinality place: finds become `{kind}`. */
  readonly low: boolean
  /** The closed type that the event's schema gives the attribute, where it would be left to the detectors. */
  readonly closed: AttributeClass | undefined
  /** Who gives the class: the number of a set of the planner's sources. */
  readonly sources: number
  /** The cell of a key inside structured text or a nested map under this cell. */
  readonly keyAction: (key: string) => Cell
}

/** The stricter of a parent's cell and a child's; the child's hint where it has one. */
export function strictest(parent: Cell, child: Cell): Cell {
  const best = child.rank > parent.rank ? child : parent
  const hint = child.hint === 0 ? parent.hint : child.hint
  const low = parent.low || child.low
  return best.hint === hint && best.low === low ? best : { ...best, hint, low }
}

/** @throws Error for a class that the program does not have: a program that compiled has them all */
export function actionOf(program: Program, className: string): Action {
  const action = program.classes.get(className)
  if (action === undefined) throw new Error(`the program has no class ${className}`)
  return action
}

/** Attribute names are looked at by the detectors, and are names of few: finds become `{kind}`. */
export function nameCell(program: Program, sources: SourceSets): Cell {
  const cell: Cell = {
    action: { is: 'detect' },
    className: program.defaults.attribute,
    rank: rankOf.detect,
    hint: 0,
    low: true,
    closed: undefined,
    sources: sources.default('attribute'),
    keyAction: () => cell,
  }
  return cell
}
