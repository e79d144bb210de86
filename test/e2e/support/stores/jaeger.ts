// A real Jaeger, the trace store that can be built where Tempo cannot, and its API.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, freePort } from '../peers.ts'
import { restartable, startServer, temporaryFolder } from '../processes.ts'
import { ask, askJson, parameters } from './ask.ts'
import { storedSpans, type StoredSpan } from './spans.ts'

export interface Jaeger {
  readonly url: string
  /** The base URL for OTLP over HTTP, and the address for gRPC. */
  readonly otlp: string
  readonly otlpGrpc: string
  /** The spans of a trace; none when it is not known. */
  trace(traceId: string): Promise<StoredSpan[]>
  /** The spans of a service's traces of the last hour. */
  spansOf(service: string): Promise<StoredSpan[]>
  services(): Promise<string[]>
  everything(): Promise<string>
  output(): string
  stop(): Promise<void>
  /** Ends it and starts it again, with the data that it has. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

const configuration = (
  folder: string,
  ports: Readonly<Record<'grpc' | 'http' | 'query' | 'queryGrpc' | 'health', number>>,
): string => `
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry:
    metrics: { level: none }
    logs: { level: warn }
extensions:
  healthcheckv2: { use_v2: true, http: { endpoint: "127.0.0.1:${ports.health}" } }
  jaeger_storage:
    backends:
      disk: { badger: { ephemeral: false, directories: { keys: "${folder}/keys", values: "${folder}/values" } } }
  jaeger_query:
    storage: { traces: disk }
    http: { endpoint: "127.0.0.1:${ports.query}" }
    grpc: { endpoint: "127.0.0.1:${ports.queryGrpc}" }
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "127.0.0.1:${ports.grpc}" }
      http: { endpoint: "127.0.0.1:${ports.http}" }
exporters:
  jaeger_storage_exporter: { trace_storage: disk }
`

export async function startJaeger(path: string): Promise<Jaeger> {
  const ports = {
    grpc: await freePort(),
    http: await freePort(),
    query: await freePort(),
    queryGrpc: await freePort(),
    health: await freePort(),
  }
  const folder = temporaryFolder('jaeger')
  const file = join(folder, 'jaeger.yaml')
  writeFileSync(file, configuration(folder, ports))
  const running = await restartable(() =>
    startServer(path, ['--config', file], () => answers(`http://127.0.0.1:${ports.health}/status`)),
  )
  const url = `http://127.0.0.1:${ports.query}`
  return {
    ...jaegerApi(url),
    otlp: `http://127.0.0.1:${ports.http}`,
    otlpGrpc: `127.0.0.1:${ports.grpc}`,
    ...running,
    // It would wait 10 s for connections that are only kept alive.
    stop: () => running.stop('SIGKILL'),
  }
}

/** Without what Jaeger adds to a span of its own accord: warnings, and a nanosecond where a span has no duration. */
const asSent = (trace: unknown): StoredSpan[] =>
  storedSpans(trace).map(({ attributes, durationMs, ...span }) => ({
    ...span,
    durationMs: durationMs === 1e-6 ? 0 : durationMs,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => !key.startsWith('@jaeger@'))),
  }))

function jaegerApi(url: string): Pick<Jaeger, 'url' | 'trace' | 'spansOf' | 'services' | 'everything'> {
  const services = async (): Promise<string[]> => (await askJson(`${url}/api/services`)).data ?? []
  const search = async (service: string): Promise<string> => {
    const values = {
      'query.service_name': service,
      'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
      'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
      'query.num_traces': 50_000,
    }
    const { status, text } = await ask(`${url}/api/v3/traces?${parameters(values)}`)
    if (status === 404) return '{"result":{}}'
    if (status !== 200) throw new Error(`Jaeger answered ${status}: ${text.slice(0, 300)}`)
    return text
  }
  return {
    url,
    services,
    async trace(traceId) {
      const { status, text } = await ask(`${url}/api/v3/traces/${traceId}`)
      if (status === 404) return []
      if (status !== 200) throw new Error(`Jaeger answered ${status}: ${text.slice(0, 300)}`)
      return asSent(JSON.parse(text).result)
    },
    spansOf: async (service) => asSent(JSON.parse(await search(service)).result),
    async everything() {
      const names = await services()
      return JSON.stringify(names) + (await Promise.all(names.map(search))).join('\n')
    },
  }
}
