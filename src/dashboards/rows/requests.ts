// Requests that an API answered: how they ended, who was refused, and which instance they were about.
import { noEvents, notSent, nothingFailed } from '../gaps.ts'
import { eventLabel, eventMetric } from '../names.ts'
import { inRange, now, ofEvents, overTime, rate, sum } from '../queries.ts'
import type { RowSpec } from '../spec.ts'

const { project, status, route, omniInstance } = eventLabel
const all = ofEvents(eventMetric.requests)
const refused = ofEvents(eventMetric.refusedRequests)
const ofInstances = ofEvents(eventMetric.instanceRequests)
const noRequests = [...noEvents, notSent('`automagik.api.request`')]

export const requests: RowSpec = {
  id: 1200,
  title: 'Requests',
  panels: [
    {
      id: 1201,
      view: 'lines',
      title: 'Requests by status',
      shows: 'Requests a second by the status that they were answered with.',
      why: '5xx are failures of the program; 401 and 403 are failed authentication, 429 is a rate limit.',
      act: '5xx: row Errors of the overview. 401, 403, 429: the table beside this one says on which route.',
      unit: 'eps',
      noValue: 'no requests',
      width: 8,
      height: 8,
      queries: [overTime('A', sum(rate(all), project, status), `{{${project}}} {{${status}}}`)],
      gaps: noRequests,
    },
    {
      id: 1202,
      view: 'table',
      title: 'Refused requests in the time range',
      shows: 'Requests that were answered with 401, 403 or 429, by project, status and route.',
      why: 'Somebody who tries keys shows here first; so does a program with an old one.',
      act: 'Many 401 on one route: look for the source in the logs of what stands before the program. Many 429: raise the limit, or find who sends so much.',
      unit: 'locale',
      decimals: 0,
      noValue: 'none refused',
      width: 8,
      height: 8,
      queries: [now('A', `${sum(inRange(refused), project, status, route)} > 0`)],
      columns: [
        { field: project, title: 'Project' },
        { field: status, title: 'Status' },
        { field: route, title: 'Route' },
        { field: 'Value', title: 'Requests' },
      ],
      gaps: [...noRequests, nothingFailed('event')],
    },
    {
      id: 1203,
      view: 'lines',
      title: 'Requests by instance',
      shows: 'Requests a second about each instance of Omni; its name is a pseudonym.',
      why: 'Which instance is used, and which one all of a sudden.',
      act: '`automagik-gateway pseudonym` tells the pseudonym of a name that you know.',
      unit: 'eps',
      noValue: 'no requests',
      width: 8,
      height: 8,
      queries: [overTime('A', sum(rate(ofInstances), omniInstance), `{{${omniInstance}}}`)],
      gaps: [...noEvents, notSent('requests whose path names an instance')],
    },
  ],
}
