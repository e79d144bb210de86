// Asks the stores what Grafana would ask for a panel, and brings the answers to one form.
import type { PanelQuery } from '../../../../src/dashboards/panels-of.ts'
import type { SourceKind } from '../../../../src/dashboards/spec.ts'
import { substitute, type Values } from '../../../dashboards/substitute.ts'
import { askJson, parameters } from '../stores/ask.ts'
import type { Loki } from '../stores/loki.ts'
import type { Prometheus } from '../stores/prometheus.ts'
import type { Tempo } from '../stores/tempo.ts'

export interface Asked {
  readonly prometheus: Pick<Prometheus, 'url'>
  /** For their own queries only. */
  readonly loki?: Loki
  readonly tempo?: Tempo
}

/** The dashboard's last hour, in steps of a narrow graph, with rates of a wide one: they hold all of a test. */
export const rangeS = 3600
const stepS = 15
export const rateS = 300

/**
 * When the newest samples were taken, in seconds: of the series that the gateway writes, which all have one time, and
 * of its own metrics, which have the time of the scrape. A query at the time of the last sample, over a range that
 * begins before the first one, which is 0, has nothing that Prometheus could stretch: `increase` is what was added,
 * and `rate` that over the length of the range. Both are exact.
 */
export interface Moments {
  readonly eventsS: number
  readonly scrapeS: number
}

export async function momentsOf(prometheus: Pick<Prometheus, 'url'>): Promise<Moments> {
  const newest = async (metric: string): Promise<number> => {
    const [sample] = await instant(prometheus, `max(timestamp(${metric}))`, Date.now() / 1000)
    return sample.value
  }
  return { eventsS: await newest('automagik_events_total'), scrapeS: await newest('gateway_build_info') }
}

export type Labels = Readonly<Record<string, string>>
interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** An answer as figures by labels, `{}` when there is none. Traces are 1 each by id, log lines 1 for each. */
export type Figures = Readonly<Record<string, number>>

/** The key of a series: its labels, by name. */
export const keyOf = (labels: Labels): string =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

export type Chosen = NonNullable<Values['chosen']>

export const queryText = ({ expr, kind }: Pick<PanelQuery, 'expr' | 'kind'>, chosen: Chosen): string =>
  substitute(expr, kind, { chosen, rangeSeconds: rangeS, stepSeconds: stepS, rateIntervalSeconds: rateS })

export interface Question {
  readonly query: PanelQuery
  /** Of traces and log lines. */
  readonly limit: number
  readonly chosen: Chosen
  readonly moments: Moments
}

/** What a panel shows: at the end of its time range, or of logs over all of it. */
export const askPanel = (stores: Asked, question: Question): Promise<Figures> =>
  asks[question.query.kind](stores, queryText(question.query, question.chosen), question)

const asks: Readonly<Record<SourceKind, (stores: Asked, text: string, question: Question) => Promise<Figures>>> = {
  async prometheus({ prometheus }, text, { query, moments }) {
    const atS = query.expr.includes('$scrape_job') ? moments.scrapeS : moments.eventsS
    return figures(await (query.instant ? instant : lastOfRange)(prometheus, text, atS))
  },

  async loki({ loki }, text, { limit }) {
    if (text.startsWith('{')) {
      const lines = (await loki!.query(text)).slice(-limit)
      return figures(lines.map(({ labels }) => ({ labels: { service_name: labels['service_name'] }, value: 1 })))
    }
    // The steps of the graph lie side by side, so their sum is everything.
    const series = await loki!.queryRange(text, { stepS })
    return figures(series.flatMap(({ labels, samples }) => samples.map(([, value]) => ({ labels, value }))))
  },

  async tempo({ tempo }, text, { limit }) {
    const found = await tempo!.search(text, limit)
    return figures(found.map(({ traceId }) => ({ labels: { trace: traceId }, value: 1 })))
  },
}

/** Several samples of the same labels are added up. */
function figures(samples: readonly Sample[]): Figures {
  const found: Record<string, number> = {}
  for (const { labels, value } of samples) found[keyOf(labels)] = (found[keyOf(labels)] ?? 0) + value
  return found
}

export async function instant({ url }: Pick<Prometheus, 'url'>, query: string, atS: number): Promise<Sample[]> {
  const { data } = await askJson(`${url}/api/v1/query?${parameters({ query, time: atS.toFixed(3) })}`)
  return data.result.map(({ metric, value }: any) => ({ labels: metric, value: Number(value[1]) }))
}

/** How many samples a selector has up to a moment. */
export async function samplesOf({ url }: Pick<Prometheus, 'url'>, selector: string, atS: number): Promise<number> {
  const query = `${selector}[${rangeS}s]`
  const { data } = await askJson(`${url}/api/v1/query?${parameters({ query, time: atS.toFixed(3) })}`)
  return data.result.reduce((sum: number, { values }: any) => sum + values.length, 0)
}

/** The last point of a graph that ends at a moment. */
async function lastOfRange({ url }: Pick<Prometheus, 'url'>, query: string, atS: number): Promise<Sample[]> {
  const [start, end] = [(atS - rangeS).toFixed(3), atS.toFixed(3)]
  const { data } = await askJson(`${url}/api/v1/query_range?${parameters({ query, start, end, step: stepS })}`)
  return data.result.flatMap(({ metric, values }: any) => {
    const [at, value] = values.at(-1)
    return Math.abs(at - atS) < 0.001 ? [{ labels: metric, value: Number(value) }] : []
  })
}
