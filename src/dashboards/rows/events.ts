// Events: how many a second, told apart in three ways.
import { noEvents } from '../gaps.ts'
import { eventLabel } from '../names.ts'
import { events, overTime, rate, sum } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'

const { project, event, outcome } = eventLabel

const lines = {
  view: 'lines',
  unit: 'eps',
  noValue: 'no traffic',
  width: 8,
  height: 8,
  gaps: noEvents,
} as const satisfies Partial<PanelSpec>

export const eventRates: RowSpec = {
  id: 200,
  title: 'Events',
  panels: [
    {
      ...lines,
      id: 201,
      title: 'Events by project',
      shows: 'Events a second of each project.',
      why: 'Who uses what, and when; a line that ends is a program that stopped sending.',
      act: 'A fall to nothing: look whether the program runs, then whether its records are refused (row Gateway).',
      queries: [overTime('A', sum(rate(events), project), `{{${project}}}`)],
    },
    {
      ...lines,
      id: 202,
      title: 'Events by name',
      shows: 'Events a second of each event, in all chosen projects.',
      why: 'What the programs do; a new name is a new feature, or a mistake.',
      act: 'A name with an id or a value in it: have the program send it as an attribute.',
      queries: [overTime('A', sum(rate(events), event), `{{${event}}}`)],
    },
    {
      ...lines,
      id: 203,
      title: 'Events by outcome',
      shows: 'Events a second that went well and that failed.',
      why: 'Whether errors rise with the traffic or apart from it.',
      act: 'Errors rise alone: row Errors.',
      queries: [overTime('A', sum(rate(events), outcome), `{{${outcome}}}`)],
    },
  ],
}
