// `npm run soak`: half of the full load for 30 minutes (`--minutes N`), with a backend that is away for half of each. Prints
// a line a minute, queue and file as they are when the backend comes back, and ends with 1 when something was lost,
// memory grew, or the queue's file did not go back to its floor.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { startGatewayWith } from '../test/e2e/support/gateway.ts'
import { metricsAt } from '../test/e2e/support/ledger.ts'
import { traceBody } from './bodies.ts'
import { run } from './load.ts'

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } })
const minutes = Number(options.minutes)
const spans = 100
const connections = 8
const warmUpRequests = 1_500
const mebibyte = 2 ** 20

/** Four bytes that stand in the id of one span of each request, its number behind them. */
const mark = Buffer.from('fe5a11ed', 'hex')
const template = Buffer.from(traceBody(0.1, 1, spans))
// Field 2 of a span, eight bytes, behind the first trace id (field 1, sixteen bytes).
const idAt = template.indexOf(Buffer.from([0x12, 8]), template.indexOf(Buffer.from([0x0a, 16])) + 18) + 2

function numbered(request: number): Uint8Array {
  const body = Buffer.from(template)
  mark.copy(body, idAt)
  body.writeUInt32BE(request, idAt + mark.length)
  return body
}

/** A backend that can go away; it notes which requests came. */
async function startBackend() {
  const came = new Set<number>()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = gunzipSync(Buffer.concat(chunks))
      for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length))
        came.add(body.readUInt32BE(at + mark.length))
      response.end()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    came,
    back: () => listen(port),
    async away() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const backend = await startBackend()
const gateway = await startGatewayWith({
  exporters: `otlp_http: { endpoint: "http://127.0.0.1:${backend.port}", retry_on_failure: { max_interval: 2s } }`,
  names: ['otlp_http'],
})

/** Memory, what waits, and the file with its journal, in MiB. */
async function figures(): Promise<{ rss: number; queue: number; file: number; records: number }> {
  const samples = await metricsAt(gateway.admin)
  const of = (name: string): number =>
    samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0)
  return {
    rss: of('otelcol_process_memory_rss') / mebibyte,
    queue: of('otelcol_exporter_queue_size') / mebibyte,
    file: of('gateway_queue_disk_bytes') / mebibyte,
    records: of('gateway_queue_records'),
  }
}

/** When nothing waits any more, and the file has had time to shrink. */
async function atRest(): Promise<Awaited<ReturnType<typeof figures>>> {
  const untilMs = performance.now() + 120_000
  while ((await figures()).records > 0 && performance.now() < untilMs) await sleep(500)
  await sleep(8_000)
  return figures()
}

const taken = new Set<number>()
const load = {
  port: gateway.http,
  headers: { 'content-type': 'application/x-protobuf' },
  connections,
}
const full = await run({ ...load, body: template, requests: warmUpRequests })
const perSecond = warmUpRequests / full.seconds / 2
const floor = await atRest()
console.log(`half of the full load: ${Math.round(perSecond * spans).toLocaleString('en')} spans a second`)
console.log('minute  spans/s  RSS MiB  queue MiB  file MiB  lost')

const memory: number[] = []
const lost = (): number => [...taken].filter((number) => !backend.came.has(number)).length
const startMs = performance.now()
const sending = run({
  ...load,
  body: numbered,
  onTaken: (number) => taken.add(number),
  requests: Math.ceil(perSecond * 60 * minutes),
  perSecond,
})
sending.catch(() => {})
for (let minute = 1; minute <= minutes; minute++) {
  const before = taken.size
  await backend.away()
  await sleep(30_000)
  const { queue, file } = await figures()
  await backend.back()
  await sleep(Math.max(0, startMs + minute * 60_000 - performance.now()))
  const { rss, records } = await figures()
  memory.push(rss)
  // What waits is not lost; more than that would be.
  const gone = Math.max(0, lost() - Math.ceil(records / spans)) * spans
  const cells = [
    Math.round(((taken.size - before) * spans) / 60),
    rss.toFixed(0),
    queue.toFixed(1),
    file.toFixed(1),
    gone,
  ]
  console.log([String(minute).padStart(6), ...cells.map((cell) => String(cell).padStart(8))].join(' '))
}
const { failed } = await sending
const end = await atRest()
await gateway.stop()
await backend.away()

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const [early, late] = [memory.slice(0, Math.ceil(minutes / 2)), memory.slice(Math.floor(minutes / 2))].map(median)
const verdicts = [
  { what: `${taken.size * spans} spans accepted, ${lost() * spans} lost`, isRight: lost() === 0 && failed === 0 },
  {
    what: `memory: ${early.toFixed(0)} MiB in the first half, ${late.toFixed(0)} in the second`,
    isRight: late < early * 1.2,
  },
  {
    what: `file: ${floor.file.toFixed(1)} MiB before, ${end.file.toFixed(1)} after`,
    isRight: end.file <= floor.file + 1,
  },
]
for (const { what, isRight } of verdicts) console.log(`${isRight ? 'as it must be' : 'WRONG'}: ${what}`)
if (verdicts.some(({ isRight }) => !isRight)) process.exitCode = 1
