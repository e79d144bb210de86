// `automagik-gateway events show NAME`: an event, its attributes, and what privacy makes of each.
import { didYouMean } from '../../diagnostics/suggest.ts'
import { typeText } from '../../events/attribute-words.ts'
import type { EventAttribute, EventSchema } from '../../events/event-schema.ts'
import { createJudge, type Judge } from '../../ruleset/closure-judge.ts'
import { dispositionText } from '../../ruleset/closure-words.ts'
import type { Program } from '../../ruleset/program.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { loadEvents } from './load.ts'

export interface EventsShowOptions {
  readonly ruleset: string
  readonly format: 'text' | 'json'
}

/** @param name canonical, or an old one */
export function show(context: CommandContext, name: string, { ruleset, format }: EventsShowOptions): ExitCode {
  const { program, events } = loadEvents(context, ruleset)
  const { aliases } = program.conventions
  const schema = events.get(name) ?? events.get(aliases.get(name) ?? '')
  if (schema === undefined) {
    const near = didYouMean(name, [...events.keys(), ...aliases.keys()])
    print(context.stderr, `error: no schema knows the event "${name}"${near}\n\`events list\` lists them.`)
    return exitCode.usage
  }
  const judge = createJudge(program)
  const rows = [...schema.attributes].map((entry) => rowOf(entry, schema, judge))
  print(context.stdout, format === 'json' ? jsonOf(schema, rows) : textOf(schema, program, rows))
  return exitCode.ok
}

interface Row {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly class: string
  readonly unit: string | undefined
  readonly privacy: string
  /** How sure that is: `fixed`, `guarded`, `excepted`, `open`. */
  readonly grade: string
  readonly description: string
  readonly example: unknown
  /** Whether it belongs to this event, and not to all. */
  readonly own: boolean
}

function rowOf([name, attribute]: readonly [string, EventAttribute], schema: EventSchema, judge: Judge): Row {
  const disposition = judge.disposition({ is: 'attribute', context: 'span', name }, { event: schema.name })
  return {
    name,
    type: typeText(attribute),
    required: schema.required.includes(name),
    class: attribute['x-class'],
    unit: attribute['x-unit'],
    privacy: dispositionText(disposition),
    grade: disposition.grade,
    description: attribute.description,
    example: attribute.examples[0],
    own: schema.own.has(name),
  }
}

function jsonOf(
  { name, description, status, since, project, examples }: EventSchema,
  attributes: readonly Row[],
): string {
  return JSON.stringify({ name, description, status, since, project, attributes, examples }, undefined, 2)
}

function textOf(schema: EventSchema, { conventions }: Program, rows: readonly Row[]): string {
  const old = [...conventions.aliases].filter(([, event]) => event === schema.name).map(([alias]) => alias)
  const head = [
    schema.name,
    `  ${schema.description}`,
    `  ${schema.status}, since ${schema.since}, ${schema.project === 'any' ? 'of any project' : `of ${schema.project}`}`,
    ...(old.length === 0 ? [] : [`  also sent as ${old.join(', ')}`]),
  ]
  const told = rows.filter((row) => row.own || row.required)
  const others = rows.filter((row) => !told.includes(row)).map(({ name }) => name)
  const example = JSON.stringify({ event: schema.name, attributes: schema.examples[0] })
  return [
    ...head,
    '',
    'attributes (* required), their types, and what privacy makes of them:',
    ...told.flatMap(linesOf),
    ...(others.length === 0
      ? []
      : ['', 'and, as every event may have them (--format json says what they are):', `  ${others.join(', ')}`]),
    '',
    'example:',
    `  ${example}`,
  ].join('\n')
}

function linesOf({ name, type, required, unit, privacy, grade, description, example }: Row): string[] {
  const measured = unit === undefined ? type : `${type}, in ${unit}`
  return [
    `${required ? '*' : ' '} ${name}  ${measured}`,
    `      ${description} Such as ${JSON.stringify(example)}.`,
    `      ${grade}: ${privacy}`,
  ]
}
