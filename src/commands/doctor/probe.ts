// One record of each signal that is recognisable as doctor's and harms nobody: how a backend takes it says more than how
// it takes an empty request.
import { randomBytes } from 'node:crypto'
import { jsonToProtobuf } from '../../otlp/from-json.ts'
import type { Signal } from '../../pipeline/batch.ts'

/** What to look for in a store. */
export const probeService = 'automagik-gateway-doctor'

/** An Export request in protobuf. */
export function probeOf(signal: Signal, nowMs: number): Uint8Array {
  const at = `${nowMs}000000`
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: probeService } }] }
  const scope = { name: probeService }
  const requests: Readonly<Record<Signal, object>> = {
    traces: {
      resourceSpans: [
        {
          resource,
          scopeSpans: [
            {
              scope,
              spans: [
                {
                  traceId: randomBytes(16).toString('hex'),
                  spanId: randomBytes(8).toString('hex'),
                  name: 'doctor',
                  kind: 1,
                  startTimeUnixNano: at,
                  endTimeUnixNano: at,
                },
              ],
            },
          ],
        },
      ],
    },
    metrics: {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [
            {
              scope,
              metrics: [
                {
                  name: 'automagik.gateway.doctor',
                  description: 'When automagik-gateway doctor last looked, in seconds since 1970.',
                  unit: 's',
                  gauge: { dataPoints: [{ timeUnixNano: at, asDouble: Math.floor(nowMs / 1000) }] },
                },
              ],
            },
          ],
        },
      ],
    },
    logs: {
      resourceLogs: [
        {
          resource,
          scopeLogs: [
            {
              scope,
              logRecords: [
                { timeUnixNano: at, severityNumber: 9, severityText: 'INFO', body: { stringValue: 'doctor was here' } },
              ],
            },
          ],
        },
      ],
    },
  }
  return jsonToProtobuf(signal, Buffer.from(JSON.stringify(requests[signal]))).bytes.slice()
}
