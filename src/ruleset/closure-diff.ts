// Two rulesets compared: every cell that tightens or loosens, and every name that becomes another one. Both are asked
// about whatever either of them tells apart; what changes for one reason is one change.
import type { Reason } from './closure-because.ts'
import { partsOf, type CellSpot } from './closure-groups.ts'
import { createJudge, type Disposition } from './closure-judge.ts'
import { directionOf, type Change, type Direction } from './closure-levels.ts'
import { toldApart, type ServiceGroup, type Told } from './closure-told.ts'
import { dispositionText, reasonText } from './closure-words.ts'
import { questions, senderOf, type Question } from './closure.ts'
import { programChanges } from './program-diff.ts'
import type { Program } from './program.ts'

/** Every change, what loosens first. */
export function diffPrograms(before: Program, after: Program): Change[] {
  const order = ['loosens', 'tightens', 'renames', 'changes']
  return [...cellChanges(before, after), ...programChanges(before, after)].toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind),
  )
}

interface Changed {
  readonly question: Question
  readonly kind: Change['kind']
  readonly name: string
  readonly before: string
  readonly after: string
}

function cellChanges(before: Program, after: Program): Change[] {
  const told = toldApart([before, after])
  const [old, now] = [createJudge(before), createJudge(after)]
  const changed: Changed[] = []
  for (const question of questions(told)) {
    const { spot } = question
    const sender = senderOf(question)
    const [from, to] = [old.disposition(spot, sender), now.disposition(spot, sender)]
    const kind = directionOf(from, to)
    if (kind !== undefined) {
      const reasons = [old.because(spot, sender), now.because(spot, sender)] as const
      const name = causeOf(kind, from, to, reasons)
      // What a class becomes does not depend on who gives it.
      const [was, is] = name.startsWith('class.') ? [[], []] : reasons
      changed.push({ question, kind, name, before: said(from, was), after: said(to, is) })
    }
    if (from.name !== to.name && question.name?.is === 'name') {
      const name = `rename.${question.name.text}`
      changed.push({ question, kind: 'renames', name, before: from.name ?? '', after: to.name ?? '' })
    }
  }
  return grouped(withoutRepeats(changed, told), told.services)
}

/** What of the ruleset the change is due to. */
function causeOf(
  kind: Direction,
  from: Disposition,
  to: Disposition,
  [old, now]: readonly [readonly Reason[], readonly Reason[]],
): string {
  const isSameAction = JSON.stringify(from.action) === JSON.stringify(to.action)
  if (from.class === to.class && from.class !== '' && !isSameAction) return `class.${from.class}`
  if (from.class === to.class && isSameAction && from.closed === to.closed) return 'detectors'
  const exception = now.find(
    ({ is, name }) => is === 'exception' && !old.some((one) => one.is === is && one.name === name),
  )
  const [cause] = kind === 'loosens' ? (exception === undefined ? old : [exception]) : now
  return cause.is === 'default' ? `defaults.${cause.name}` : `${cause.is}.${cause.name}`
}

function said(disposition: Disposition, because: readonly Reason[]): string {
  const who = because.map((reason) => (reason.is === 'default' ? 'default' : reasonText(reason))).join(', ')
  return who === '' ? dispositionText(disposition) : `${dispositionText(disposition)} (${who})`
}

/** Leaves out what is the same for any other name, event, or sender, or at the top of log bodies. */
function withoutRepeats(changed: readonly Changed[], told: Told): Changed[] {
  const keyOf = ({ kind, before, after }: Changed, question: Question): string => {
    const { place, name, service, event, isDialect } = question
    return JSON.stringify([kind, before, after, place, name?.is, name?.text, service.witness, event, isDialect])
  }
  const all = new Set(changed.map((one) => keyOf(one, one.question)))
  return changed.filter((one) => {
    const { question } = one
    const has = (over: Partial<Question>): boolean => all.has(keyOf(one, { ...question, ...over }))
    if (question.isDialect && has({ isDialect: false })) return false
    if (question.place === "log.body['*'].**" && has({ place: "log.body['*']" })) return false
    if (question.name === undefined) return true
    if (question.event !== undefined && has({ event: undefined })) return false
    if (question.name.is === 'spelling' && has({ name: { ...question.name, is: 'name' } })) return false
    return question.name.is === 'other' || !has({ name: told.other })
  })
}

/** One change for each cause and effect. */
function grouped(changed: readonly Changed[], services: readonly ServiceGroup[]): Change[] {
  const found = new Map<string, Changed[]>()
  for (const one of changed) {
    const key = JSON.stringify([one.kind, one.name, one.before, one.after])
    found.set(key, [...(found.get(key) ?? []), one])
  }
  return [...found.values()].map((all) => {
    const [{ kind, name, before, after }] = all
    const spots = all.map(({ question }): CellSpot => ({ ...question, isDialect: question.isDialect || undefined }))
    const merged = withAnyService(spots, services.length)
    return { kind, name, before, after, cells: merged.length, parts: partsOf(merged) }
  })
}

/** Cells of every service become one of any. */
function withAnyService(spots: readonly CellSpot[], services: number): CellSpot[] {
  const bySpot = new Map<string, CellSpot[]>()
  for (const spot of spots) {
    const key = JSON.stringify([spot.place, spot.name?.is, spot.name?.text, spot.event, spot.isDialect])
    bySpot.set(key, [...(bySpot.get(key) ?? []), spot])
  }
  return [...bySpot.values()].flatMap((same) =>
    same.length === services ? [{ ...same[0], service: undefined }] : same,
  )
}
