// Errors: which project and event fail, and how large a part of them.
import { noEvents, nothingFailed } from '../gaps.ts'
import { eventLabel } from '../names.ts'
import { errorRatio, failedEvents, inRange, now, overTime, rate, sum } from '../queries.ts'
import type { RowSpec } from '../spec.ts'
import { errorRatioLevels } from '../thresholds.ts'

const { project, event } = eventLabel

export const errors: RowSpec = {
  id: 300,
  title: 'Errors',
  panels: [
    {
      id: 301,
      view: 'lines',
      title: 'Errors by project and event',
      shows: 'Failed events a second.',
      why: 'The place to begin when the error ratio is high.',
      act: 'Choose the project above and open its failed traces (row Traces).',
      unit: 'eps',
      noValue: 'no errors',
      width: 9,
      height: 8,
      queries: [overTime('A', sum(rate(failedEvents), project, event), `{{${project}}} {{${event}}}`)],
      gaps: [...noEvents, nothingFailed('event')],
    },
    {
      id: 302,
      view: 'lines',
      title: 'Error ratio by project',
      shows: 'The share of each project’s events that failed; 0 where it sends and nothing fails.',
      why: 'A small project that fails altogether does not show in a sum.',
      act: 'From 10 % on (an alert) compare with row Versions: a step is a release, a slope is load.',
      unit: 'percentunit',
      noValue: 'no traffic',
      width: 8,
      height: 8,
      max: 1,
      queries: [overTime('A', errorRatio(rate, project), `{{${project}}}`)],
      thresholds: errorRatioLevels,
      gaps: noEvents,
    },
    {
      id: 303,
      view: 'table',
      title: 'Errors in the time range',
      shows: 'Failed events of each project and name, the most frequent first.',
      why: 'What to mend first.',
      act: 'Take the first row.',
      unit: 'locale',
      decimals: 0,
      noValue: 'no errors',
      width: 7,
      height: 8,
      queries: [now('A', `${sum(inRange(failedEvents), project, event)} > 0`)],
      columns: [
        { field: project, title: 'Project' },
        { field: event, title: 'Event' },
        { field: 'Value', title: 'Errors' },
      ],
      gaps: [...noEvents, nothingFailed('event')],
    },
  ],
}
