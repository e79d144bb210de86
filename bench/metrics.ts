// `npm run bench:metrics`: what derived metrics cost beside the rules. In one process and in turn: the engine alone, with the
// stage that derives nothing, with the metrics that ship. CPU time of this process; asserts nothing about time.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMetricsStage, type MetricsStage } from '../src/metrics/stage.ts'
import { openSeriesStore } from '../src/metrics/store.ts'
import { requestType } from '../src/otlp/root.ts'
import { createEngine } from '../src/processors/engine.ts'
import { loadRuleset } from '../src/ruleset/load-ruleset.ts'
import { spansPerRequest, traceBody } from './bodies.ts'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7)
const requests = Math.ceil(60 * Number(process.env['BENCH_SCALE'] ?? 1))

const { program } = loadRuleset({ env: {}, key: { id: 'kbench', bytes: new Uint8Array(32).fill(7) } })
if (program === undefined) throw new Error('the shipped ruleset does not load')
const { metrics, repair } = program
const engine = createEngine(program)

function stageOf(derived: typeof metrics.derived): MetricsStage {
  const store = openSeriesStore(mkdtempSync(join(tmpdir(), 'bench-metrics-')), (message) => console.error(message))
  return createMetricsStage({
    rules: { ...metrics, derived },
    repairs: repair,
    store,
    now: Date.now,
    clean: (body) => engine.process({ signal: 'metrics', encoding: 'protobuf', body }).batch,
    hasRoom: () => true,
    send: () => {},
    onStoreError: (error) => {
      throw error
    },
  })
}

/** The ordinary spans of the other benchmarks, and the same as events: requests of an API. */
function bodies(): Readonly<Record<string, Uint8Array>> {
  const type = requestType('traces')
  const spans = traceBody(0.1)
  const request = type.toObject(type.decode(spans)) as any
  const [{ resource, scopeSpans }] = request.resourceSpans
  for (const span of scopeSpans[0].spans) span.name = 'automagik.api.request'
  resource.attributes.push({ key: 'user.id', value: { stringValue: 'somebody' } })
  return {
    'spans that are no events': spans,
    'spans that are all events': type.encode(type.fromObject(request)).finish(),
  }
}

const ways: Readonly<Record<string, MetricsStage | undefined>> = {
  'rules alone': undefined,
  'nothing derived': stageOf([]),
  'derived as shipped': stageOf(metrics.derived),
}

/** µs of CPU for a span. */
function measure(body: Uint8Array, stage: MetricsStage | undefined): number {
  const before = process.cpuUsage()
  for (let i = 0; i < requests; i++) {
    const { batch } = engine.process({ signal: 'traces', encoding: 'protobuf', body })
    if (batch !== undefined && stage?.split(batch).adds) stage.add(batch)
  }
  stage?.flush()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (requests * spansPerRequest)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

console.log('| spans | way | µs of CPU a span | ratio |\n| --- | --- | --- | --- |')
for (const [name, body] of Object.entries(bodies())) {
  const taken = new Map(Object.keys(ways).map((way) => [way, [] as number[]]))
  for (let round = -1; round < rounds; round++)
    for (const [way, stage] of Object.entries(ways)) {
      const cpu = measure(body, stage)
      if (round >= 0) taken.get(way)!.push(cpu)
    }
  const alone = median(taken.get('rules alone')!)
  for (const [way, values] of taken)
    console.log(`| ${name} | ${way} | ${median(values).toFixed(2)} | ${(median(values) / alone).toFixed(2)} |`)
}
