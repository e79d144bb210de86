// What Tempo answers to queries: traces by id, search, and metrics of TraceQL.
import { storedSpans, type StoredSpan } from '../stores/spans.ts'
import { answered } from './intake.ts'
import { parseTraceQl, type Candidate } from './traceql.ts'

/** A query that is not answered; the message is the body of the 400. */
export class BadQueryError extends Error {
  override readonly name = 'BadQueryError'
}

interface Group {
  readonly resource: any
  readonly scopeSpans?: readonly any[]
}

/** Every span that was taken, in the order in which it came; one that came twice is there twice. */
export class TraceStore {
  readonly #groups: Group[] = []
  readonly #byTrace = new Map<string, StoredSpan[]>()

  add(resourceSpans: readonly any[]): void {
    for (const group of resourceSpans) {
      this.#groups.push(group)
      for (const span of storedSpans({ resourceSpans: [group] })) {
        const known = this.#byTrace.get(span.traceId)
        if (known === undefined) this.#byTrace.set(span.traceId, [span])
        else known.push(span)
      }
    }
  }

  /** The resourceSpans of a trace as they are answered; none when it is not known. */
  byId(id: string): any[] {
    const traceId = traceIdOf(id)
    if (!this.#byTrace.has(traceId)) return []
    return this.#groups.flatMap(({ resource, scopeSpans }) => {
      const scopes = (scopeSpans ?? []).flatMap(({ scope, spans = [] }: any) => {
        const found = spans.filter((span: any) => span.traceId?.toLowerCase() === traceId)
        return found.length === 0 ? [] : [{ scope: scope ?? {}, spans: found.map(answered) }]
      })
      return scopes.length === 0 ? [] : [{ resource: resource ?? {}, scopeSpans: scopes }]
    })
  }

  search(parameters: URLSearchParams): unknown {
    const { select, isMostRecent, fields, metrics } = parseTraceQl(parameters.get('q') ?? '{}')
    if (metrics !== undefined) throw new BadQueryError('metrics queries are not for search')
    const within = windowOf(parameters)
    const limit = Number(parameters.get('limit') ?? 20)
    const spansPerSet = Number(parameters.get('spss') ?? 3)
    const newestFirst = (one: { trace: Candidate[] }, other: { trace: Candidate[] }): number =>
      startOf(other.trace) - startOf(one.trace)
    const found = [...this.#byTrace.values()]
      .map((spans) => candidatesOf(spans.filter(({ startMs }) => within(startMs))))
      .map((trace) => ({ trace, selected: select(trace) }))
      .filter(({ selected }) => selected.length > 0)
    // Without the hint Tempo stops at the first that it finds, here the oldest; what it answers is in order anyway.
    const traces = (isMostRecent ? found.sort(newestFirst) : found)
      .slice(0, limit)
      .sort(newestFirst)
      .map(({ trace, selected }) => {
        const set = {
          spans: selected.slice(0, spansPerSet).map((candidate) => ({
            spanID: candidate.span.spanId,
            name: candidate.span.name,
            startTimeUnixNano: `${candidate.span.startMs}000000`,
            durationNanos: String(Math.round(candidate.span.durationMs * 1e6)),
            attributes: fields.flatMap(({ name, of }) => {
              const value = of(candidate)
              return value === undefined ? [] : [{ key: name, value: typedValue(value) }]
            }),
          })),
          matched: selected.length,
        }
        const [{ span, trace: whole }] = trace
        return {
          traceID: span.traceId.replace(/^0+/, ''),
          rootServiceName: whole.rootService,
          rootTraceName: whole.rootName,
          startTimeUnixNano: `${startOf(trace)}000000`,
          durationMs: Math.round(whole.durationMs),
          spanSet: set,
          spanSets: [set],
        }
      })
    return { traces, metrics: {} }
  }

  metrics(parameters: URLSearchParams): unknown {
    const { select, metrics } = parseTraceQl(parameters.get('q') ?? '')
    if (metrics === undefined) throw new BadQueryError('not a metrics query')
    const [start, end] = [secondsOf(parameters, 'start'), secondsOf(parameters, 'end')]
    if (start === undefined || end === undefined) throw new BadQueryError('start and end are needed')
    const stepS = durationS(parameters.get('step') ?? '15s')
    const [first, last] = [Math.floor(start / stepS), Math.ceil(end / stepS)]
    const groups = new Map<string, { labels: unknown[]; counts: number[] }>()
    for (const spans of this.#byTrace.values()) {
      for (const candidate of select(candidatesOf(spans))) {
        const slot = Math.floor(candidate.span.startMs / 1000 / stepS) - first
        if (slot < 0 || slot >= last - first) continue
        const labels = metrics.by.map(({ name, of }) => ({ key: name, value: typedValue(of(candidate) ?? 'nil') }))
        const key = JSON.stringify(labels)
        const group = groups.get(key) ?? { labels, counts: Array.from({ length: last - first }, () => 0) }
        group.counts[slot]++
        groups.set(key, group)
      }
    }
    const scale = metrics.is === 'rate' ? 1 / stepS : 1
    const series = [...groups.values()].map(({ labels, counts }) => ({
      labels: labels.length === 0 ? [{ key: '__name__', value: { stringValue: metrics.is } }] : labels,
      samples: counts.map((count, slot) => ({
        timestampMs: String((first + slot) * stepS * 1000),
        value: count * scale,
      })),
    }))
    return { series, metrics: {} }
  }
}

/** @throws BadQueryError when it is no id */
function traceIdOf(id: string): string {
  if (!/^[0-9a-f]+$/i.test(id)) throw new BadQueryError('trace IDs can only contain hex characters')
  if (id.length > 32) throw new BadQueryError("trace IDs can't be larger than 128 bits")
  return id.toLowerCase().padStart(32, '0')
}

const startOf = (trace: readonly Candidate[]): number => Math.min(...trace.map(({ span }) => span.startMs))

function candidatesOf(spans: readonly StoredSpan[]): Candidate[] {
  const root = spans.find(({ parentSpanId }) => parentSpanId === '')
  const start = Math.min(...spans.map(({ startMs }) => startMs))
  const trace = {
    rootName: root?.name ?? '<root span not yet received>',
    rootService: textOf(root?.resource['service.name']),
    durationMs: Math.max(0, ...spans.map(({ startMs, durationMs }) => startMs + durationMs - start)),
  }
  return spans.map((span) => ({ span, trace }))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function windowOf(parameters: URLSearchParams): (ms: number) => boolean {
  const [start, end] = [secondsOf(parameters, 'start'), secondsOf(parameters, 'end')]
  if (start === undefined && end === undefined) return () => true
  if (start === undefined || end === undefined) throw new BadQueryError('please provide both start and end')
  return (ms) => ms >= start * 1000 && ms < end * 1000
}

/** Tempo takes seconds, and nanoseconds where there are more digits. */
function secondsOf(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+(\.\d+)?$/.test(text)) throw new BadQueryError(`invalid ${name}`)
  return Number(text) > 1e15 ? Number(text) / 1e9 : Number(text)
}

const unitS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600 }

function durationS(text: string): number {
  const [, count, unit = 's'] = /^([\d.]+)(ms|s|m|h)?$/.exec(text) ?? []
  if (!(Number(count) > 0)) throw new BadQueryError('invalid step')
  return Number(count) * unitS[unit]
}

function typedValue(value: string | number | boolean): unknown {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'string') return { stringValue: value.replace('\0', '') }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
