// What is planted to prove a ruleset: values of every detector and class that it has.
import { detectorIds } from '../detectors/detector.ts'
import { compilePattern } from '../patterns/pattern.ts'
import { activeDetectors } from '../ruleset/closure-grade.ts'
import type { Program } from '../ruleset/program.ts'
import type { Secret } from './secret.ts'
import { classNames, detectorValues, namedValue } from './values.ts'

/** A value, and what must keep it in. */
export interface Planted extends Secret {
  readonly guard: Guard
}

export interface Guard {
  readonly is: 'detector' | 'class'
  /** The id of a detector, or the name of a class. */
  readonly name: string
}

export interface Corpus {
  readonly planted: readonly Planted[]
  /** Detectors of the gateway that are off, or whose finds stay: nothing of theirs is planted. */
  readonly off: readonly string[]
}

/** Examples of the detectors that a user wrote, by id: what they must find. */
export type CustomExamples = ReadonlyMap<string, readonly string[]>

/** The corpus of a program. @param only the names of detectors and classes; all unless given */
export function corpusOf(program: Program, examples: CustomExamples, only?: readonly string[]): Corpus {
  const active = activeDetectors(program)
  const isAsked = (name: string): boolean => only === undefined || only.includes(name)
  const known = detectorValues()
  const found = detectorIds.flatMap((id) =>
    active.includes(id) && isAsked(id) ? known[id].map((secret) => withGuard(secret, 'detector', id)) : [],
  )
  const own = (program.detectors.custom ?? []).flatMap(({ id, pattern }) =>
    active.includes(id) && isAsked(id) ? customValues(id, pattern, examples.get(id) ?? []) : [],
  )
  const named = [...program.classes.keys()].flatMap((name) =>
    isAsked(name) ? namesOf(program, name).map((key) => withGuard(namedValue(key), 'class', name)) : [],
  )
  return { planted: [...found, ...own, ...named], off: detectorIds.filter((id) => !active.includes(id)) }
}

/** What `only` may name. */
export function guardNames({ classes, detectors }: Pick<Program, 'classes' | 'detectors'>): string[] {
  return [...new Set([...detectorIds, ...(detectors.custom ?? []).map(({ id }) => id), ...classes.keys()])]
}

function withGuard(secret: Secret, is: Guard['is'], name: string): Planted {
  return { ...secret, guard: { is, name } }
}

/** Shorter texts are found by accident. */
const shortest = 4

function customValues(id: string, source: string, examples: readonly string[]): Planted[] {
  const pattern = compilePattern(source)
  return examples.flatMap((text) => {
    const found = pattern.next(Buffer.from(text), 0)
    if (found === undefined || found[1] - found[0] < shortest) return []
    const trace = Buffer.from(text)
      .subarray(...found)
      .toString()
    const isWhole = pattern.next(Buffer.from(`it said ${text} and went on`), 0) === undefined
    return [
      withGuard({ kind: `example of ${id}`, text, traces: [trace], ...(isWhole ? { isWhole } : {}) }, 'detector', id),
    ]
  })
}

const perClass = 3

/** Names of a class: what everybody calls such things, and of a class that leaves nothing what its rules call them. */
function namesOf(program: Program, className: string): string[] {
  const known = Object.hasOwn(classNames, className) ? classNames[className] : []
  const action = program.classes.get(className)?.is
  if (action === 'keep' || action === 'detect' || action === 'truncate' || action === 'path') return [...known]
  const written = program.rules.flatMap((rule) =>
    rule.class === className && rule.services === undefined
      ? rule.selectors.flatMap((one) => (one.is === 'attribute' && one.contexts.size > 8 ? [one.glob] : []))
      : [],
  )
  // Rules of the user's own come last.
  const own = written.slice(-perClass).map((glob) => glob.replaceAll('*', 'x'))
  return [...new Set([...known, ...own])]
}
