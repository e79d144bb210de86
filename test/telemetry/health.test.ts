import { describe, expect, it } from 'vitest'
import { healthOf } from '../../src/telemetry/health.ts'
import type { ExporterFigures, Sources } from '../../src/telemetry/instrument.ts'

const figures: ExporterFigures = {
  exporter: 'file',
  signal: 'traces',
  noun: 'spans',
  sent: 3,
  failed: {},
  dead: {},
  replayed: 0,
  left: {},
  accepted: 5,
  queuedRecords: 1,
  oldestMs: undefined,
  queuedBytes: 10,
  capacityBytes: 100,
  trouble: undefined,
  isCircuitOpen: false,
}

const sourcesWith = (...exporters: ExporterFigures[]): Sources => ({
  build: { version: '1.0.0', node: 'v26' },
  ruleset: { name: 'automagik', digest: 'abc' },
  startedMs: Date.now(),
  received: () => [],
  recordsRefused: () => [],
  recordsQuarantined: () => [],
  quarantineLeft: () => [],
  requestsRefused: () => [],
  exporters: () => exporters,
  classes: [],
  changed: new Map(),
  found: new Map(),
  decided: new Map(),
  repaired: new Map(),
  dropped: new Map(),
  invalid: new Map(),
  series: () => undefined,
  reloads: () => undefined,
  ownLog: () => undefined,
  queue: () => undefined,
})

describe('health', () => {
  it('tells what runs and how each exporter does', () => {
    const receivers = [{ receiver: 'otlp', protocol: 'http', endpoint: '127.0.0.1:4318', security: 'tls' }]
    expect(healthOf(sourcesWith(figures), receivers, false)).toEqual({
      status: 'ok',
      version: '1.0.0',
      uptime_seconds: 0,
      ruleset: { name: 'automagik', digest: 'abc' },
      receivers,
      exporters: [
        {
          exporter: 'file',
          signals: {
            traces: {
              accepted: 5,
              sent: 3,
              lost: {},
              dead_lettered: {},
              queued: 1,
              queue_bytes: 10,
              queue_capacity_bytes: 100,
              last: 'ok',
            },
          },
        },
      ],
    })
  })

  it('is degraded while an exporter cannot deliver, and says why', () => {
    const health = healthOf(sourcesWith(figures, { ...figures, signal: 'logs', trouble: 'http-503' }), [], false)
    expect(health).toMatchObject({ status: 'degraded', exporters: [{ signals: { logs: { last: 'http-503' } } }] })
  })

  it('shows a circuit that is open', () => {
    const open = { ...figures, trouble: 'http-401', isCircuitOpen: true }
    expect(healthOf(sourcesWith(open), [], false)).toMatchObject({
      exporters: [{ signals: { traces: { last: 'http-401', circuit: 'open' } } }],
    })
  })

  it('is stopping while it drains', () => {
    expect(healthOf(sourcesWith(), [], true)).toMatchObject({ status: 'stopping' })
  })
})
