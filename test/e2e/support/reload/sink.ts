// A backend that keeps which records came, and what is left of the marks that say which rules treated them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Signal } from '../../../../src/otlp/fields.ts'
import { decodeRequest } from '../../../../src/otlp/to-json.ts'

interface Arrived {
  readonly id: string
  readonly signal: Signal
  readonly userId: unknown
  /** Reload numbers whose marks are left in the record, and in its resource. */
  readonly left: readonly number[]
  readonly right: readonly number[]
}

export interface Sink {
  readonly port: number
  readonly arrived: readonly Arrived[]
  /** Log records of the gateway's own. */
  readonly own: readonly string[]
  /** Texts that came though they should not have. */
  readonly leaks: readonly string[]
  close(): void
}

/** @param forbidden texts that must not come */
export async function startSink(forbidden: readonly string[]): Promise<Sink> {
  const arrived: Arrived[] = []
  const own: string[] = []
  const leaks: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const sent = Buffer.concat(chunks)
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
      leaks.push(...forbidden.filter((text) => bytes.includes(text)))
      const signal = request.url!.split('/').at(-1) as Signal
      for (const each of readRecords(signal, bytes)) {
        if (each.id === undefined) own.push(String(each.event))
        else arrived.push({ ...each, id: each.id, signal })
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    own,
    leaks,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function* readRecords(signal: Signal, bytes: Uint8Array) {
  const request = decodeRequest(signal, bytes) as any
  for (const { resource, ...groups } of request.resourceSpans ??
    request.resourceMetrics ??
    request.resourceLogs ??
    []) {
    for (const group of groups.scopeSpans ?? groups.scopeMetrics ?? groups.scopeLogs) {
      const records =
        group.spans ?? group.logRecords ?? group.metrics.flatMap((metric: any) => metric.gauge?.dataPoints ?? [])
      for (const record of records) {
        const [own, of] = [asMap(record.attributes), asMap(resource?.attributes)]
        yield {
          id: own.get('load_id') as string | undefined,
          event: record.eventName as unknown,
          userId: own.get('user.id'),
          left: marksIn(own, 'left'),
          right: marksIn(of, 'right'),
        }
      }
    }
  }
}

const asMap = (attributes: any[] = []): Map<string, unknown> =>
  new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const marksIn = (attributes: ReadonlyMap<string, unknown>, side: string): number[] =>
  [...attributes.keys()].flatMap((key) => (key.startsWith(`${side}.`) ? [Number(key.slice(side.length + 1))] : []))
