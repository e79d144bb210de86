// Steady load in every transport and signal. Each request says in its resource and in its records, in names of their own,
// which rules treated it: reload number n drops `left.n` of records and `right.n` of resources.
import { gzipSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { signals, type Signal } from '../../../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../../../src/otlp/from-json.ts'
import { callGrpc, exportMethods } from '../../../receivers/grpc-client.ts'

/** What must not come out. */
export const planted = { phone: '+55 11 91234-5678', email: 'ana.silva@example.com', content: 'a segredo of ana' }
export const traces = ['91234', 'ana.silva', 'segredo', 'user-4242']

/** A request that the gateway said it took. */
interface Taken {
  readonly signal: Signal
  readonly transport: string
  /** The reloads that were over when it was sent, and those that had been asked for when it was answered. */
  readonly from: number
  readonly to: number
}

export interface Load {
  /** By the id that its records carry. */
  readonly taken: ReadonlyMap<string, Taken>
  /** Requests that were to be sent again. */
  readonly repeated: () => number
  stop(): Promise<void>
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const marks = (side: string, count: number): object[] =>
  Array.from({ length: count }, (_, n) => text(`${side}.${n + 1}`, 'here'))

function bodyOf(signal: Signal, id: string, reloads: number): object {
  const resource = { attributes: [text('service.name', 'load'), ...marks('right', reloads)] }
  const attributes = [
    text('load_id', id),
    text('reason', `call ${planted.phone} or ${planted.email}`),
    text('x', planted.content),
    text('user.id', 'user-4242'),
    ...marks('left', reloads),
  ]
  const time = `${Date.now()}000000`
  if (signal === 'logs') {
    const record = { timeUnixNano: time, body: { stringValue: `from ${planted.email}` }, attributes }
    return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record, record] }] }] }
  }
  if (signal === 'metrics') {
    const point = { timeUnixNano: time, asInt: '1', attributes }
    return {
      resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'load', gauge: { dataPoints: [point] } }] }] }],
    }
  }
  const span = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', name: 'load', attributes }
  const times = { startTimeUnixNano: time, endTimeUnixNano: time }
  return {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            spans: [
              { ...span, ...times },
              { ...span, ...times },
            ],
          },
        ],
      },
    ],
  }
}

/** How many records of an id a request holds. */
export const recordsOf: Readonly<Record<Signal, number>> = { traces: 2, logs: 2, metrics: 1 }

interface Ports {
  readonly http: string
  readonly grpc: string
}

/** Sends a request; whether it was taken, or is to be sent again. @throws for any other answer */
type Send = (ports: Ports, signal: Signal, body: object) => Promise<boolean>

const overHttp =
  (type: string, encode: (signal: Signal, json: Buffer) => Uint8Array, headers = {}): Send =>
  async ({ http }, signal, body) => {
    const response = await fetch(`http://${http}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: new Uint8Array(encode(signal, Buffer.from(JSON.stringify(body)))),
    })
    await response.arrayBuffer()
    return answered(response.status, 200, 503)
  }
const toProtobuf = (signal: Signal, json: Buffer): Uint8Array => jsonToProtobuf(signal, json).bytes

const transports: Readonly<Record<string, Send>> = {
  'http json': overHttp('application/json', (_signal, json) => json),
  'http json gzip': overHttp('application/json', (_signal, json) => gzipSync(json), { 'content-encoding': 'gzip' }),
  'http protobuf': overHttp('application/x-protobuf', toProtobuf),
  grpc: async ({ grpc }, signal, body) => {
    const bytes = toProtobuf(signal, Buffer.from(JSON.stringify(body)))
    return answered((await callGrpc(Number(grpc.split(':').at(-1)), exportMethods[signal], bytes)).code, 0, 14)
  },
}

function answered(status: number, taken: number, later: number): boolean {
  if (status !== taken && status !== later) throw new Error(`the load was answered ${status}`)
  return status === taken
}

/** @param clock how many reloads are over, and how many were asked for */
export function startLoad(ports: Ports, reloads: number, clock: { over: number; asked: number }): Load {
  const taken = new Map<string, Taken>()
  let repeated = 0
  const stopping = new AbortController()
  const work = async (transport: string, send: Send, signal: Signal): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      const id = `${transport.replaceAll(' ', '-')}-${signal}-${n}`
      const body = bodyOf(signal, id, reloads)
      for (;;) {
        const from = clock.over
        if (await send(ports, signal, body)) {
          taken.set(id, { signal, transport, from, to: clock.asked })
          break
        }
        repeated += 1
        await sleep(20)
      }
      await sleep(10)
    }
  }
  const workers = Promise.all(
    Object.entries(transports).flatMap(([name, send]) => signals.map((signal) => work(name, send, signal))),
  )
  // Reported by stop().
  workers.catch(() => {})
  return {
    taken,
    repeated: () => repeated,
    async stop() {
      stopping.abort()
      await workers
    },
  }
}
