// What the gateway's tests may trust Tempo to do: measured on the real one, and the stand-in does the same.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { callGrpc, exportMethods } from '../receivers/grpc-client.ts'
import { until } from './support/gateway.ts'
import { findPeer } from './support/peers.ts'
import { ran, skipped } from './support/report.ts'
import { ask } from './support/stores/ask.ts'
import { startRealTempo, startStandIn, type Tempo } from './support/stores/tempo.ts'

const found = findPeer('tempo')
if ('missing' in found) skipped('tempo', `${found.missing}; its stand-in runs instead`)

const id = (bytes: number): string => randomBytes(bytes).toString('hex')

interface SpanGiven {
  readonly traceId?: string
  readonly spanId?: string
  readonly name?: string
  readonly service?: string
  readonly ageMs?: number
  readonly more?: object
}

function body(...spans: SpanGiven[]): Buffer {
  const ns = (ms: number): string => `${Math.floor(Date.now() - ms)}000000`
  const resourceSpans = spans.map(
    ({ traceId = id(16), spanId = id(8), name = 'call', service = 'shop', ageMs = 250, more }) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              traceId,
              spanId,
              name,
              kind: 2,
              startTimeUnixNano: ns(ageMs),
              endTimeUnixNano: ns(0),
              status: {},
              ...more,
            },
          ],
        },
      ],
    }),
  )
  return Buffer.from(JSON.stringify({ resourceSpans }))
}

const attribute = (key: string, value: object): object => ({ attributes: [{ key, value }] })

describe.each([
  ['tempo-stand-in', startStandIn] as const,
  ...('path' in found ? [['tempo', () => startRealTempo(found.path)] as const] : []),
])('%s', (name, start) => {
  let tempo: Tempo
  beforeAll(async () => {
    tempo = await start()
  })
  afterAll(async () => {
    await tempo?.stop()
    ran(`${name}: as it was measured`)
  })

  const post = async (bytes: Buffer, type = 'application/json'): Promise<{ status: number; text: string }> =>
    ask(`${tempo.otlp}/v1/traces`, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(bytes) })
  const stored = async (traceId: string, spans = 1) => {
    await until('the trace', async () => (await tempo.trace(traceId)).length >= spans)
    return tempo.trace(traceId)
  }

  it('answers the newest traces of all when it is asked for them', async () => {
    const service = `newest-${id(4)}`
    for (const ageMs of [4_000, 1_000, 9_000]) await post(body({ service, name: `${ageMs} ms ago`, ageMs }))
    const query = `{ resource.service.name = "${service}" }`
    await until('all three', async () => (await tempo.search(query)).length === 3)
    const newest = await tempo.search(`${query} with (most_recent=true)`, 2)
    expect(newest.map(({ rootName }) => rootName)).toEqual(['1000 ms ago', '4000 ms ago'])
  })

  it('gives back by id what came as JSON, as protobuf and over gRPC', async () => {
    const ids = [id(16), id(16), id(16)]
    const bodies = ids.map((traceId, at) =>
      body({ traceId, name: `call ${at}`, more: attribute('n', { intValue: '3' }) }),
    )
    expect(await post(bodies[0])).toMatchObject({ status: 200 })
    expect(await post(Buffer.from(jsonToProtobuf('traces', bodies[1]).bytes), 'application/x-protobuf')).toMatchObject({
      status: 200,
    })
    const port = Number(tempo.otlpGrpc.split(':')[1])
    expect(await callGrpc(port, exportMethods.traces, jsonToProtobuf('traces', bodies[2]).bytes)).toMatchObject({
      code: 0,
    })
    for (const [at, traceId] of ids.entries()) {
      const [span] = await stored(traceId)
      expect(span).toMatchObject({ traceId, name: `call ${at}`, kind: 2, status: 0, attributes: { n: 3 } })
      expect(span.resource).toEqual({ 'service.name': 'shop' })
    }
  })

  it('refuses a whole request for one id of the wrong length, and quotes the request', async () => {
    const good = id(16)
    const { status, text } = await post(body({ traceId: good }, { traceId: id(32) }))
    expect(status).toBe(400)
    expect(text).toMatch(/"message":"ID\.UnmarshalJSONIter: length mismatch, error found in #\d+ byte of \.\.\.\|/)
    expect(await tempo.trace(good)).toEqual([])
  })

  it.each([
    ['a trace id of zeros', { traceId: '0'.repeat(32) }],
    ['no trace id', { traceId: '' }],
    ['no span id', { spanId: '' }],
  ])('refuses a whole request for %s', async (_, span) => {
    const good = id(16)
    expect((await post(body({ traceId: good }, span))).status).toBe(400)
    expect(await tempo.trace(good)).toEqual([])
    const { text } = await ask(`${tempo.url}/metrics`)
    expect(text).toMatch(/tempo_discarded_spans_total\{[^}]*reason="invalid_(trace|span)_id"/)
  })

  it('takes a body of another signal and keeps nothing of it', async () => {
    const metrics = {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'swallowed', gauge: { dataPoints: [] } }] }] }],
    }
    expect(await post(Buffer.from(JSON.stringify(metrics)))).toMatchObject({ status: 200 })
    expect(await tempo.everything()).not.toContain('swallowed')
  })

  it('cuts texts of attributes at 2048 bytes without a word', async () => {
    const traceId = id(16)
    expect((await post(body({ traceId, more: attribute('long', { stringValue: 'x'.repeat(3000) }) }))).status).toBe(200)
    const [span] = await stored(traceId)
    expect(span.attributes['long']).toBe('x'.repeat(2048))
  })

  it('stores twice what is sent twice', async () => {
    const traceId = id(16)
    const once = body({ traceId })
    await post(once)
    await post(once)
    expect(await stored(traceId, 2)).toHaveLength(2)
  })

  it('answers to ids that it does not know, and to what is no id', async () => {
    const nobody = id(16)
    expect(await ask(`${tempo.url}/api/v2/traces/${nobody}`)).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^\{"trace":\{\},/),
    })
    expect((await ask(`${tempo.url}/api/traces/${nobody}`)).status).toBe(404)
    expect(await ask(`${tempo.url}/api/traces/${id(32)}`)).toMatchObject({
      status: 400,
      text: expect.stringMatching(/trace IDs can.t be larger than 128 bits/),
    })
  })

  describe('search', () => {
    const service = `svc-${id(4)}`
    const [slow, failed] = [id(16), id(16)]
    beforeAll(async () => {
      const error = { status: { code: 2 }, ...attribute('http.route', { stringValue: '/chats/{id}' }) }
      await post(body({ traceId: slow, service, name: 'automagik.api.request', ageMs: 2500 }))
      await post(body({ traceId: failed, service, name: 'automagik.error', ageMs: 20, more: error }))
      await until('both', async () => (await tempo.search(`{ resource.service.name = "${service}" }`)).length === 2)
    })
    const find = async (query: string): Promise<string[]> =>
      (await tempo.search(query.replace('SERVICE', `resource.service.name = "${service}"`)))
        .map(({ traceId }) => traceId)
        .sort()

    it.each<[string, () => string[]]>([
      ['{ SERVICE && status = error }', () => [failed]],
      ['{ SERVICE && status != error }', () => [slow]],
      ['{ SERVICE && duration > 1s }', () => [slow]],
      ['{ SERVICE && duration < 1s && kind = server }', () => [failed]],
      ['{ SERVICE && kind = client }', () => []],
      ['{ SERVICE && name =~ "automagik\\\\..*" }', () => [slow, failed].sort()],
      ['{ SERVICE && name =~ "automagik" }', () => []],
      ['{ SERVICE && name !~ ".*error" }', () => [slow]],
      ['{ SERVICE && (name = "automagik.error" || duration >= 2s) }', () => [slow, failed].sort()],
      ['{ SERVICE && span.http.route = "/chats/{id}" }', () => [failed]],
      ['{ SERVICE && .http.route = "/chats/{id}" }', () => [failed]],
      // What a span does not have differs from nothing.
      ['{ SERVICE && span.http.route != "/other" }', () => [failed]],
      ['{ SERVICE && span.http.route != nil }', () => [failed]],
      ['{ SERVICE } && { status = error }', () => [failed]],
      ['{ SERVICE && rootName = "automagik.error" } | select(span.http.route)', () => [failed]],
    ])('%s', async (query, traces) => {
      expect(await find(query)).toEqual(traces())
    })

    it('counts and rates over time, by attribute', async () => {
      const query = `{ resource.service.name = "${service}" } | count_over_time() by (name)`
      const total = async () =>
        Object.fromEntries(
          (await tempo.queryRange(query)).map(({ labels, samples }) => [
            labels['name'],
            samples.reduce((sum, [, value]) => sum + value, 0),
          ]),
        )
      await until('both', async () => Object.keys(await total()).length === 2)
      expect(await total()).toEqual({ 'automagik.api.request': 1, 'automagik.error': 1 })
      const rate = await tempo.queryRange(`{ resource.service.name = "${service}" } | rate()`, { stepS: 10 })
      expect(rate).toHaveLength(1)
      expect(rate[0].samples.reduce((sum, [, value]) => sum + value * 10, 0)).toBeCloseTo(2)
    })

    it('refuses what is no TraceQL, and a start without an end', async () => {
      const status = async (query: string) => (await ask(`${tempo.url}/api/search?${query}`)).status
      expect(await status(`q=${encodeURIComponent('{ name = "a" && }')}`)).toBe(400)
      expect(await status(`start=${Math.floor(Date.now() / 1000) - 60}`)).toBe(400)
    })
  })
})

describe('the stand-in alone', () => {
  it.each([
    '{ event:name = "x" }',
    '{ link.a = "x" }',
    '{ name = "a" } >> { name = "b" }',
    '{} | avg(duration) > 1s',
    '{} | quantile_over_time(duration, 0.9)',
    '{} | rate() with (sample=true)',
    '{ resource.service.name = $service }',
  ])('says loudly that it does not know %s', async (query) => {
    const tempo = await startStandIn()
    try {
      const { status, text } = await ask(`${tempo.url}/api/search?q=${encodeURIComponent(query)}`)
      expect(status).toBe(400)
      expect(text).toMatch(/the stand-in does not know|syntax error/)
    } finally {
      await tempo.stop()
    }
  })
})
