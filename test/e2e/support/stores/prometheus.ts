// A real Prometheus with the configuration of deploy/, and its API.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { answers, freePort } from '../peers.ts'
import { type Restartable, restartable, startServer, temporaryFolder } from '../processes.ts'
import { askJson, parameters } from './ask.ts'

const configuration = resolve(import.meta.dirname, '../../../../deploy/prometheus')

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** Times in seconds. */
  readonly samples: readonly (readonly [atS: number, value: number])[]
}

interface Exemplar {
  readonly series: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  readonly url: string
  /** The base URL for OTLP. */
  readonly otlp: string
  /** An instant vector; a scalar is one sample without labels. */
  query(expression: string): Promise<Sample[]>
  /** The one value of an expression; undefined where it has no sample. Throws where it has several. */
  value(expression: string): Promise<number | undefined>
  /** The samples of a selector as they are stored, of the last ten minutes. */
  stored(selector: string): Promise<Series[]>
  queryRange(expression: string, options?: { minutes?: number; stepS?: number }): Promise<Series[]>
  exemplars(expression: string): Promise<Exemplar[]>
  series(match: string): Promise<Record<string, string>[]>
  metadata(): Promise<Record<string, { type: string; help: string; unit: string }[]>>
  /** All that it can be asked for, as text: for searching. */
  everything(): Promise<string>
  output(): string
  stop(): Promise<void>
  /** Ends it and starts it again, with the data that it has. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

export interface PrometheusSettings {
  /** The gateway's and the Collector's own metrics, as `host:port`; what is not named is not scraped. */
  readonly targets?: Readonly<Partial<Record<'gateway' | 'collector', string>>>
  /** Over the file's 15 s. */
  readonly scrapeIntervalS?: number
}

export async function startPrometheus(path: string, settings: PrometheusSettings = {}): Promise<Prometheus> {
  const folder = temporaryFolder('prometheus')
  const port = await freePort()
  cpSync(configuration, join(folder, 'config'), { recursive: true })
  // What differs between installations is in this file, by its own word.
  const targets = Object.entries(settings.targets ?? {}).map(([component, target]) => ({
    targets: [target],
    labels: { component },
  }))
  writeFileSync(join(folder, 'config/targets.yml'), JSON.stringify(targets))
  const file = join(folder, 'config/prometheus.yml')
  if (settings.scrapeIntervalS !== undefined) {
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace(/scrape_interval: \d+s/, `scrape_interval: ${settings.scrapeIntervalS}s`))
  }
  const url = `http://127.0.0.1:${port}`
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-otlp-receiver',
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ]
  const running = await restartable(() => startServer(path, args, () => answers(`${url}/-/ready`)))
  return { ...prometheusApi(url), ...running, stop: () => running.stop() }
}

function prometheusApi(url: string): Omit<Prometheus, keyof Restartable> {
  const get = async (path: string, values: Readonly<Record<string, string | number | undefined>> = {}): Promise<any> =>
    (await askJson(`${url}/api/v1/${path}?${parameters(values)}`)).data
  const query = async (expression: string): Promise<Sample[]> => {
    const { resultType, result } = await get('query', { query: expression })
    if (resultType === 'scalar') return [{ labels: {}, value: Number(result[1]) }]
    return result.map(({ metric, value }: any) => ({ labels: metric, value: Number(value[1]) }))
  }
  const matrix = (result: any): Series[] =>
    result.map(({ metric, values }: any) => ({
      labels: metric,
      samples: values.map(([at, value]: any) => [at, Number(value)]),
    }))
  const window = (minutes = 60): { start: number; end: number } => {
    const now = Date.now() / 1000
    return { start: now - minutes * 60, end: now + 60 }
  }
  return {
    url,
    otlp: `${url}/api/v1/otlp`,
    query,
    async value(expression) {
      const samples = await query(expression)
      if (samples.length > 1) throw new Error(`${expression} has ${samples.length} samples`)
      return samples[0]?.value
    },
    stored: async (selector) => matrix((await get('query', { query: `${selector}[10m]` })).result),
    async queryRange(expression, { minutes = 5, stepS = 1 } = {}) {
      const times = { ...window(minutes), end: Date.now() / 1000, step: stepS }
      return matrix((await get('query_range', { query: expression, ...times })).result)
    },
    async exemplars(expression) {
      const found = await get('query_exemplars', { query: expression, ...window() })
      return found.flatMap(({ seriesLabels, exemplars }: any) =>
        exemplars.map(({ labels, value }: any) => ({ series: seriesLabels, labels, value: Number(value) })),
      )
    },
    series: (match) => get('series', { 'match[]': match, ...window() }),
    metadata: () => get('metadata'),
    async everything() {
      const all = '{__name__=~".+"}'
      const parts = [
        await get('series', { 'match[]': all, ...window() }),
        await get('metadata'),
        await get('labels'),
        await get('query', { query: all }),
        await get('query_exemplars', { query: all, ...window() }),
        await get('targets'),
      ]
      return parts.map((part) => JSON.stringify(part)).join('\n')
    },
  }
}
