import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attributes, stageUnderTest, type SentPoint } from './stage-under-test.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

function spanRequest(name: string, values: object = {}, more: object = {}, scope = 'hive.telemetry'): object {
  const span = { traceId, spanId, name, startTimeUnixNano: '1', endTimeUnixNano: '2', ...more }
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributes({
            'service.name': 'hive',
            'service.version': '0.2.0',
            'telemetry.sdk.name': 'automagik-telemetry',
          }),
        },
        scopeSpans: [
          { scope: { name: scope }, spans: [{ ...span, attributes: attributes(values as Record<string, unknown>) }] },
        ],
      },
    ],
  }
}

function logRequest(record: object): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: attributes({ 'service.name': 'claude-code', 'service.version': '2.1.0' }) },
        scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords: [record] }],
      },
    ],
  }
}

/** Counts of events, by name and outcome. */
function events(points: readonly SentPoint[]): Record<string, number> {
  const counts = points.filter(({ metric, point }) => metric === 'automagik.events' && point.asInt > 0)
  return Object.fromEntries(
    counts.map(({ labels, point }) => [`${String(labels['event.name'])} ${String(labels['outcome'])}`, point.asInt]),
  )
}

describe('events', () => {
  it('are counted by project, version, name and outcome', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('automagik.feature.used'))
    under.take('traces', spanRequest('automagik.feature.used'))
    under.take('traces', spanRequest('automagik.error'))
    const points = under.flush()
    expect(events(points)).toEqual({ 'automagik.feature.used success': 2, 'automagik.error error': 1 })
    expect(points[1]).toMatchObject({
      resource: { 'service.name': 'hive', 'service.instance.id': under.store.gatewayId },
      labels: { 'service.version': '0.2.0' },
      data: { isMonotonic: true, aggregationTemporality: 2 },
    })
  })

  it('of other SDKs are errors by their name and by what they say, where their status is unset', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('automagik.error', {}, {}, 'some.package'))
    under.take('traces', spanRequest('automagik.hive.tool.used', { success: false }, {}, 'some.package'))
    under.take('traces', spanRequest('automagik.hive.tool.used', { success: true }, {}, 'some.package'))
    expect(events(under.flush())).toEqual({
      'automagik.error error': 1,
      'automagik.hive.tool.used error': 1,
      'automagik.hive.tool.used success': 1,
    })
  })

  it('that are log records are counted under their canonical names, too', () => {
    const under = stageUnderTest()
    const name = attributes({ 'event.name': 'api_request' })
    under.take('logs', logRequest({ body: { stringValue: 'claude_code.api_request' }, attributes: name }))
    expect(events(under.flush())).toEqual({ 'claude_code.api_request success': 1 })
  })

  it('of a message by the names of the registry are its steps', () => {
    const under = stageUnderTest()
    const steps = { 'message.processed': 4250, 'agent.called': 4200, 'agent.streamed': 3350, 'message.sent': 35 }
    const at = { startTimeUnixNano: '1795289841000000000', endTimeUnixNano: '1795289841000000000' }
    for (const [name, duration_ms] of Object.entries(steps))
      under.take('traces', spanRequest(`automagik.omni.${name}`, { duration_ms }, at))
    const sums = under
      .flush()
      .filter(({ metric, point }) => metric === 'automagik.step.duration' && point.count > 0)
      .map(({ labels, point }) => [labels['span.name'], Math.round(point.sum * 1000)])
    expect(sums).toEqual(Object.entries(steps).map(([name, ms]) => [`automagik.omni.${name}`, ms]))
  })

  it('are of a job with its namespace; of the name alone where an SDK of Automagik sends its organization', () => {
    const resourceOf = (sent: Readonly<Record<string, string>>): object => {
      const request = spanRequest('automagik.feature.used') as any
      request.resourceSpans[0].resource.attributes = attributes({ 'service.name': 'omni', ...sent })
      const under = stageUnderTest()
      under.take('traces', request)
      return under.flush()[0].resource
    }
    expect(resourceOf({ 'service.namespace': 'shop' })).toMatchObject({ 'service.namespace': 'shop' })
    const sdk = { 'telemetry.sdk.name': 'automagik-telemetry', 'service.organization': 'namastex' }
    expect(resourceOf(sdk)).toMatchObject({ 'service.name': 'omni' })
    expect(Object.keys(resourceOf(sdk))).not.toContain('service.namespace')
  })

  it('are counted under their canonical names', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('api_request', { 'event.status_code': 503 }))
    expect(events(under.flush())).toEqual({ 'automagik.api.request error': 1 })
  })

  it('are what SDKs track, spans with an event name of Automagik, and log records with an event name', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('my_own_event'))
    under.take('traces', spanRequest('automagik.feature.used', {}, {}, 'some.package'))
    under.take('traces', spanRequest('GET /orders/42', {}, {}, 'some.package'))
    under.take('logs', logRequest({ eventName: 'claude_code.user_prompt' }))
    under.take('logs', logRequest({ attributes: attributes({ 'event.name': 'tool_result', success: 'false' }) }))
    under.take('logs', logRequest({ attributes: attributes({ 'event.name': 'api_error' }) }))
    under.take('logs', logRequest({ eventName: 'disk.full', severityNumber: 17 }))
    under.take('logs', logRequest({ body: { stringValue: 'just a line' }, severityNumber: 17 }))
    expect(events(under.flush())).toEqual({
      'my_own_event success': 1,
      'automagik.feature.used success': 1,
      'claude_code.user_prompt success': 1,
      'tool_result error': 1,
      'api_error error': 1,
      'disk.full error': 1,
    })
  })

  it('with a duration are observed in seconds, and the newest of a bucket is its exemplar', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('automagik.api.request', { duration_ms: 2_000 }))
    under.take('traces', spanRequest('automagik.api.request', { duration_ms: 30 }, { traceId: 'f'.repeat(32) }))
    under.take('traces', spanRequest('automagik.api.request', { duration_ms: 40 }))
    under.take('traces', spanRequest('automagik.api.request'))
    const [, point] = under.flush().filter(({ metric }) => metric === 'automagik.event.duration')
    expect(point.point).toMatchObject({ count: 3, sum: expect.closeTo(2.07, 9) })
    const { bucketCounts, explicitBounds } = point.point
    expect(bucketCounts[explicitBounds.indexOf(0.05)]).toBe(2)
    expect(bucketCounts[explicitBounds.indexOf(2.5)]).toBe(1)
    const exemplars = point.point.exemplars.map((exemplar: any) => ({
      value: exemplar.asDouble,
      traceId: Buffer.from(exemplar.traceId).toString('hex'),
      spanId: Buffer.from(exemplar.spanId).toString('hex'),
    }))
    // Smallest first: Prometheus misses the others.
    expect(exemplars).toEqual([
      { value: 0.04, traceId, spanId },
      { value: 2, traceId, spanId },
    ])
    const again = under.flush().find(({ metric }) => metric === 'automagik.event.duration')!
    expect(again.point.exemplars).toEqual([])
  })

  it('without a duration make no histogram of zeros', () => {
    const under = stageUnderTest()
    under.take('traces', spanRequest('automagik.error', { duration_ms: Number.NaN }))
    expect(under.flush().filter(({ kind }) => kind === 'histogram')).toEqual([])
  })

  it('go on as they came', () => {
    const under = stageUnderTest()
    expect(under.take('traces', spanRequest('automagik.feature.used'))).toMatchObject({ signal: 'traces', records: 1 })
    expect(under.take('logs', logRequest({ eventName: 'x' }))).toMatchObject({ signal: 'logs', records: 1 })
  })

  it('are not counted where the ruleset derives nothing', () => {
    const under = stageUnderTest({ rules: { derived: [] } })
    under.take('traces', spanRequest('automagik.feature.used'))
    expect(under.flush()).toEqual([])
  })

  it('are told apart by an attribute of the event, or else of its resource, and bounded', () => {
    const rule = {
      name: 'requests',
      description: '',
      unit: '',
      from: 'event' as const,
      where: [],
      by: ['http.route', 'service.version', 'nowhere'],
      distinct: undefined,
      value: undefined,
      buckets: [],
    }
    const under = stageUnderTest({ rules: { derived: [rule], maxSeries: 2 } })
    for (const route of ['/a', '/b', '/c', '/d'])
      under.take('traces', spanRequest('automagik.api.request', { 'http.route': route }))
    const points = under.flush().filter(({ point }) => point.asInt > 0)
    expect(points.map(({ labels, point }) => [labels, point.asInt])).toEqual([
      [{ 'http.route': '/a', 'service.version': '0.2.0' }, 1],
      [{ 'http.route': '/b', 'service.version': '0.2.0' }, 1],
      [{ 'otel.metric.overflow': 'true' }, 2],
    ])
  })
})

const samples = join(import.meta.dirname, '..', 'samples')
/** What the captures hold, counted by hand. */
const ofSamples = [
  ['automagik-forge', 'automagik.feature.used', 'success', 1],
  ['automagik-forge', 'automagik.error', 'error', 1],
  ['hive', 'automagik.feature.used', 'success', 1],
  ['hive', 'automagik.api.request', 'success', 1],
  ['hive', 'automagik.cli.command', 'success', 1],
  ['hive', 'automagik.health', 'success', 1],
  ['hive', 'automagik.error', 'error', 1],
  ['automagik-omni', 'automagik.api.request', 'success', 1],
  ['automagik-omni', 'automagik.omni.webhook.processed', 'error', 1],
  ['automagik-spark', 'automagik.spark.workflow.completed', 'error', 1],
]
const sample = (file: string): object => JSON.parse(readFileSync(join(samples, file), 'utf8')) as object

describe('the captured samples', () => {
  it('count as the events they are', () => {
    const under = stageUnderTest()
    const files = [
      '01-npm-sdk-0.1.3-trace-feature-used.json',
      '02-npm-sdk-0.1.3-trace-error.json',
      '06-python-sdk-0.1.4-traces-batch.json',
      '10-omni-v1-legacy-trace-api-request-phone-in-path.json',
      '11-omni-v1-legacy-trace-webhook-failed.json',
      '12-spark-legacy-trace-workflow-execution.json',
    ].filter((file) => existsSync(join(samples, file)))
    expect(files).toHaveLength(6)
    for (const file of files) under.take('traces', sample(file))
    const counts = under.flush().filter(({ metric, point }) => metric === 'automagik.events' && point.asInt > 0)
    const byProject = counts.map(({ resource, labels, point }) => [
      resource['service.name'],
      labels['event.name'],
      labels['outcome'],
      point.asInt,
    ])
    expect(byProject).toEqual(ofSamples)
  })
})
