// Availability and errors: what works, what programs report, and what they cannot reach.
import { noEvents, notSent, nothingFailed } from '../gaps.ts'
import { eventLabel, eventMetric, healthy } from '../names.ts'
import { inRange, now, ofEvents, overTime, rate, sum } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'

const { project, code, errorType, channel, part, health } = eventLabel
const checks = ofEvents(eventMetric.healthChecks)
const good = ofEvents(eventMetric.healthChecks, `${health}=~"${healthy.join('|')}"`)

const of = { width: 8, height: 8 } as const satisfies Partial<PanelSpec>

export const availability: RowSpec = {
  id: 1400,
  title: 'Availability and errors',
  panels: [
    {
      ...of,
      id: 1401,
      view: 'lines',
      title: 'Availability by part',
      shows: 'The share of the health checks of each part that found it working.',
      why: 'A part that is down half of the time shows as 50 %, whatever the traffic.',
      act: 'Below 100 %: look at the part, then at what its errors tell.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no checks',
      queries: [
        overTime(
          'A',
          `(${sum(rate(good), project, part)} or ${sum(rate(checks), project, part)} * 0) / (${sum(rate(checks), project, part)} > 0)`,
          `{{${project}}} {{${part}}}`,
        ),
      ],
      gaps: [...noEvents, notSent('`automagik.health`')],
    },
    {
      ...of,
      id: 1402,
      view: 'table',
      title: 'Errors by code in the time range',
      shows: 'Errors that programs report, by project and code.',
      why: 'A code is what documentation and support speak of.',
      act: 'Take the first row; row Traces of the overview has its traces.',
      unit: 'locale',
      decimals: 0,
      noValue: 'no errors',
      queries: [now('A', `${sum(inRange(ofEvents(eventMetric.errors)), project, code)} > 0`)],
      columns: [
        { field: project, title: 'Project' },
        { field: code, title: 'Code' },
        { field: 'Value', title: 'Errors' },
      ],
      gaps: [...noEvents, nothingFailed('event')],
    },
    {
      ...of,
      id: 1403,
      view: 'lines',
      title: 'Failures to reach an upstream',
      shows: 'Failed events a second whose error is one of the connection: refused, reset, timed out, 502 to 504.',
      why: 'What is broken is then outside of the program.',
      act: 'Look at what the channel or project depends on: Evolution, Discord, the agent.',
      unit: 'eps',
      noValue: 'no failures',
      queries: [
        overTime(
          'A',
          sum(rate(ofEvents(eventMetric.upstreamErrors)), project, channel, errorType),
          `{{${project}}} {{${channel}}} {{${errorType}}}`,
        ),
      ],
      gaps: [...noEvents, nothingFailed('event')],
    },
  ],
}
