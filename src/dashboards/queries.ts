// The pieces that queries are written with. A counter is only ever used inside `rate` or `increase`.
import { eventLabel, eventMetric, failed, gatewayLabel, logLabel, spanProject } from './names.ts'
import type { QuerySpec } from './spec.ts'

const chosen = `${eventLabel.project}=~"$job", ${eventLabel.instance}=~"$instance"`

/** Selectors of the chosen projects. */
export const events = `${eventMetric.count}{${chosen}}`
export const failedEvents = `${eventMetric.count}{${chosen}, ${eventLabel.outcome}="${failed}"}`
export const durationBuckets = `${eventMetric.durationBucket}{${chosen}}`

/** Any metric that is made from events of the chosen projects, and conditions on its labels. */
export const ofEvents = (metric: string, ...conditions: readonly string[]): string =>
  `${metric}{${[chosen, ...conditions].join(', ')}}`

/** A metric of the chosen gateways. */
export const ofGateway = (metric: string): string =>
  `${metric}{${gatewayLabel.job}=~"$scrape_job", ${gatewayLabel.instance}=~"$gateway"}`

/** Log records of the chosen projects, and their traces. */
export const logs = `{${logLabel.project}=~"$job"}`
/** Without the hint Tempo answers the first traces that it finds, which need not be the newest. */
export const newestSpans = (condition = ''): string =>
  `{ ${spanProject} =~ "$job"${condition === '' ? '' : ` && ${condition}`} } with (most_recent=true)`

/** Per second, over the time between two points of the graph. */
export const rate = (counter: string): string => `rate(${counter}[$__rate_interval])`

/**
 * What a counter that begins with its first increment, not with 0, rose by around each point of the graph. `increase`
 * does not see that first increment; a series that was not there before is new in all of its value.
 */
export const risen = (counter: string): string =>
  `(${counter} unless (${counter} offset $__rate_interval)) or increase(${counter}[$__rate_interval])`

/** In the whole time range of the dashboard. */
export const inRange = (counter: string): string => `increase(${counter}[$__range])`

export function sum(of: string, ...by: readonly string[]): string {
  return by.length === 0 ? `sum(${of})` : `sum by (${by.join(', ')}) (${of})`
}

/** The bucket counts' quantile; nothing, not NaN, where nothing was observed: a panel then says that there is no traffic. */
export const quantile = (fraction: number, buckets: string, ...by: readonly string[]): string =>
  `histogram_quantile(${fraction}, ${sum(buckets, eventLabel.bound, ...by)}) >= 0`

/** The errors among all, 0 where there are none; nothing where there is no traffic. */
export const errorRatio = (over: (counter: string) => string, ...by: readonly string[]): string =>
  `(${sum(over(failedEvents), ...by)} or ${sum(over(events), ...by)} * 0) / (${sum(over(events), ...by)} > 0)`

export const overTime = (refId: string, expr: string, legend: string): QuerySpec => ({
  source: 'prometheus',
  refId,
  expr,
  result: 'range',
  legend,
})

export const withExemplars = (query: QuerySpec): QuerySpec => ({ ...query, exemplars: true })

export const now = (refId: string, expr: string): QuerySpec => ({
  source: 'prometheus',
  refId,
  expr,
  result: 'instant',
})
