// A restart of the Collector or of the gateway under steady load loses nothing, with the kit's configuration files; nor do
// kills of the gateway and of each store behind it.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Signal } from '../../src/otlp/fields.ts'
import { until } from './support/gateway.ts'
import { post } from './support/producers/bodies.ts'
import { measured, ran } from './support/report.ts'
import { areAtHand, storeNames } from './support/stores/stores.ts'
import { startWholeWay, type WholeWay } from './support/whole-way.ts'

const patterns = ['gateway', 'beside'] as const
const service = 'steady'

interface Load {
  /** Span ids that a server said it took. */
  readonly taken: ReadonlySet<string>
  /** Increments of a counter that a server said it took. */
  readonly increments: number
  /** Requests that had to be sent again: nobody answered, or not now. */
  readonly repeated: number
  stop(): Promise<void>
}

/** One span, log and increment at a time, with the span's id; each again until it is taken, as OTLP wants of clients. */
function startLoad(port: number): Load {
  const taken = new Set<string>()
  let [repeated, increments] = [0, 0]
  const stopping = new AbortController()
  const send = async (signal: Signal, body: object): Promise<void> => {
    const bytes = Buffer.from(JSON.stringify(body))
    for (;;) {
      const status = await post(port, signal, bytes)
      if (status === 200) return
      // Refused for good would be a loss of the test's own making.
      if (status !== 0 && status !== 503) throw new Error(`the load was answered ${status}`)
      repeated++
      await sleep(50)
    }
  }
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const spanId = randomBytes(8).toString('hex')
      await Promise.all([
        send('traces', spanBody(spanId)),
        send('logs', logBody(spanId)),
        send('metrics', incrementBody()).then(() => (increments += 1)),
      ])
      taken.add(spanId)
      await sleep(5)
    }
  }
  const workers = Promise.all([work(), work(), work()])
  // Reported by stop().
  workers.catch(() => {})
  return {
    taken,
    get increments() {
      return increments
    },
    get repeated() {
      return repeated
    },
    async stop() {
      stopping.abort()
      await workers
    },
  }
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
const planted = ['ana.silva@example.com', '91234-5678'] as const
const attributes = [{ key: 'contact', value: { stringValue: `${planted[0]}, +55 11 ${planted[1]}` } }]

function spanBody(spanId: string): object {
  const now = `${Date.now()}000000`
  const traceId = randomBytes(16).toString('hex')
  const times = { startTimeUnixNano: now, endTimeUnixNano: now }
  const span = { traceId, spanId, name: 'automagik.health', kind: 1, ...times, attributes }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: `${service}.telemetry` }, spans: [span] }] }] }
}

function logBody(spanId: string): object {
  const log = {
    timeUnixNano: `${Date.now()}000000`,
    severityNumber: 9,
    body: { stringValue: `record ${spanId}` },
    attributes,
  }
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: service }, logRecords: [log] }] }] }
}

function incrementBody(): object {
  const now = Date.now()
  const times = { startTimeUnixNano: `${now - 1_000}000000`, timeUnixNano: `${now}000000` }
  const sum = { dataPoints: [{ asInt: '1', ...times }], isMonotonic: true, aggregationTemporality: 1 }
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'steady_orders', sum }] }] }] }
}

/** What the load looks like from the stores' side. */
function storedBy({ stores }: WholeWay, load: Load) {
  const missing = (ids: readonly string[]): string[] => {
    const there = new Set(ids)
    return [...load.taken].filter((id) => !there.has(id))
  }
  return {
    missing,
    spanIds: async () => (await stores.jaeger.spansOf(service)).map(({ spanId }) => spanId),
    logIds: async () =>
      (await stores.loki.query(`{service_name="${service}"}`)).map(({ line }) => line.replace('record ', '')),
    increments: async () => (await stores.prometheus.value(`sum(steady_orders_total{job="${service}"})`)) ?? 0,
  }
}

describe.skipIf(!areAtHand('otelcol', ...storeNames)).each(patterns)('restarts on the way "%s"', (pattern) => {
  let way: WholeWay
  beforeAll(async () => {
    way = await startWholeWay({ pattern, everyS: 1 })
  })
  afterAll(() => way?.stop())

  it('lose no span and no log', async () => {
    const load = startLoad(way.http)
    const during = async (restart: () => Promise<void>): Promise<void> => {
      const before = load.taken.size
      await until('load before', () => load.taken.size >= before + 100)
      await restart()
      const after = load.taken.size
      await until('load after', () => load.taken.size >= after + 100)
    }
    try {
      await during(() => way.collector?.restart() ?? Promise.resolve())
      await during(() => way.gateway.restart())
      await during(() => way.collector?.restart() ?? Promise.resolve())
    } finally {
      await load.stop()
    }
    const { missing, spanIds, logIds } = storedBy(way, load)
    const inTempo = async () => {
      const traces = await way.stores.tempo.search(`{ resource.service.name = "${service}" }`, 100_000)
      return traces.reduce((sum, { matched }) => sum + matched, 0)
    }
    await until('every span in Jaeger', async () => missing(await spanIds()).length === 0, 60_000)
    await until('every span in Tempo', async () => (await inTempo()) >= load.taken.size, 60_000)
    await until('every log', async () => missing(await logIds()).length === 0, 60_000).catch(async (error) => {
      // What the servers said is the only trace of a loss.
      const said = [way.gateway.output(), way.collector?.output() ?? ''].flatMap((output) =>
        output.split('\n').filter((line) => /"level":"(warn|error)"|stopp|\t(warn|error)\t|panic/.test(line)),
      )
      const lost = missing(await logIds()).map((id) => [...load.taken].indexOf(id))
      throw new Error(
        `${lost.length} of ${load.taken.size} logs are missing (${lost.join(', ')}):\n${said.join('\n')}`,
        {
          cause: error,
        },
      )
    })
    // What the gateway counted goes on over its restarts. A request that was repeated may have been counted before.
    const counted = async () =>
      (await way.stores.prometheus.value(`sum(automagik_events_total{job="${service}"})`)) ?? 0
    await until('every event counted', async () => (await counted()) >= load.taken.size)
    expect(await counted()).toBeLessThanOrEqual(load.taken.size + load.repeated)
    const spans = await spanIds()
    measured(
      `restarts, ${pattern}`,
      `${load.taken.size} spans and logs taken, ${load.repeated} requests repeated by the programs, ` +
        `${spans.length - new Set(spans).size} spans stored twice, ${await counted()} events counted, none lost`,
    )
    expect(load.taken.size).toBeGreaterThanOrEqual(600)
    // It did hit them: somebody had to send again.
    expect(load.repeated).toBeGreaterThan(0)
    ran(`otelcol: restarts, ${pattern}`)
  })
})

describe.skipIf(!areAtHand(...storeNames))('a kill (`kill -9`)', () => {
  let way: WholeWay
  beforeAll(async () => {
    way = await startWholeWay({ pattern: 'direct', everyS: 1 })
  })
  afterAll(() => way?.stop())

  it('of the gateway and of each store loses no span, no log and no increment', async () => {
    const { gateway, stores } = way
    const load = startLoad(way.http)
    try {
      for (const server of [gateway, stores.prometheus, stores.loki, stores.jaeger, gateway]) {
        const before = load.taken.size
        await until('load before', () => load.taken.size >= before + 100, 60_000)
        await server.restart('SIGKILL')
      }
      const after = load.taken.size
      await until('load after', () => load.taken.size >= after + 100, 60_000)
    } finally {
      await load.stop()
    }
    const { missing, spanIds, logIds, increments } = storedBy(way, load)
    await until('every span', async () => missing(await spanIds()).length === 0, 60_000)
    await until('every log', async () => missing(await logIds()).length === 0, 60_000)
    await until('every increment', async () => (await increments()) >= load.increments, 60_000)
    // A request that was repeated may have been taken before.
    expect(await increments()).toBeLessThanOrEqual(load.increments + load.repeated)
    const [spans, logs] = [await spanIds(), await logIds()]
    const twice = (ids: readonly string[]): number => ids.length - new Set(ids).size
    // Nothing is there that nobody sent.
    expect(new Set(spans)).toEqual(new Set(load.taken))
    expect(new Set(logs)).toEqual(new Set(load.taken))
    const names = new Set((await stores.jaeger.spansOf(service)).map(({ name }) => name))
    expect([...names]).toEqual(['automagik.health'])
    const all = await stores.everything()
    expect(planted.filter((value) => all.includes(value))).toEqual([])
    measured(
      'kills of the gateway (twice), Prometheus, Loki, Jaeger',
      `${load.taken.size} spans, logs and ${load.increments} increments taken, ${load.repeated} requests repeated by the ` +
        `programs, ${twice(spans)} spans and ${twice(logs)} logs stored twice, ${await increments()} counted, none lost`,
    )
    for (const name of storeNames) ran(`${name}: killed, and the gateway before it`)
  })
})
