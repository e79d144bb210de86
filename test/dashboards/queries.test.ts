// Every query is one that its store can read, over metrics and labels that are there.
import { describe, expect, it } from 'vitest'
import { allMetrics } from '../../scripts/docs/metrics.ts'
import { buildDashboard } from '../../src/dashboards/build.ts'
import { dashboards } from '../../src/dashboards/dashboards.ts'
import { eventLabel, eventMetric, logLabel, spanProject } from '../../src/dashboards/names.ts'
import { queriesOf } from '../../src/dashboards/panels-of.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { selectorsOf, syntaxErrors } from './grammar.ts'
import { substitute, variableNames } from './substitute.ts'

/** Each variable stands for itself in capitals, so that it can be found again. */
const values = {
  rangeSeconds: 3600,
  stepSeconds: 15,
  chosen: Object.fromEntries(variableNames.map((name) => [name, [name.toUpperCase()]])),
}

const built = dashboards.map((spec) => buildDashboard(spec))
const queries = built.flatMap(queriesOf).map((query) => ({
  ...query,
  at: `${query.panel} ${query.refId}`,
  text: substitute(query.expr, query.kind, values),
}))
const ofKind = (kind: string) => queries.filter((query) => query.kind === kind)
const promql = ofKind('prometheus')

/** PromQL outside of panels: annotations, and the series of `label_values(series, label)`. */
const asides = built.flatMap(({ annotations, templating }) => [
  ...(annotations?.list ?? []).map(({ target }) => (target as unknown as { expr: string }).expr),
  ...(templating?.list ?? [])
    .map(({ definition }) => /^label_values\((.*), \w+\)$/.exec(definition ?? '')?.[1])
    .filter((series) => series !== undefined),
])

describe('the grammars', () => {
  it.each(queries)('read $at', ({ kind, text }) => {
    expect(syntaxErrors(kind, text)).toEqual([])
  })

  it('read the queries of variables and annotations', () => {
    expect(asides.length).toBeGreaterThan(4)
    const texts = asides.map((expr) => substitute(expr, 'prometheus', values))
    expect(texts.flatMap((text) => syntaxErrors('prometheus', text))).toEqual([])
  })

  // Proof that the tests above can fail: of each query, a closing bracket less.
  it.each(queries)('do not read $at when it is cut off', ({ kind, text }) => {
    const last = Math.max(...[...')}]'].map((bracket) => text.lastIndexOf(bracket)))
    expect(syntaxErrors(kind, text.slice(0, last) + text.slice(last + 1))).not.toEqual([])
  })

  it.each([
    ['prometheus', 'sum by (job (rate(x[5m]))'],
    ['loki', 'sum(count_over_time({a="b"}))'],
    ['tempo', '{ resource.service.name =~ "a" && && status = error }'],
    ['prometheus', ''],
  ] as const)('refuse the %s query %s', (kind, text) => {
    expect(syntaxErrors(kind, text)).not.toEqual([])
  })
})

describe('metrics', async () => {
  const own = new Map((await allMetrics()).map(({ name, type, labels }) => [name, { type, labels }]))
  const { program } = loadRuleset({ env: {}, key: { id: 'k1a2b3', bytes: new Uint8Array(32) } })
  const derived = new Map(
    program!.metrics.derived.flatMap(({ name, unit, by, value, distinct }) => {
      const base = name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '')
      const suffixes = distinct !== undefined ? [''] : value === undefined ? ['_total'] : ['_bucket', '_sum']
      return suffixes.map((suffix) => [base + suffix, by.map(underscored)] as const)
    }),
  )
  const gauges = new Set(
    program!.metrics.derived.flatMap(({ name, distinct }) => (distinct ? [underscored(name)] : [])),
  )
  const selectors = promql.flatMap(({ at, text }) => selectorsOf(text).map((selector) => ({ at, ...selector })))
  const isCounter = (metric: string): boolean =>
    (derived.has(metric) && !gauges.has(metric)) || own.get(metric)?.type === 'counter'

  it('of events are those that the shipped ruleset derives', () => {
    const used = Object.values<string>(eventMetric)
    expect(used.filter((metric) => !derived.has(metric))).toEqual([])
    const bases = new Set(used.map((metric) => metric.replace(/_(?:bucket|sum)$/, '')))
    expect([...derived.keys()].filter((metric) => !bases.has(metric.replace(/_(?:bucket|sum)$/, '')))).toEqual([])
  })

  it('are all there', () => {
    expect(selectors.length).toBeGreaterThan(queries.length)
    const missing = selectors.filter(({ metric }) => !derived.has(metric) && !own.has(metric))
    expect(missing.map(({ at, metric }) => `${at}: ${metric}`)).toEqual([])
    const others = asides.flatMap((expr) => selectorsOf(substitute(expr, 'prometheus', values)))
    expect(others.filter(({ metric }) => !derived.has(metric) && !own.has(metric))).toEqual([])
  })

  it('have the labels that they are asked for', () => {
    const missing = selectors.flatMap(({ at, metric, matchers, groupedBy }) => {
      const labels = ['job', 'instance', ...(derived.get(metric) ?? own.get(metric)?.labels ?? [])]
      if (derived.has(metric) && metric.endsWith('_bucket')) labels.push(eventLabel.bound)
      const asked = [...groupedBy, ...matchers.map((matcher) => /^\w+/.exec(matcher)![0])]
      return asked.filter((label) => !labels.includes(label)).map((label) => `${at}: ${metric}{${label}}`)
    })
    expect(missing).toEqual([])
  })

  it('of the chosen projects or gateways only', () => {
    const wrong = selectors.filter(({ metric, matchers }) => {
      const chosen = derived.has(metric)
        ? ['job=~"JOB"', 'instance=~"INSTANCE"']
        : ['job=~"SCRAPE_JOB"', 'instance=~"GATEWAY"']
      return !chosen.every((matcher) => matchers.includes(matcher))
    })
    expect(wrong).toEqual([])
  })

  it('that count are looked at by how they rise', () => {
    const bare = selectors.filter(
      ({ metric, inside, isFirstAppearance }) =>
        isCounter(metric) && !['rate', 'increase'].includes(inside ?? '') && !isFirstAppearance,
    )
    expect(bare).toEqual([])
    const level = selectors.filter(({ metric, inside }) => !isCounter(metric) && inside !== undefined)
    expect(level).toEqual([])
  })

  it('rise over the whole range in tables and figures, and from point to point in graphs', () => {
    for (const { expr, instant, kind } of queries) {
      const ranges = [...expr.matchAll(/\[([^\]]*)\]/g)].map(([, range]) => range)
      const right = kind === 'loki' ? '$__auto' : instant ? '$__range' : '$__rate_interval'
      expect(ranges.filter((range) => range !== right)).toEqual([])
    }
  })

  it('keep the labels that the legend shows', () => {
    const wrong = built
      .flatMap(({ panels = [] }) => panels)
      .flatMap((panel) => ('targets' in panel ? (panel.targets as unknown as Target[]) : []))
      .filter(({ legendFormat = '', expr = '' }) => {
        const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1].split(', ') ?? []
        return [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].some(([, label]) => !kept.includes(label))
      })
    expect(wrong).toEqual([])
  })

  it('have exemplars where durations are drawn, once for each panel, and only there', () => {
    const drawn = promql.filter(({ expr, instant }) => /_duration_seconds_bucket\{/.test(expr) && !instant)
    const panels = [...new Set(drawn.map(({ panel }) => panel))]
    expect(promql.filter(({ exemplars }) => exemplars).map(({ panel }) => panel)).toEqual(panels)
    expect(panels.length).toBeGreaterThan(1)
  })
})

interface Target {
  readonly expr?: string
  readonly legendFormat?: string
}

const underscored = (name: string): string => name.replaceAll('.', '_')

describe('logs and traces', () => {
  it('are those of the chosen projects', () => {
    const [logql, traceql] = [ofKind('loki'), ofKind('tempo')]
    expect(logql.length).toBeGreaterThan(0)
    expect(traceql.length).toBeGreaterThan(0)
    expect(logql.filter(({ text }) => !text.includes(`{${logLabel.project}=~"JOB"}`))).toEqual([])
    expect(traceql.filter(({ text }) => !text.includes(`${spanProject} =~ "JOB"`))).toEqual([])
  })
})
