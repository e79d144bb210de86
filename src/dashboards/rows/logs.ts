// Logs: how many, and the lines themselves.
import { noLogs, noTraceOfLog } from '../gaps.ts'
import { logLabel } from '../names.ts'
import { logs as logsOfProjects, sum } from '../queries.ts'
import type { RowSpec } from '../spec.ts'

const { project, level } = logLabel

export const logs: RowSpec = {
  id: 600,
  title: 'Logs',
  panels: [
    {
      id: 601,
      view: 'bars',
      title: 'Log volume by project and level',
      shows: 'Log records in each step of the time axis.',
      why: 'A flood, or a level that was not there before.',
      act: 'Narrow the time range to the step and read the lines beside it.',
      unit: 'short',
      noValue: 'no logs',
      width: 10,
      height: 10,
      queries: [
        {
          source: 'loki',
          refId: 'A',
          expr: sum(`count_over_time(${logsOfProjects}[$__auto])`, project, level),
          result: 'range',
          legend: `{{${project}}} {{${level}}}`,
        },
      ],
      gaps: noLogs,
    },
    {
      id: 602,
      view: 'logs',
      title: 'Log lines',
      shows: 'The newest log records, as they left the gateway: personal data is out of them.',
      why: 'What happened, in the words of the program.',
      act: 'Open a line: its trace id leads to the trace.',
      unit: 'short',
      noValue: 'no logs',
      width: 14,
      height: 10,
      queries: [{ source: 'loki', refId: 'A', expr: logsOfProjects, result: 'lines' }],
      gaps: [...noLogs, noTraceOfLog],
    },
  ],
}
