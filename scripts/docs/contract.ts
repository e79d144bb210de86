// The contracts of the shipped rulesets in short, and what every contract says.
import { noKey } from '../../src/commands/load.ts'
import { contractOf, limitsOf } from '../../src/commands/contract/contract.ts'
import { gradeMeanings, grades } from '../../src/ruleset/closure-grade.ts'
import { closureOf } from '../../src/ruleset/closure.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { code, codes, item, table } from './markdown.ts'

const rulesets = ['builtin:automagik', 'builtin:strict'] as const

function programOf(file: string): Program {
  const { program, diagnostics } = loadRuleset({ file, key: noKey })
  if (program === undefined) throw new Error(`${file}: ${diagnostics.map(({ message }) => message).join()}`)
  return program
}

export function gradesList(): string {
  return grades.map((grade) => item(`**${grade}**: ${gradeMeanings[grade]}`)).join('\n')
}

/** How many cells of each grade the shipped rulesets have. */
export function shippedContracts(): string {
  const rows = rulesets.map((file) => {
    const { totals, digests } = contractOf(programOf(file), file)
    return [code(file), ...grades.map((grade) => String(totals[grade])), code(digests.ruleset.slice(0, 12))]
  })
  return table(['ruleset', ...grades, 'digest begins with'], rows)
}

/** Of each standard event, the attributes that the shipped rules leave to the detectors. */
export function guardedAttributes(): string {
  const program = programOf('builtin:automagik')
  const { cells } = closureOf(program)
  const rows = [...program.events]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([event, { attributes }]) => {
      const guarded = cells.flatMap(({ event: of, place, name, disposition }) =>
        of === event &&
        place === 'span.attributes' &&
        name?.is === 'name' &&
        disposition.grade !== 'fixed' &&
        attributes.has(name.text)
          ? [name.text]
          : [],
      )
      return [code(event), String(attributes.size - guarded.length), codes(guarded)]
    })
  return table(['event', 'fixed', 'guarded'], rows)
}

/** What no contract says. */
export function contractLimits(): string {
  return limitsOf(programOf('builtin:automagik'))
    .map((limit) => item(limit))
    .join('\n')
}
