// The same requests in the form that the gateway adds up itself: metrics as deltas, spans and log records as events.
import type { Message } from '../reference/model.ts'
import type { Signal } from '../reference/schema.ts'

type Tree = Record<string, any>

const list = (message: Tree, name: string): Tree[] => (message[name] as Tree[] | undefined) ?? []

/** What was planted stays where it is; only fields that hold nothing planted are set. */
export function addedUp(signal: Signal, request: Message): Message {
  const copy: Tree = structuredClone(request)
  if (signal === 'metrics') {
    for (const group of list(copy, 'resourceMetrics'))
      for (const scope of list(group, 'scopeMetrics')) for (const metric of list(scope, 'metrics')) asDelta(metric)
  } else if (signal === 'traces') {
    for (const group of list(copy, 'resourceSpans'))
      for (const scope of list(group, 'scopeSpans'))
        for (const span of list(scope, 'spans')) {
          span['name'] = `automagik.leak ${String(span['name'] ?? '')}`
          span['attributes'] = [...list(span, 'attributes'), { key: 'duration_ms', value: { doubleValue: 5 } }]
        }
  } else {
    for (const group of list(copy, 'resourceLogs'))
      for (const scope of list(group, 'scopeLogs'))
        for (const record of list(scope, 'logRecords')) record['eventName'] ??= 'leak.test'
  }
  return copy
}

function asDelta(metric: Tree): void {
  for (const kind of ['sum', 'histogram', 'exponentialHistogram']) {
    const data = metric[kind] as Tree | undefined
    if (data === undefined) continue
    data['aggregationTemporality'] = 1
    for (const point of list(data, 'dataPoints')) if (kind === 'sum') point['asInt'] ??= 1n
  }
}
