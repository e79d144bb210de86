// The names that queries are made of: metrics and labels as Prometheus stores them with the translation strategy
// `UnderscoreEscapingWithSuffixes`, and labels of Loki and Tempo. A test compares them with what the gateway makes.

/** The strategy of Prometheus (`otlp.translation_strategy`) that the names below are for. */
export const translationStrategy = 'UnderscoreEscapingWithSuffixes'

/** What the gateway derives from events. */
export const eventMetric = {
  count: 'automagik_events_total',
  durationBucket: 'automagik_event_duration_seconds_bucket',
} as const

/** Labels of the metrics above. */
export const eventLabel = {
  project: 'job',
  instance: 'instance',
  version: 'service_version',
  event: 'event_name',
  outcome: 'outcome',
  bound: 'le',
} as const

/** The value of the label `outcome` on events that failed. */
export const failed = 'error'

/** What the gateway counts about itself, by signal where it has a metric for each. */
export const gatewayMetric = {
  accepted: {
    spans: 'otelcol_receiver_accepted_spans',
    'data points': 'otelcol_receiver_accepted_metric_points',
    'log records': 'otelcol_receiver_accepted_log_records',
  },
  sent: {
    spans: 'otelcol_exporter_sent_spans',
    'data points': 'otelcol_exporter_sent_metric_points',
    'log records': 'otelcol_exporter_sent_log_records',
  },
  recordsRefused: 'gateway_records_refused',
  requestsRefused: 'gateway_requests_refused',
  changed: 'gateway_fields_changed',
  lost: 'gateway_records_lost',
  queueSize: 'otelcol_exporter_queue_size',
  queueCapacity: 'otelcol_exporter_queue_capacity',
  series: 'gateway_series',
  build: 'gateway_build_info',
  ruleset: 'gateway_ruleset_info',
} as const

/** Labels of the metrics above; `job` and `instance` come from the scrape. */
export const gatewayLabel = {
  job: 'job',
  instance: 'instance',
  class: 'class',
  dataType: 'data_type',
  exporter: 'exporter',
  kind: 'kind',
  reason: 'reason',
  signal: 'signal',
  transport: 'transport',
} as const

/** Labels of log records in Loki: the first is an index label, the second Loki adds itself. */
export const logLabel = { project: 'service_name', level: 'detected_level' } as const

/** Of a span's resource, in TraceQL. */
export const spanProject = 'resource.service.name'
