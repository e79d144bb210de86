// Traces: the newest ones, and those that failed.
import { noSpans, nothingFailed } from '../gaps.ts'
import { newestSpans } from '../queries.ts'
import type { PanelSpec, RowSpec } from '../spec.ts'

const table = {
  view: 'table',
  unit: 'short',
  width: 12,
  height: 9,
} as const satisfies Partial<PanelSpec>

export const traces: RowSpec = {
  id: 700,
  title: 'Traces',
  panels: [
    {
      ...table,
      id: 701,
      title: 'Recent traces',
      shows: 'The newest traces with a span of a chosen project: when they began, service, name, duration.',
      why: 'What a single request did.',
      act: 'Click a trace id to open the trace; from its spans you get to their logs.',
      noValue: 'no traces',
      queries: [{ source: 'tempo', refId: 'A', expr: newestSpans(), result: 'lines' }],
      gaps: noSpans,
    },
    {
      ...table,
      id: 702,
      title: 'Failed traces',
      shows: 'The newest traces with a failed span of a chosen project.',
      why: 'The shortest way from "something fails" to what it was.',
      act: 'Click a trace id; the failed span has the status and the attributes of the error.',
      noValue: 'no failed traces',
      queries: [{ source: 'tempo', refId: 'A', expr: newestSpans('status = error'), result: 'lines' }],
      gaps: [...noSpans, nothingFailed('span')],
    },
  ],
}
