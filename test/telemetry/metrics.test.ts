import { describe, expect, it } from 'vitest'
import type { Sources } from '../../src/telemetry/instrument.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

const sources: Sources = {
  build: { version: '1.2.3', node: 'v26.0.0' },
  ruleset: { name: 'automagik', digest: 'abc' },
  startedMs: Date.now() - 5_000,
  *received() {
    yield { receiver: 'otlp', noun: 'spans', transport: 'http', accepted: 7, refused: 2 }
    yield { receiver: 'otlp/tls', noun: 'log_records', transport: 'grpc', accepted: 1, refused: 0 }
  },
  *recordsRefused() {
    yield { signal: 'traces', reason: 'bad-trace-id', records: 2 }
  },
  recordsQuarantined: () => [{ signal: 'logs', reason: 'unknown-event', records: 5 }],
  quarantineLeft: () => [{ signal: 'logs', reason: 'replayed', records: 2 }],
  *requestsRefused() {
    yield { receiver: 'otlp', transport: 'http', reason: 'malformed', requests: 3 }
  },
  *exporters() {
    yield {
      exporter: 'otlp_http/tempo',
      signal: 'traces',
      noun: 'spans',
      sent: 5,
      failed: { 'queue-full': 1, 'http-404': 4, shutdown: 2 },
      dead: {},
      replayed: 0,
      left: {},
      accepted: 20,
      queuedRecords: 3,
      oldestMs: undefined,
      queuedBytes: 100,
      capacityBytes: 1000,
      trouble: 'http-404',
      isCircuitOpen: true,
    }
  },
  classes: ['phone', 'email'],
  changed: new Map([['phone', 3]]),
  found: new Map([['whatsapp-jid', 2]]),
  decided: new Map([['rule phones', { source: 'rule', name: 'phones', fields: 5 }]]),
  repaired: new Map([['trace-id', 9]]),
  dropped: new Map([['unknown-field', 1]]),
  invalid: new Map(),
  series: () => ({
    series: { derived: 4, cumulative: 2 },
    absorbed: 30,
    emitted: 60,
    overflows: { derived: 1, cumulative: 0 },
    expired: { derived: 0, cumulative: 5 },
    dropped: new Map([['no-value', 8]]),
    invalid: new Map(),
  }),
  reloads: () => ({ times: { reloaded: 3, invalid: 0 }, isInForce: false, successMs: 1_500, last: undefined }),
  ownLog: () => ({ queued: 4, dropped: 1 }),
  queue: () => ({
    fileBytes: 8_192,
    deadLetters: {
      letters: 1,
      bytes: 300,
      kept: [{ exporter: 'x', signal: 'traces', reason: 'http-400', letters: 1, records: 1 }],
    },
    quarantine: {
      letters: 2,
      bytes: 500,
      kept: [{ exporter: 'quarantine', signal: 'logs', reason: 'unknown-event', letters: 2, records: 3 }],
    },
    commits: 12,
    commitFailures: 2,
    trouble: undefined,
    imbalances: [],
  }),
}

describe('metrics', () => {
  it.each([
    'otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 7',
    'otelcol_receiver_refused_spans{receiver="otlp",transport="http"} 2',
    'gateway_records_quarantined{signal="logs",reason="unknown-event"} 5',
    'gateway_quarantine_records{signal="logs",reason="unknown-event"} 3',
    'gateway_quarantine_bytes 500',
    'gateway_quarantine_records_removed{signal="logs",reason="replayed"} 2',
    'otelcol_receiver_accepted_log_records{receiver="otlp/tls",transport="grpc"} 1',
    'otelcol_exporter_sent_spans{exporter="otlp_http/tempo"} 5',
    'otelcol_exporter_send_failed_spans{exporter="otlp_http/tempo"} 6',
    'otelcol_exporter_enqueue_failed_spans{exporter="otlp_http/tempo"} 1',
    'otelcol_exporter_queue_size{exporter="otlp_http/tempo",data_type="traces"} 100',
    'otelcol_exporter_queue_capacity{exporter="otlp_http/tempo",data_type="traces"} 1000',
    'gateway_records_lost{exporter="otlp_http/tempo",signal="traces",reason="http-404"} 4',
    'gateway_records_refused{signal="traces",reason="bad-trace-id"} 2',
    'gateway_requests_refused{receiver="otlp",transport="http",reason="malformed"} 3',
    'gateway_fields_changed{class="phone"} 3',
    'gateway_ruleset_reloads{outcome="reloaded"} 3',
    'gateway_ruleset_reloads{outcome="invalid"} 0',
    'gateway_ruleset_last_reload_successful 0',
    'gateway_ruleset_last_reload_success_timestamp_seconds 1.5',
    'gateway_own_records{outcome="queued"} 4',
    'gateway_own_records{outcome="dropped"} 1',
    'gateway_fields_decided{source="rule",name="phones"} 5',
    // From the start: a rate does not see the first value of a series.
    'gateway_fields_changed{class="email"} 0',
    'gateway_detector_finds{detector="whatsapp-jid"} 2',
    'gateway_repairs{kind="trace-id"} 9',
    'gateway_parts_dropped{reason="unknown-field"} 1',
    'gateway_series{kind="derived"} 4',
    'gateway_points_absorbed 30',
    'gateway_points_emitted 60',
    'gateway_series_overflows{kind="derived"} 1',
    'gateway_series_expired{kind="cumulative"} 5',
    'gateway_points_dropped{reason="no-value"} 8',
    'gateway_ruleset_info{name="automagik",digest="abc"} 1',
    'gateway_build_info{version="1.2.3",node="v26.0.0"} 1',
  ])('has %s', async (line) => {
    expect((await createMetrics(sources).metrics()).split('\n')).toContain(line)
  })

  it('keeps the Collector’s names as they are, without _total', async () => {
    const text = await createMetrics(sources).metrics()
    expect(text).not.toMatch(/^\w+_total\b/m)
    expect(text).toContain('# TYPE otelcol_receiver_accepted_metric_points counter')
  })

  it('reads the figures anew at each scrape instead of adding them up', async () => {
    const metrics = createMetrics(sources)
    await metrics.metrics()
    expect(await metrics.metrics()).toContain('otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 7\n')
  })

  it('tells how long the process runs, what it burns and what it holds', async () => {
    const text = await createMetrics(sources).metrics()
    const figure = (name: string): number => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
    expect(figure('otelcol_process_uptime')).toBeGreaterThanOrEqual(5)
    expect(figure('otelcol_process_cpu_seconds')).toBeGreaterThan(0)
    expect(figure('otelcol_process_memory_rss')).toBeGreaterThan(1e6)
  })
})
