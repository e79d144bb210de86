// The closure of a ruleset: for every place of the field table, and every name, service and event that the ruleset tells
// apart there, what becomes of what stands in it, and how sure that is. Finite, and known before anything runs.
import { contexts, messages, type Context } from '../otlp/fields.ts'
import { attributesPlace, type Reason } from './closure-because.ts'
import { grades, type Grade } from './closure-grade.ts'
import { createJudge, type Disposition, type Judge, type Sender, type Spot } from './closure-judge.ts'
import { eventContexts } from './event-cells.ts'
import { compileGlob, matchesGlob } from './glob.ts'
import { nameForms } from './name-forms.ts'
import { toldApart, type NameGroup, type ServiceGroup, type Told } from './closure-told.ts'
import { textPlaces } from './selectors.ts'
import type { Program } from './program.ts'

/** One cell of the table. What is undefined does not matter to it. */
export interface ClosureCell {
  /** As paths write it: `span.name`, `span.attributes`, `log.body['user']`, `log.body.**`, `attribute names`. */
  readonly place: string
  /** Of attributes and keys. `other`: any that no other cell of the place speaks of. */
  readonly name: NameGroup | undefined
  readonly service: ServiceGroup | undefined
  /** A known event's canonical name; undefined: any that no other cell of the place and name speaks of. */
  readonly event: string | undefined
  /** Where it matters: sent by an Automagik SDK or not. */
  readonly isDialect: boolean | undefined
  readonly disposition: Disposition
  /** What says so: never empty. Asked for when it is called. */
  readonly because: () => readonly Reason[]
}

export interface Closure {
  readonly told: Told
  readonly cells: readonly ClosureCell[]
  readonly totals: Readonly<Record<Grade, number>>
}

/** The contexts whose attributes are judged by their record's event. */
export const contextsOfEvents: ReadonlySet<Context> = new Set<Context>(['span', 'spanevent', 'spanlink', 'log'])

/** The places that schemas of events speak of: what a schema names is always in the table. */
const eventPlaces: ReadonlySet<string> = new Set([...eventContexts].map(attributesPlace))

/** Places of ids, which hold so many bytes and nothing else. */
const idPlaces: readonly string[] = [
  ...new Set(
    Object.values(messages).flatMap(({ fields }) =>
      fields.flatMap(({ meaning, place }) => (meaning === 'id' && place !== undefined ? [place] : [])),
    ),
  ),
].toSorted()

/** A spot and who sends it: what a judge is asked. */
export interface Question {
  readonly place: string
  readonly name: NameGroup | undefined
  readonly service: ServiceGroup
  readonly event: string | undefined
  readonly isDialect: boolean
  readonly spot: Spot
}

/** Every question that can have an answer of its own, those of `other` names and no event before the rest. */
export function* questions(told: Told): Generator<Question> {
  const base = { name: undefined, event: undefined, isDialect: false }
  for (const service of told.services) {
    for (const place of textPlaces) yield { ...base, place, service, spot: { is: 'text', place } }
    yield { ...base, place: 'log.body', service, spot: { is: 'body', path: [] } }
    for (const path of told.bodyPaths) {
      const place = `log.body${path.map((key) => `['${key}']`).join('')}`
      yield { ...base, place, service, spot: { is: 'body', path } }
      yield { ...base, place: `${place}.**`, service, spot: { is: 'body', path: [...path, told.other.witness] } }
    }
    yield* namedQuestions(told, service)
  }
  yield { ...base, place: 'attribute names', service: told.services[0], spot: { is: 'names' } }
}

function* namedQuestions(told: Told, service: ServiceGroup): Generator<Question> {
  const holders: { place: string; spotOf: (name: string) => Spot; isOfEvent: boolean }[] = [
    ...contexts.map((context) => ({
      place: attributesPlace(context),
      spotOf: (name: string): Spot => ({ is: 'attribute', context, name }),
      isOfEvent: contextsOfEvents.has(context),
    })),
    { place: "log.body['*']", spotOf: (name) => ({ is: 'body', path: [name] }), isOfEvent: true },
    {
      place: "log.body['*'].**",
      spotOf: (name) => ({ is: 'body', path: [told.other.witness, name] }),
      isOfEvent: true,
    },
  ]
  for (const { place, spotOf, isOfEvent } of holders) {
    const ask = (name: NameGroup, event: string | undefined): Question[] =>
      // The dialect's prefix is taken off before a name is looked up, of its own records only.
      (name.witness.startsWith('event.') ? [false, true] : [false]).map((isDialect) => ({
        place,
        name,
        service,
        event,
        isDialect,
        spot: spotOf(name.witness),
      }))
    for (const name of [told.other, ...told.names]) yield* ask(name, undefined)
    if (!isOfEvent) continue
    for (const [event, names] of told.events) for (const name of names) yield* ask(name, event)
  }
}

/** Who sends what a question is about. */
export function senderOf({ service, event, isDialect }: Question): Sender {
  return { service: service.witness, event, isDialect }
}

/** The closure of a program. Milliseconds to a second, by the number of names that its rules speak of. */
export function closureOf(program: Program): Closure {
  const told = toldApart([program])
  const judge = createJudge(program)
  const answers = [...questions(told)].map((question) => ({
    question,
    disposition: judge.disposition(question.spot, senderOf(question)),
  }))
  const cells = [...withoutRepeats(answers, told, program, judge), ...idPlaces.map(idCell)]
  const totals = Object.fromEntries(
    grades.map((grade) => [grade, cells.filter(({ disposition }) => disposition.grade === grade).length]),
  ) as Record<Grade, number>
  return { told, cells, totals }
}

interface Answer {
  readonly question: Question
  readonly disposition: Disposition
}

/** What counts of a disposition when two are compared: not what the attribute is called. */
function sameDisposition(a: Disposition, b: Disposition): boolean {
  return a.class === b.class && a.grade === b.grade && a.closed === b.closed && a.action === b.action
}

/**
 * Leaves out what says nothing: a service, an event or a name for which the same holds as for the others, and deeper
 * keys of bodies that are as at the top. What an event's schema names stays.
 */
function withoutRepeats(answers: readonly Answer[], told: Told, program: Program, judge: Judge): ClosureCell[] {
  const byKey = new Map<string, Map<ServiceGroup, Answer>>()
  for (const answer of answers) {
    const key = keyOf(answer.question)
    const group = byKey.get(key) ?? new Map<ServiceGroup, Answer>()
    byKey.set(key, group)
    group.set(answer.question.service, answer)
  }
  /** The answer for the same service under other coordinates. */
  const like = ({ question }: Answer, over: Partial<Question>): Answer | undefined =>
    byKey.get(keyOf({ ...question, ...over }))?.get(question.service)
  const repeats = (answer: Answer, over: Partial<Question>): boolean => {
    const other = like(answer, over)
    return other !== undefined && other !== answer && sameDisposition(answer.disposition, other.disposition)
  }
  const named = new Map(told.names.flatMap((name) => (name.is === 'name' ? [[name.text, name] as const] : [])))
  const globs = told.names.flatMap((name) => (name.is === 'glob' ? [{ name, glob: compileGlob(name.text) }] : []))
  /** Names that a glob speaks of are told apart from it, even where the same holds as for names that none speaks of. */
  const isCovered = (name: NameGroup): boolean =>
    globs.some((each) => each.name !== name && nameForms(name.witness).some((form) => matchesGlob(each.glob, form)))
  const isRepeat = (answer: Answer): boolean => {
    const { place, name, event, isDialect } = answer.question
    if (isDialect && repeats(answer, { isDialect: false })) return true
    if (place === "log.body['*'].**" && repeats(answer, { place: "log.body['*']" })) return true
    if (place.endsWith('.**') && name === undefined && repeats(answer, { place: place.slice(0, -3) })) return true
    if (name === undefined) return false
    if (name.is === 'spelling') return repeats(answer, { name: named.get(name.text)! })
    if (event !== undefined) {
      const isInSchema = eventPlaces.has(place) && program.events.get(event)?.attributes.has(name.text) === true
      return !isInSchema && repeats(answer, { event: undefined })
    }
    return name.is !== 'other' && repeats(answer, { name: told.other, isDialect: false }) && !isCovered(name)
  }

  return [...byKey.values()].flatMap((byService) => {
    const group = [...byService.values()]
    const left = group.filter((answer) => !isRepeat(answer))
    const [first] = left
    if (first === undefined) return []
    const isOfAny =
      left.length === group.length && left.every((one) => sameDisposition(one.disposition, first.disposition))
    return (isOfAny ? [first] : left).map(({ question, disposition }) => ({
      place: question.place,
      name: question.name,
      service: isOfAny ? undefined : question.service,
      event: question.event,
      isDialect: question.name?.witness.startsWith('event.') ? question.isDialect : undefined,
      disposition,
      because: () => judge.because(question.spot, senderOf(question)),
    }))
  })
}

function keyOf({ place, name, event, isDialect }: Question): string {
  return JSON.stringify([place, name?.is, name?.text, event, isDialect])
}

function idCell(place: string): ClosureCell {
  const disposition: Disposition = {
    class: 'id',
    action: { is: 'keep' },
    grade: 'fixed',
    name: undefined,
    closed: undefined,
    low: false,
  }
  const any = { name: undefined, service: undefined, event: undefined, isDialect: undefined }
  return { place, ...any, disposition, because: () => [{ is: 'format', name: 'id' }] }
}
