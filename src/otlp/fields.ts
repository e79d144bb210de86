// The field table: every message reachable from the three Export requests of opentelemetry-proto 1.11, and for each
// field its number, kind and what its strings mean. The walker, the JSON transcoder, the protobufjs Root and the list
// of places that privacy covers are all derived from it; nothing else in the project knows a field number.

/** Scalar kinds as protobuf names them, `enum` (an int32 on the wire) and `message`. */
export type Kind =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int32'
  | 'sint32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'enum'
  | 'message'

/**
 * What a string, bytes or attribute field means to privacy:
 * - `name`: a low-cardinality name (span, event, metric); what detectors find becomes `{kind}`
 * - `text`: other text that belongs to the record (status message, description, version, schema URL, trace state)
 * - `attributes`: key-value pairs of one context
 * - `body`: the log body, an AnyValue
 * - `id`: a trace or span id, checked by its length, never by its content
 * - `value`: the inside of an attribute value; covered by the attribute it belongs to
 * - `closed`: profiles only; refused in the three signals
 */
type Meaning = 'name' | 'text' | 'attributes' | 'body' | 'id' | 'value' | 'closed'

export interface Field {
  readonly number: number
  /** lowerCamelCase, as in OTLP/JSON. */
  readonly name: string
  readonly kind: Kind
  /** The message's name, for kind `message`; the enum's, for kind `enum`. */
  readonly type?: string
  readonly repeated?: boolean
  /** The oneof that the field belongs to. */
  readonly oneof?: string
  /** Explicit presence (proto3 `optional`). */
  readonly optional?: boolean
  /** Ids are hex in OTLP/JSON; other bytes are base64. */
  readonly hex?: boolean
  readonly meaning?: Meaning
  /** The OTTL path of the place, such as `span.status.message`; for attributes, their context. */
  readonly place?: string
}

export interface Message {
  readonly name: string
  readonly fields: readonly Field[]
}

/** The contexts in which attributes occur, by their OTTL names. A context's index in this list is its id. */
export const contexts = [
  'resource',
  'scope',
  'span',
  'spanevent',
  'spanlink',
  'metric',
  'datapoint',
  'exemplar',
  'log',
] as const
export type Context = (typeof contexts)[number]

export const signals = ['traces', 'metrics', 'logs'] as const
export type Signal = (typeof signals)[number]

/** The request message of each signal. */
export const requestOf: Readonly<Record<Signal, string>> = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
  logs: 'ExportLogsServiceRequest',
}

/** Enum names to numbers, by enum; OTLP/JSON allows numbers only, the Automagik SDKs send names. */
export const enums: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  SpanKind: {
    SPAN_KIND_UNSPECIFIED: 0,
    SPAN_KIND_INTERNAL: 1,
    SPAN_KIND_SERVER: 2,
    SPAN_KIND_CLIENT: 3,
    SPAN_KIND_PRODUCER: 4,
    SPAN_KIND_CONSUMER: 5,
  },
  StatusCode: { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 },
  AggregationTemporality: {
    AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
    AGGREGATION_TEMPORALITY_DELTA: 1,
    AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
  },
  SeverityNumber: Object.fromEntries([
    ['SEVERITY_NUMBER_UNSPECIFIED', 0],
    ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level, group) =>
      [1, 2, 3, 4].map((step) => [`SEVERITY_NUMBER_${level}${step === 1 ? '' : step}`, group * 4 + step]),
    ),
  ]),
}

const attributes = (number: number, context: Context, name = 'attributes'): Field => ({
  number,
  name,
  kind: 'message',
  type: 'KeyValue',
  repeated: true,
  meaning: 'attributes',
  place: context,
})
const text = (number: number, name: string, place: string): Field => ({
  number,
  name,
  kind: 'string',
  meaning: 'text',
  place,
})
const name = (number: number, field: string, place: string): Field => ({
  number,
  name: field,
  kind: 'string',
  meaning: 'name',
  place,
})
const id = (number: number, field: string, place: string): Field => ({
  number,
  name: field,
  kind: 'bytes',
  hex: true,
  meaning: 'id',
  place,
})
const message = (number: number, field: string, type: string): Field => ({ number, name: field, kind: 'message', type })
const messages_ = (number: number, field: string, type: string): Field => ({
  ...message(number, field, type),
  repeated: true,
})
const scalar = (number: number, field: string, kind: Kind): Field => ({ number, name: field, kind })
const optional = (number: number, field: string, kind: Kind): Field => ({ number, name: field, kind, optional: true })
const packed = (number: number, field: string, kind: Kind): Field => ({ number, name: field, kind, repeated: true })
const member = (oneof: string, field: Field): Field => ({ ...field, oneof })
const schemaUrl = (number: number, place: string): Field => text(number, 'schemaUrl', `${place}.schema_url`)

const table: Readonly<Record<string, readonly Field[]>> = {
  ExportTraceServiceRequest: [messages_(1, 'resourceSpans', 'ResourceSpans')],
  ExportMetricsServiceRequest: [messages_(1, 'resourceMetrics', 'ResourceMetrics')],
  ExportLogsServiceRequest: [messages_(1, 'resourceLogs', 'ResourceLogs')],

  Resource: [
    attributes(1, 'resource'),
    scalar(2, 'droppedAttributesCount', 'uint32'),
    messages_(3, 'entityRefs', 'EntityRef'),
  ],
  EntityRef: [
    text(1, 'schemaUrl', 'resource.entity.schema_url'),
    text(2, 'type', 'resource.entity.type'),
    { ...text(3, 'idKeys', 'resource.entity.id_keys'), repeated: true },
    { ...text(4, 'descriptionKeys', 'resource.entity.description_keys'), repeated: true },
  ],
  InstrumentationScope: [
    text(1, 'name', 'scope.name'),
    text(2, 'version', 'scope.version'),
    attributes(3, 'scope'),
    scalar(4, 'droppedAttributesCount', 'uint32'),
  ],
  KeyValue: [
    { number: 1, name: 'key', kind: 'string', meaning: 'value' },
    message(2, 'value', 'AnyValue'),
    { number: 3, name: 'keyStrindex', kind: 'int32', meaning: 'closed' },
  ],
  AnyValue: [
    member('value', { number: 1, name: 'stringValue', kind: 'string', meaning: 'value' }),
    member('value', scalar(2, 'boolValue', 'bool')),
    member('value', scalar(3, 'intValue', 'int64')),
    member('value', scalar(4, 'doubleValue', 'double')),
    member('value', message(5, 'arrayValue', 'ArrayValue')),
    member('value', message(6, 'kvlistValue', 'KeyValueList')),
    member('value', { number: 7, name: 'bytesValue', kind: 'bytes', meaning: 'value' }),
    member('value', { number: 8, name: 'stringValueStrindex', kind: 'int32', meaning: 'closed' }),
  ],
  ArrayValue: [messages_(1, 'values', 'AnyValue')],
  KeyValueList: [messages_(1, 'values', 'KeyValue')],

  ResourceSpans: [
    message(1, 'resource', 'Resource'),
    messages_(2, 'scopeSpans', 'ScopeSpans'),
    schemaUrl(3, 'resource'),
  ],
  ScopeSpans: [message(1, 'scope', 'InstrumentationScope'), messages_(2, 'spans', 'Span'), schemaUrl(3, 'scope')],
  Span: [
    id(1, 'traceId', 'span.trace_id'),
    id(2, 'spanId', 'span.span_id'),
    text(3, 'traceState', 'span.trace_state'),
    id(4, 'parentSpanId', 'span.parent_span_id'),
    name(5, 'name', 'span.name'),
    { number: 6, name: 'kind', kind: 'enum', type: 'SpanKind' },
    scalar(7, 'startTimeUnixNano', 'fixed64'),
    scalar(8, 'endTimeUnixNano', 'fixed64'),
    attributes(9, 'span'),
    scalar(10, 'droppedAttributesCount', 'uint32'),
    messages_(11, 'events', 'Event'),
    scalar(12, 'droppedEventsCount', 'uint32'),
    messages_(13, 'links', 'Link'),
    scalar(14, 'droppedLinksCount', 'uint32'),
    message(15, 'status', 'Status'),
    scalar(16, 'flags', 'fixed32'),
  ],
  Event: [
    scalar(1, 'timeUnixNano', 'fixed64'),
    name(2, 'name', 'spanevent.name'),
    attributes(3, 'spanevent'),
    scalar(4, 'droppedAttributesCount', 'uint32'),
  ],
  Link: [
    id(1, 'traceId', 'spanlink.trace_id'),
    id(2, 'spanId', 'spanlink.span_id'),
    text(3, 'traceState', 'spanlink.trace_state'),
    attributes(4, 'spanlink'),
    scalar(5, 'droppedAttributesCount', 'uint32'),
    scalar(6, 'flags', 'fixed32'),
  ],
  Status: [text(2, 'message', 'span.status.message'), { number: 3, name: 'code', kind: 'enum', type: 'StatusCode' }],

  ResourceMetrics: [
    message(1, 'resource', 'Resource'),
    messages_(2, 'scopeMetrics', 'ScopeMetrics'),
    schemaUrl(3, 'resource'),
  ],
  ScopeMetrics: [message(1, 'scope', 'InstrumentationScope'), messages_(2, 'metrics', 'Metric'), schemaUrl(3, 'scope')],
  Metric: [
    name(1, 'name', 'metric.name'),
    text(2, 'description', 'metric.description'),
    text(3, 'unit', 'metric.unit'),
    member('data', message(5, 'gauge', 'Gauge')),
    member('data', message(7, 'sum', 'Sum')),
    member('data', message(9, 'histogram', 'Histogram')),
    member('data', message(10, 'exponentialHistogram', 'ExponentialHistogram')),
    member('data', message(11, 'summary', 'Summary')),
    attributes(12, 'metric', 'metadata'),
  ],
  Gauge: [messages_(1, 'dataPoints', 'NumberDataPoint')],
  Sum: [
    messages_(1, 'dataPoints', 'NumberDataPoint'),
    { number: 2, name: 'aggregationTemporality', kind: 'enum', type: 'AggregationTemporality' },
    scalar(3, 'isMonotonic', 'bool'),
  ],
  Histogram: [
    messages_(1, 'dataPoints', 'HistogramDataPoint'),
    { number: 2, name: 'aggregationTemporality', kind: 'enum', type: 'AggregationTemporality' },
  ],
  ExponentialHistogram: [
    messages_(1, 'dataPoints', 'ExponentialHistogramDataPoint'),
    { number: 2, name: 'aggregationTemporality', kind: 'enum', type: 'AggregationTemporality' },
  ],
  Summary: [messages_(1, 'dataPoints', 'SummaryDataPoint')],
  NumberDataPoint: [
    scalar(2, 'startTimeUnixNano', 'fixed64'),
    scalar(3, 'timeUnixNano', 'fixed64'),
    member('value', scalar(4, 'asDouble', 'double')),
    messages_(5, 'exemplars', 'Exemplar'),
    member('value', scalar(6, 'asInt', 'sfixed64')),
    attributes(7, 'datapoint'),
    scalar(8, 'flags', 'uint32'),
  ],
  HistogramDataPoint: [
    scalar(2, 'startTimeUnixNano', 'fixed64'),
    scalar(3, 'timeUnixNano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    optional(5, 'sum', 'double'),
    packed(6, 'bucketCounts', 'fixed64'),
    packed(7, 'explicitBounds', 'double'),
    messages_(8, 'exemplars', 'Exemplar'),
    attributes(9, 'datapoint'),
    scalar(10, 'flags', 'uint32'),
    optional(11, 'min', 'double'),
    optional(12, 'max', 'double'),
  ],
  ExponentialHistogramDataPoint: [
    attributes(1, 'datapoint'),
    scalar(2, 'startTimeUnixNano', 'fixed64'),
    scalar(3, 'timeUnixNano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    optional(5, 'sum', 'double'),
    scalar(6, 'scale', 'sint32'),
    scalar(7, 'zeroCount', 'fixed64'),
    message(8, 'positive', 'Buckets'),
    message(9, 'negative', 'Buckets'),
    scalar(10, 'flags', 'uint32'),
    messages_(11, 'exemplars', 'Exemplar'),
    optional(12, 'min', 'double'),
    optional(13, 'max', 'double'),
    scalar(14, 'zeroThreshold', 'double'),
  ],
  Buckets: [scalar(1, 'offset', 'sint32'), packed(2, 'bucketCounts', 'uint64')],
  SummaryDataPoint: [
    scalar(2, 'startTimeUnixNano', 'fixed64'),
    scalar(3, 'timeUnixNano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    scalar(5, 'sum', 'double'),
    messages_(6, 'quantileValues', 'ValueAtQuantile'),
    attributes(7, 'datapoint'),
    scalar(8, 'flags', 'uint32'),
  ],
  ValueAtQuantile: [scalar(1, 'quantile', 'double'), scalar(2, 'value', 'double')],
  Exemplar: [
    scalar(2, 'timeUnixNano', 'fixed64'),
    member('value', scalar(3, 'asDouble', 'double')),
    id(4, 'spanId', 'exemplar.span_id'),
    id(5, 'traceId', 'exemplar.trace_id'),
    member('value', scalar(6, 'asInt', 'sfixed64')),
    attributes(7, 'exemplar', 'filteredAttributes'),
  ],

  ResourceLogs: [message(1, 'resource', 'Resource'), messages_(2, 'scopeLogs', 'ScopeLogs'), schemaUrl(3, 'resource')],
  ScopeLogs: [
    message(1, 'scope', 'InstrumentationScope'),
    messages_(2, 'logRecords', 'LogRecord'),
    schemaUrl(3, 'scope'),
  ],
  LogRecord: [
    scalar(1, 'timeUnixNano', 'fixed64'),
    { number: 2, name: 'severityNumber', kind: 'enum', type: 'SeverityNumber' },
    text(3, 'severityText', 'log.severity_text'),
    { ...message(5, 'body', 'AnyValue'), meaning: 'body', place: 'log.body' },
    attributes(6, 'log'),
    scalar(7, 'droppedAttributesCount', 'uint32'),
    scalar(8, 'flags', 'fixed32'),
    id(9, 'traceId', 'log.trace_id'),
    id(10, 'spanId', 'log.span_id'),
    scalar(11, 'observedTimeUnixNano', 'fixed64'),
    name(12, 'eventName', 'log.event_name'),
  ],
}

/** Every message of the table, by name. */
export const messages: Readonly<Record<string, Message>> = Object.fromEntries(
  Object.entries(table).map(([name, fields]) => [name, { name, fields }]),
)

/** The messages that count as one record: a span, a data point, a log record. */
export const recordMessages: ReadonlySet<string> = new Set([
  'Span',
  'NumberDataPoint',
  'HistogramDataPoint',
  'ExponentialHistogramDataPoint',
  'SummaryDataPoint',
  'LogRecord',
])

/** The wire type that a field of a kind has; packed repeated scalars have wire type 2 instead. */
export function wireTypeOf(kind: Kind): 0 | 1 | 2 | 5 {
  switch (kind) {
    case 'string':
    case 'bytes':
    case 'message':
      return 2
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return 1
    case 'fixed32':
      return 5
    default:
      return 0
  }
}

/** Whether a repeated field of this kind is packed: proto3 packs every scalar but strings and bytes. */
export function isPacked(field: Field): boolean {
  return field.repeated === true && wireTypeOf(field.kind) !== 2
}
