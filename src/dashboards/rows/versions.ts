// Versions: what runs where, and when it changed.
import { noEvents } from '../gaps.ts'
import { eventLabel } from '../names.ts'
import { errorRatio, events, inRange, now, overTime, rate, sum } from '../queries.ts'
import type { RowSpec } from '../spec.ts'

const { project, version } = eventLabel

export const versions: RowSpec = {
  id: 500,
  title: 'Versions',
  panels: [
    {
      id: 501,
      view: 'table',
      title: 'Versions in use',
      shows: 'Each version of each project that sent events in the time range: how many, and the share that failed.',
      why: 'What runs where; whether a release fails more than the one before.',
      act: 'An old version that should be gone: somebody did not update. A new one with more errors: roll it back.',
      unit: 'locale',
      decimals: 0,
      noValue: 'no traffic',
      width: 12,
      height: 8,
      queries: [
        now('A', `${sum(inRange(events), project, version)} > 0`),
        now('B', errorRatio(inRange, project, version)),
      ],
      columns: [
        { field: project, title: 'Project' },
        { field: version, title: 'Version' },
        { field: 'Value #B', title: 'Error ratio', unit: 'percentunit' },
        { field: 'Value #A', title: 'Events' },
      ],
      gaps: noEvents,
    },
    {
      id: 502,
      view: 'lines',
      title: 'Events by version',
      shows: 'Events a second of each project and version.',
      why: 'A release is where one line falls and another rises.',
      act: 'Compare the moment with the error ratio and the latency above.',
      unit: 'eps',
      noValue: 'no traffic',
      width: 12,
      height: 8,
      queries: [overTime('A', sum(rate(events), project, version), `{{${project}}} {{${version}}}`)],
      gaps: noEvents,
    },
  ],
}
