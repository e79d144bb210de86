// Where OTLP holds text and attributes, as rules name it: the reference's own table.
import type { Signal } from './schema.ts'

/** Text places by message and field, as OTTL names them. A field with text that is not here is a fault of the reference. */
export const placeOf: Readonly<Record<string, string>> = {
  'EntityRef.schemaUrl': 'resource.entity.schema_url',
  'EntityRef.type': 'resource.entity.type',
  'EntityRef.idKeys': 'resource.entity.id_keys',
  'EntityRef.descriptionKeys': 'resource.entity.description_keys',
  'InstrumentationScope.name': 'scope.name',
  'InstrumentationScope.version': 'scope.version',
  'ResourceSpans.schemaUrl': 'resource.schema_url',
  'ResourceMetrics.schemaUrl': 'resource.schema_url',
  'ResourceLogs.schemaUrl': 'resource.schema_url',
  'ScopeSpans.schemaUrl': 'scope.schema_url',
  'ScopeMetrics.schemaUrl': 'scope.schema_url',
  'ScopeLogs.schemaUrl': 'scope.schema_url',
  'Span.traceState': 'span.trace_state',
  'Span.name': 'span.name',
  'Event.name': 'spanevent.name',
  'Link.traceState': 'spanlink.trace_state',
  'Status.message': 'span.status.message',
  'Metric.name': 'metric.name',
  'Metric.description': 'metric.description',
  'Metric.unit': 'metric.unit',
  'LogRecord.severityText': 'log.severity_text',
  'LogRecord.eventName': 'log.event_name',
}
export const lowPlaces = new Set(['span.name', 'spanevent.name', 'metric.name', 'log.event_name'])
export const lowAttributes = new Set(['url.path', 'http.route'])

export const contextOf: Readonly<Record<string, string>> = {
  Resource: 'resource',
  InstrumentationScope: 'scope',
  Span: 'span',
  Event: 'spanevent',
  Link: 'spanlink',
  Metric: 'metric',
  NumberDataPoint: 'datapoint',
  HistogramDataPoint: 'datapoint',
  ExponentialHistogramDataPoint: 'datapoint',
  SummaryDataPoint: 'datapoint',
  Exemplar: 'exemplar',
  LogRecord: 'log',
}

export const scopeMessage: Readonly<Record<Signal, string>> = {
  traces: 'ScopeSpans',
  metrics: 'ScopeMetrics',
  logs: 'ScopeLogs',
}
export const groupMessage: Readonly<Record<Signal, string>> = {
  traces: 'ResourceSpans',
  metrics: 'ResourceMetrics',
  logs: 'ResourceLogs',
}
