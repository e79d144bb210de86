// Every panel of the dashboard, asked of real stores, shows what one computes from what was sent: once for the demo
// traffic, once for the recorded requests alone. Panels that stay empty are those of which docs/dashboards.md says so.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildDashboard } from '../../src/dashboards/build.ts'
import { overview } from '../../src/dashboards/overview.ts'
import { panelsOf, queriesOf } from '../../src/dashboards/panels-of.ts'
import type { Gap } from '../../src/dashboards/spec.ts'
import {
  askPanel,
  instant,
  keyOf,
  momentsOf,
  queryText,
  rangeS,
  rateS,
  type Chosen,
  type Figures,
  type Labels,
  type Moments,
} from './support/dashboard/ask.ts'
import { bookOf, ofServices, servicesOf, type Book } from './support/dashboard/book.ts'
import { faultsOf } from './support/dashboard/compare.ts'
import { isOfPart, reasonsOf, textOf } from './support/dashboard/empty.ts'
import { gatewayBook, settled } from './support/dashboard/gateway-book.ts'
import { bucketOf, expectedOf, type GatewayBook, type Traffic } from './support/dashboard/expected.ts'
import { sendDemo, sendSamples } from './support/dashboard/traffic.ts'
import { gatewayPorts, startGatewayWith, until, type GatewayUnderTest } from './support/gateway.ts'
import { freePort } from './support/peers.ts'
import { post } from './support/producers/bodies.ts'
import { measured, ran } from './support/report.ts'
import { askJson, parameters } from './support/stores/ask.ts'
import { startPrometheus, type Prometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf, storeNames } from './support/stores/stores.ts'
import { flushEvery, startWholeWay, type WholeWay } from './support/whole-way.ts'

const dashboard = buildDashboard(overview)
const queries = queriesOf(dashboard)
const panels = overview.rows.flatMap((row) => row.panels)
/** As many traces or lines as a panel asks for. */
const limits = new Map(
  panelsOf(dashboard).map(({ id, targets }) => {
    const { limit, maxLines } = targets![0] as unknown as { limit?: number; maxLines?: number }
    return [id, limit ?? maxLines ?? Infinity]
  }),
)
const all = undefined

const sources = parse(
  readFileSync(resolve(import.meta.dirname, '../../deploy/grafana/provisioning/datasources/datasources.yaml'), 'utf8'),
).datasources
const sourceOf = (type: string): any => sources.find((source: { type: string }) => source.type === type).jsonData
/** What the provisioned data sources make links of: a label of exemplars, and a field beside the line. */
const traceLabel: string = sourceOf('prometheus').exemplarTraceIdDestinations[0].name
const lineField: string = sourceOf('loki').derivedFields[0].matcherRegex

const runs = [
  {
    name: 'the demo traffic',
    send: sendDemo,
    services: ['automagik-forge', 'automagik-omni', 'automagik-spark', 'automagik-tools', 'claude-code', 'hive'],
    logsWithTrace: 0,
  },
  {
    name: 'the recorded requests alone',
    send: sendSamples,
    services: ['automagik-forge', 'automagik-omni', 'automagik-spark', 'claude-code', 'hive'],
    logsWithTrace: 2,
  },
]

it('every query has a figure that it is compared with', () => {
  const names = queries.map(({ panel, refId }) => `${panel} ${refId}`)
  expect(Object.keys(expectedOf).toSorted()).toEqual(names.toSorted())
})

describe.skipIf(!areAtHand(...storeNames)).each(runs)('with $name', ({ name, send, services, logsWithTrace }) => {
  let way: WholeWay
  let book: Book
  let moments: Moments
  let startS: number
  let gateway: GatewayBook
  /** Of the reasons for empty panels, those that were seen to hold. */
  const seen = new Set<Gap>()

  beforeAll(async () => {
    way = await startWholeWay({ pattern: 'direct', everyS: 1 })
    const { prometheus } = way.stores
    // From here on what a scrape sees begins at 0.
    await until(
      'a scrape before anything is sent',
      async () => (await prometheus.query('gateway_build_info')).length > 0,
    )
    expect(await prometheus.value('sum(otelcol_receiver_accepted_spans) or vector(0)')).toBe(0)
    startS = (await instant(prometheus, 'timestamp(gateway_build_info)', Date.now() / 1000))[0].value
    const traffic = await send(way)
    book = bookOf(traffic.sent)
    await settled(way, book)
    moments = await momentsOf(prometheus)
    gateway = await gatewayBook(way, book, traffic, moments)
  })
  afterAll(() => way?.stop())

  const address = (): string => `127.0.0.1:${way.gateway.admin}`

  it('the book is about all projects that send', () => {
    expect(servicesOf(book)).toEqual(services)
  })

  const choices: readonly { chosen: string; job: readonly string[] | undefined }[] = [
    { chosen: 'All', job: all },
    ...services.map((service) => ({ chosen: service, job: [service] })),
    { chosen: 'two projects', job: ['hive', 'automagik-spark'] },
    { chosen: 'a project that sends nothing', job: ['genie'] },
  ]

  describe.each(choices)('$chosen', ({ job }) => {
    const answers = async (gatewayAddress: string, traffic: Traffic): Promise<void> => {
      const chosen: Chosen = { gateway: [gatewayAddress], ...(job && { job }) }
      const faults: string[] = []
      const withData = new Set<string>()
      for (const query of queries) {
        const limit = limits.get(query.panelId)!
        const figures = await askPanel(way.stores, { query, limit, chosen, moments })
        if (Object.keys(figures).length > 0) withData.add(query.panel)
        const wanted = expectedOf[`${query.panel} ${query.refId}`](traffic, limit)
        faults.push(...faultsOf(figures, wanted).map((fault) => `${query.panel} ${query.refId}: ${fault}`))
      }
      expect(faults).toEqual([])
      const empty = panels.filter(({ title }) => !withData.has(title)).map(({ title }) => title)
      const reasons = panels.map((panel) => ({ title: panel.title, gaps: reasonsOf(panel, traffic) }))
      expect(empty).toEqual(reasons.filter(({ gaps }) => gaps.length > 0).map(({ title }) => title))
      for (const gap of reasons.flatMap(({ gaps }) => gaps)) seen.add(gap)
    }

    it('every panel has the figures of what was sent; empty are those that are listed', async () => {
      await answers(address(), { book: ofServices(book, job), gateway })
    })

    it('a gateway that is not scraped has an empty row and changes no other', async () => {
      await answers('127.0.0.1:1', { book: ofServices(book, job), gateway: undefined })
    })
  })

  it('the reasons for empty panels, but for those that are about a dot or a link, hold somewhere in this traffic', () => {
    const listed = new Set(panels.flatMap(({ gaps }) => gaps))
    const missing = [...listed].filter((gap) => !seen.has(gap) && !isOfPart(gap))
    expect(missing.map(textOf)).toEqual([])
    const found = [...listed].filter(isOfPart)
    expect(found).toHaveLength(2)
  })

  it('the menus have the projects with events, who counted them, and the gateway', async () => {
    const { prometheus } = way.stores
    const values: Record<string, string[]> = {}
    for (const { name: variable, definition } of dashboard.templating?.list ?? []) {
      const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? []
      if (series === undefined) continue
      const match = queryText({ expr: series, kind: 'prometheus' }, {})
      const { data } = await askJson(
        `${prometheus.url}/api/v1/label/${label}/values?${parameters({ 'match[]': match, start: moments.scrapeS - rangeS })}`,
      )
      values[variable] = data
    }
    expect(values).toEqual({
      job: [...new Set(book.events.map(({ service }) => service))].toSorted(),
      instance: [expect.stringMatching(/^[a-z]{8}$/)],
      scrape_job: ['automagik-gateway'],
      gateway: [address()],
    })
  })

  it('the start of the gateway is marked: from then on its rules hold', async () => {
    const [{ target }] = dashboard.annotations?.list ?? []
    const { expr } = target as unknown as { expr: string }
    const marks = await instant(way.stores.prometheus, queryText({ expr, kind: 'prometheus' }, {}), startS)
    expect(marks.map(({ labels }) => labels)).toMatchObject([{ name: 'automagik', instance: address() }])
  })

  it('dots lead to traces: of each bucket the trace stores know one, with the duration that it says', async () => {
    const { prometheus, jaeger, tempo } = way.stores
    const drawn = queries.filter(({ exemplars }) => exemplars)
    expect(new Set(drawn.map(({ panel }) => panel)).size).toBe(3)
    const traced = book.events.filter(({ durationS, traceId }) => durationS !== undefined && traceId !== undefined)
    const cell = (event: Labels, le: number): string =>
      keyOf({ job: event['job'], event_name: event['event_name'], outcome: event['outcome'], le: String(le) })
    const wanted = new Set(
      traced.map(({ service, name: event_name, outcome, durationS }) =>
        cell({ job: service, event_name, outcome }, bucketOf(durationS!)[1]),
      ),
    )
    const known = new Map(traced.map(({ traceId, durationS }) => [traceId!, durationS!]))
    for (const query of drawn) {
      const dots = await prometheus.exemplars(queryText(query, {}))
      expect(new Set(dots.map(({ series }) => cell(series, Number(series['le']))))).toEqual(wanted)
      for (const { labels, value } of dots) expect(value).toBeCloseTo(known.get(labels[traceLabel])!, 6)
    }
    const [first] = drawn
    for (const { labels } of await prometheus.exemplars(queryText(first, {}))) {
      expect(await tempo.trace(labels[traceLabel])).toHaveLength(1)
      expect(await jaeger.trace(labels[traceLabel])).toHaveLength(1)
    }
  })

  it('lines lead to traces where they have one: in the field that the data source makes a link of', async () => {
    const lines = await way.stores.loki.query(
      queryText(
        queries.find(({ panel }) => panel === 'Log lines')!,
        {},
      ),
    )
    const linked = lines.flatMap(({ metadata }) => metadata[lineField] ?? [])
    expect(linked.toSorted()).toEqual(book.logs.flatMap(({ traceId }) => traceId ?? []).toSorted())
    expect(linked).toHaveLength(logsWithTrace)
  })

  it('is reported', () => {
    const { events, spans, logs, points } = book
    const sent = `${events.length} events, ${spans.length} spans, ${logs.length} log records, ${points.length} data points`
    measured(`dashboard with ${name}`, `${queries.length} queries, ${choices.length} choices of projects; ${sent}`)
    for (const store of ['prometheus', 'loki', way.stores.tempo.is]) ran(`${store}: the dashboard with ${name}`)
  })
})

describe.skipIf(!areAtHand('prometheus'))('with a gateway that refuses, loses and waits', () => {
  let prometheus: Prometheus
  let gateway: GatewayUnderTest
  afterAll(async () => {
    // It would wait for the one who is not there.
    await gateway?.stop('SIGKILL')
    await prometheus?.stop()
  })

  it('its row says how many records, why, and how full the queue is', async () => {
    const ports = await gatewayPorts()
    prometheus = await startPrometheus(pathOf('prometheus'), {
      targets: { gateway: `127.0.0.1:${ports.admin}` },
      scrapeIntervalS: 1,
    })
    const nobody = `endpoint: "http://127.0.0.1:${await freePort()}"`
    gateway = await startGatewayWith({
      exporters: `
otlp_http/prometheus: { endpoint: "${prometheus.otlp}" }
otlp_http/loses: { ${nobody}, retry_on_failure: { enabled: false }, sending_queue: { storage: memory } }
otlp_http/waits: { ${nobody}, sending_queue: { storage: memory, queue_size: ${queueBytes} } }`,
      names: { traces: ['otlp_http/loses'], metrics: ['otlp_http/prometheus'], logs: ['otlp_http/waits'] },
      more: flushEvery(1),
      ports,
    })
    await until(
      'a scrape before anything is sent',
      async () => (await prometheus.query('gateway_build_info')).length > 0,
    )
    const logs = inLogs([line, line])
    expect(await post(gateway.http, 'traces', inTraces(['1', '2', '0']))).toBe(200)
    expect(await post(gateway.http, 'logs', logs)).toBe(200)
    expect(await post(gateway.http, 'logs', Buffer.from('{"resourceLogs"'))).toBe(400)
    expect(await post(gateway.http, 'profiles' as 'logs', logs)).toBe(404)
    await until('the loss', async () => (await prometheus.value('sum(gateway_records_lost)')) === 2)
    await until('the refusals', async () => (await prometheus.value('sum(gateway_requests_refused)')) === 2)
    await until('the events', async () => (await prometheus.value('sum(automagik_events_total)')) === 2)

    const moments = await momentsOf(prometheus)
    const shown = async (panel: string, refId = 'A'): Promise<Figures> => {
      const query = queries.find((each) => each.panel === panel && each.refId === refId)!
      return askPanel({ prometheus }, { query, limit: 0, chosen: {}, moments })
    }
    expect(await shown('Refused by reason', 'A')).toEqual({ 'reason=invalid-trace-id signal=traces': 1 })
    expect(await shown('Refused by reason', 'B')).toEqual({
      'reason=malformed transport=http': 1,
      'reason=not-found transport=http': 1,
    })
    expect(await shown('Lost')).toEqual({ 'exporter=otlp_http/loses reason=connection signal=traces': 2 })
    expect((await shown('Received by signal', 'A'))['']).toBeCloseTo(2 / rateS, 9)
    expect(await shown('Exported by exporter', 'A')).toEqual({ 'exporter=otlp_http/loses': 0 })
    expect(await shown('Exported by exporter', 'C')).toEqual({ 'exporter=otlp_http/waits': 0 })
    // What waits is not less than its text, and in protobuf not more than the JSON that it came in.
    const fill = (await shown('Queue fill'))['data_type=logs exporter=otlp_http/waits']
    expect(fill).toBeGreaterThan((2 * line.length) / queueBytes)
    expect(fill).toBeLessThan(logs.length / queueBytes)
    ran('prometheus: the dashboard with a gateway that refuses, loses and waits')
  })
})

const queueBytes = 65_536
const line = 'waiting '.repeat(200)

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'troubled' } }] }

/** A request with an event for each digit, of which its trace id consists. */
function inTraces(digits: readonly string[]): Buffer {
  const now = `${Date.now()}000000`
  const spans = digits.map((digit) => ({
    traceId: digit.repeat(32),
    spanId: '00f067aa0ba902b7',
    name: 'automagik.health',
    startTimeUnixNano: now,
    endTimeUnixNano: now,
  }))
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }))
}

function inLogs(lines: readonly string[]): Buffer {
  const logRecords = lines.map((text) => ({ timeUnixNano: `${Date.now()}000000`, body: { stringValue: text } }))
  return Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }))
}
