// What was sent, kept as one would keep it by hand: read off the requests themselves, with none of the gateway's code.
// What a dashboard shows is compared with it.
import type { Signal } from '../../../../src/otlp/fields.ts'

export interface Sent {
  readonly signal: Signal
  /** OTLP/JSON as it was sent. */
  readonly body: any
}

export interface Event {
  readonly service: string
  readonly version: string
  /** Canonical. */
  readonly name: string
  readonly outcome: 'success' | 'error'
  /** Undefined where it says none. */
  readonly durationS: number | undefined
  /** 32 hex digits; undefined for a log record without one. */
  readonly traceId: string | undefined
}

interface SpanEntry {
  readonly service: string
  readonly traceId: string
  readonly failed: boolean
  readonly startMs: number
}

interface LogEntry {
  readonly service: string
  readonly level: string
  readonly traceId: string | undefined
}

/** A series that the gateway adds up, or a point that goes on as it came. */
interface PointEntry {
  readonly service: string
  /** Undefined where it goes on as it came. */
  readonly series: string | undefined
}

export interface Book {
  readonly events: readonly Event[]
  readonly spans: readonly SpanEntry[]
  readonly logs: readonly LogEntry[]
  readonly points: readonly PointEntry[]
}

/** What became of the event names of Omni v1 and Spark. */
const canonical: Readonly<Record<string, string>> = {
  api_request: 'automagik.api.request',
  command: 'automagik.cli.command',
  webhook_processed: 'automagik.omni.webhook.processed',
  workflow_execution: 'automagik.spark.workflow.completed',
}

/** By SeverityNumber, from four of which there are six; Loki says `unknown` where there is none. */
const levels = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']

export function bookOf(sent: readonly Sent[]): Book {
  const events: Event[] = []
  const spans: SpanEntry[] = []
  const logs: LogEntry[] = []
  const points: PointEntry[] = []
  for (const { body } of sent) {
    for (const { resource, scope, record, kind } of recordsOf(body)) {
      const { service, version } = serviceOf(resource)
      const attributes = withoutPrefix(plain(record.attributes))
      if (kind === 'span') {
        const isOwn = isOwnSpan(resource, scope)
        const name = isOwn ? (canonical[record.name] ?? record.name) : record.name
        const failed = isOwn ? isFailure(name, attributes) : record.status?.code === 2
        const traceId = record.traceId.slice(0, 32)
        const durationS = durationOf(attributes)
        const endMs = Number(record.endTimeUnixNano) / 1e6
        const startMs =
          isOwn && durationS !== undefined ? endMs - durationS * 1000 : Number(record.startTimeUnixNano) / 1e6
        spans.push({ service, traceId, failed, startMs })
        const outcome = failed || attributes['success'] === false || name.endsWith('error') ? 'error' : 'success'
        if (isOwn || name.startsWith('automagik.')) events.push({ service, version, name, outcome, durationS, traceId })
      } else if (kind === 'log') {
        const traceId = idOf(record.traceId ?? attributes['trace_id'])
        logs.push({ service, level: levels[Math.ceil((record.severityNumber ?? 0) / 4)], traceId })
        // Claude Code has the whole name of its events as the body.
        const whole: unknown = record.body?.stringValue
        const isWhole = typeof whole === 'string' && /^claude_code\.[a-z_]+$/.test(whole)
        const name = isWhole ? whole : attributes['event.name']
        if (typeof name !== 'string') continue
        const failed = record.severityNumber >= 17 || attributes['success'] === false || name.endsWith('error')
        const outcome = failed ? 'error' : 'success'
        events.push({ service, version, name, outcome, durationS: durationOf(attributes), traceId })
      } else {
        const { metric, data, point } = record
        const series = isIncrement(resource, scope, data, point)
          ? JSON.stringify([service, version, metric.name, labelsOf(plain(point.attributes))])
          : undefined
        points.push({ service, series })
      }
    }
  }
  return { events, spans, logs, points }
}

/** The part of a book that a choice of projects is about. */
export function ofServices(book: Book, services: readonly string[] | undefined): Book {
  const chosen = ({ service }: { readonly service: string }): boolean => services?.includes(service) ?? true
  return {
    events: book.events.filter(chosen),
    spans: book.spans.filter(chosen),
    logs: book.logs.filter(chosen),
    points: book.points.filter(chosen),
  }
}

export const servicesOf = ({ events, spans, logs, points }: Book): string[] =>
  [...new Set([...events, ...spans, ...logs, ...points].map(({ service }) => service))].sort()

interface Recorded {
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
  readonly kind: 'span' | 'log' | 'point'
  readonly record: any
}

function* recordsOf(body: any): Generator<Recorded> {
  for (const group of [...(body.resourceSpans ?? []), ...(body.resourceLogs ?? []), ...(body.resourceMetrics ?? [])]) {
    const resource = plain(group.resource?.attributes)
    for (const scoped of [...(group.scopeSpans ?? []), ...(group.scopeLogs ?? []), ...(group.scopeMetrics ?? [])]) {
      const scope = scoped.scope?.name ?? ''
      for (const record of scoped.spans ?? []) yield { resource, scope, kind: 'span', record }
      for (const record of scoped.logRecords ?? []) yield { resource, scope, kind: 'log', record }
      for (const metric of scoped.metrics ?? []) {
        const data = metric.sum ?? metric.histogram ?? metric.gauge
        for (const point of data.dataPoints) yield { resource, scope, kind: 'point', record: { metric, data, point } }
      }
    }
  }
}

const serviceOf = (resource: Readonly<Record<string, unknown>>): { service: string; version: string } => ({
  service: String(resource['service.name']),
  version: String(resource['service.version']),
})

/** Whether an Automagik SDK, Omni or Spark tracked it. */
const isOwnSpan = (resource: Readonly<Record<string, unknown>>, scope: string): boolean =>
  scope.endsWith('.telemetry') && String(resource['telemetry.sdk.name']).startsWith('automagik-')

/** They say OK whatever happened; what did happen stands in the attributes. */
const isFailure = (name: string, attributes: Readonly<Record<string, unknown>>): boolean =>
  name === 'automagik.error' ||
  attributes['success'] === false ||
  typeof attributes['error'] === 'string' ||
  Number(attributes['status_code'] ?? attributes['status']) >= 500

/** The SDKs' counters and histograms: each point stands for itself, without a start of its own. */
const isIncrement = (resource: Readonly<Record<string, unknown>>, scope: string, data: any, point: any): boolean =>
  data.aggregationTemporality !== undefined &&
  (scope.endsWith('.telemetry') || String(resource['telemetry.sdk.name']).startsWith('automagik-')) &&
  (point.startTimeUnixNano === undefined || point.startTimeUnixNano === point.timeUnixNano)

/** What is left of a point's attributes to tell series apart: not the machine, not other measurements, not people. */
const labelsOf = (attributes: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(attributes)
    .filter(([name]) => !name.startsWith('system.') && !name.endsWith('_ms') && name !== 'unit')
    .map(([name, value]): [string, unknown] => [name, String(value).includes('@') ? '{person}' : value])
    .sort(([one], [other]) => (one < other ? -1 : 1))

/** NaN stands as null in what was parsed. */
function durationOf({ duration_ms: ms }: Readonly<Record<string, unknown>>): number | undefined {
  return ms === undefined || ms === null ? undefined : Number(ms) / 1000
}

/** 32 hex digits of an id that the SDKs write as a UUID, or twice as long. */
const idOf = (id: unknown): string | undefined =>
  typeof id === 'string' ? id.replaceAll('-', '').slice(0, 32) : undefined

const withoutPrefix = (attributes: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key === 'event.name' ? key : key.replace(/^event\./, ''), value]),
  )

const plain = (attributes: any): Record<string, unknown> =>
  Object.fromEntries((attributes ?? []).map(({ key, value }: any) => [key, Object.values(value)[0]]))
