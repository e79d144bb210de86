// Why something was refused, lost, dropped or mended, in words for people. Where the code has a closed type, the compiler
// holds these lists complete; where it has plain texts, test/docs/reasons.test.ts reads them from the sources.
import type { FailedReason } from '../../src/exporters/exporter.ts'
import type { DropReason } from '../../src/metrics/cumulative.ts'
import { dropKinds, repairKinds, type RefusalReason } from '../../src/otlp/json-state.ts'
import { grpcCode, statusOf, type BusyReason, type RefusedReason } from '../../src/pipeline/outcome.ts'
import type { RequestRefusal } from '../../src/receivers/receiver-observer.ts'

type Reasons = Readonly<Record<string, string>>

/** Whole requests, `gateway_requests_refused`. */
export const requestReasons: Readonly<Record<RequestRefusal, string>> = {
  malformed: 'The body is no OTLP: cut off, not JSON, not protobuf, a snake_case key. The answer says where.',
  'too-large': 'The body is larger than `max_request_body_size`, as sent or decompressed, or its headers are too long.',
  unsupported:
    'The `Content-Type` or `Content-Encoding` is none that is taken, or no pipeline takes the signal (`service.pipelines`).',
  unauthenticated: 'No token, or a wrong one.',
  'not-found':
    'Another path than `/v1/traces`, `/v1/metrics`, `/v1/logs` (with `path_token`: behind `/t/TOKEN`), or another gRPC method than the three `Export`.',
  method: 'Another method than POST.',
  'queue-full':
    'An exporter of the pipeline has no room. The sender should try again; see `otelcol_exporter_queue_size`.',
  memory:
    'More than 128 MiB are being received at once, or more than 64 MiB wait to be committed to the queue on disk. The sender should try again.',
  'shutting-down': 'The gateway is stopping. The sender should try again.',
  'disk-full':
    'The queue on disk cannot grow: make room on the disk of `data_dir`. What is queued goes on being sent; the sender should try again.',
  'disk-error':
    'The queue on disk cannot be written, or its thread has ended. The log line `the queue cannot be written` says why.',
  'queue-slow':
    'A commit to the queue on disk takes longer than 2 s: the disk is overloaded. The sender should try again.',
  aborted: 'The sender went away, or did not send the whole request within 30 s.',
  tls: 'No answer, since there is no connection: no certificate or a wrong one where `client_ca_file` asks for one, plaintext on a port with TLS, a version that is too old.',
  internal: 'A fault of the gateway. The log line `a request could not be processed` says where.',
}

/** What a sender is told, over HTTP and over gRPC. */
export function answerOf(reason: RequestRefusal): readonly [http: string, grpc: string] {
  if (reason === 'tls') return ['', '']
  if (httpOnly[reason] !== undefined) return [String(httpOnly[reason]), '']
  const { http, grpc } = statusOf[isBusy(reason) ? 'busy' : (reason as RefusedReason | 'internal')]
  return [String(http), grpcNames.get(grpc) ?? String(grpc)]
}

/** Statuses of HTTP that the receiver gives by itself. */
const httpOnly: Readonly<Partial<Record<RequestRefusal, number>>> = { 'not-found': 404, method: 405, aborted: 408 }

function isBusy(reason: RequestRefusal): boolean {
  const busy: readonly string[] = [
    'queue-full',
    'memory',
    'shutting-down',
    'disk-full',
    'disk-error',
    'queue-slow',
  ] satisfies BusyReason[]
  return busy.includes(reason)
}

const grpcNames = new Map(
  Object.entries(grpcCode).map(([name, number]) => [
    number as number,
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  ]),
)

/** Single records of a request whose rest was taken, `gateway_records_refused`. */
export const recordReasons: Readonly<Record<RefusalReason, string>> & Reasons = {
  'wrong-type': 'JSON: a value of another type than its field has.',
  'bad-number': 'JSON: a number that its field cannot hold.',
  'bad-enum': 'JSON: a name that the enum does not have.',
  'bad-base64': 'JSON: a `bytesValue` that is no base64.',
  'null-number': 'JSON: a data point whose `asDouble` is null, as the npm SDK writes NaN.',
  'number-object': 'JSON: a data point whose `asDouble` is an object without a `duration_ms`.',
  'invalid-trace-id':
    'A span without a trace id, or with one of a wrong length or all zeros. Tempo would refuse the request.',
  'invalid-span-id': 'A span whose span id has a wrong length.',
  'schema-violation': 'An event that does not fit its schema, where `validation` says `drop`.',
  'unknown-event': 'An event that no schema knows, where `defaults.event` says `drop`.',
  'queue-full':
    'No room in an exporter’s queue: the whole request was put off (503). In JSON, requests that are put off unread count as requests only.',
}

/** Records that were queued and did not arrive, `gateway_records_lost`. */
export const lostReasons: Readonly<
  Record<Exclude<FailedReason, `${'http' | 'proxy' | 'grpc' | 'disk'}-${string}`>, string>
> &
  Reasons = {
  'queue-full': 'There was no room in the queue of this exporter.',
  'too-old': 'They had waited in the queue on disk for longer than `sending_queue.max_age`.',
  'rules-changed':
    'They had been queued under other rules, and when they were cleaned again before they were sent, the rules of now took these out.',
  'queue-unreadable':
    'They waited in a queue file that was found damaged. It is kept as `queue.db.unreadable` in `data_dir`.',
  'exporter-removed':
    'Dead letters: they waited for an exporter that is no longer configured, or not for their signal any more.',
  shutdown: 'Still queued in memory when the gateway had to stop (`shutdown_timeout`).',
  'retry-exhausted': 'The backend did not take them within `retry_on_failure.max_elapsed_time`.',
  'partial-success': 'The backend took the request and refused these records of it. Its own log says why.',
  timeout: 'No answer within `timeout`, and `retry_on_failure` is off.',
  connection: 'No connection, and `retry_on_failure` is off.',
  'tls-untrusted': 'TLS: the backend’s certificate comes from no CA that is trusted. Name its CA: `tls.ca_file`.',
  'tls-expired': 'TLS: the backend’s certificate has expired, or does not hold yet. Renew it; look at the clocks.',
  'tls-name':
    'TLS: the backend’s certificate is for another name than the host of the endpoint. Write that name in the endpoint, or as `tls.server_name_override`.',
  'tls-refused':
    'TLS: the backend does not take the certificate that it was shown, or wants one. Give it `tls.cert_file` and `tls.key_file` of a CA that it knows.',
  'tls-handshake':
    'TLS: anything else, such as a backend without TLS on that port, or no version in common. These five are tried again like a lost connection, and seen in `/health`.',
  'response-too-large': 'The answer of the backend was larger than anything OTLP answers.',
  'no-endpoint': 'The exporter has no endpoint for the signal.',
  'invalid-request': 'The request could not be written, for instance because of a header.',
  unreadable:
    'The batch could not be written as JSON (exporters `file` and `debug`), or the disk gave it back damaged.',
  internal: 'A fault of the gateway.',
  'http-NNN':
    'The backend answered with this status, which a retry does not mend. 400 (of Prometheus also 500) is about these records: others of their request were delivered without them. 413: a record is too large by itself.',
  'proxy-NNN': 'The proxy before the backend answered with this status.',
  'grpc-CODE': 'The same over gRPC: `grpc-invalid-argument`, `grpc-unauthenticated` …',
  'disk-CODE':
    'The file could not be written. Such writes are tried again until the gateway stops: a reason to see in `/health`.',
}

/** Parts of records that went without being personal data, `gateway_parts_dropped`. */
export const droppedReasons: Readonly<Record<(typeof dropKinds)[number], string>> & Reasons = {
  'bad-id':
    'JSON: an id that is no hex, or too long. The record goes on without it; a span without a trace id is refused.',
  'unknown-field': 'A field that OTLP 1.11 does not have: it could hold anything.',
  'null-element': 'JSON: a null where a list has messages.',
  'ambiguous-key': 'A key-value pair with two keys: no rule could judge it.',
  'attribute-name': 'An attribute whose name cannot stay: it is not UTF-8, or nothing is left of it.',
  'invalid-id': 'A parent span id, or an id of a log record or exemplar, of a wrong length or all zeros.',
  'invalid-link': 'A span link without valid ids, which Tempo would refuse. The span stays.',
  'not-in-schema':
    'An attribute of a known event whose value is not of the closed type that the event’s schema gives it.',
  'metric-organization':
    'The organization in the resource of metrics (`service.organization`): Prometheus would make it part of the job.',
  'attribute-limit': 'Attributes of one record beyond `defaults.limits.attributes`.',
  'alias-collision': 'An attribute under an old name, where the canonical one is there too.',
  undecodable: 'Text that is not UTF-8: it goes, or becomes `[undecodable]` (`defaults.on_error`).',
  'too-deep': 'A value nested deeper than `defaults.limits.depth`.',
  overflow:
    'A value with more than 64 finds, or one that is still changing after four rounds: it becomes `[REDACTED]`.',
}

/** Data points and events that were not added to any series, `gateway_points_dropped`. */
export const pointReasons: Readonly<Record<DropReason, string>> = {
  'no-value':
    'The point has no value that can be added: none, NaN, less than 0 of what only rises, or buckets that do not fit each other.',
  name: 'The metric has a name that Prometheus cannot store, or one that a metric of another kind has.',
  'series-limit':
    'There are 50,000 series already, or they hold 64 MiB of names and buckets, and there is none of this metric.',
  collision:
    'Of points that the rules left with the same labels at the same time, one that does not add up: a gauge, a summary, a value that is none. The last one stays.',
}

interface Repair {
  readonly sent: string
  readonly becomes: string
}

/** What is mended, `gateway_repairs`. */
export const repairs: Readonly<Record<(typeof repairKinds)[number], Repair>> & Readonly<Record<string, Repair>> = {
  'trace-id-64-hex': { sent: 'JSON: a trace id of 64 hex digits', becomes: 'its first 32' },
  'json-nan': { sent: 'JSON: `NaN`, `Infinity` without quotes (Python)', becomes: 'the number' },
  'null-number': {
    sent: 'JSON: an attribute with `doubleValue: null` (npm, for NaN)',
    becomes: 'nothing: the attribute goes',
  },
  'enum-name': { sent: 'JSON: `SPAN_KIND_INTERNAL`, `STATUS_CODE_OK` …', becomes: 'the number' },
  'number-object': {
    sent: 'JSON: `asDouble` with an object',
    becomes: 'its `duration_ms`; its other scalars become attributes of the point',
  },
  'span-resource': { sent: 'JSON: a copy of the resource inside a span', becomes: 'nothing: the copy goes' },
  'span-id-missing': { sent: 'a span without a span id, or all zeros', becomes: 'an id from a hash of the span' },
  'span-status': {
    sent: 'status OK on a failed event',
    becomes:
      'ERROR for `automagik.error`, `success` false, an `error` text or HTTP 500 and up; unset for HTTP 400 to 499',
  },
  'error-type': {
    sent: 'a failed event without `error_type`',
    becomes: '`error.type`: the HTTP status from 500 on, or what the `error` text tells, such as `timeout`',
  },
  'span-times': { sent: 'start and end both taken after the work', becomes: 'start = end − `duration_ms`' },
  'event-name': {
    sent: 'an old event name, such as `api_request`',
    becomes: 'the canonical one, `automagik.api.request`',
  },
  'event-prefix': { sent: 'an attribute named `event.duration_ms` and the like', becomes: '`duration_ms`' },
  'log-id-attribute': { sent: 'a log with its ids as attributes', becomes: 'the fields `trace_id` and `span_id`' },
}
