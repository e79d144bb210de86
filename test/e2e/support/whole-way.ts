// The whole way: programs, the gateway, a Collector where the pattern has one, the stores; with the configuration files
// of collector-config/.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { collectorPorts, startCollector, type CollectorPorts } from './collector.ts'
import { gatewayPorts, runGateway, startGatewayWith, type GatewayPorts, type GatewayUnderTest } from './gateway.ts'
import { temporaryFolder, type Restartable } from './processes.ts'
import { startStores, type Stores } from './stores/stores.ts'

const configurations = resolve(import.meta.dirname, '../../../collector-config')

/**
 * - `direct`: programs → gateway → stores
 * - `gateway`: programs → gateway → Collector → stores (collector-config/gateway.yaml)
 * - `beside`: programs → Collector → gateway → the same Collector → stores (collector-config/beside.yaml)
 */
export type Pattern = 'direct' | 'gateway' | 'beside'

export interface WholeWay {
  readonly pattern: Pattern
  readonly stores: Stores
  readonly gateway: GatewayUnderTest
  /** None in the pattern `direct`. */
  readonly collector: Restartable | undefined
  /** The ports to which programs send. */
  readonly http: number
  readonly grpc: number
  stop(): Promise<void>
}

export interface WholeWayOptions {
  readonly pattern: Pattern
  /** How often the gateway's own metrics go out and Prometheus scrapes; as the configuration files say unless given. */
  readonly everyS?: number
}

/** Needs the peers `storeNames`, and `otelcol` unless the pattern is `direct`. */
export async function startWholeWay({ pattern, everyS }: WholeWayOptions): Promise<WholeWay> {
  const ports = await gatewayPorts()
  const ofCollector = await collectorPorts()
  const targets = {
    gateway: `127.0.0.1:${ports.admin}`,
    ...(pattern === 'direct' ? {} : { collector: `127.0.0.1:${ofCollector.metrics}` }),
  }
  const prometheus = { targets, ...(everyS === undefined ? {} : { scrapeIntervalS: everyS }) }
  const stores = await startStores({ prometheus })
  let collector: Restartable | undefined
  let gateway: GatewayUnderTest | undefined
  const stop = async (): Promise<void> => {
    // Backwards, so that nobody tries again what nobody takes.
    await gateway?.stop()
    await collector?.stop()
    await stores.stop()
  }
  try {
    if (pattern === 'direct') {
      gateway = await startDirect(stores, ports, everyS)
      return { pattern, stores, gateway, collector, http: ports.http, grpc: ports.grpc, stop }
    }
    collector = await startCollector(pattern, stores, ports.http, ofCollector)
    gateway = await startBeforeCollector(pattern, ports, ofCollector, everyS)
    const front =
      pattern === 'gateway'
        ? { http: ports.http, grpc: ports.grpc }
        : { http: ofCollector.rawHttp, grpc: ofCollector.rawGrpc }
    return { pattern, stores, gateway, collector, ...front, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `metrics: …` of gateway.yaml. */
export const flushEvery = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `metrics: { flush_interval: ${seconds}s }`

function startDirect(stores: Stores, ports: GatewayPorts, everyS: number | undefined): Promise<GatewayUnderTest> {
  return startGatewayWith({
    exporters: `
otlp_http/tempo: { endpoint: "${stores.tempo.otlp}", retry_on_failure: { initial_interval: 1s } }
otlp_http/jaeger: { endpoint: "${stores.jaeger.otlp}", retry_on_failure: { initial_interval: 1s } }
otlp_http/loki: { endpoint: "${stores.loki.otlp}", retry_on_failure: { initial_interval: 1s } }
otlp_http/prometheus: { endpoint: "${stores.prometheus.otlp}", retry_on_failure: { initial_interval: 1s } }`,
    names: {
      traces: ['otlp_http/tempo', 'otlp_http/jaeger'],
      metrics: ['otlp_http/prometheus'],
      logs: ['otlp_http/loki'],
    },
    more: flushEvery(everyS),
    ports,
  })
}

function startBeforeCollector(
  pattern: 'gateway' | 'beside',
  ports: GatewayPorts,
  collector: CollectorPorts,
  everyS: number | undefined,
): Promise<GatewayUnderTest> {
  const folder = temporaryFolder('gateway-e2e')
  const kit = join(configurations, `automagik-gateway/${pattern}.yaml`)
  const file = join(folder, basename(kit))
  // So that what arrives is what was sent.
  const text = `${readFileSync(kit, 'utf8')}\nlogs: { enabled: false }\n`
  writeFileSync(file, everyS === undefined ? text : text.replace(/^metrics: .*$/m, flushEvery(everyS)))
  return runGateway(file, folder, ports, {
    GATEWAY_HTTP_ENDPOINT: `127.0.0.1:${ports.http}`,
    GATEWAY_GRPC_ENDPOINT: `127.0.0.1:${ports.grpc}`,
    GATEWAY_ADMIN_ENDPOINT: `127.0.0.1:${ports.admin}`,
    GATEWAY_DATA_DIR: join(folder, 'data'),
    COLLECTOR_ENDPOINT: `127.0.0.1:${collector.grpc}`,
  })
}
