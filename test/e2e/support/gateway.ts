// The gateway as a user starts it: a process of its own, with a configuration file, on free ports.
import { mkdtempSync, readFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, freePort, startServer, type Running } from './peers.ts'

export interface GatewayUnderTest extends Running {
  readonly http: number
  readonly grpc: number
  readonly admin: number
  readonly folder: string
}

/** @param exporters YAML of the exporters section; every pipeline sends to all that `names` lists. */
export async function startGateway(exporters = 'file: {}', names = ['file']): Promise<GatewayUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-e2e-'))
  const [http, grpc, admin] = [await freePort(), await freePort(), await freePort()]
  const pipeline = `{ receivers: [otlp], exporters: [${names.join(', ')}] }`
  const config = `
receivers:
  otlp:
    protocols:
      http: { endpoint: "127.0.0.1:${http}" }
      grpc: { endpoint: "127.0.0.1:${grpc}" }
exporters:
  ${exporters.trim().split('\n').join('\n  ')}
service:
  pipelines: { traces: ${pipeline}, metrics: ${pipeline}, logs: ${pipeline} }
data_dir: ${join(folder, 'data')}
admin: { endpoint: "127.0.0.1:${admin}" }
`
  writeFileSync(join(folder, 'gateway.yaml'), config)
  const running = await startServer(
    process.execPath,
    ['src/main.ts', 'start', '--config', join(folder, 'gateway.yaml')],
    () => answers(`http://127.0.0.1:${admin}/health`),
  )
  return { ...running, http, grpc, admin, folder }
}

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

/** Waits until `check` is true. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
