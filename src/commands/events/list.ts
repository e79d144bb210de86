// `automagik-gateway events list`: the events that a ruleset knows.
import type { EventSchema } from '../../events/event-schema.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { loadEvents } from './load.ts'
import { table } from './table.ts'

export interface EventsListOptions {
  readonly ruleset: string
  readonly project?: string
  readonly status?: string
  readonly format: 'text' | 'json'
}

export function list(context: CommandContext, { ruleset, project, status, format }: EventsListOptions): ExitCode {
  const { events } = loadEvents(context, ruleset)
  const wanted = [...events.values()]
    .filter(
      (each) => (project === undefined || each.project === project) && (status === undefined || each.status === status),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  print(context.stdout, format === 'json' ? JSON.stringify(wanted.map(summary), undefined, 2) : textOf(wanted))
  return exitCode.ok
}

function summary({
  name,
  project,
  status,
  since,
  description,
  required,
}: EventSchema): Readonly<Record<string, unknown>> {
  return { name, project, status, since, description, required }
}

function textOf(events: readonly EventSchema[]): string {
  if (events.length === 0) return 'no event is known by that'
  return table([
    ['event', 'project', 'status', 'what happened'],
    ...events.map(({ name, project, status, description }) => [name, project, status, description]),
  ])
}
