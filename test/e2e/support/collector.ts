// A real Collector with a configuration file of collector-config/.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startDoor } from './door.ts'
import { answers, freePort } from './peers.ts'
import { restartable, startServer, temporaryFolder, type Restartable } from './processes.ts'
import { pathOf, type Stores } from './stores/stores.ts'

const configurations = resolve(import.meta.dirname, '../../../collector-config')

const receiving = ['grpc', 'http', 'rawGrpc', 'rawHttp'] as const
export type CollectorPorts = Readonly<Record<(typeof receiving)[number] | 'health' | 'metrics', number>>

export const collectorPorts = async (): Promise<CollectorPorts> => ({
  grpc: await freePort(),
  http: await freePort(),
  rawGrpc: await freePort(),
  rawHttp: await freePort(),
  health: await freePort(),
  metrics: await freePort(),
})

/**
 * Starts it with the file of a pattern. Before 0.156.0 the Collector opens a receiver that several pipelines share when
 * the first of them is ready, and dies of a request for another one, or loses it
 * (open-telemetry/opentelemetry-collector#15485). Such a one is reached through doors that open when it says that it is
 * ready, as behind a Kubernetes Service.
 * @param gatewayHttp where the gateway listens, for the pattern `beside`
 */
export async function startCollector(
  pattern: 'gateway' | 'beside',
  stores: Stores,
  gatewayHttp: number,
  ports: CollectorPorts,
): Promise<Restartable> {
  const folder = temporaryFolder('otelcol')
  const overlay = join(folder, 'jaeger.yaml')
  writeFileSync(overlay, overlayOf(pattern, stores.jaeger.otlp))
  const doors = opensTooSoon()
  const own = doors ? await collectorPorts() : ports
  const env = {
    COLLECTOR_GRPC_PORT: String(own.grpc),
    COLLECTOR_HTTP_PORT: String(own.http),
    COLLECTOR_RAW_GRPC_PORT: String(own.rawGrpc),
    COLLECTOR_RAW_HTTP_PORT: String(own.rawHttp),
    COLLECTOR_HEALTH_PORT: String(ports.health),
    COLLECTOR_METRICS_PORT: String(ports.metrics),
    COLLECTOR_STORAGE_DIR: join(folder, 'storage'),
    GATEWAY_ENDPOINT: `http://127.0.0.1:${gatewayHttp}`,
    TEMPO_OTLP_ENDPOINT: stores.tempo.otlp,
    LOKI_OTLP_ENDPOINT: stores.loki.otlp,
    PROMETHEUS_OTLP_ENDPOINT: stores.prometheus.otlp,
  }
  const args = ['--config', join(configurations, `${pattern}.yaml`), '--config', overlay]
  const isReady = (): Promise<boolean> => answers(`http://127.0.0.1:${ports.health}/`)
  const collector = await restartable(() => startServer(pathOf('otelcol'), args, isReady, { env }))
  if (!doors) return collector

  const opened = await Promise.all(receiving.map((name) => startDoor(ports[name], own[name])))
  for (const door of opened) door.open()
  return {
    output: () => collector.output(),
    async stop(signal) {
      for (const door of opened) door.close()
      await collector.stop(signal)
    },
    async restart(signal) {
      for (const door of opened) door.shut()
      await collector.restart(signal)
      for (const door of opened) door.open()
    },
  }
}

/** Over the kit's file: the second trace store of the tests, which the users' kit does not have. */
const overlayOf = (pattern: 'gateway' | 'beside', jaeger: string): string => `
exporters:
  otlp_http/jaeger:
    endpoint: "${jaeger}"
    retry_on_failure: { initial_interval: 1s }
    sending_queue: { storage: file_storage }
service:
  pipelines:
    ${pattern === 'gateway' ? 'traces' : 'traces/clean'}: { exporters: [otlp_http/tempo, otlp_http/jaeger] }
`

function opensTooSoon(): boolean {
  const said = execFileSync(pathOf('otelcol'), ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(said) ?? []
  return Number(major) === 0 && Number(minor) < 156
}
