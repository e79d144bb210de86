// A gateway of its own process, killed under load again and again, in front of a backend that does not always take what it
// gets: what a sender was told is taken arrives, and what is added up is neither lost nor counted twice.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { requestType } from '../../src/otlp/root.ts'
import { freePort } from '../e2e/support/peers.ts'
import { pointsIn } from '../metrics/stage-under-test.ts'

const kills = 3

interface Backend {
  readonly port: number
  /** How often each span came. */
  readonly spans: Map<string, number>
  /** The last value of each series. */
  readonly totals: Map<string, number>
}

async function startBackend(): Promise<Backend> {
  const spans = new Map<string, number>()
  const totals = new Map<string, number>()
  let requests = 0
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    if ((requests += 1) % 7 === 0) return void response.writeHead(503, { 'retry-after': '0' }).end()
    if (request.url === '/v1/traces') for (const name of namesIn(body)) spans.set(name, (spans.get(name) ?? 0) + 1)
    else
      for (const { metric, resource, labels, point } of pointsIn(body))
        totals.set(
          `${metric} ${JSON.stringify(resource)} ${JSON.stringify(labels)}`,
          Number(point.asDouble ?? point.asInt),
        )
    response.end()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { port: (server.address() as AddressInfo).port, spans, totals }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

function namesIn(body: Uint8Array): string[] {
  const type = requestType('traces')
  const request = type.toObject(type.decode(body)) as any
  return request.resourceSpans.flatMap((group: any) =>
    group.scopeSpans.flatMap((scope: any) => scope.spans.map((span: any) => span.name as string)),
  )
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')

function spanRequest(number: number): object {
  const at = `${Date.now()}000000`
  const span = {
    traceId: hex(number, 32),
    spanId: hex(number, 16),
    name: nameOf(number),
    startTimeUnixNano: at,
    endTimeUnixNano: at,
  }
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }
}

/** Letters, which no detector looks at. */
const nameOf = (number: number): string =>
  `work ${[...String(number)].map((digit) => String.fromCharCode(97 + Number(digit))).join('')}`

function increment(): object {
  const at = `${Date.now()}000000`
  const sum = {
    dataPoints: [{ asInt: '1', startTimeUnixNano: `${Date.now() - 1_000}000000`, timeUnixNano: at }],
    isMonotonic: true,
    aggregationTemporality: 1,
  }
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'orders', sum }] }] }] }
}

it(`loses nothing that was accepted over ${kills} kills, and sends twice only what was in flight`, async () => {
  const backend = await startBackend()
  const folder = mkdtempSync(join(tmpdir(), 'kill-'))
  const [http, grpc, admin] = [await freePort(), await freePort(), await freePort()]
  const file = join(folder, 'gateway.yaml')
  writeFileSync(
    file,
    `receivers:
  otlp: { protocols: { http: { endpoint: '127.0.0.1:${http}' }, grpc: { endpoint: '127.0.0.1:${grpc}' } } }
exporters:
  otlp_http:
    endpoint: http://127.0.0.1:${backend.port}
    retry_on_failure: { initial_interval: 100ms }
    sending_queue: { num_consumers: 2, batch: { flush_timeout: 20ms } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
admin: { endpoint: '127.0.0.1:${admin}' }
metrics: { flush_interval: 200ms }
`,
  )
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, ['src/main.ts', 'start', '--config', file], { stdio: 'ignore' })
    await expect
      .poll(
        () =>
          health().then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true)
  }
  const health = async (): Promise<any> => (await fetch(`http://127.0.0.1:${admin}/health`)).json()
  onTestFinished(() => void child?.kill('SIGKILL'))

  const accepted = new Set<number>()
  let [counted, unanswered, number] = [0, 0, 0]
  const over = new AbortController()
  const post = async (path: string, body: object): Promise<boolean> => {
    try {
      const headers = { 'content-type': 'application/json' }
      const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5_000) }
      const { status } = await fetch(`http://127.0.0.1:${http}${path}`, request)
      return status === 200
    } catch {
      unanswered += 1
      await new Promise((done) => setTimeout(done, 20))
      return false
    }
  }
  const work = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const own = (number += 1)
      if (await post('/v1/traces', spanRequest(own))) accepted.add(own)
      if (await post('/v1/metrics', increment())) counted += 1
    }
  }

  await start()
  const workers = [1, 2, 3, 4].map(work)
  for (let kill = 0; kill < kills; kill++) {
    const before = accepted.size
    await expect.poll(() => accepted.size, { timeout: 30_000 }).toBeGreaterThan(before + 60)
    child!.kill('SIGKILL')
    await once(child!, 'exit')
    await start()
  }
  over.abort()
  await Promise.all(workers)

  await expect
    .poll(() => [...accepted].filter((own) => !backend.spans.has(nameOf(own))), { timeout: 30_000 })
    .toEqual([])
  const twice = [...backend.spans.values()].reduce((sum, times) => sum + times - 1, 0)
  // Two requests were in flight at each kill, of what had come in a flush and one commit.
  expect(twice).toBeLessThan(accepted.size / 4)
  const total = (): number =>
    [...backend.totals].filter(([key]) => key.startsWith('orders')).reduce((sum, [, value]) => sum + value, 0)
  await expect.poll(total, { timeout: 30_000 }).toBeGreaterThanOrEqual(counted)
  expect(total()).toBeLessThanOrEqual(counted + unanswered)
  await expect.poll(health, { timeout: 10_000 }).toMatchObject({ queue: { books: 'balanced' } })
  console.log(
    `${kills} kills: ${accepted.size} spans accepted, none lost, ${twice} sent twice; ${counted} increments, ${total()} counted`,
  )
}, 120_000)
