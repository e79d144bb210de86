// All three signals of every kind of program, the whole way into the real stores, and read back through their APIs:
// counts, names, ids, types, labels; and no personal data in anything that they answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { search } from '../../src/leak/search.ts'
import { until } from './support/gateway.ts'
import { atNow, post, recorded, type RecordedBody } from './support/producers/bodies.ts'
import { runNpmSdk } from './support/producers/npm-sdk.ts'
import { sendOfficial, transports, type SentOfficial } from './support/producers/official.ts'
import { inRecordings, person, planted } from './support/producers/planted.ts'
import { findPython, runPythonSdk } from './support/producers/python-sdk.ts'
import { ran, skipped } from './support/report.ts'
import type { StoredSpan } from './support/stores/spans.ts'
import { areAtHand, storeNames } from './support/stores/stores.ts'
import { startWholeWay, type Pattern, type WholeWay } from './support/whole-way.ts'

const python = findPython()
if ('missing' in python) skipped('automagik-telemetry', python.missing)

const npmProgram = `
telemetry.trackEvent(StandardEvents.FEATURE_USED, { feature_name: 'send_message', recipient: '${person.whatsapp}@s.whatsapp.net', worktree_path: '${person.home}/wish-42', duration_ms: 80 })
telemetry.trackEvent(StandardEvents.API_REQUEST, { endpoint: '/api/v1/traces/phone/${person.whatsapp}', method: 'GET', status: 503, duration_ms: 250 })
telemetry.trackError(new TypeError('fetch failed for ${person.email} from ${person.address} with Bearer ${person.token}'), { error_code: 'FORGE-2001' })
telemetry.trackMetric('automagik.forge.tasks', 3, MetricType.COUNTER, { executor: 'CODEX' })
telemetry.trackMetric('queue.depth', 12, MetricType.GAUGE)
telemetry.trackMetric('automagik.performance.latency', 12.5, MetricType.HISTOGRAM, { operation_type: 'api' })
telemetry.trackLog('Task for ${person.phone} finished', LogSeverity.WARN, { message: '${person.message}', api_token: '${person.token}' })
`
const pythonProgram = `
telemetry.track_event(StandardEvents.FEATURE_USED, {"feature_name": "send_message", "recipient": "${person.whatsapp}@s.whatsapp.net", "duration_ms": 80})
telemetry.track_event(StandardEvents.API_REQUEST, {"endpoint": "/api/v1/traces/phone/${person.whatsapp}", "method": "GET", "status": 503, "duration_ms": 250})
telemetry.track_error(ValueError("no route to ${person.email} from ${person.address}"), {"error_code": "TOOLS-1"})
telemetry.track_metric("automagik.tools.tasks", 3, metric_type=MetricType.COUNTER, attributes={"executor": "CODEX"})
telemetry.track_metric("queue.depth", 12, metric_type=MetricType.GAUGE)
telemetry.track_log("User ${person.email} (${person.phone}) came in from ${person.address}")
`
const sdkSpans = ['automagik.api.request', 'automagik.error', 'automagik.feature.used']

/** What the captures become: each span's canonical name, by the capture's number. */
const canonical: Readonly<Record<string, readonly string[]>> = {
  '01': ['automagik.feature.used'],
  '02': ['automagik.error'],
  '06': [
    'automagik.api.request',
    'automagik.cli.command',
    'automagik.error',
    'automagik.feature.used',
    'automagik.health',
  ],
  '10': ['automagik.api.request'],
  '11': ['automagik.omni.webhook.processed'],
  '12': ['automagik.spark.workflow.completed'],
}

const textOf = (body: Buffer, pattern: RegExp): string[] =>
  [...body.toString().matchAll(pattern)].map(([, text]) => text)
const serviceOf = ({ body }: RecordedBody): string =>
  textOf(body, /"key":\s*"service\.name",\s*"value":\s*\{\s*"stringValue":\s*"([^"]+)"/g)[0]
const numberOf = ({ name }: RecordedBody): string => name.slice(0, 2)

describe.each<Pattern>(['direct', 'gateway', 'beside'])('the way "%s"', (pattern) => {
  describe.skipIf(!areAtHand(...storeNames, ...(pattern === 'direct' ? [] : (['otelcol'] as const))))('', () => {
    let way: WholeWay
    let taken: readonly RecordedBody[] = []
    let official: readonly SentOfficial[] = []
    /** What the Collector refuses in front of the gateway is not in the way `beside`. */
    const readsSdkTraces = pattern !== 'beside'
    const sdks = [{ service: 'npm-forge', prefix: 'automagik_forge' }].concat(
      'path' in python ? [{ service: 'python-tools', prefix: 'automagik_tools' }] : [],
    )

    beforeAll(async () => {
      way = await startWholeWay({ pattern, everyS: 1 })
      const statuses = new Map<RecordedBody, number>()
      for (const each of recorded) statuses.set(each, await post(way.http, each.signal, atNow(each.body)))
      taken = recorded.filter((each) => statuses.get(each) === 200)
      official = await Promise.all(
        transports.map((transport) => sendOfficial(transport, way, `official-${transport.replace('/', '-')}`)),
      )
      await runNpmSdk(way.http, 'npm-forge', npmProgram)
      if ('path' in python) await runPythonSdk(python.path, way.http, 'python-tools', pythonProgram)
    })
    afterAll(async () => {
      await way?.stop()
    })

    /** Waits until a service has as many spans as there are names; returns them by name. */
    const spansOf = async (service: string, names: readonly string[]): Promise<StoredSpan[]> => {
      await until(`${names.length} spans of ${service}`, async () => {
        return (await way.stores.jaeger.spansOf(service)).length >= names.length
      })
      const spans = await way.stores.jaeger.spansOf(service)
      expect(spans.map(({ name }) => name).sort()).toEqual([...names].sort())
      return spans
    }
    const valueOf = async (expression: string, expected: number): Promise<void> => {
      await until(expression, async () => (await way.stores.prometheus.value(expression)) === expected)
    }

    it('takes the captures that its first server takes', () => {
      const refused = recorded.filter((each) => !taken.includes(each)).map(numberOf)
      expect(refused).toEqual(pattern === 'beside' ? ['01', '02', '06', '08', '10', '11'] : [])
    })

    it('has every span of the captures, with its id, under its canonical name', async () => {
      const traces = taken.filter(({ signal }) => signal === 'traces')
      for (const service of new Set(traces.map(serviceOf))) {
        const bodies = traces.filter((each) => serviceOf(each) === service)
        const spans = await spansOf(
          service,
          bodies.flatMap((each) => canonical[numberOf(each)]),
        )
        const ids = bodies.flatMap(({ body }) => {
          const spanIds = textOf(body, /"spanId":\s*"([^"]+)"/g)
          return textOf(body, /"traceId":\s*"([^"]+)"/g).map((id, at) => `${id.slice(0, 32)} ${spanIds[at]}`)
        })
        expect(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort()).toEqual(ids.sort())
      }
      ran(`jaeger: spans of the captures, ${pattern}`)
    })

    it.skipIf(!readsSdkTraces)('has the spans of the SDKs with times, types and status as they should be', async () => {
      for (const { service } of sdks) {
        const spans = await spansOf(service, sdkSpans)
        const request = spans.find(({ name }) => name === 'automagik.api.request')
        expect(request).toMatchObject({ status: 2, durationMs: 250, kind: 1, parentSpanId: '' })
        expect(request?.attributes).toMatchObject({
          'http.request.method': 'GET',
          'http.response.status_code': 503,
          'http.route': '/api/v1/traces/phone/{phone}',
          'system.is_docker': expect.any(Boolean),
        })
        expect(spans.find(({ name }) => name === 'automagik.error')?.status).toBe(2)
        expect(spans.find(({ name }) => name === 'automagik.feature.used')).toMatchObject({ status: 1, durationMs: 80 })
        ran(`automagik-telemetry (${service}): spans in Jaeger, ${pattern}`)
      }
    })

    it('has the spans of official exporters as they were sent', async () => {
      for (const { service, traceId } of official) {
        const spans = await spansOf(service, ['order', 'mail to {email}'])
        const [parent, child] = ['order', 'mail to {email}'].map((wanted) => spans.find(({ name }) => name === wanted))
        expect(parent).toMatchObject({ traceId, kind: 2, status: 0, parentSpanId: '', scope: 'shop' })
        expect(parent?.attributes).toEqual({ 'order.lines': 3, express: true })
        expect(child).toMatchObject({ traceId, kind: 3, status: 2, parentSpanId: parent?.spanId, events: ['retried'] })
        expect(child?.attributes['ratio']).toBe(0.25)
        expect(child?.resource).toEqual({ 'service.name': service, 'service.instance.id': 'i-1' })
      }
    })

    it('has in Tempo, or its stand-in, what it has in Jaeger', async () => {
      const { jaeger, tempo } = way.stores
      for (const { traceId, service } of official) {
        await until(`the trace of ${service}`, async () => (await tempo.trace(traceId)).length === 2)
        // Jaeger says a list as the JSON of it.
        const asText = (value: unknown): unknown => (Array.isArray(value) ? JSON.stringify(value) : value)
        const byId = (spans: StoredSpan[]): object[] =>
          spans
            .toSorted((one, other) => (one.spanId < other.spanId ? -1 : 1))
            .map(({ attributes, ...span }) => ({
              ...span,
              attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, asText(value)])),
            }))
        expect(byId(await tempo.trace(traceId))).toEqual(byId(await jaeger.trace(traceId)))
      }
      const failed = async () =>
        (await tempo.search('{ status = error && resource.service.name =~ "official-.*" }')).length
      await until('three traces with an error', async () => (await failed()) === 3)
      const spark = await tempo.search('{ name = "automagik.spark.workflow.completed" && duration >= 2s }')
      expect(spark).toMatchObject([{ rootService: 'automagik-spark', matched: 1 }])
      ran(`${tempo.is}: read back, ${pattern}`)
    })

    it('has the logs, under their service, with severity and trace', async () => {
      const { loki } = way.stores
      const services = [
        ...taken.filter(({ signal }) => signal === 'logs').map(serviceOf),
        ...sdks.map(({ service }) => service),
        ...official.map(({ service }) => service),
      ]
      await until('all logs', async () => (await loki.query('{service_name=~".+"}')).length >= services.length)
      const logs = await loki.query('{service_name=~".+"}')
      expect(logs.map(({ labels }) => labels['service_name']).sort()).toEqual(services.sort())
      for (const { service, traceId } of official) {
        const [log] = await loki.query(`{service_name="${service}"}`)
        expect(log.line).toMatch(/^card \[card\] of \[email\]@hm:\S+ refused$/)
        expect(log.metadata).toMatchObject({ severity_text: 'ERROR', severity_number: '17', attempt: '2' })
        expect(log.metadata['trace_id']).toBe(traceId)
      }
      // The SDKs' way of naming a trace: an attribute, as a UUID.
      const [lifted] = await loki.query(
        '{service_name="automagik-forge"} | trace_id="550e8400e29b41d4a716446655440000"',
      )
      expect(lifted.metadata).toMatchObject({
        severity_text: 'WARN',
        span_id: '00f067aa0ba902b7',
        action: 'task_finish',
      })
      const [line] = await loki.query('{service_name="npm-forge"}')
      expect(line.line).toMatch(/^Task for \+44 hm:\S+ finished$/)
      expect(Object.keys(line.metadata)).not.toContain('message')
      ran(`loki: read back, ${pattern}`)
    })

    it('has the metrics of official exporters as they were sent', async () => {
      for (const { service } of official) {
        const labels = `job="${service}", instance="i-1"`
        await valueOf(`orders_total{${labels}, channel="web"}`, 7)
        await valueOf(`stock{${labels}}`, 42)
        await valueOf(`latency_seconds_count{${labels}, route="/orders"}`, 1)
        await valueOf(`latency_seconds_sum{${labels}}`, 0.3)
        await valueOf(`latency_seconds_bucket{${labels}, le="+Inf"}`, 1)
      }
      ran(`prometheus: read back, ${pattern}`)
    })

    it('has the metrics of the captures and of the SDKs, added up', async () => {
      await valueOf('automagik_performance_latency_milliseconds_count{job="automagik-forge"}', 1)
      await valueOf('automagik_performance_latency_milliseconds_sum{job="automagik-forge"}', 1234.5)
      await valueOf('automagik_performance_latency_milliseconds_bucket{job="automagik-forge", le="1000"}', 0)
      await valueOf('automagik_performance_latency_milliseconds_bucket{job="automagik-forge", le="2500"}', 1)
      await valueOf('automagik_forge_tasks_created_total{job="automagik-forge", executor="CODEX"}', 1)
      await valueOf('api_latency_sum{job="hive"}', 123.45)
      // Two points of one request.
      await valueOf('messages_sent_total{job="hive", channel="whatsapp"}', 2)
      await valueOf('cpu_usage{job="hive", core="0"}', 75.5)
      for (const { service, prefix } of sdks) {
        await valueOf(`${prefix}_tasks_total{job="${service}", executor="CODEX"}`, 3)
        await valueOf(`queue_depth{job="${service}"}`, 12)
      }
      const labels = await way.stores.prometheus.series('{__name__="automagik_forge_tasks_total"}')
      expect(labels.map(({ __name__: _name, instance: _instance, ...others }) => others)).toEqual([
        { job: 'npm-forge', service_version: '1.2.3', executor: 'CODEX' },
      ])
    })

    it('has the metrics that are made from events', async () => {
      const events = (labels: string): string => `sum(automagik_events_total{${labels}})`
      await valueOf(events('event_name="automagik.spark.workflow.completed", outcome="error"'), 1)
      await valueOf('automagik_event_duration_seconds_sum{job="automagik-spark"}', 2.5)
      if (!readsSdkTraces) return
      for (const { service } of sdks) {
        await valueOf(events(`job="${service}"`), 3)
        await valueOf(events(`job="${service}", outcome="error"`), 2)
        await valueOf(events(`job="${service}", outcome="error", event_name="automagik.api.request"`), 1)
        await valueOf(
          `automagik_event_duration_seconds_sum{job="${service}", event_name="automagik.api.request"}`,
          0.25,
        )
      }
      await valueOf(events('job="hive"'), 5)
      await valueOf(events('job="automagik-omni", event_name="automagik.omni.webhook.processed", outcome="error"'), 1)
    })

    it('lost nothing, and refused nothing', async () => {
      const lost = '(sum({__name__=~"otelcol_exporter_send_failed_.*|gateway_records_lost"}) or vector(0))'
      await until(
        'a scrape',
        async () => ((await way.stores.prometheus.value('up{job="automagik-gateway"}')) ?? 0) === 1,
      )
      await valueOf(lost, 0)
      await valueOf('(sum({__name__=~"otelcol_receiver_refused_.*"}) or vector(0))', 0)
      if (pattern !== 'direct') await valueOf('up{job="collector"}', 1)
    })

    it('has no personal data in anything that a store, the gateway or the Collector says', async () => {
      // What is looked for was in what was sent.
      const sent = Buffer.concat(recorded.map(({ body }) => body))
      expect(inRecordings.filter((secret) => search(sent, [secret]).length === 0)).toEqual([])
      const stored = await way.stores.everything()
      expect(stored).toContain('automagik.spark.workflow.completed')
      const own = await (await fetch(`http://127.0.0.1:${way.gateway.admin}/metrics`)).text()
      const said = [stored, own, way.gateway.output(), way.collector?.output() ?? ''].join('\n')
      expect(search(Buffer.from(said), planted)).toEqual([])
      if (way.collector !== undefined) ran(`otelcol: the whole way, ${pattern}`)
    })
  })
})
