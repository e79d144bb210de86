// The contracts of the shipped rulesets in short, and what every contract says.
import { readFileSync } from 'node:fs'
import { noKey } from '../../src/commands/load.ts'
import { contractOf, limitsOf } from '../../src/commands/contract/contract.ts'
import { contractMarkdown } from '../../src/commands/contract/text.ts'
import { gradeMeanings, grades } from '../../src/ruleset/closure-grade.ts'
import type { Property } from '../../src/events/event-classes.ts'
import { attributeClass } from '../../src/events/event-schema.ts'
import { commonFile, shippedEvents } from '../../src/events/read-schemas.ts'
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

/** Of each event that programs send, the attributes of its own that the shipped rules leave to the detectors. */
export function guardedAttributes(): string {
  const program = programOf('builtin:automagik')
  const { cells } = closureOf(program)
  const shared = new Set(Object.keys(commonFile().properties))
  const rows = [...shippedEvents().values()]
    .filter(({ status }) => status !== 'proposed')
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name: event, own }) => {
      const guarded = cells.flatMap(({ event: of, place, name, disposition }) =>
        of === event &&
        place === 'span.attributes' &&
        name?.is === 'name' &&
        disposition.grade !== 'fixed' &&
        own.has(name.text)
          ? [name.text]
          : [],
      )
      return [code(event), String(own.size - guarded.length), codes(guarded)]
    })
  const open = [...shared].filter(
    (name) => attributeClass(commonFile().properties[name] as Property).closed === undefined,
  )
  const all = [code('every event'), String(shared.size - open.length), codes(open)]
  return table(['event', 'fixed', 'guarded'], [all, ...rows])
}

/** What each attribute of the list above is, and so why it has no closed list of values. */
export function guardedExplained(): string {
  const program = programOf('builtin:automagik')
  const { cells } = closureOf(program)
  const guarded = new Map<string, string>()
  for (const { event, place, name, disposition } of cells) {
    if (event === undefined || place !== 'span.attributes' || name?.is !== 'name' || disposition.grade === 'fixed')
      continue
    const description = descriptionOf(event, name.text)
    if (description !== undefined) guarded.set(name.text, description)
  }
  const rows = [...guarded].toSorted(([a], [b]) => a.localeCompare(b))
  return table(
    ['attribute', 'what it is'],
    rows.map(([name, description]) => [code(name), description]),
  )
}

interface EventSchema {
  readonly properties: Readonly<Record<string, { readonly description: string }>>
}

function descriptionOf(event: string, attribute: string): string | undefined {
  const of = (file: string): EventSchema =>
    JSON.parse(readFileSync(new URL(`../../schemas/events/${file}.json`, import.meta.url), 'utf8')) as EventSchema
  return (of(event).properties[attribute] ?? of('common').properties[attribute])?.description
}

/** The whole contract of a shipped ruleset, as `contract --format markdown` prints it. */
export function wholeContract(file: (typeof rulesets)[number]): string {
  return contractMarkdown(contractOf(programOf(file), file))
}

/** What no contract says. */
export function contractLimits(): string {
  return limitsOf(programOf('builtin:automagik'))
    .map((limit) => item(limit))
    .join('\n')
}
