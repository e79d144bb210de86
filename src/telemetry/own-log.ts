// What the gateway has to say of itself as log records of its own: made by OpenTelemetry's SDK, encoded as OTLP, cleaned by
// the engine and sent on like everybody's. A storm is not possible: few things are said, as many wait as there is room
// for here, and nothing is said of what becomes of them but two figures.
import { SeverityNumber } from '@opentelemetry/api-logs'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs'

type Severity = keyof typeof severities
type Attribute = string | number | boolean | readonly string[] | undefined

export interface OwnRecord {
  readonly event: OwnEvent
  /** `info` unless given. */
  readonly severity?: Severity
  /** A sentence. */
  readonly body: string
  /** What is undefined is left out. */
  readonly attributes?: Readonly<Partial<Record<OwnAttribute, Attribute>>>
}

/** What is told, and when; behind `automagik.gateway.`. */
export const ownEvents = {
  started: 'The gateway takes telemetry.',
  stopping: 'The gateway was told to stop.',
  'ruleset.reloaded': 'Other rules are in force.',
  'ruleset.unchanged': 'A reload found what is in force already.',
  'ruleset.refused': 'A reload was refused; what was in force stays.',
  'ruleset.finding': 'What is wrong in a ruleset that was refused, or to be known of one in force; up to 20 a reload.',
  'exporter.failing': 'The last attempt of an exporter failed.',
  'exporter.recovered': 'The exporter delivers again.',
} as const
export type OwnEvent = keyof typeof ownEvents

/** What is told with it, behind `automagik.gateway.`. `builtin:strict` names each of them. */
export const ownAttributes = {
  'ruleset.name': 'The name of the ruleset in force.',
  'ruleset.file': 'The file of a reload.',
  'ruleset.digest': 'The digest of the ruleset in force.',
  'ruleset.previous_digest': 'The digest of the one before the reload.',
  'ruleset.refused_digest': 'The digest of one that was refused, where it loads.',
  'ruleset.changes': 'What a reload changes or would loosen, as `diff` names it, with the number of cells; up to 20.',
  'reload.trigger': 'What asked for it.',
  'reload.outcome': 'As in `gateway_ruleset_reloads`.',
  'reload.duration_ms': 'How long it took.',
  'finding.code': 'As in [Errors](errors.md).',
  'finding.severity': '`error` or `warning`.',
  'finding.file': 'Where it is.',
  'finding.line': 'Where in the file.',
  'finding.column': 'Where in the line.',
  'exporter.name': 'As in `gateway.yaml`.',
  'exporter.signal': '`traces`, `metrics` or `logs`.',
  'exporter.reason': 'Why its last attempt failed, as in `gateway_records_lost`.',
} as const
type OwnAttribute = keyof typeof ownAttributes

export interface OwnLogFigures {
  /** Records that went into the queues of the exporters. */
  readonly queued: number
  /** Records that found no room, or had none to go to. */
  readonly dropped: number
}

export interface OwnLog {
  tell(record: OwnRecord): void
  figures(): OwnLogFigures
  /** Sends what waits, and waits for nothing. */
  close(): void
}

export interface OwnLogOptions {
  readonly version: string
  /** Sends an Export request of logs; false when there is no room for it now. */
  readonly send: (body: Uint8Array) => boolean
  readonly intervalMs?: number
}

const maxWaiting = 256
const severities = {
  info: { severityNumber: SeverityNumber.INFO, severityText: 'INFO' },
  warn: { severityNumber: SeverityNumber.WARN, severityText: 'WARN' },
  error: { severityNumber: SeverityNumber.ERROR, severityText: 'ERROR' },
} as const

export function createOwnLog({ version, send, intervalMs = 500 }: OwnLogOptions): OwnLog {
  let waiting: ReadableLogRecord[] = []
  let queued = 0
  let dropped = 0

  const flush = (): void => {
    if (waiting.length === 0) return
    try {
      const body = ProtobufLogsSerializer.serializeRequest(waiting)
      if (body === undefined || !send(body)) return
      queued += waiting.length
    } catch {
      dropped += waiting.length
    }
    waiting = []
  }
  const processor: LogRecordProcessor = {
    onEmit(record) {
      if (waiting.length < maxWaiting) waiting.push(record)
      else dropped += 1
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
  const resource = resourceFromAttributes({ 'service.name': 'automagik-gateway', 'service.version': version })
  const logger = new LoggerProvider({ resource, processors: [processor] }).getLogger('automagik-gateway', version)
  const timer = setInterval(flush, intervalMs).unref()

  return {
    tell({ event, severity = 'info', body, attributes = {} }) {
      const named = Object.entries(attributes).flatMap(([name, value]) =>
        value === undefined ? [] : [[`automagik.gateway.${name}`, value as string] as const],
      )
      logger.emit({
        eventName: `automagik.gateway.${event}`,
        ...severities[severity],
        body,
        attributes: Object.fromEntries(named),
      })
    },
    figures: () => ({ queued, dropped }),
    close() {
      clearInterval(timer)
      flush()
      dropped += waiting.length
      waiting = []
    },
  }
}
