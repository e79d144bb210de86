// Programs that send: one for each signal and transport. Each sends a request again until it is answered 200 (over gRPC
// OK), as OTLP wants of clients; what was answered so is accepted.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Signal } from '../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { callGrpc, exportMethods } from '../../test/receivers/grpc-client.ts'
import { bodyOf, incrementOf, type Numbered, numbered, recordsPerRequest } from './records.ts'

interface Ports {
  readonly http: number
  readonly grpc: number
}

export interface Senders {
  /** Numbers of the records that were accepted. */
  readonly accepted: Readonly<Record<Numbered, ReadonlySet<number>>>
  readonly increments: () => number
  /** Increments in requests that got no answer: they may have been taken. */
  readonly openIncrements: () => number
  /** Requests that were to be sent again. */
  readonly repeated: () => number
  /** Records that were accepted, of all signals. */
  total(): number
  /** The last request of each sender is sent until it is accepted. */
  stop(): Promise<void>
}

/** `open`: nobody answered. */
type Answer = 'accepted' | 'later' | 'open'
type Send = (ports: Ports, signal: Signal, body: object) => Promise<Answer>

const againMs = 50
const answerWithinMs = 10_000

const overHttp =
  (type: string, encode: (signal: Signal, json: Buffer) => Uint8Array): Send =>
  async ({ http }, signal, body) => {
    try {
      const response = await fetch(`http://127.0.0.1:${http}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(encode(signal, Buffer.from(JSON.stringify(body)))),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const { status } = response
      await response.arrayBuffer()
      if (status === 200) return 'accepted'
      if (status === 503 || status === 429) return 'later'
      throw new RefusedError(`a sender was answered ${status}`)
    } catch (error) {
      if (error instanceof RefusedError) throw error
      return 'open'
    }
  }

/** What is refused for good would be a loss of the run's own making. */
class RefusedError extends Error {}

const toProtobuf = (signal: Signal, json: Buffer): Uint8Array => jsonToProtobuf(signal, json).bytes

/** DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED; a server that ends may say INTERNAL for a stream that it cut. */
const openCodes = new Set([1, 4, 13])
const unavailable = 14

const transports: Readonly<Record<string, Send>> = {
  'http-json': overHttp('application/json', (_signal, json) => json),
  'http-protobuf': overHttp('application/x-protobuf', toProtobuf),
  grpc: async ({ grpc }, signal, body) => {
    const bytes = toProtobuf(signal, Buffer.from(JSON.stringify(body)))
    const { code, status } = await callGrpc(grpc, exportMethods[signal], bytes, { deadlineMs: answerWithinMs })
    if (code === 0) return 'accepted'
    // With RetryInfo it is the gateway that says so.
    if (code === unavailable) return status === undefined ? 'open' : 'later'
    if (openCodes.has(code)) return 'open'
    throw new RefusedError(`a sender was answered with the gRPC status ${code}`)
  },
}

/** @param pauseMs of each sender between two requests */
export function startSenders(ports: Ports, pauseMs: number): Senders {
  const accepted: Record<Numbered, Set<number>> = { traces: new Set(), logs: new Set() }
  let [increments, openIncrements, repeated, last] = [0, 0, 0, 0]
  const stopping = new AbortController()

  /** @returns how many attempts nobody answered */
  async function untilAccepted(send: Send, signal: Signal, body: (attempt: number) => object): Promise<number> {
    let open = 0
    for (let attempt = 0; ; attempt++) {
      const answer = await send(ports, signal, body(attempt))
      if (answer === 'accepted') return open
      if (answer === 'open') open += 1
      repeated += 1
      await sleep(againMs)
    }
  }
  async function sendNumbered(name: string, send: Send, signal: Numbered): Promise<void> {
    while (!stopping.signal.aborted) {
      const numbers = Array.from({ length: recordsPerRequest }, () => (last += 1))
      await untilAccepted(send, signal, (attempt) => bodyOf(signal, name, numbers, attempt))
      for (const number of numbers) accepted[signal].add(number)
      await sleep(pauseMs)
    }
  }
  async function sendIncrements(name: string, send: Send): Promise<void> {
    while (!stopping.signal.aborted) {
      openIncrements += await untilAccepted(send, 'metrics', () => incrementOf(name))
      increments += 1
      await sleep(pauseMs)
    }
  }
  const workers = Promise.all(
    Object.entries(transports).flatMap(([name, send]) => [
      ...numbered.map((signal) => sendNumbered(name, send, signal)),
      sendIncrements(name, send),
    ]),
  )
  // Reported by stop().
  workers.catch(() => {})
  return {
    accepted,
    increments: () => increments,
    openIncrements: () => openIncrements,
    repeated: () => repeated,
    total: () => accepted.traces.size + accepted.logs.size + increments,
    async stop() {
      stopping.abort()
      await workers
    },
  }
}
