// A gateway whose ruleset is on the disk, with its sinks in memory.
import { onTestFinished } from 'vitest'
import { createCapture, type Capture } from '../../src/commands/demo/capture.ts'
import type { Config } from '../../src/config/config.ts'
import { defaultConfig } from '../../src/config/load-config.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts'
import { openSeriesStore } from '../../src/metrics/store.ts'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import type { Log } from '../../src/telemetry/log.ts'
import type { RulesOnDisk } from './rules.ts'

const free = { host: '127.0.0.1', port: 0 }

export interface Running {
  readonly gateway: Gateway
  readonly capture: Capture
  /** Lines of the log: level and message. */
  readonly logged: string[]
  /** Sends a log record with these attributes; the answer's status. */
  send(attributes: Readonly<Record<string, string>>): Promise<number>
  /** The log records that came out since the last call, attributes as an object. */
  out(): Record<string, unknown>[]
  health(): Promise<any>
  metrics(): Promise<string>
  reload(headers?: Record<string, string>): Promise<{ status: number; body: any }>
}

export async function runReloadable(
  rules: RulesOnDisk,
  over: Partial<GatewayOptions> & { admin?: Config['admin']; intervalMs?: number } = {},
): Promise<Running> {
  const { program, files } = rules.load()
  const config = defaultConfig(rules.source.dataDir)
  const [otlp] = config.receivers
  const capture = createCapture()
  const logged: string[] = []
  const note =
    (level: string) =>
    (message: string): void =>
      void logged.push(`${level}: ${message}`)
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') }
  const seriesStore = openSeriesStore(rules.source.dataDir, log.warn)
  const { admin = free, intervalMs = 3_600_000, ...options } = over
  const gateway = await startGateway({
    config: {
      ...config,
      receivers: [{ ...otlp, http: { ...otlp.http!, endpoint: free }, grpc: { ...otlp.grpc!, endpoint: free } }],
      exporters: [],
      pipelines: { traces: [], metrics: [], logs: [] },
      admin,
    },
    program,
    version: '0.0.0',
    log,
    write() {},
    exporters: [capture],
    seriesStore,
    reload: { ...rules.source, files, intervalMs },
    ...options,
  })
  onTestFinished(async () => {
    await gateway.stop(0)
    seriesStore.close()
  })
  const { port: adminPort } = gateway.endpoints.admin
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${adminPort}${path}`)
  return {
    gateway,
    capture,
    logged,
    async send(attributes) {
      const pairs = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
      const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: pairs }] }] }] }
      const response = await fetch(`http://127.0.0.1:${gateway.endpoints.http!.port}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      await response.text()
      return response.status
    },
    out: () => capture.take().flatMap(({ signal, bytes }) => (signal === 'logs' ? recordsOf(bytes) : [])),
    health: async () => (await get('/health')).json(),
    metrics: async () => (await get('/metrics')).text(),
    async reload(headers = {}) {
      const response = await fetch(`http://127.0.0.1:${adminPort}/-/reload`, { method: 'POST', headers })
      return { status: response.status, body: await response.json() }
    },
  }
}

function recordsOf(bytes: Uint8Array): Record<string, unknown>[] {
  const { resourceLogs } = decodeRequest('logs', bytes) as any
  return resourceLogs.flatMap(({ scopeLogs }: any) =>
    scopeLogs.flatMap(({ logRecords }: any) =>
      logRecords.map(({ attributes = [], ...record }: any) => ({
        ...record,
        attributes: Object.fromEntries(attributes.map(({ key, value }: any) => [key, Object.values(value)[0]])),
      })),
    ),
  )
}
