// A real Loki with the configuration of deploy/, and its API.
import { resolve } from 'node:path'
import { answers, freePort } from '../peers.ts'
import { type Restartable, restartable, startServer, temporaryFolder } from '../processes.ts'
import { askJson, parameters } from './ask.ts'
import type { Series } from './prometheus.ts'

const configuration = resolve(import.meta.dirname, '../../../../deploy/loki/loki.yaml')

interface LogEntry {
  /** Nanoseconds since 1970, in decimal. */
  readonly atNs: string
  readonly line: string
  /** What it is indexed by: `service_name` … */
  readonly labels: Readonly<Record<string, string>>
  /** The other attributes, `trace_id` and `span_id` among them. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface Loki {
  readonly url: string
  /** The base URL for OTLP. */
  readonly otlp: string
  /** The lines of a selector of the last hour, oldest first. */
  query(selector: string): Promise<LogEntry[]>
  /** A metric query over the last minutes. */
  queryRange(expression: string, options?: { minutes?: number; stepS?: number }): Promise<Series[]>
  series(): Promise<Record<string, string>[]>
  everything(): Promise<string>
  output(): string
  stop(): Promise<void>
  /** Ends it and starts it again, with the data that it has. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

export async function startLoki(path: string): Promise<Loki> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    LOKI_DIR: temporaryFolder('loki'),
    LOKI_LISTEN_ADDRESS: '127.0.0.1',
    LOKI_HTTP_PORT: String(port),
    LOKI_GRPC_PORT: String(await freePort()),
  }
  const args = [`-config.file=${configuration}`, '-config.expand-env=true']
  const running = await restartable(() =>
    startServer(path, args, () => answers(`${url}/ready`), { env, timeoutMs: 60_000 }),
  )
  return { ...lokiApi(url), ...running, stop: () => running.stop() }
}

function lokiApi(url: string): Omit<Loki, keyof Restartable> {
  const range = async (query: string, minutes: number, more: Record<string, string | number>): Promise<any> => {
    const [start, end] = [Date.now() - minutes * 60_000, Date.now() + 60_000].map((ms) => `${ms}000000`)
    const path = `${url}/loki/api/v1/query_range?${parameters({ query, start, end, ...more })}`
    // Loki's header for index labels and other attributes apart.
    const headers = { 'x-loki-response-encoding-flags': 'categorize-labels' }
    return (await askJson(path, { headers })).data.result
  }
  const query = async (selector: string): Promise<LogEntry[]> => {
    const streams = await range(selector, 60, { limit: 5000, direction: 'forward' })
    return streams
      .flatMap(({ stream, values }: any) =>
        values.map(([atNs, line, more]: any) => ({
          atNs,
          line,
          labels: stream,
          metadata: more?.structuredMetadata ?? {},
        })),
      )
      .sort((a: LogEntry, b: LogEntry) => (a.atNs < b.atNs ? -1 : 1))
  }
  const series = async (): Promise<any> => {
    const [start, end] = [Date.now() - 3_600_000, Date.now() + 60_000].map((ms) => `${ms}000000`)
    return (await askJson(`${url}/loki/api/v1/series?${parameters({ start, end })}`)).data
  }
  return {
    url,
    otlp: `${url}/otlp`,
    query,
    async queryRange(expression, { minutes = 5, stepS = 1 } = {}) {
      const result = await range(expression, minutes, { step: stepS })
      return result.map(({ metric, values }: any) => ({
        labels: metric,
        samples: values.map(([at, value]: any) => [Number(at), Number(value)]),
      }))
    },
    series,
    everything: async () => JSON.stringify([await query('{service_name=~".+"}'), await series()]),
  }
}
