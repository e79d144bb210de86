// What each query of the dashboard must answer, from what was sent. `rate` is over `rateS`; see `Moments` for why the
// figures are exact.
import { basics } from './basics.ts'
import { keyOf, rateS, type Labels } from './ask.ts'
import type { Book, Event } from './book.ts'

/** A figure, or between which two it lies: an estimate by a histogram is as good as its bucket. */
export type Expected = Readonly<Record<string, number | readonly [from: number, to: number]>>

/** What the gateway did, apart from what was sent through it. */
export interface GatewayBook {
  /** Records by what the legend calls them: taken by the gateway. */
  readonly received: Readonly<Record<'spans' | 'points' | 'logs', number>>
  /** By exporter. */
  readonly exported: Readonly<Record<'spans' | 'points' | 'logs', Expected>>
  /** Fields by class. */
  readonly changed: Readonly<Record<string, number>>
  readonly recordsRefused: Expected
  readonly requestsRefused: Expected
  readonly lost: Expected
  readonly queues: Expected
  readonly series: Readonly<Record<'derived' | 'cumulative', number>>
}

export interface Traffic {
  /** Of the chosen projects. */
  readonly book: Book
  /** Undefined where no chosen gateway is scraped. */
  readonly gateway: GatewayBook | undefined
}

type Of<T> = (each: T) => Labels

const ofProject: Of<Event> = ({ service }) => ({ job: service })
const ofName: Of<Event> = ({ name }) => ({ event_name: name })
const ofOutcome: Of<Event> = ({ outcome }) => ({ outcome })
const ofProjectAndName: Of<Event> = (event) => ({ ...ofProject(event), ...ofName(event) })
const ofVersion: Of<Event> = (event) => ({ ...ofProject(event), service_version: event.version })
const together = (): Labels => ({})

const isFailed = ({ outcome }: Event): boolean => outcome === 'error'

function grouped<T>(all: readonly T[], of: Of<T>): [string, T[]][] {
  return [...Map.groupBy(all, (each) => keyOf(of(each)))]
}

const counts = <T>(all: readonly T[], of: Of<T>): Record<string, number> =>
  Object.fromEntries(grouped(all, of).map(([key, some]) => [key, some.length]))

const rates = <T>(all: readonly T[], of: Of<T>): Expected =>
  Object.fromEntries(Object.entries(counts(all, of)).map(([key, count]) => [key, count / rateS]))

const failedShare = (all: readonly Event[], of: Of<Event>): Expected =>
  Object.fromEntries(grouped(all, of).map(([key, some]) => [key, some.filter(isFailed).length / some.length]))

/** The bucket that the quantile of the durations lies in; where it falls between two of them, from one's to the other's. */
const quantiles =
  (fraction: number, of: Of<Event>) =>
  ({ book }: Traffic): Expected =>
    Object.fromEntries(
      grouped(
        book.events.filter(({ durationS }) => durationS !== undefined),
        of,
      ).map(([key, some]) => {
        const sorted = some.map(({ durationS }) => durationS!).sort((one, other) => one - other)
        const [below, above] = [Math.ceil(fraction * sorted.length) - 1, Math.floor(fraction * sorted.length)]
        return [key, [bucketOf(sorted[below])[0], bucketOf(sorted[Math.min(above, sorted.length - 1)])[1]]]
      }),
    )

export function bucketOf(value: number): readonly [from: number, to: number] {
  const upper = basics.boundsS.findIndex((bound) => value <= bound)
  return [basics.boundsS[upper - 1] ?? 0, basics.boundsS[upper]]
}

/** How many durations are within each bound: the buckets of Prometheus hold all that are below. */
function distribution({ book }: Traffic): Expected {
  const durations = book.events.flatMap(({ durationS }) => (durationS === undefined ? [] : [durationS]))
  if (durations.length === 0) return {}
  const within = (bound: number): number => durations.filter((duration) => duration <= bound).length
  return Object.fromEntries([
    ...basics.boundsS.map((bound) => [keyOf({ le: String(bound) }), within(bound)]),
    [keyOf({ le: '+Inf' }), durations.length],
  ])
}

/** The newest traces, as many as the panel asks for. */
function newestTraces(spans: Book['spans'], limit: number): Expected {
  const newest = [...spans].sort((one, other) => other.startMs - one.startMs).slice(0, limit)
  return Object.fromEntries(newest.map(({ traceId }) => [keyOf({ trace: traceId }), 1]))
}

const perSecond = (records: number): Expected => ({ '': records / rateS })

function scaled(figures: Expected): Expected {
  return Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      typeof value === 'number' ? value / rateS : ([value[0] / rateS, value[1] / rateS] as const),
    ]),
  )
}

const byClass = ({ changed }: GatewayBook): Expected =>
  Object.fromEntries(basics.classes.map((name) => [keyOf({ class: name }), (changed[name] ?? 0) / rateS]))

const ofGateway =
  (figures: (gateway: GatewayBook) => Expected) =>
  ({ gateway }: Traffic): Expected =>
    gateway === undefined ? {} : figures(gateway)

/** By the panel's title and the letter of the query. `limit`: as many traces as the panel asks for. */
export const expectedOf: Readonly<Record<string, (traffic: Traffic, limit: number) => Expected>> = {
  'Events A': ({ book }) => counts(book.events, together),
  'Errors A': ({ book }) => (book.events.length === 0 ? {} : { '': book.events.filter(isFailed).length }),
  'Error ratio A': ({ book }) => failedShare(book.events, together),
  'Latency p95 A': quantiles(0.95, together),
  'Projects reporting A': ({ book }): Expected =>
    book.events.length === 0 ? {} : { '': new Set(book.events.map(({ service }) => service)).size },

  'Events by project A': ({ book }) => rates(book.events, ofProject),
  'Events by name A': ({ book }) => rates(book.events, ofName),
  'Events by outcome A': ({ book }) => rates(book.events, ofOutcome),

  'Errors by project and event A': ({ book }) => rates(book.events.filter(isFailed), ofProjectAndName),
  'Error ratio by project A': ({ book }) => failedShare(book.events, ofProject),
  'Errors in the time range A': ({ book }) => counts(book.events.filter(isFailed), ofProjectAndName),

  'Latency by project A': quantiles(0.5, ofProject),
  'Latency by project B': quantiles(0.95, ofProject),
  'Latency by project C': quantiles(0.99, ofProject),
  'Latency p95 by event A': quantiles(0.95, ofName),
  'Latency distribution A': distribution,
  'Latency in the time range A': quantiles(0.5, ofProjectAndName),
  'Latency in the time range B': quantiles(0.95, ofProjectAndName),
  'Latency in the time range C': quantiles(0.99, ofProjectAndName),

  'Versions in use A': ({ book }) => counts(book.events, ofVersion),
  'Versions in use B': ({ book }) => failedShare(book.events, ofVersion),
  'Events by version A': ({ book }) => rates(book.events, ofVersion),

  'Log volume by project and level A': ({ book }) =>
    counts(book.logs, ({ service, level }) => ({ service_name: service, detected_level: level })),
  'Log lines A': ({ book }) => counts(book.logs, ({ service }) => ({ service_name: service })),

  'Recent traces A': ({ book }, limit) => newestTraces(book.spans, limit),
  'Failed traces A': ({ book }, limit) =>
    newestTraces(
      book.spans.filter(({ failed }) => failed),
      limit,
    ),

  'Received by signal A': ofGateway(({ received }) => perSecond(received.spans)),
  'Received by signal B': ofGateway(({ received }) => perSecond(received.points)),
  'Received by signal C': ofGateway(({ received }) => perSecond(received.logs)),
  'Refused by reason A': ofGateway(({ recordsRefused }) => recordsRefused),
  'Refused by reason B': ofGateway(({ requestsRefused }) => requestsRefused),
  'Changed by class A': ofGateway(byClass),
  'Exported by exporter A': ofGateway(({ exported }) => scaled(exported.spans)),
  'Exported by exporter B': ofGateway(({ exported }) => scaled(exported.points)),
  'Exported by exporter C': ofGateway(({ exported }) => scaled(exported.logs)),
  'Lost A': ofGateway(({ lost }) => lost),
  'Queue fill A': ofGateway(({ queues }) => queues),
  'Series A': ofGateway(({ series }) =>
    Object.fromEntries(Object.entries(series).map(([kind, count]) => [keyOf({ kind }), count])),
  ),
  // The ruleset of these gateways does not look.
  'Events that do not fit A': ofGateway(() => ({})),
  'Events that do not fit B': ofGateway(() => ({})),
}

/** The series that increments were added up to: of each metric one for each combination of labels that occurs. */
export function addedSeriesOf({ points }: Book): number {
  return new Set(points.flatMap(({ series }) => series ?? [])).size
}
