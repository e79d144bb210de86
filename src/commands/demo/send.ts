// Sends the demo's requests the way real programs do: OTLP/HTTP with JSON or protobuf, and OTLP/gRPC.
import { gzipSync } from 'node:zlib'
import { Client, credentials } from '@grpc/grpc-js'
import { jsonToProtobuf } from '../../otlp/from-json.ts'
import type { Signal } from '../../pipeline/batch.ts'
import type { DemoRequest } from './traffic.ts'

/** The gateway is not there, or did not take a request; the message says which. */
export class NotTakenError extends Error {
  override readonly name = 'NotTakenError'
}

export interface DemoSender {
  /** Sends one request. Throws NotTakenError. */
  send(request: DemoRequest): Promise<void>
  close(): void
}

export interface DemoTarget {
  /** `http://127.0.0.1:4318` */
  readonly http: string
  /** `127.0.0.1:4317`; without it, what would go through gRPC goes through HTTP. */
  readonly grpc?: string | undefined
}

const grpcServices: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
}

/** The SDKs compress bodies of this many bytes and more. */
const gzipFrom = 1024
const timeoutMs = 10_000

export function demoSender({ http, grpc }: DemoTarget): DemoSender {
  const client = grpc === undefined ? undefined : new Client(grpc, credentials.createInsecure())
  return {
    async send({ signal, way, body }) {
      const json = Buffer.from(JSON.stringify(body))
      if (way === 'http/json') return post(http, signal, 'application/json', json)
      const protobuf = jsonToProtobuf(signal, json).bytes
      if (way === 'grpc' && client !== undefined) return call(client, signal, Buffer.from(protobuf))
      return post(http, signal, 'application/x-protobuf', protobuf)
    },
    close: () => client?.close(),
  }
}

async function post(url: string, signal: Signal, contentType: string, body: Uint8Array): Promise<void> {
  const compressed = body.length >= gzipFrom
  const target = `${url.replace(/\/+$/, '')}/v1/${signal}`
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': contentType, ...(compressed ? { 'content-encoding': 'gzip' } : {}) },
    body: compressed ? gzipSync(body) : Buffer.from(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => {
    throw new NotTakenError(`no gateway answers at ${url}`)
  })
  await response.arrayBuffer()
  if (response.status !== 200) throw new NotTakenError(`the gateway answered HTTP ${response.status} to ${signal}`)
}

function call(client: Client, signal: Signal, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${grpcServices[signal]}/Export`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      { deadline: Date.now() + timeoutMs },
      (error) => {
        if (error === null) resolve()
        else reject(new NotTakenError(`the gateway answered gRPC status ${error.code} to ${signal}`))
      },
    )
  })
}
