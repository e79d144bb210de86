// Users: how many different ones there were. Pseudonyms are counted, and none of them is in the metric.
import { noEvents, noUser } from '../gaps.ts'
import { eventLabel, eventMetric } from '../names.ts'
import { now, ofEvents, overTime, sum } from '../queries.ts'
import type { RowSpec } from '../spec.ts'

const { project } = eventLabel
const [hour, day] = [ofEvents(eventMetric.usersOfHour), ofEvents(eventMetric.usersOfDay)]
const of = { unit: 'locale', decimals: 0, noValue: 'no users', gaps: [...noEvents, noUser] } as const

export const users: RowSpec = {
  id: 1100,
  title: 'Users',
  panels: [
    {
      ...of,
      id: 1101,
      view: 'stat',
      title: 'Active users in 24 hours',
      shows:
        'Different users with an event in the 24 hours before the end of the time range, summed over the projects.',
      why: 'How many people the programs serve; one who uses two projects counts in both.',
      act: 'A fall: see which project lost them (the panel beside this one), and what failed there.',
      width: 6,
      height: 7,
      queries: [now('A', sum(day))],
    },
    {
      ...of,
      id: 1102,
      view: 'lines',
      title: 'Active users by project',
      shows: 'Different users with an event in the hour before each point.',
      why: 'Use over the day, without who it was.',
      act: 'A project without users that has events: nobody is named there, or it runs by itself.',
      width: 18,
      height: 7,
      queries: [overTime('A', sum(hour, project), `{{${project}}}`)],
    },
  ],
}
