// The published Python SDK, unmodified: its events, metrics and logs arrive, clean.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attributesOf,
  everything,
  logsIn,
  metricsIn,
  spansIn,
  startGateway,
  until,
  written,
  type GatewayUnderTest,
} from './support/gateway.ts'
import { findPython, pythonSdkVersion as version, runPythonSdk } from './support/producers/python-sdk.ts'
import { ran, skipped } from './support/report.ts'

const python = findPython()
if ('missing' in python) skipped('automagik-telemetry (Python)', python.missing)

const program = `
telemetry.track_event(StandardEvents.FEATURE_USED, {"feature_name": "send_message", "feature_category": "messaging", "recipient": "5511912345678@s.whatsapp.net"})
telemetry.track_event(StandardEvents.API_REQUEST, {"endpoint": "/api/v1/traces/phone/5511912345678", "method": "GET", "status": 503, "duration_ms": 250})
telemetry.track_error(ValueError("no route to ana.silva@example.com"), {"error_code": "HIVE-1", "operation": "send"})
telemetry.track_log("User Ana (+55 11 91234-5678) came in from 203.0.113.9")
telemetry.track_metric("messages.sent", 1, attributes={"channel": "whatsapp"})
`

describe.skipIf('missing' in python)('the published Python SDK', () => {
  let gateway: GatewayUnderTest
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway?.stop())

  it('delivers events, repaired and without personal data', async () => {
    await runPythonSdk('path' in python ? python.path : '', gateway.http, 'hive', program)
    await until('three spans', () => spansIn(written(gateway, 'traces')).length >= 3)
    const spans = spansIn(written(gateway, 'traces'))
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set(['automagik.api.request', 'automagik.error', 'automagik.feature.used']),
    )
    const request = spans.find(({ name }) => name === 'automagik.api.request')
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': '503',
      'url.path': '/api/v1/traces/phone/{phone}',
      'http.route': '/api/v1/traces/phone/{phone}',
    })
    expect(request.status.code).toBe(2)
    expect(BigInt(request.endTimeUnixNano) - BigInt(request.startTimeUnixNano)).toBe(250_000_000n)
    expect(spans.every(({ traceId }) => traceId.length === 32)).toBe(true)
    await until('the metric', () => metricsIn(written(gateway, 'metrics')).length >= 1)
    await until('the log', () => logsIn(written(gateway, 'logs')).length >= 1)
    const kept = everything(gateway.folder) + gateway.output()
    const personal = [/5511912345678/, /91234-5678/, /ana\.silva/, /203\.0\.113\.9/]
    expect(personal.filter((value) => value.test(kept))).toEqual([])
    ran(`automagik-telemetry ${version} (Python)`)
  })
})
