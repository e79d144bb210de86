// The whole sending side against a backend that fails in each of the ways that backends do: what was offered arrives, or is
// counted with its reason; what arrives twice is what was under way when an answer was lost.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSenders } from '../../src/exporters/create.ts'
import type { Exporter } from '../../src/exporters/exporter.ts'
import type { OtlpHttpOptions } from '../../src/exporters/options.ts'
import { type Fault, type FaultProxy, inTurn, pass, startFaultProxy } from '../support/fault-proxy.ts'
import { batchOf, memoryLog, namesIn, partialSuccess } from './batches.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

interface Stage {
  readonly proxy: FaultProxy
  readonly exporter: Exporter
  /** The names of what the backend took, in order. */
  arrived(): string[]
}

async function stage(options: Partial<OtlpHttpOptions> = {}): Promise<Stage> {
  const backend = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end())
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => backend.close())
  const proxy = await startFaultProxy(`http://127.0.0.1:${(backend.address() as AddressInfo).port}`)
  cleanUps.push(() => proxy.stop())
  const [exporter] = createSenders(
    [
      {
        type: 'otlp_http',
        name: 'otlp_http/test',
        endpoint: proxy.url,
        timeoutMs: 200,
        retry: { initialIntervalMs: 5, maxIntervalMs: 20 },
        queue: { batch: { flushTimeoutMs: 1 } },
        ...options,
      },
    ],
    { log: memoryLog(), write: () => {} },
  )
  cleanUps.push(() => exporter.close(1_000))
  return {
    proxy,
    exporter,
    arrived: () => proxy.taken().flatMap(({ body }) => namesIn('logs', body)),
  }
}

const settled = async (exporter: Exporter): Promise<void> => {
  while (exporter.figures().logs.queuedRecords > 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

const names = ['a', 'b', 'c', 'd']
const once = [...names].sort()

describe('a backend', () => {
  it.each<[string, Fault]>([
    ['answers 429', { is: 'answer', status: 429 }],
    ['answers 503', { is: 'answer', status: 503, headers: { 'retry-after': '0' } }],
    ['answers 401 until its token is mended', { is: 'answer', status: 401 }],
    ['answers 404 until its address is mended', { is: 'answer', status: 404 }],
    ['never answers', { is: 'never' }],
    ['resets the connection', { is: 'reset' }],
  ])('that %s loses nothing, and nothing arrives twice', async (_what, fault) => {
    const { proxy, exporter, arrived } = await stage()
    proxy.set(inTurn(fault, fault, pass))
    exporter.offer(batchOf('logs', names))
    await settled(exporter)
    expect(arrived()).toEqual(names)
    expect(exporter.figures().logs).toMatchObject({ offered: 4, sent: 4, failed: {} })
  })

  it.each<[string, Fault]>([
    ['resets the connection', { is: 'reset-after' }],
    ['does not answer', { is: 'never-after' }],
    ['is slow beyond the timeout', { is: 'slow', ms: 400 }],
    ['answers 503', { is: 'answer-after', status: 503 }],
  ])('that takes a request and %s gets that one again: nothing is lost', async (_what, fault) => {
    const { proxy, exporter, arrived } = await stage()
    proxy.set(inTurn(fault, pass))
    exporter.offer(batchOf('logs', names))
    await settled(exporter)
    await proxy.stop()
    expect([...new Set(arrived())].sort()).toEqual(once)
    expect(arrived().length).toBeLessThanOrEqual(8)
    expect(exporter.figures().logs).toMatchObject({ sent: 4, failed: {} })
  })

  it.each<[string, Fault]>([
    ['garbage', { is: 'answer-after', status: 200, body: '<html>\u0000\u00ff' }],
    ['half an answer', { is: 'close-mid-answer' }],
  ])('that takes a request and says so in %s has taken it: it is not sent twice', async (_what, fault) => {
    const { proxy, exporter, arrived } = await stage()
    proxy.set(fault)
    exporter.offer(batchOf('logs', names))
    await settled(exporter)
    expect(arrived()).toEqual(names)
    expect(exporter.figures().logs).toMatchObject({ sent: 4, failed: {} })
  })

  it('that takes a part says how many it did not', async () => {
    const { proxy, exporter } = await stage()
    proxy.set({ is: 'answer-after', status: 200, body: partialSuccess('logs', 1) })
    exporter.offer(batchOf('logs', names))
    await settled(exporter)
    expect(exporter.figures().logs).toMatchObject({ sent: 3, failed: { 'partial-success': 1 } })
  })

  it.each([400, 422, 500])('that answers %i to two records gets all the others', async (status) => {
    const { proxy, exporter, arrived } = await stage()
    const many = Array.from({ length: 100 }, (_, index) => `n${index}`)
    const guilty = new Set(['n17', 'n80'])
    proxy.set(({ body }) => (namesIn('logs', body).some((name) => guilty.has(name)) ? { is: 'answer', status } : pass))
    exporter.offer(batchOf('logs', many))
    await settled(exporter)
    expect(arrived()).toEqual(many.filter((name) => !guilty.has(name)))
    expect(exporter.figures().logs).toMatchObject({ sent: 98, failed: { [`http-${status}`]: 2 } })
  })

  it.each<[string, Fault]>([
    ['413', { is: 'answer', status: 413 }],
    [
      '400 and "request body too large", as the Collector',
      { is: 'answer', status: 400, body: 'http: request body too large' },
    ],
    [
      '503 and its limit, as Loki',
      { is: 'answer', status: 503, body: 'grpc: received message larger than max (300000 vs. 100000)' },
    ],
  ])('that answers %s gets it in smaller requests', async (_what, fault) => {
    const { proxy, exporter, arrived } = await stage()
    const many = Array.from({ length: 300 }, (_, index) => `${index}-${'x'.repeat(1_000)}`)
    proxy.set(({ body }) => (body.length > 100_000 ? fault : pass))
    exporter.offer(batchOf('logs', many))
    await settled(exporter)
    expect(arrived()).toEqual(many)
    expect(exporter.figures().logs).toMatchObject({ sent: 300, failed: {} })
  })

  it('that is away gets everything when it is back', async () => {
    const { proxy, exporter, arrived } = await stage()
    await proxy.refuse()
    exporter.offer(batchOf('logs', names))
    while (exporter.figures().logs.retries < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(exporter.figures().logs.trouble).toBe('connection')
    await proxy.accept()
    await settled(exporter)
    expect(arrived()).toEqual(names)
  })
})
