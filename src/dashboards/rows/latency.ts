// Latency: quantiles of how long events took, with exemplars, the points that lead to a trace.
import { noDuration, noExemplar } from '../gaps.ts'
import { eventLabel } from '../names.ts'
import { durationBuckets, inRange, now, overTime, quantile, rate, sum, withExemplars } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'

const { project, event, bound } = eventLabel

const quantiles = [
  { refId: 'A', name: 'p50', fraction: 0.5 },
  { refId: 'B', name: 'p95', fraction: 0.95 },
  { refId: 'C', name: 'p99', fraction: 0.99 },
]

const of = { unit: 's', noValue: 'no traffic', height: 9 } as const satisfies Partial<PanelSpec>

export const latency: RowSpec = {
  id: 400,
  title: 'Latency',
  panels: [
    {
      ...of,
      id: 401,
      view: 'lines',
      title: 'Latency by project',
      shows: 'p50, p95 and p99 of the duration of each project’s events; the dots are single events.',
      why: 'p50 is the usual case, p99 the worst that still happens every day.',
      act: 'Click a dot high up and open its trace. All three rise: load or a dependency; p99 alone: single slow cases.',
      width: 12,
      queries: quantiles.map(({ refId, name, fraction }) => {
        const query = overTime(refId, quantile(fraction, rate(durationBuckets), project), `{{${project}}} ${name}`)
        // The three ask about the same buckets, so one of them draws the dots.
        return refId === 'A' ? withExemplars(query) : query
      }),
      gaps: [...noDuration, noExemplar],
    },
    {
      ...of,
      id: 402,
      view: 'lines',
      title: 'Latency p95 by event',
      shows: 'The duration that 95 % of the events of a name stayed below; the dots are single events.',
      why: 'A slow request does not hide behind many fast commands.',
      act: 'Click a dot high up and open its trace.',
      width: 12,
      queries: [withExemplars(overTime('A', quantile(0.95, rate(durationBuckets), event), `{{${event}}}`))],
      gaps: [...noDuration, noExemplar],
    },
    {
      ...of,
      id: 403,
      view: 'heatmap',
      title: 'Latency distribution',
      shows: 'How many events took how long: each cell is a bucket of the histogram; the dots are single events.',
      why: 'Two bands are two kinds of work, which no quantile tells apart.',
      act: 'A band that is new: click a dot in it and open its trace.',
      width: 12,
      queries: [
        withExemplars({
          ...overTime('A', sum(`increase(${durationBuckets}[$__rate_interval])`, bound), `{{${bound}}}`),
          result: 'buckets',
        }),
      ],
      gaps: [...noDuration, noExemplar],
    },
    {
      ...of,
      id: 404,
      view: 'table',
      title: 'Latency in the time range',
      shows: 'p50, p95 and p99 of each project and event over the whole time range, the slowest first.',
      why: 'Where time goes.',
      act: 'Take the first row.',
      width: 12,
      queries: quantiles.map(({ refId, fraction }) =>
        now(refId, quantile(fraction, inRange(durationBuckets), project, event)),
      ),
      columns: [
        { field: project, title: 'Project' },
        { field: event, title: 'Event' },
        ...quantiles.map(({ refId, name }) => ({ field: `Value #${refId}`, title: name })),
      ],
      gaps: noDuration,
    },
  ],
}
