// The stage with an engine before it and a clock in the test's hand; what it sends, as plain objects.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMetricsStage, type MetricsStage } from '../../src/metrics/stage.ts'
import { openSeriesStore, type SeriesStore } from '../../src/metrics/store.ts'
import type { Signal } from '../../src/otlp/fields.ts'
import { requestType } from '../../src/otlp/root.ts'
import type { CleanBatch } from '../../src/pipeline/batch.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { MetricRules, Program } from '../../src/ruleset/program.ts'

const shipped = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } }).program!

/** 2026-11-22. */
export const startMs = Date.UTC(2026, 10, 22)

/** A point as it was sent, with what it stands under. */
export interface SentPoint {
  readonly metric: string
  readonly kind: 'sum' | 'histogram' | 'exponentialHistogram' | 'gauge'
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
  readonly labels: Readonly<Record<string, unknown>>
  readonly startMs: number
  readonly timeMs: number
  /** The data point, as protobufjs reads it. */
  readonly point: any
  readonly data: any
}

export interface StageUnderTest {
  readonly stage: MetricsStage
  readonly store: SeriesStore
  readonly folder: string
  nowMs: number
  /** A number is the bytes that there is room for after each flush began. */
  hasRoom: boolean | number
  readonly errors: Error[]
  /** The requests of the last flush. */
  readonly sent: readonly CleanBatch[]
  /** Through the engine and into the stage; what goes on, as the stage gives it. */
  take(signal: Signal, body: object): CleanBatch | undefined
  /** Flushes, and what it sent. */
  flush(): SentPoint[]
}

export function stageUnderTest(
  options: {
    folder?: string
    program?: Program
    rules?: Partial<MetricRules>
    repairs?: boolean
    store?: SeriesStore
  } = {},
): StageUnderTest {
  const program = options.program ?? shipped
  const engine = createEngine(program)
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'metrics-'))
  const store = options.store ?? openSeriesStore(folder, () => {})
  const sent: CleanBatch[] = []
  const errors: Error[] = []
  const under: StageUnderTest = {
    store,
    folder,
    nowMs: startMs,
    hasRoom: true,
    errors,
    sent,
    take(signal: Signal, body: object) {
      const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(body)) })
      if (batch === undefined) return undefined
      const { onward, adds } = under.stage.split(batch)
      if (adds) under.stage.add(batch)
      return onward
    },
    flush() {
      sent.length = 0
      under.stage.flush()
      return sent.flatMap(({ bytes }) => pointsIn(bytes))
    },
    stage: createMetricsStage({
      rules: { ...program.metrics, ...options.rules },
      repairs: options.repairs ?? true,
      store,
      now: () => under.nowMs,
      clean: (body) => engine.process({ signal: 'metrics', encoding: 'protobuf', body }).batch,
      hasRoom: (bytes) => {
        if (typeof under.hasRoom === 'boolean') return under.hasRoom
        return sent.reduce((sum, batch) => sum + batch.bytes.length, bytes) <= under.hasRoom
      },
      send: (batch) => sent.push(batch),
      onStoreError: (error) => errors.push(error),
    }),
  }
  return under
}

/** Every data point of a request. */
export function pointsIn(bytes: Uint8Array): SentPoint[] {
  const type = requestType('metrics')
  const request = type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as any
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }: any) =>
    scopeMetrics.flatMap(({ scope, metrics }: any) =>
      metrics.flatMap((metric: any) => {
        const kind = (['sum', 'histogram', 'exponentialHistogram', 'gauge'] as const).find((each) => metric[each])!
        const data = metric[kind]
        return data.dataPoints.map((point: any) => ({
          metric: metric.name,
          kind,
          resource: plain(resource.attributes),
          scope: scope?.name ?? '',
          labels: plain(point.attributes),
          startMs: Math.round((point.startTimeUnixNano ?? 0) / 1e6),
          timeMs: Math.round((point.timeUnixNano ?? 0) / 1e6),
          point,
          data,
        }))
      }),
    ),
  )
}

function plain(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

const attribute = ([key, value]: [string, unknown]): object => ({
  key,
  value:
    typeof value === 'number'
      ? { doubleValue: value }
      : typeof value === 'boolean'
        ? { boolValue: value }
        : { stringValue: value },
})
export const attributes = (values: Readonly<Record<string, unknown>>): object[] => Object.entries(values).map(attribute)

/** A request of one metric, as an OpenTelemetry SDK sends it unless told otherwise. */
export function metricRequest(
  metric: object,
  { resource = { 'service.name': 'shop' }, scope = 'shop.meter' }: { resource?: object; scope?: string } = {},
): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource as Record<string, unknown>) },
        scopeMetrics: [{ scope: { name: scope }, metrics: [metric] }],
      },
    ],
  }
}

const nanos = (ms: number): string => `${ms}000000`

/** A counter's increment as the npm SDK of Automagik sends it: cumulative by name, without a start. */
export function sdkCounter(value: number, labels: Readonly<Record<string, unknown>> = {}, project = 'forge'): object {
  return metricRequest(
    {
      name: 'tasks.created',
      sum: {
        dataPoints: [{ attributes: attributes(labels), timeUnixNano: nanos(startMs), asDouble: value }],
        isMonotonic: true,
        aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
      },
    },
    { resource: { 'service.name': project, 'service.version': '1.0.0' }, scope: `${project}.telemetry` },
  )
}

/** A counter's increment as any SDK sends it that was told to send deltas. */
export function deltaCounter(value: number, labels: Readonly<Record<string, unknown>> = {}): object {
  return metricRequest({
    name: 'orders',
    sum: {
      dataPoints: [
        {
          attributes: attributes(labels),
          startTimeUnixNano: nanos(startMs - 1_000),
          timeUnixNano: nanos(startMs),
          asInt: String(value),
        },
      ],
      isMonotonic: true,
      aggregationTemporality: 1,
    },
  })
}

/** An event as the Automagik SDKs send one. */
export function event(name: string, values: Readonly<Record<string, unknown>> = {}, atMs = startMs): object {
  const resource = { 'service.name': 'forge', 'service.version': '1.0.0', 'telemetry.sdk.name': 'automagik-telemetry' }
  const span = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    name,
    startTimeUnixNano: nanos(atMs),
    endTimeUnixNano: nanos(atMs),
    attributes: attributes(values),
  }
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [{ scope: { name: 'forge.telemetry' }, spans: [span] }],
      },
    ],
  }
}
