// What the gateway's own row must show, from what was sent through it, and the wait until everything has arrived.
import { loadRuleset } from '../../../../src/ruleset/load-ruleset.ts'
import { until } from '../gateway.ts'
import type { WholeWay } from '../whole-way.ts'
import { keyOf, momentsOf, samplesOf, type Moments } from './ask.ts'
import type { Book } from './book.ts'
import { addedSeriesOf, type Expected, type GatewayBook } from './expected.ts'
import type { SentTraffic } from './traffic.ts'

/** The exporters of the pattern `direct`, by what they send. */
const exporters = {
  traces: ['otlp_http/tempo', 'otlp_http/jaeger'],
  metrics: ['otlp_http/prometheus'],
  logs: ['otlp_http/loki'],
} as const

const { program } = loadRuleset({ env: {}, key: { id: 'kbook', bytes: new Uint8Array(32) } })
/** What the derived metrics are called, up to unit and suffix. */
const derivedNames = program!.metrics.derived.map(({ name }) => name.replaceAll('.', '_'))

/**
 * The series of derived metrics that Prometheus has. What each of them must be, another test says (derived.test.ts); here
 * they must be as many as the gateway says that it keeps.
 */
const derivedSeries = `count({__name__=~"(${derivedNames.join('|')})(_seconds)?(_total|_count)?", instance=~"[a-z]{8}"})`

/** Waits until the stores have everything, and Prometheus has seen that the gateway is done with it. */
export async function settled({ stores: { prometheus, loki, tempo } }: WholeWay, book: Book): Promise<void> {
  const is = (expression: string, wanted: number): Promise<void> =>
    until(`${expression} = ${wanted}`, async () => (await prometheus.value(expression)) === wanted)
  await is('sum(otelcol_exporter_sent_spans)', book.spans.length * exporters.traces.length)
  await is('sum(otelcol_exporter_sent_log_records)', book.logs.length * exporters.logs.length)
  await is('sum(otelcol_receiver_accepted_metric_points)', book.points.length)
  await is('sum(automagik_events_total)', book.events.length)
  await is('sum(gateway_series{kind="cumulative"})', addedSeriesOf(book))
  await until('all derived series', async () => {
    const kept = await prometheus.value('sum(gateway_series{kind="derived"})')
    return kept === (await prometheus.value(derivedSeries))
  })
  // Every series has had its zero by then, and no point of theirs is on its way that is not one of the newest.
  const { eventsS } = await momentsOf(prometheus)
  await until('two flushes and a scrape', async () => (await momentsOf(prometheus)).scrapeS > eventsS + 2.5)
  await until('the traces', async () => (await tempo.search('{}')).length === book.spans.length)
  await until('the logs', async () => (await loki.query('{service_name=~".+"}')).length === book.logs.length)
}

export async function gatewayBook(
  { stores: { prometheus } }: WholeWay,
  book: Book,
  { changed }: SentTraffic,
  { scrapeS }: Moments,
): Promise<GatewayBook> {
  const derived = await prometheus.value(derivedSeries)
  if (derived === undefined) throw new Error('Prometheus has no derived series')
  const series = { derived, cumulative: addedSeriesOf(book) }
  // What the gateway writes itself is as much as it has time for; Prometheus has a sample of each point. A counter is
  // one point, and so is a histogram, of which the samples of `_count` are counted.
  const own = `{instance=~"[a-z]{8}", __name__!~".+_bucket|.+_sum|target_info"}`
  const points =
    (await samplesOf(prometheus, own, scrapeS)) + book.points.filter((point) => point.series === undefined).length
  // The points of one flush are stored a moment before the gateway knows that they are.
  const onTheirWay = series.derived + series.cumulative
  const each = (names: readonly string[], figure: Expected[string]): Expected =>
    Object.fromEntries(names.map((exporter) => [keyOf({ exporter }), figure]))
  return {
    received: { spans: book.spans.length, points: book.points.length, logs: book.logs.length },
    exported: {
      spans: each(exporters.traces, book.spans.length),
      points: each(exporters.metrics, [points - onTheirWay, points]),
      logs: each(exporters.logs, book.logs.length),
    },
    changed,
    recordsRefused: {},
    requestsRefused: {},
    lost: {},
    queues: Object.fromEntries(
      Object.entries(exporters).flatMap(([signal, names]) =>
        names.map((exporter) => [
          keyOf({ exporter, data_type: signal }),
          // At most one flush may be in the queue, which holds 32 MiB.
          signal === 'metrics' ? ([0, 0.01] as const) : 0,
        ]),
      ),
    ),
    series,
  }
}
