// The gateway as a user starts it: a process of its own, with a configuration file, on free ports.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertLedger } from './ledger.ts'
import { answers, freePort } from './peers.ts'
import { restartable, startServer, temporaryFolder, type Restartable } from './processes.ts'

export interface GatewayUnderTest extends Restartable {
  readonly http: number
  readonly grpc: number
  readonly admin: number
  readonly folder: string
}

export interface GatewaySettings {
  /** YAML of the exporters section, and the exporters that every pipeline sends to, or each pipeline's own. */
  readonly exporters: string
  readonly names: readonly string[] | Readonly<Record<'traces' | 'metrics' | 'logs', readonly string[]>>
  /** Further sections of the file, such as `metrics: { flush_interval: 1s }`. */
  readonly more?: string
  readonly ports?: GatewayPorts
  /** Where its data is; in its folder unless given. */
  readonly dataDir?: string
  readonly env?: Readonly<Record<string, string>>
}

/** @param exporters YAML of the exporters section; every pipeline sends to all that `names` lists. */
export function startGateway(exporters = 'file: {}', names = ['file']): Promise<GatewayUnderTest> {
  return startGatewayWith({ exporters, names })
}

export async function startGatewayWith({
  exporters,
  names,
  more,
  env,
  ...given
}: GatewaySettings): Promise<GatewayUnderTest> {
  const pipeline = (signal: 'traces' | 'metrics' | 'logs'): string => {
    const list = 'traces' in names ? names[signal] : names
    return `${signal}: { receivers: [otlp], exporters: [${list.join(', ')}] }`
  }
  const folder = temporaryFolder('gateway-e2e')
  const file = join(folder, 'gateway.yaml')
  const ports = given.ports ?? (await gatewayPorts())
  const config = `
receivers:
  otlp:
    protocols:
      http: { endpoint: "127.0.0.1:${ports.http}" }
      grpc: { endpoint: "127.0.0.1:${ports.grpc}" }
exporters:
  ${exporters.trim().split('\n').join('\n  ')}
service:
  pipelines: { ${pipeline('traces')}, ${pipeline('metrics')}, ${pipeline('logs')} }
data_dir: ${given.dataDir ?? join(folder, 'data')}
admin: { endpoint: "127.0.0.1:${ports.admin}" }
# So that what arrives is what was sent.
logs: { enabled: false }
${more ?? ''}
`
  writeFileSync(file, config)
  return runGateway(file, folder, ports, env)
}

export interface GatewayPorts {
  readonly http: number
  readonly grpc: number
  readonly admin: number
}

export const gatewayPorts = async (): Promise<GatewayPorts> => ({
  http: await freePort(),
  grpc: await freePort(),
  admin: await freePort(),
})

/**
 * Starts the gateway with a file that says what it listens on itself, from `ports` or from the environment. When it is
 * stopped its books must add up.
 */
export async function runGateway(
  file: string,
  folder: string,
  ports: GatewayPorts,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayUnderTest> {
  const running = await restartable(() =>
    startServer(
      process.execPath,
      ['src/main.ts', 'start', '--config', file],
      () => answers(`http://127.0.0.1:${ports.admin}/health`),
      { env },
    ),
  )
  let isWhole = /^logs: \{ enabled: false \}$/m.test(readFileSync(file, 'utf8'))
  return {
    ...running,
    ...ports,
    folder,
    async restart(signal) {
      isWhole = false
      await running.restart(signal)
    },
    async stop(signal = 'SIGTERM') {
      // What was killed, or is gone already, can be asked nothing.
      const isAsked = signal === 'SIGTERM' && (await answers(`http://127.0.0.1:${ports.admin}/health`))
      const books = isAsked ? assertLedger(ports.admin, { isWhole }) : Promise.resolve()
      try {
        await books
      } finally {
        await running.stop(signal)
      }
      if (running.output().includes(imbalanceLine)) throw new Error(`${imbalanceLine}:\n${running.output()}`)
    },
  }
}

/** What the gateway's log says when its queue checks itself at the stop and finds a fault. */
const imbalanceLine = 'the books of the queue do not add up'

/** The OTLP JSON requests of a signal that the gateway's file exporter has written. */
export function written(gateway: { folder: string }, signal: 'traces' | 'metrics' | 'logs'): any[] {
  return linesOf(join(gateway.folder, 'data', `${signal}.jsonl`))
}

export function linesOf(file: string): any[] {
  if (!existsSync(file)) return []
  // What stands behind the last line end is being written now.
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** Every byte under a folder, as one text, for searching. */
export function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

export function spansIn(requests: any[]): any[] {
  return requests
    .flatMap((request) => request.resourceSpans ?? [])
    .flatMap((group) => group.scopeSpans ?? [])
    .flatMap((scope) => scope.spans ?? [])
}

export function logsIn(requests: any[]): any[] {
  return requests
    .flatMap((request) => request.resourceLogs ?? [])
    .flatMap((group) => group.scopeLogs ?? [])
    .flatMap((scope) => scope.logRecords ?? [])
}

export function metricsIn(requests: any[]): any[] {
  return requests
    .flatMap((request) => request.resourceMetrics ?? [])
    .flatMap((group) => group.scopeMetrics ?? [])
    .flatMap((scope) => scope.metrics ?? [])
}

/** Attributes as a plain object. */
export function attributesOf(record: any): Record<string, unknown> {
  return Object.fromEntries(
    (record.attributes ?? []).map(({ key, value }: any) => [key, Object.values(value ?? {})[0]]),
  )
}

/** Waits until `check` is true. The deadline is for a slow machine; it proves nothing. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
