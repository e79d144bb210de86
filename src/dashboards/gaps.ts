// Why panels stay empty with what programs send today. Each reason stands once; the panels that it holds for name it.
import type { Gap } from './spec.ts'

const silent: Gap = {
  of: 'Forge, Hive, Tools, Genie v5 and Omni v2 (not instrumented)',
  because: 'they send no OpenTelemetry data of their own. They appear as soon as they call an SDK.',
}

/** Holds for everything that is counted from events. */
export const noEvents: readonly Gap[] = [
  silent,
  {
    of: 'programs that send only metrics, or spans and logs that are no events',
    because: 'an event is a span named `automagik.…` or of a scope `….telemetry`, or a log record with an event name.',
  },
]

/** Holds for what is counted from one kind of event, or read off one kind of span. */
export const notSent = (what: string): Gap => ({
  of: `programs that send no ${what}`,
  because: 'the panel is made of nothing else.',
})

export const noUser: Gap = {
  of: 'programs whose events name no user (`user.id`)',
  because: 'the users are counted by their pseudonyms.',
}

export const noDuration: readonly Gap[] = [
  silent,
  {
    of: 'events without `duration_ms`, as `automagik.error` and the log records of Claude Code mostly are',
    because: 'the latency of an event is that attribute; the SDKs send it only where the caller gives it.',
  },
]

export const noExemplar: Gap = {
  of: 'dots (exemplars) of events that are log records without a trace id',
  because: 'an exemplar is a link to a trace.',
}

export const noLogs: readonly Gap[] = [
  silent,
  { of: 'Omni v1 and Spark', because: 'their clients send spans and nothing else.' },
]

export const noTraceOfLog: Gap = {
  of: 'the link from a line to its trace, for log records of the Automagik SDKs',
  because: 'they carry trace ids only where the caller gives them.',
}

export const noSpans: readonly Gap[] = [
  silent,
  {
    of: 'programs that send only logs and metrics (Genie v4, by way of Claude Code)',
    because: 'a trace is made of spans.',
  },
]

const failures: Readonly<Record<'event' | 'span', Gap>> = {
  event: { of: 'programs that do well', because: 'no event failed in the time range.' },
  span: { of: 'programs that do well', because: 'no span failed in the time range.' },
}
export const nothingFailed = (what: keyof typeof failures): Gap => failures[what]

export const notScraped: Gap = {
  of: 'gateways that Prometheus does not scrape',
  because: 'these figures come from its admin port (`admin.endpoint`, path `/metrics`).',
}

export const allFit: Gap = {
  of: 'gateways to which every event fits, and those that do not look',
  because:
    'events are held against their schemas only where the ruleset says so (`validation:`, `defaults: {event: …}`).',
}

export const neverCounted = (what: 'refused' | 'lost'): Gap => ({
  of: `gateways that ${what} nothing since they started`,
  because: 'a counter by reason begins with its first increment.',
})
