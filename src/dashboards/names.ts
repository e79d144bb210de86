// The names that queries are made of: metrics and labels as Prometheus stores them with the translation strategy
// `UnderscoreEscapingWithSuffixes`, and labels of Loki and Tempo. A test compares them with what the gateway makes.

/** The strategy of Prometheus (`otlp.translation_strategy`) that the names below are for. */
export const translationStrategy = 'UnderscoreEscapingWithSuffixes'

/** What the gateway derives from events. */
export const eventMetric = {
  count: 'automagik_events_total',
  durationBucket: 'automagik_event_duration_seconds_bucket',
  errors: 'automagik_errors_total',
  upstreamErrors: 'automagik_upstream_errors_total',
  requests: 'automagik_http_requests_total',
  refusedRequests: 'automagik_http_refused_total',
  instanceRequests: 'automagik_instance_requests_total',
  messages: 'automagik_messages_total',
  stepBucket: 'automagik_step_duration_seconds_bucket',
  stepSum: 'automagik_step_duration_seconds_sum',
  firstChunkBucket: 'automagik_first_chunk_duration_seconds_bucket',
  healthChecks: 'automagik_health_checks_total',
  usersOfHour: 'automagik_users_active_1h',
  usersOfDay: 'automagik_users_active_1d',
} as const

/** Labels of the metrics above. */
export const eventLabel = {
  project: 'job',
  instance: 'instance',
  version: 'service_version',
  event: 'event_name',
  outcome: 'outcome',
  code: 'error_code',
  errorType: 'error_type',
  status: 'http_response_status_code',
  route: 'http_route',
  omniInstance: 'instance_name',
  channel: 'channel',
  step: 'span_name',
  model: 'gen_ai_request_model',
  part: 'service_name',
  health: 'status',
  bound: 'le',
} as const

/** The value of the label `outcome` on events that failed. */
export const failed = 'error'

/** The spans of a message: the whole of it, and the agent's part. */
export const messageSpan = {
  whole: ['omni.message', 'automagik.omni.message.processed'],
  agent: ['agent.call', 'automagik.omni.agent.called'],
} as const

/** States of a part that works. */
export const healthy = ['healthy', 'ok', 'up', 'pass'] as const

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
  invalid: 'gateway_events_invalid',
  quarantined: 'gateway_records_quarantined',
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
  event: 'event',
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
