// A backend that takes everything, a little late, and remembers which records each request brought.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { idsIn, type Numbered, planted, signalOf, totalsIn } from './records.ts'

export interface ArrivedRequest {
  readonly signal: Numbered
  readonly ids: readonly string[]
  /** When it was answered, of `performance.now()`. */
  answeredMs: number | undefined
}

export interface Sink {
  readonly url: string
  readonly requests: readonly ArrivedRequest[]
  /** What the series of the counter have come to, together. */
  increments(): number
  /** Planted personal values that came. */
  readonly leaks: readonly string[]
  stop(): void
}

/** So that some requests are always under way. */
const answerMs = 25

export async function startSink(): Promise<Sink> {
  const requests: ArrivedRequest[] = []
  const totals = new Map<string, number>()
  const leaks: string[] = []
  const take = (signal: string, sent: Buffer, encoding: string | undefined): ArrivedRequest | undefined => {
    const body = encoding === 'gzip' ? gunzipSync(sent) : sent
    leaks.push(...planted.filter((value) => body.includes(value)))
    if (signal === 'metrics') {
      for (const { series, total } of totalsIn(body)) totals.set(series, Math.max(total, totals.get(series) ?? 0))
      return undefined
    }
    const numbered = signal as Numbered
    const request: ArrivedRequest = { signal: numbered, ids: idsIn(numbered, body), answeredMs: undefined }
    requests.push(request)
    return request
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const taken = take(signalOf(request.url ?? ''), Buffer.concat(chunks), request.headers['content-encoding'])
      void sleep(answerMs).then(() => {
        if (taken) taken.answeredMs = performance.now()
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    increments: () => [...totals.values()].reduce((sum, total) => sum + total, 0),
    leaks,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
