// Every metric of the gateway, read off the registry that /metrics serves, with what to do about it.
import { statusLine } from '../../src/commands/start/status-line.ts'
import type { Sources } from '../../src/telemetry/instrument.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { code, codes, item } from './markdown.ts'

interface Metric {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labels: readonly string[]
}

const letters = {
  letters: 1,
  bytes: 1,
  kept: [{ exporter: 'x', signal: 'traces', reason: 'x', letters: 1, records: 1 }],
}

/** One figure of everything, so that every metric shows its labels. */
const sources: Sources = {
  build: { version: '', node: '' },
  ruleset: { name: '', digest: '' },
  startedMs: 0,
  received: () => nouns.map((noun) => ({ receiver: 'x', noun, transport: 'http', accepted: 1, refused: 1 })),
  recordsRefused: () => [{ signal: 'traces', reason: 'x', records: 1 }],
  recordsQuarantined: () => [{ signal: 'traces', reason: 'x', records: 1 }],
  quarantineLeft: () => [{ signal: 'traces', reason: 'x', records: 1 }],
  requestsRefused: () => [{ receiver: 'x', transport: 'http', reason: 'x', requests: 1 }],
  exporters: () =>
    nouns.map((noun) => ({
      exporter: 'x',
      signal: 'traces',
      noun,
      sent: 1,
      failed: { timeout: 1 },
      dead: { timeout: 1 },
      replayed: 1,
      left: { removed: 1 },
      accepted: 1,
      queuedRecords: 1,
      oldestMs: 1,
      queuedBytes: 1,
      capacityBytes: 1,
      trouble: undefined,
      isCircuitOpen: false,
    })),
  classes: [],
  changed: new Map([['x', 1]]),
  found: new Map([['x', 1]]),
  decided: new Map([['x', { source: 'rule', name: 'x', fields: 1 }]]),
  repaired: new Map([['x', 1]]),
  dropped: new Map([['x', 1]]),
  invalid: new Map([['x', 1]]),
  series: () => ({
    series: { x: 1 },
    absorbed: 1,
    emitted: 1,
    overflows: { x: 1 },
    expired: { x: 1 },
    dropped: new Map([['x', 1]]),
  }),
  reloads: () => ({ times: { x: 1 }, isInForce: true, successMs: 1, last: undefined }),
  ownLog: () => ({ queued: 1, dropped: 1 }),
  queue: () => ({
    fileBytes: 1,
    deadLetters: letters,
    quarantine: letters,
    commits: 1,
    commitFailures: 1,
    trouble: undefined,
    imbalances: [],
  }),
}
const nouns = ['spans', 'metric_points', 'log_records'] as const

/** Every metric, as it is scraped. */
export async function allMetrics(): Promise<readonly Metric[]> {
  const found = await createMetrics(sources).getMetricsAsJSON()
  return found.map(({ name, type, help, values }) => ({
    name,
    type: String(type),
    help,
    labels: Object.keys(values[0]?.labels ?? {}),
  }))
}

/** What a rise means and what to do, by metric; SIGNAL stands for what the records of a signal are called. */
const advice: Readonly<Record<string, string>> = {
  otelcol_receiver_accepted_SIGNAL: 'Stands still: nobody sends, or what is sent is refused.',
  otelcol_receiver_refused_SIGNAL: 'Rises: `gateway_records_refused` says why.',
  otelcol_exporter_sent_SIGNAL:
    'Stands still while records are accepted: the backend does not take them; see `/health`.',
  otelcol_exporter_send_failed_SIGNAL: 'Rises: `gateway_records_lost` and `gateway_records_dead_lettered` say why.',
  otelcol_exporter_enqueue_failed_SIGNAL: 'Rises: the queue is full; see `otelcol_exporter_queue_size`.',
  otelcol_exporter_queue_size:
    'Near its capacity: the backend is slow or away, and senders are answered 503. Mend the backend, or give `queue_size` more.',
  otelcol_exporter_queue_capacity: 'For alerts: `otelcol_exporter_queue_size / otelcol_exporter_queue_capacity > 0.8`.',
  gateway_exporter_circuit_open:
    '1: mend the token or the address; `last` in `/health` says what the backend answers, and `doctor` what to change. Until then the queue fills.',
  gateway_records_lost: 'Rises: data is lost. The reasons are below.',
  gateway_records_dead_lettered:
    'Rises: a backend refuses what it is sent, and will not take it later either. The reason is what it answered; its own log says more. What to do, and how to send them again: [Dead letters](dead-letters.md).',
  gateway_dead_letter_records:
    'Above 0: `automagik-gateway dead-letters list` says what to do ([Dead letters](dead-letters.md)). Beyond 50 series the reason is `others`.',
  gateway_dead_letter_records_removed:
    'Four reasons: `replayed`, `removed` by hand, `too-many`: the oldest went at `queue.dead_letters`, and are lost; `queue-unreadable`: with a damaged file.',
  gateway_records_replayed: 'Counts on both sides: accepted + replayed = sent + lost + dead-lettered + queued.',
  gateway_records_quarantined:
    'Rises: a program sends events that do not fit, or that no schema knows; `automagik-gateway quarantine list` says which ([Quarantine](quarantine.md)).',
  gateway_quarantine_records: 'What is kept, to be sent on or removed ([Quarantine](quarantine.md)).',
  gateway_quarantine_bytes: 'At `queue.quarantine` the oldest go, counted as `too-many`.',
  gateway_quarantine_records_removed:
    'Four reasons: `replayed`, `removed` by hand, `too-many`: the oldest went at `queue.quarantine`, and are lost; `queue-unreadable`: with a damaged file.',
  gateway_queue_records: 'Grows while a backend is slow or away.',
  gateway_queue_oldest_age_seconds:
    'For alerts: data arrives late by so much. 0 for an exporter whose queue is in memory.',
  gateway_queue_disk_bytes:
    'Goes back to its floor some seconds after the queue is empty. Needs room for `queue_size` of each signal of each exporter.',
  gateway_dead_letter_bytes: 'At `queue.dead_letters` the oldest go, counted as `too-many`.',
  gateway_queue_commits:
    'Far fewer than requests under load: those that come within 20 ms of each other share a commit.',
  gateway_queue_commit_failures:
    'Rises: senders are answered 503. `queue.last` in `/health` says why; make room on the disk.',
  gateway_queue_imbalances: 'Not 0: please report it, with the log line `the books of the queue do not add up`.',
  otelcol_process_uptime: 'Falls: the gateway was started again.',
  otelcol_process_cpu_seconds: 'Its rate is the number of cores in use.',
  otelcol_process_memory_rss: 'Grows with the queues in memory; each signal of such an exporter may hold `queue_size`.',
  otelcol_process_runtime_heap_alloc_bytes: 'The part of it that is JavaScript objects.',
  gateway_fields_changed: 'Rises with traffic. Zero for a class that should occur: look whether its rule matches.',
  gateway_fields_decided:
    'Zero for a rule or an exception: nothing that comes is what it is about. Fields that several give one class count for each. Rises for `default`: no rule speaks of what comes; `explain` says what becomes of a field.',
  gateway_detector_finds:
    'Rises: personal data stands in text that nobody expected it in. A rule for the field is safer.',
  gateway_repairs: 'Rises while Automagik SDKs of today send. The kinds are in [Senders](senders.md).',
  gateway_parts_dropped: 'Rises: something was left out. The reasons are below.',
  gateway_events_invalid:
    'Rises: a program sends something else than its schema says. `validation:` turns the looking on ([Events](add-an-event.md)).',
  gateway_records_refused: 'Rises: data is lost at the door. The reasons are below.',
  gateway_requests_refused: 'Rises: data is late or lost at the door. The reasons are below.',
  gateway_series:
    'Grows with the labels of metrics and the names of events; `max_series` bounds each metric. Two kinds: `derived` from events, `cumulative` from increments.',
  gateway_points_absorbed: 'Rises while senders send increments: Automagik SDKs, and everybody with delta temporality.',
  gateway_points_emitted: 'Stands still while there are series: the exporters of metrics have no room.',
  gateway_series_overflows:
    'Rises: a metric has more series than `max_series`. A label of it has too many values: drop it (`drop_labels`, `by`).',
  gateway_series_expired: 'Rises with programs that come and go (`expire_after`).',
  gateway_points_dropped: 'Rises: numbers are missing from the sums. The reasons are below.',
  gateway_ruleset_info:
    'Changes with the ruleset: the digest is that of what the rules say, not of how they are written.',
  gateway_ruleset_reloads: 'The outcomes are in [Change rules while it runs](reload.md#what-comes-of-it).',
  gateway_ruleset_last_reload_successful:
    '0: what was in force before stays, and the files say something else; `/health` says why.',
  gateway_ruleset_last_reload_success_timestamp_seconds: 'Stands still while files change: reloads are refused.',
  gateway_own_records:
    'Two outcomes: `queued`, and `dropped` where the exporters of logs have had no room for long. What they say is in [Change rules while it runs](reload.md#what-the-gateway-says-of-itself).',
  gateway_build_info: 'Changes with a new version.',
}

/** A list of all metrics; those of the three signals are one item. Throws when one is without advice, or advice without one. */
export async function metricsList(): Promise<string> {
  const groups = new Map<string, { names: string[]; metric: Metric }>()
  for (const metric of await allMetrics()) {
    const noun = nouns.find((each) => metric.name.endsWith(`_${each}`))
    const key = noun === undefined ? metric.name : metric.name.replace(new RegExp(`${noun}$`), 'SIGNAL')
    const help = noun === undefined ? metric.help : metric.help.replace(noun, 'spans, data points or log records')
    const group = groups.get(key) ?? { names: [], metric: { ...metric, help } }
    group.names.push(metric.name)
    groups.set(key, group)
  }
  const unknown = Object.keys(advice).filter((key) => !groups.has(key))
  if (unknown.length > 0) throw new Error(`advice on metrics that are not there: ${unknown.join(', ')}`)
  return [...groups]
    .map(([key, { names, metric }]) => {
      if (advice[key] === undefined) throw new Error(`no advice on ${key}`)
      const labels = metric.labels.length === 0 ? '' : `; labels ${codes(metric.labels)}`
      return item(`${names.map(code).join(', ')} (${metric.type}${labels}): ${metric.help} ${advice[key]}`)
    })
    .join('\n')
}

/** The status line of a gateway that has seen something. */
export function statusExample(): string {
  const line = statusLine({
    received: { spans: 1250, log_records: 310 },
    changed: { phone: 42, email: 17 },
    refused: { 'invalid-trace-id': 3 },
    quarantined: {},
    requestsRefused: { malformed: 1 },
  })
  return `\`\`\`text\n${line}\n\`\`\``
}
