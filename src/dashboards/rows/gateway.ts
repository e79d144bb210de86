// Gateway: what goes in and out, what is changed, refused and lost on the way.
import { allFit, neverCounted, notScraped } from '../gaps.ts'
import { gatewayLabel, gatewayMetric } from '../names.ts'
import { ofGateway, overTime, rate, risen, sum } from '../queries.ts'
import type { PanelSpec, QuerySpec, RowSpec } from '../spec.ts'
import { queueFillLevels } from '../thresholds.ts'

const { class: className, dataType, event, exporter, kind, reason, signal, transport } = gatewayLabel

const lines = {
  view: 'lines',
  unit: 'recps',
  noValue: 'no gateway is scraped',
  width: 8,
  height: 7,
  gaps: [notScraped],
} as const satisfies Partial<PanelSpec>

/** A query for each signal: A spans, B data points, C log records. */
function bySignal(metrics: Readonly<Record<string, string>>, ...by: readonly string[]): QuerySpec[] {
  const labels = by.map((label) => `{{${label}}} `).join('')
  return Object.entries(metrics).map(([records, metric], index) =>
    overTime('ABC'[index], sum(rate(ofGateway(metric)), ...by), labels + records),
  )
}

export const gateway: RowSpec = {
  id: 800,
  title: 'Gateway',
  panels: [
    {
      ...lines,
      id: 801,
      title: 'Received by signal',
      shows: 'Records a second that the gateway took.',
      why: 'Whether the programs reach it.',
      act: 'Nothing: nobody sends, or all of it is refused (beside).',
      queries: bySignal(gatewayMetric.accepted),
    },
    {
      ...lines,
      id: 802,
      title: 'Refused by reason',
      shows: 'Records, and whole requests, that the gateway did not take around each point, with the reason.',
      why: 'What is refused is lost, unless the sender tries again.',
      act: 'Look the reason up in docs/metrics.md of the gateway.',
      unit: 'short',
      noValue: 'nothing refused',
      queries: [
        overTime(
          'A',
          sum(risen(ofGateway(gatewayMetric.recordsRefused)), signal, reason),
          `{{${signal}}}: {{${reason}}}`,
        ),
        overTime(
          'B',
          sum(risen(ofGateway(gatewayMetric.requestsRefused)), transport, reason),
          `requests over {{${transport}}}: {{${reason}}}`,
        ),
      ],
      gaps: [notScraped, neverCounted('refused')],
    },
    {
      ...lines,
      id: 803,
      title: 'Changed by class',
      shows: 'Fields a second that were changed, by the class that decided (phone, email, content …).',
      why: 'That privacy rules are at work, and on what.',
      act: 'A class that should occur and does not: see whether its rule matches.',
      unit: 'cps',
      queries: [overTime('A', sum(rate(ofGateway(gatewayMetric.changed)), className), `{{${className}}}`)],
    },
    {
      ...lines,
      id: 804,
      title: 'Exported by exporter',
      shows: 'Records a second that each exporter delivered.',
      why: 'Less than what was received, for long: a backend does not take it.',
      act: 'Compare with the queue, and see `/health` of the gateway.',
      noValue: 'nothing exported',
      queries: bySignal(gatewayMetric.sent, exporter),
    },
    {
      ...lines,
      id: 805,
      title: 'Lost',
      shows: 'Records that were taken and could not be delivered, around each point, with the reason.',
      why: 'Data that nobody gets back.',
      act: 'Any value above 0 is an alert. Look the reason up in docs/metrics.md of the gateway.',
      unit: 'short',
      noValue: 'nothing lost',
      queries: [
        overTime(
          'A',
          sum(risen(ofGateway(gatewayMetric.lost)), exporter, signal, reason),
          `{{${exporter}}} {{${signal}}}: {{${reason}}}`,
        ),
      ],
      gaps: [notScraped, neverCounted('lost')],
    },
    {
      ...lines,
      id: 806,
      title: 'Queue fill',
      shows: 'The part of each queue that is full, in bytes of the bytes that it can hold.',
      why: 'A queue that is full answers senders with 503, and later loses.',
      act: 'From 80 % on (an alert) mend the backend, or give the exporter a larger `queue_size`.',
      unit: 'percentunit',
      max: 1,
      queries: [
        overTime(
          'A',
          `max by (${exporter}, ${dataType}) (${ofGateway(gatewayMetric.queueSize)} / ${ofGateway(gatewayMetric.queueCapacity)})`,
          `{{${exporter}}} {{${dataType}}}`,
        ),
      ],
      thresholds: queueFillLevels,
    },
    {
      ...lines,
      id: 807,
      title: 'Series',
      shows: 'Series that the gateways keep: derived from events, and increments made cumulative.',
      why: 'Each costs memory here and in Prometheus.',
      act: 'Rises without end: a label holds ids. Find it in the metric’s labels and drop it in the ruleset (`metrics`).',
      unit: 'short',
      queries: [overTime('A', sum(ofGateway(gatewayMetric.series), kind), `{{${kind}}}`)],
    },
    {
      ...lines,
      id: 808,
      title: 'Events that do not fit',
      shows: 'Events that did not fit their schema, by event, and events kept in the quarantine, around each point.',
      why: 'A program sends something else than was agreed, or a schema is wrong.',
      act: 'See `quarantine list` of the gateway, or the attributes `automagik.schema.…`; mend the program or the schema.',
      unit: 'short',
      noValue: 'no unfit event, or validation is off',
      queries: [
        overTime('A', sum(risen(ofGateway(gatewayMetric.invalid)), event), `{{${event}}}`),
        overTime(
          'B',
          sum(risen(ofGateway(gatewayMetric.quarantined)), signal, reason),
          `into the quarantine, {{${signal}}}: {{${reason}}}`,
        ),
      ],
      gaps: [notScraped, allFit],
    },
  ],
}
