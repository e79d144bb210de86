// A ruleset's contract as data: what becomes of every place, how sure that is, of exactly which rules, and what it does
// not say.
import { createHash } from 'node:crypto'
import { detectorIds, type DetectorId } from '../../detectors/detector.ts'
import { measured, type MeasuredDetector } from '../../detectors/measured.ts'
import { messages } from '../../otlp/fields.ts'
import { activeDetectors, gradeMeanings, type Grade } from '../../ruleset/closure-grade.ts'
import { groupCells, type ClosureGroup } from '../../ruleset/closure-groups.ts'
import { closureOf } from '../../ruleset/closure.ts'
import type { Program } from '../../ruleset/program.ts'

export interface Contract {
  /** The ruleset's own name. */
  readonly name: string
  /** The file or built-in layer. */
  readonly file: string
  /** SHA-256, hex. Two contracts with the same three say the same. */
  readonly digests: { readonly ruleset: string; readonly schemas: string; readonly fields: string }
  readonly cells: number
  readonly totals: Readonly<Record<Grade, number>>
  /** The detectors that guarded cells depend on. */
  readonly detectors: readonly ContractDetector[]
  readonly groups: readonly ClosureGroup[]
  readonly limits: readonly string[]
}

/** A detector, and how good it was on texts that it was not made with; undefined for the user's own. */
export interface ContractDetector {
  readonly id: string
  readonly measured: MeasuredDetector | undefined
}

/** The contract of a program. @param file how its ruleset was named */
export function contractOf(program: Program, file: string): Contract {
  const { cells, totals } = closureOf(program)
  return {
    name: program.name,
    file,
    digests: { ruleset: program.digest, schemas: digest(program.events), fields: digest(messages) },
    cells: cells.length,
    totals,
    detectors: activeDetectors(program).map((id) => ({
      id,
      measured: Object.hasOwn(measured.detectors, id) ? measured.detectors[id as DetectorId] : undefined,
    })),
    groups: groupCells(cells),
    limits: limitsOf(program),
  }
}

/** What a contract does not say, whatever the ruleset; and what is weak in this one. */
export function limitsOf(program: Program): string[] {
  const unkeyed = [...program.classes].flatMap(([name, action]) => {
    const hash = action.is === 'hash' || action.is === 'phone' ? action.hash : action.is === 'email' && action.domain
    return typeof hash === 'object' && hash.method === 'sha256' ? [name] : []
  })
  const active = activeDetectors(program)
  const off = detectorIds.filter((id) => !active.includes(id))
  return [
    'A pseudonym is not anonymity: whoever has the key finds the person again, as long as the key lives.',
    'Guarded text is as safe as its detectors: what they do not find stays.',
    'A field whose name no rule knows is guarded, not fixed, unless the ruleset is an allow-list.',
    'Numbers of metrics, times, durations and counts go on as they are; so does how often something happens.',
    'Ids of traces and spans are checked by their length, not by what a program puts into them.',
    'Telemetry that programs send around the gateway is outside.',
    ...(unkeyed.length === 0
      ? []
      : [`${unkeyed.join(', ')}: hashes without a key; all numbers of a prefix can be tried in a minute.`]),
    ...(off.length === 0 ? [] : [`Nobody looks for what these detectors find: ${off.join(', ')}.`]),
  ]
}

/** The contract as plain JSON. */
export function contractJson(contract: Contract): string {
  const { groups, ...rest } = contract
  const plain = groups.map(({ disposition: { class: className, action, grade, closed }, because, cells, parts }) => ({
    grade,
    class: className,
    action,
    ...(closed === undefined ? {} : { closed }),
    because,
    cells,
    parts,
  }))
  return JSON.stringify({ ...rest, corpus: measured.corpus, grades: gradeMeanings, groups: plain }, undefined, 2)
}

function digest(value: unknown): string {
  const sorted = (_key: string, one: unknown): unknown => {
    if (one instanceof Map) return Object.fromEntries([...(one as Map<string, unknown>)].toSorted(byKey))
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
    return Object.fromEntries(Object.entries(one).toSorted(byKey))
  }
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex')
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
