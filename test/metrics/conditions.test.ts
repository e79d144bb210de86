// Which events and spans a derived metric is made from, and what it says of them, from the ruleset to the points.
import { describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { MetricRules } from '../../src/ruleset/program.ts'
import { attributes, startMs, stageUnderTest, type SentPoint } from './stage-under-test.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

function rules(derived: string): { rules: Partial<MetricRules> } {
  const text = `version: 1\nname: t\nmetrics:\n  derived:\n${derived}`
  const { program, diagnostics } = loadRuleset({ file: '/t.yaml', readText: () => text, key })
  expect(diagnostics).toEqual([])
  return { rules: program!.metrics }
}

interface Made {
  name: string
  values?: Record<string, unknown>
  durationMs?: number
  failed?: boolean
  traceId?: string
}

/** Spans of an ordinary service, which are no events unless their name says so. */
function spans(made: readonly Made[], resource: Record<string, unknown> = {}): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'shop', ...resource }) },
        scopeSpans: [
          {
            scope: { name: 'shop' },
            spans: made.map(({ name, values = {}, durationMs = 0, failed, traceId = 'a'.repeat(32) }) => ({
              traceId,
              spanId: 'b'.repeat(16),
              name,
              startTimeUnixNano: `${startMs - durationMs}000000`,
              endTimeUnixNano: `${startMs}000000`,
              attributes: attributes(values),
              status: failed === true ? { code: 2 } : {},
            })),
          },
        ],
      },
    ],
  }
}

/** What each series has come to, by its labels. */
const counts = (points: readonly SentPoint[]): Record<string, number> =>
  Object.fromEntries(
    points
      .filter(({ timeMs }) => timeMs === Math.max(...points.map((each) => each.timeMs)))
      .map(({ labels, point }) => [Object.values(labels).join(' '), point.asInt ?? point.count]),
  )

describe('where', () => {
  const requests: readonly Made[] = [
    { name: 'automagik.api.request', values: { 'http.response.status_code': 200, channel: 'a' } },
    { name: 'automagik.api.request', values: { 'http.response.status_code': 401 } },
    { name: 'automagik.api.request', values: { 'http.response.status_code': 429, channel: 'b' } },
    { name: 'automagik.api.request', values: { 'http.response.status_code': '503', first: true }, failed: true },
    { name: 'automagik.error', failed: true },
    { name: 'GET /orders', values: { 'http.response.status_code': 401 } },
  ]
  it.each<[string, number]>([
    ['{}', 5],
    ['{event.name: automagik.api.request}', 4],
    ['{event.name: [automagik.api.request, automagik.error]}', 5],
    ['{http.response.status_code: 401}', 1],
    ['{http.response.status_code: [401, 403, 429]}', 2],
    ['{http.response.status_code: {status_class: 4xx}}', 2],
    ['{http.response.status_code: {status_class: [2xx, 5xx]}}', 2],
    ['{channel: {exists: true}}', 2],
    ['{channel: {exists: false}}', 3],
    ['{first: true}', 1],
    ['{outcome: error}', 2],
    ['{outcome: error, http.response.status_code: {exists: true}}', 1],
    ['{service.name: shop}', 5],
    ['{service.name: other}', 0],
    ['{span.name: automagik.error}', 1],
  ])('%s holds for %i of the events', (where, wanted) => {
    const under = stageUnderTest(rules(`    - {name: m, from: event, count: true, by: [], where: ${where}}\n`))
    under.take('traces', spans(requests))
    expect(counts(under.flush())['']).toBe(wanted === 0 ? undefined : wanted)
  })

  it('of all spans, events or not', () => {
    const derived = `    - {name: m, from: span, count: true, by: [span.name, outcome], where: {http.response.status_code: {status_class: 4xx}}}\n`
    const under = stageUnderTest(rules(derived))
    under.take('traces', spans(requests))
    expect(counts(under.flush())).toEqual({ 'success automagik.api.request': 2, 'success GET /orders': 1 })
  })
})

describe('spans', () => {
  const steps = `    - {name: step, from: span, value: span.duration, by: [span.name], where: {span.name: [agent.call, channel.send]}}\n`

  it('are observed from start to end, with the trace as exemplar', () => {
    const under = stageUnderTest(rules(steps))
    under.take(
      'traces',
      spans([
        { name: 'agent.call', durationMs: 4_200 },
        { name: 'other', durationMs: 9_000 },
      ]),
    )
    under.take(
      'traces',
      spans([
        { name: 'agent.call', durationMs: 800 },
        { name: 'channel.send', durationMs: 50 },
      ]),
    )
    under.take('traces', spans([{ name: 'nothing of it' }]))
    const last = under.flush().filter(({ timeMs, startMs: from }) => timeMs > from + 1)
    const sums = Object.fromEntries(last.map(({ labels, point }) => [labels['span.name'], [point.count, point.sum]]))
    expect(sums).toEqual({ 'agent.call': [2, 5], 'channel.send': [1, 0.05] })
    expect(last[0].metric).toBe('step')
    expect(Buffer.from(last[0].point.exemplars[0].traceId).toString('hex')).toBe('a'.repeat(32))
  })

  it('that end before they start are not observed', () => {
    const under = stageUnderTest(rules(steps))
    under.take('traces', spans([{ name: 'agent.call', durationMs: -5 }]))
    expect(under.flush()).toEqual([])
  })

  it('are read without any condition, too', () => {
    const under = stageUnderTest(rules(`    - {name: m, from: span, count: true, by: []}\n`))
    under.take('traces', spans([{ name: 'a' }, { name: 'automagik.health' }]))
    expect(counts(under.flush())).toEqual({ '': 2 })
  })

  it('are found by the attribute that is observed', () => {
    const under = stageUnderTest(
      rules(`    - {name: m, from: span, value: gen_ai.response.time_to_first_chunk, unit: s, by: []}\n`),
    )
    under.take(
      'traces',
      spans([{ name: 'chat', values: { 'gen_ai.response.time_to_first_chunk': 0.4 } }, { name: 'chat' }]),
    )
    expect(counts(under.flush())).toEqual({ '': 1 })
  })
})

describe('a count', () => {
  it('has the newest trace as exemplar, until it is sent', () => {
    const under = stageUnderTest(rules(`    - {name: m, from: event, count: true, by: []}\n`))
    for (const traceId of ['1'.repeat(32), '2'.repeat(32)])
      under.take('traces', spans([{ name: 'automagik.error', traceId }]))
    const [, point] = under.flush()
    expect(point.point.exemplars.map(({ traceId }: any) => Buffer.from(traceId).toString('hex'))).toEqual([
      '2'.repeat(32),
    ])
    expect(under.flush()[0].point.exemplars).toEqual([])
  })
})

describe('active users', () => {
  const derived = `    - {name: users, from: event, distinct: user.id, window: 1h, unit: '{user}', by: []}\n`
  const by = (...users: number[]): object[] =>
    users.map((user) => spans([{ name: 'automagik.health' }], { 'user.id': `u${user}` }))

  it('are a gauge of the different users of the last hour, and none of them is in what is sent', () => {
    const under = stageUnderTest(rules(derived))
    for (const request of by(1, 2, 1, 3)) under.take('traces', request)
    const [point, ...others] = under.flush()
    expect(others).toEqual([])
    expect(point).toMatchObject({ metric: 'users', kind: 'gauge', labels: {}, point: { asInt: 3 } })
    under.nowMs += 50 * 60_000
    for (const request of by(3, 4)) under.take('traces', request)
    expect(under.flush()[0].point.asInt).toBe(4)
    under.nowMs += 20 * 60_000
    expect(under.flush()[0].point.asInt).toBe(2)
    expect(JSON.stringify(under.sent.map(({ bytes }) => Buffer.from(bytes).toString('latin1')))).not.toMatch(/u[1-4]\b/)
  })

  it('survive a restart, outlive expire_after by their window, and end', () => {
    const options = rules(derived)
    const first = stageUnderTest({ rules: { ...options.rules, expireAfterMs: 60_000 } })
    for (const request of by(1, 2)) first.take('traces', request)
    first.flush()
    first.store.close()
    const second = stageUnderTest({ rules: { ...options.rules, expireAfterMs: 60_000 }, folder: first.folder })
    second.nowMs += 30 * 60_000
    for (const request of by(2, 3)) second.take('traces', request)
    expect(second.flush()[0].point.asInt).toBe(3)
    second.nowMs += 40 * 60_000
    expect(second.flush()[0].point.asInt).toBe(2)
    second.nowMs += 25 * 60_000
    const [end] = second.flush()
    expect(end.point.flags).toBe(1)
    expect(second.flush()).toEqual([])
  })

  it('are no events without a user', () => {
    const under = stageUnderTest(rules(derived))
    under.take('traces', spans([{ name: 'automagik.health' }]))
    expect(under.flush()).toEqual([])
  })
})
