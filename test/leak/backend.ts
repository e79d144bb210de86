// Backends that keep the bytes of what the gateway sends them: OTLP/HTTP and OTLP/gRPC on free ports.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import { exportMethods } from '../receivers/grpc-client.ts'

export interface Backend {
  readonly port: number
  /** Every byte received so far, decompressed, with the request's line and headers. */
  readonly received: () => Buffer
}

export async function httpBackend(): Promise<Backend> {
  const chunks: Buffer[] = []
  const server = createServer((request, response) => {
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      const bytes = Buffer.concat(body)
      chunks.push(Buffer.from(`${request.method} ${request.url} ${JSON.stringify(request.headers)}\n`))
      chunks.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes)
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, received: () => Buffer.concat(chunks) }
}

export async function grpcBackend(): Promise<Backend> {
  const chunks: Buffer[] = []
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  const asIs = (bytes: Buffer): Buffer => bytes
  const service: ServiceDefinition = Object.fromEntries(
    Object.entries(exportMethods).map(([signal, path]) => [
      signal,
      {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ]),
  )
  const take = (
    call: { request: Buffer; metadata: { toJSON(): unknown } },
    reply: (error: null, answer: Buffer) => void,
  ): void => {
    chunks.push(Buffer.from(JSON.stringify(call.metadata.toJSON())), call.request)
    reply(null, Buffer.alloc(0))
  }
  server.addService(service, Object.fromEntries(Object.keys(exportMethods).map((signal) => [signal, take])))
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  onTestFinished(() => server.forceShutdown())
  return { port, received: () => Buffer.concat(chunks) }
}
