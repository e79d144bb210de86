// The leak test, whole: a gateway as a user starts it, made-up personal data in every place through every receiver, and
// malformed requests beside it. Then everything that left it is searched: what backends got, standard output and error,
// the data folder, /metrics, /health, and every answer.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { runGateway } from '../commands/cli.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'
import { callGrpc, exportMethods } from '../receivers/grpc-client.ts'
import { writeJson } from '../arbitrary/json.ts'
import { write } from '../arbitrary/writer.ts'
import type { Message } from '../reference/model.ts'
import { type Signal, fieldsOf, requestName, signals } from '../reference/schema.ts'
import { addedUp } from './added-up.ts'
import { type Backend, grpcBackend, httpBackend } from './backend.ts'
import { type Planting, plant } from '../../src/leak/plant.ts'
import { search } from '../../src/leak/search.ts'
import type { Secret } from '../../src/leak/secret.ts'
import { placesOf } from './places.ts'
import { content, contentNames, detectable } from './values.ts'

const secrets: readonly Secret[] = [...onePerKind(detectable()), ...content(contentNames)]

/** Two of each kind: every value of each kind has been through the engine's own leak test. */
function onePerKind(all: readonly Secret[]): Secret[] {
  const seen = new Map<string, number>()
  return all.filter(({ kind }) => {
    const count = (seen.get(kind) ?? 0) + 1
    seen.set(kind, count)
    return count <= 2
  })
}

/** Requests of one signal put together, as a sender batches them. */
function joined(signal: Signal, plantings: readonly Planting[]): Message {
  const [groups] = fieldsOf(requestName[signal])
  return { [groups.name]: plantings.flatMap(({ request }) => request[groups.name] as Message[]) }
}

const perRequest = 150

function batches(signal: Signal, plantings: readonly Planting[]): Message[] {
  return Array.from({ length: Math.ceil(plantings.length / perRequest) }, (_, at) =>
    joined(signal, plantings.slice(at * perRequest, (at + 1) * perRequest)),
  )
}

interface Answer {
  readonly status: number
  /** The answer's head and body. */
  readonly said: Buffer
}

/** A request of any shape; the answer as bytes. */
function ask(
  address: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: Buffer,
  method = 'POST',
): Promise<Answer> {
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [Buffer.from(JSON.stringify(response.rawHeaders))]
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, said: Buffer.concat(chunks) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const encodings = {
  'protobuf, gzip': (name: string, body: Message) => ({
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    bytes: gzipSync(write(name, body)),
  }),
  'protobuf, zstd': (name: string, body: Message) => ({
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'zstd' },
    bytes: zstdCompressSync(write(name, body)),
  }),
  JSON: (name: string, body: Message) => ({
    headers: { 'content-type': 'application/json' },
    bytes: Buffer.from(writeJson(name, body)),
  }),
  'protobuf, to be added up': (name: string, body: Message) => ({
    headers: { 'content-type': 'application/x-protobuf' },
    bytes: write(
      name,
      addedUp(
        signals.find((signal) => requestName[signal] === name)!,
        body,
      ),
    ),
  }),
}

/** Sends until it is taken: a full queue is no answer. */
async function untilTaken(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send()
    if (answer.status !== 503) return answer
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function sendPlanted(
  http: string,
  grpc: string,
  signal: Signal,
  plantings: readonly Planting[],
): Promise<Buffer[]> {
  const name = requestName[signal]
  const said: Buffer[] = []
  for (const body of batches(signal, plantings)) {
    for (const encode of Object.values(encodings)) {
      const { headers, bytes } = encode(name, body)
      const answer = await untilTaken(() => ask(http, `/v1/${signal}`, headers, bytes))
      expect(answer.status).toBe(200)
      said.push(answer.said)
    }
    const taken = await untilTaken(async () => {
      const answer = await callGrpc(Number(grpc.split(':')[1]), exportMethods[signal], write(name, body), {
        compression: 'gzip',
      })
      return {
        status: answer.code === 0 ? 200 : answer.code === 14 ? 503 : 400,
        said: answer.response ?? Buffer.alloc(0),
      }
    })
    expect(taken.status).toBe(200)
    said.push(taken.said)
  }
  return said
}

/** Requests that are wrong in every way there is, each with a secret in it. */
async function sendMalformed(http: string, grpc: string, admin: string): Promise<Buffer[]> {
  const said: Buffer[] = []
  const grpcPort = Number(grpc.split(':')[1])
  const json = { 'content-type': 'application/json' }
  const binary = { 'content-type': 'application/x-protobuf' }
  for (const secret of secrets) {
    const header = encodeURIComponent(secret.text)
    const attributes = [{ key: secret.key ?? 'app.detail', value: { stringValue: secret.text } as Message }]
    const body: Message = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes }] }] }] }
    const bytes = write('ExportLogsServiceRequest', body)
    const text = writeJson('ExportLogsServiceRequest', body)
    const asked: readonly Promise<Answer>[] = [
      ask(http, '/v1/logs', binary, bytes.subarray(0, bytes.length - 1)),
      ask(http, '/v1/logs', binary, Buffer.from(secret.text)),
      ask(http, '/v1/logs', json, Buffer.from(text.slice(0, -2))),
      ask(http, '/v1/logs', json, Buffer.from(secret.text)),
      ask(http, '/v1/logs', json, Buffer.from(`{${JSON.stringify(secret.text)}: 1, "resource_logs": []}`)),
      ask(http, '/v1/logs', { ...binary, 'content-encoding': 'gzip' }, bytes),
      ask(http, '/v1/logs', { ...binary, 'content-encoding': header }, bytes),
      ask(http, '/v1/logs', { 'content-type': `text/plain; x=${header}` }, Buffer.from(secret.text)),
      ask(http, `/v1/${header}`, json, Buffer.from(text)),
      ask(http, `/t/${header}/v1/logs?a=${header}`, json, Buffer.from(text)),
      ask(
        http,
        `/v1/logs?a=${header}`,
        { ...json, authorization: `Bearer ${header}`, 'user-agent': header },
        undefined,
        'GET',
      ),
      ask(http, `/v1/logs?a=${header}`, { ...json, 'x-forwarded-for': header, cookie: header }, Buffer.from(text)),
      ask(admin, `/${header}`, { 'x-a': header }, undefined, 'GET'),
      ask(admin, `/metrics?a=${header}`, {}, Buffer.from(secret.text)),
    ]
    said.push(...(await Promise.all(asked)).map((answer) => answer.said))
    const cut = await callGrpc(grpcPort, exportMethods.logs, bytes.subarray(0, bytes.length - 1), {
      metadata: { 'x-a': header },
    })
    said.push(Buffer.from(cut.details), cut.response ?? noBytes, cut.status ?? noBytes)
    const unknown = await callGrpc(grpcPort, `/opentelemetry.${header}/Export`, bytes)
    said.push(Buffer.from(unknown.details), unknown.response ?? noBytes, unknown.status ?? noBytes)
  }
  return said
}

const noBytes = Buffer.alloc(0)

function filesBelow(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
}

const config = (folder: string, http: Backend, grpc: Backend): string => `
receivers:
  otlp: { protocols: { http: {}, grpc: {} } }
exporters:
  otlp_http/sink: { endpoint: "http://127.0.0.1:${http.port}" }
  otlp_grpc/sink: { endpoint: "127.0.0.1:${grpc.port}" }
  debug: { verbosity: detailed }
  file: {}
service:
  pipelines:
${signals.map((signal) => `    ${signal}: { receivers: [otlp], exporters: [otlp_http/sink, otlp_grpc/sink, debug, file] }`).join('\n')}
metrics: { flush_interval: 2s }
data_dir: ${join(folder, 'data')}
`

test('nothing planted leaves a gateway, whatever is sent to it and however', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder()
  const [http, grpc] = [await httpBackend(), await grpcBackend()]
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, config(folder, http, grpc))
  const gateway = await runGateway(['--config', file], { cwd: folder })
  const [httpAt, grpcAt, adminAt] = ['http', 'grpc', 'admin'].map((name) => String(gateway.started[name]))

  const planted = signals.map((signal) => ({ signal, plantings: plant(placesOf(signal), secrets) }))
  const said: Buffer[] = []
  for (const { signal, plantings } of planted) said.push(...(await sendPlanted(httpAt, grpcAt, signal, plantings)))
  said.push(...(await sendMalformed(httpAt, grpcAt, adminAt)))
  for (const path of ['/metrics', '/health']) said.push((await ask(adminAt, path, {}, undefined, 'GET')).said)
  // Metrics that the gateway adds up itself are among what is searched: on disk, and as they are sent.
  const figures = Buffer.concat(said).toString()
  expect(Number(/^gateway_points_absorbed (\d+)/m.exec(figures)?.[1])).toBeGreaterThan(100)
  expect(Number(/^gateway_series\{kind="derived"\} (\d+)/m.exec(figures)?.[1])).toBeGreaterThan(0)
  expect(await gateway.stop()).toBe(0)

  const files = filesBelow(folder)
  const left = {
    'OTLP/HTTP': [http.received()],
    'OTLP/gRPC': [grpc.received()],
    stdout: [Buffer.from(gateway.stdout())],
    stderr: [Buffer.from(gateway.stderr())],
    files,
    answers: said,
  }
  for (const way of ['OTLP/HTTP', 'OTLP/gRPC', 'stdout', 'files', 'answers'] as const) {
    expect(Buffer.concat(left[way]).length, way).toBeGreaterThan(10_000)
  }
  const hits = Object.entries(left).flatMap(([way, chunks]) =>
    search(Buffer.concat(chunks), secrets).map((hit) => ({ way, ...hit })),
  )
  const times = planted
    .flatMap(({ plantings }) => plantings)
    .reduce((sum, planting) => sum + planting.secrets.length, 0)
  const ways = Object.keys(encodings).length + 1
  const bytes = Object.values(left)
    .flat()
    .reduce((sum, chunk) => sum + chunk.length, 0)
  console.log(
    `${times * ways} values planted (${times} in each of ${ways} ways), ${secrets.length * 16} in malformed requests; ${bytes} bytes searched; ${hits.length} found`,
  )
  expect(hits.slice(0, 20)).toEqual([])
})
