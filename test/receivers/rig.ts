// Both receivers on free ports, with a consumer and an observer that remember what they were told.
import { createCipheriv } from 'node:crypto'
import type { Arrival, Signal } from '../../src/pipeline/batch.ts'
import type { Outcome } from '../../src/pipeline/outcome.ts'
import { createByteBudget, type ByteBudget } from '../../src/receivers/byte-budget.ts'
import { startGrpcReceiver, type GrpcReceiverOptions } from '../../src/receivers/grpc.ts'
import { startHttpReceiver, type HttpReceiverOptions, type Receiver } from '../../src/receivers/http.ts'
import type { ReceiverObserver } from '../../src/receivers/receiver-observer.ts'

export interface Rig extends AsyncDisposable {
  readonly http: Receiver
  readonly grpc: Receiver
  readonly arrivals: Arrival[]
  /** `refused http malformed`, `received grpc traces 10 20`, `fault http`: in the order of the calls. */
  readonly observed: string[]
  readonly budget: ByteBudget
  /** What the consumer does next; taken unless set. */
  consume: (arrival: Arrival) => Outcome
}

export interface RigOptions extends Omit<Partial<HttpReceiverOptions & GrpcReceiverOptions>, 'limits'> {
  readonly maxBytes?: number
  readonly inFlightBytes?: number
}

export const taken: Outcome = { is: 'taken', refused: [] }

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { maxBytes = 1 << 20, inFlightBytes = 64 << 20, ...rest } = options
  const budget = createByteBudget(inFlightBytes)
  const arrivals: Arrival[] = []
  const observed: string[] = []
  const observe: ReceiverObserver = {
    received: (transport, signal, wireBytes, bodyBytes) =>
      observed.push(`received ${transport} ${signal} ${wireBytes} ${bodyBytes}`),
    refused: (transport, reason) => observed.push(`refused ${transport} ${reason}`),
    fault: (transport) => observed.push(`fault ${transport}`),
  }
  const consumer = {
    async consume(arrival: Arrival): Promise<Outcome> {
      arrivals.push(arrival)
      return rig.consume(arrival)
    },
  }
  const all = { endpoint: { host: '127.0.0.1', port: 0 }, ...rest, limits: { maxBytes, budget } }
  const http = await startHttpReceiver(all, consumer, observe)
  const grpc = await startGrpcReceiver(all, consumer, observe)
  const rig: Rig = {
    http,
    grpc,
    arrivals,
    observed,
    budget,
    consume: () => taken,
    async [Symbol.asyncDispose]() {
      await Promise.all([http.close(100), grpc.close(100)])
    },
  }
  return rig
}

export const signalPaths: readonly (readonly [Signal, string])[] = [
  ['traces', '/v1/traces'],
  ['metrics', '/v1/metrics'],
  ['logs', '/v1/logs'],
]

/** Bytes that no compression makes smaller: large on the wire, they take the way of large bodies. Always the same. */
export function incompressible(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length))
}
