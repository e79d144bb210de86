// A policy: how many cells of a ruleset's closure may be less than fixed. What a pipeline holds rulesets to.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { validate } from '../../diagnostics/validate.ts'
import { loadYaml, positionOf } from '../../diagnostics/yaml.ts'
import type { Grade } from '../../ruleset/closure-grade.ts'

const most = z.int().min(0).optional()

/** A policy file. No key allows open cells: there are to be none. */
const policySchema = z
  .strictObject({
    max_guarded: most.describe('At most so many cells may be guarded by detectors.'),
    max_excepted: most.describe('At most so many cells may be kept by exceptions.'),
  })
  .describe('What a ruleset is held to.')

/** What a policy allows, and where each bound is written. */
export interface Policy {
  readonly bounds: readonly Bound[]
}

interface Bound {
  readonly grade: Grade
  readonly most: number
  /** In words, for messages. */
  readonly written: string
  /** Undefined: on the command line. */
  readonly place: Pick<Diagnostic, 'file' | 'position'> | undefined
}

export interface LoadedPolicy {
  /** Undefined when there is an error. */
  readonly policy?: Policy
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

/** Reads a policy file. @param readText reads it; from the disk unless given */
export function loadPolicy(file: string, readText = (path: string) => readFileSync(path, 'utf8')): LoadedPolicy {
  let text: string
  try {
    text = readText(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const message = `cannot read the policy (${code})`
    return { diagnostics: [{ code: 'policy/unreadable', severity: 'error', message, file }], sources: new Map() }
  }
  const sources = new Map([[file, text]])
  const { yaml, diagnostics } = loadYaml(file, text, 'policy')
  if (diagnostics.length > 0) return { diagnostics, sources }
  const checked = validate(policySchema, yaml, 'policy')
  if (checked.value === undefined) return { diagnostics: checked.diagnostics, sources }
  const { max_guarded: guarded, max_excepted: excepted } = checked.value
  const bounds = Object.entries({ guarded, excepted }).flatMap(([grade, value]): Bound[] => {
    if (value === undefined) return []
    const position = positionOf(yaml, [`max_${grade}`])
    const place = { file, ...(position === undefined ? {} : { position }) }
    return [{ grade: grade as Grade, most: value, written: `max_${grade}`, place }]
  })
  return { policy: { bounds }, diagnostics: [], sources }
}

/** The policy of `--max-guarded`. */
export function guardedAtMost(value: number): Policy {
  return { bounds: [{ grade: 'guarded', most: value, written: '--max-guarded', place: undefined }] }
}

/** What of a policy a ruleset does not hold. @param file the ruleset */
export function policyFindings(
  { bounds }: Policy,
  totals: Readonly<Record<Grade, number>>,
  file: string,
): Diagnostic[] {
  return bounds.flatMap(({ grade, most: allowed, written, place }): Diagnostic[] => {
    const found = totals[grade]
    if (found <= allowed) return []
    const message = `${file} has ${found} ${grade} cells, ${written} allows ${allowed}`
    const help = `automagik-gateway contract ${file} lists them; a stricter class or a narrower rule makes them fewer`
    return [{ code: 'policy/too-many', severity: 'error', message, help, ...(place ?? { file }) }]
  })
}
