// At a glance: five figures of the whole time range. Where nothing was sent they say so, instead of a 0 that could mean
// anything.
import { noDuration, noEvents } from '../gaps.ts'
import { eventLabel } from '../names.ts'
import { durationBuckets, errorRatio, events, failedEvents, inRange, now, quantile, sum } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'
import { errorRatioLevels } from '../thresholds.ts'

const stat = { view: 'stat', height: 4, noValue: 'no traffic', gaps: noEvents } as const satisfies Partial<PanelSpec>

const all = sum(inRange(events))

export const atAGlance: RowSpec = {
  id: 100,
  title: 'At a glance',
  panels: [
    {
      ...stat,
      id: 101,
      title: 'Events',
      shows: 'Events of the chosen projects in the time range.',
      why: 'The first answer to "does anything arrive?".',
      act: '"no traffic": see whether the gateway receives anything (row Gateway), then whether the programs are told to send.',
      unit: 'locale',
      decimals: 0,
      width: 5,
      queries: [now('A', `${all} > 0`)],
    },
    {
      ...stat,
      id: 102,
      title: 'Errors',
      shows:
        'Events with the outcome error: the span failed, the log record is an error, `success` is false, or the name ends in `error`.',
      why: 'Failures, whatever their share.',
      act: 'Row Errors says in which project and event; row Traces has the traces.',
      unit: 'locale',
      decimals: 0,
      width: 5,
      queries: [now('A', `(${sum(inRange(failedEvents))} or ${all} * 0) and ${all} > 0`)],
    },
    {
      ...stat,
      id: 103,
      title: 'Error ratio',
      shows: 'The share of events that failed.',
      why: 'Unlike the count it does not grow with traffic.',
      act: 'From 10 % on (an alert) look at the ratio by project in row Errors, and at row Versions for a release.',
      unit: 'percentunit',
      width: 5,
      queries: [now('A', errorRatio(inRange))],
      thresholds: errorRatioLevels,
    },
    {
      ...stat,
      id: 104,
      title: 'Latency p95',
      shows: 'The duration that 95 % of the events stayed below.',
      why: 'What a user with bad luck waits for.',
      act: 'Row Latency says which project and event, and leads to a slow trace.',
      unit: 's',
      width: 5,
      queries: [now('A', quantile(0.95, inRange(durationBuckets)))],
      gaps: noDuration,
    },
    {
      ...stat,
      id: 105,
      title: 'Projects reporting',
      shows: 'Projects with at least one event in the time range.',
      why: 'A project that fell silent is missing here before anybody misses it.',
      act: 'Fewer than you run: row Versions lists those that are there.',
      unit: 'locale',
      decimals: 0,
      width: 4,
      queries: [now('A', `count(${sum(inRange(events), eventLabel.project)} > 0)`)],
    },
  ],
}
