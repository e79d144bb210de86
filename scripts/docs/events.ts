// The reference of the events that ship, from their schemas.
import { noKey } from '../../src/commands/load.ts'
import { typeText } from '../../src/events/attribute-words.ts'
import type { EventAttribute, EventSchema } from '../../src/events/event-schema.ts'
import { commonFile, shippedEvents } from '../../src/events/read-schemas.ts'
import { createJudge } from '../../src/ruleset/closure-judge.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { code, codes, table, wrap } from './markdown.ts'

const projects: Readonly<Record<string, string>> = {
  any: 'Of every project',
  omni: 'Omni',
  hive: 'Hive',
  forge: 'Forge',
  genie: 'Genie',
  spark: 'Spark',
  tools: 'Tools',
}

/** A section for each project, with one for each event. */
export function eventSections(): string {
  const { program } = loadRuleset({ key: noKey })
  if (program === undefined) throw new Error('the shipped ruleset does not load')
  const judge = createJudge(program)
  const { aliases } = program.conventions
  const gradeOf = (event: string, name: string): string =>
    judge.disposition({ is: 'attribute', context: 'span', name }, { event }).grade
  const section = (schema: EventSchema): string => {
    const old = [...aliases].filter(([, event]) => event === schema.name).map(([alias]) => alias)
    const text = [
      schema.description,
      `_${schema.status}_`,
      ...(old.length === 0 ? [] : [`Also sent as ${codes(old)}.`]),
    ].join(' ')
    const told = [...schema.attributes].filter(([name]) => schema.own.has(name) || schema.required.includes(name))
    const rows = told.map(([name, each]) => rowOf(name, each, schema.required, gradeOf(schema.name, name)))
    return [`### ${code(schema.name)}`, wrap(text), table(columns, rows)].join('\n\n')
  }
  const events = [...shippedEvents().values()]
  const unnamed = events.filter(({ project }) => projects[project] === undefined)
  if (unnamed.length > 0) throw new Error(`no heading for the project ${unnamed[0].project}`)
  return Object.entries(projects)
    .map(([project, title]) =>
      [`## ${title}`, ...events.filter((each) => each.project === project).map(section)].join('\n\n'),
    )
    .join('\n\n')
}

const columns = ['attribute', 'type', 'class', 'privacy', 'what it is']

/** What `common.json` gives to every event. */
export function commonAttributes(): string {
  const rows = Object.entries(commonFile().properties).map(([name, each]) =>
    rowOf(name, each as EventAttribute, [], undefined),
  )
  return table(
    columns.filter((name) => name !== 'privacy'),
    rows,
  )
}

function rowOf(
  name: string,
  attribute: EventAttribute,
  required: readonly string[],
  grade: string | undefined,
): string[] {
  const unit = attribute['x-unit']
  const type = unit === undefined ? typeText(attribute) : `${typeText(attribute)}, ${code(unit)}`
  const label = required.includes(name) ? `**${code(name)}**` : code(name)
  return [label, type, code(attribute['x-class']), ...(grade === undefined ? [] : [grade]), attribute.description]
}

/** Code of a finding of `events validate` → what it means and how to mend it. */
export const findingCodes: Readonly<Record<string, string>> = {
  'events/invalid':
    'The event does not fit its schema. The message has the attribute as a JSON Pointer and what is wanted, never the value. Mend the program, or the schema.',
  'events/unknown-event':
    'No schema knows the event: a warning, with `--strict` an error. Mend its name, or [add it](add-an-event.md).',
  'events/unknown-attribute': 'With `--strict`: the schema does not describe the attribute. Describe it.',
  'events/refused': 'The gateway would refuse the record for another reason, such as a span without a trace id.',
  'events/unreadable': 'The file is not there, or nothing that `preview` reads. Exit code 78.',
}

export function eventFindings(): string {
  return table(
    ['code', 'what it means'],
    Object.entries(findingCodes).map(([name, meaning]) => [code(name), meaning]),
  )
}
