// What Grafana's dashboard-linter asks for, and what this project does: the same for every dashboard. The linter itself
// (`dashboard-linter lint --strict`) finds four things that are meant: it takes LogQL and TraceQL for PromQL, it wants the
// variables `job` and `instance` on the gateway's own metrics too, it wants them labelled so, and it does not know the
// newer units `eps` and `recps`.
import { readdirSync, readFileSync } from 'node:fs'
import { VariableType } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, it } from 'vitest'
import { dashboardFiles } from '../../scripts/generate-dashboards.ts'
import { dashboardText } from '../../src/dashboards/build.ts'
import { dashboards } from '../../src/dashboards/dashboards.ts'
import { panelsOf, queriesOf } from '../../src/dashboards/panels-of.ts'
import { errorRatioLevels, queueFillLevels } from '../../src/dashboards/thresholds.ts'

const root = new URL('../../', import.meta.url)
const all = dashboards.map((spec) => ({ uid: spec.uid, spec, json: JSON.parse(dashboardText(spec)) as Dashboard }))

describe('the committed files', () => {
  it.each(Object.entries(dashboardFiles()))('%s is what the sources say (npm run generate)', (path, text) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(text)
  })

  it('are all of the dashboards', () => {
    const names = readdirSync(new URL('dashboards/', root))
    expect(names.toSorted()).toEqual(dashboards.map(({ uid }) => `${uid}.json`).toSorted())
  })

  it('come out the same each time', () => {
    expect(dashboardFiles()).toEqual(dashboardFiles())
  })
})

describe.each(all)('$uid', ({ spec, json }) => {
  const panels = panelsOf(json)
  const variables = json.templating?.list ?? []

  it('has a name for people and one for links', () => {
    expect(json.uid).toMatch(/^automagik-[a-z-]+$/)
    expect(json.uid!.length).toBeLessThanOrEqual(40)
    expect(json.title).toMatch(/^Automagik \/ /)
    expect(json.tags).toEqual(expect.arrayContaining(['automagik', 'generated']))
  })

  it('is read-only, in UTC, of the last hour, with one crosshair', () => {
    const { editable, timezone, time, refresh, graphTooltip } = json
    expect({ editable, timezone, time, refresh, graphTooltip }).toEqual({
      editable: false,
      timezone: 'utc',
      time: { from: 'now-1h', to: 'now' },
      refresh: '10s',
      graphTooltip: 1,
    })
  })

  it('takes its data sources from variables, Prometheus first', () => {
    const sources = variables.filter(({ type }) => type === VariableType.Datasource)
    expect(sources.map(({ name, label, query }) => [name, label, query])).toEqual([
      ['prometheus_datasource', 'Prometheus data source', 'prometheus'],
      ['loki_datasource', 'Loki data source', 'loki'],
      ['tempo_datasource', 'Tempo data source', 'tempo'],
    ])
    expect(variables[0].name).toBe('prometheus_datasource')
    const uids = [...JSON.stringify(json).matchAll(/"uid":"([^"]+)"/g)].map(([, uid]) => uid)
    expect(uids.filter((uid) => !/^\$\{(?:prometheus|loki|tempo)_datasource\}$/.test(uid))).toEqual([json.uid])
  })

  it('lets one choose several projects and gateways, or all', () => {
    const choices = variables.filter(({ type }) => type === VariableType.Query)
    expect(choices.map(({ name }) => name)).toEqual(['job', 'instance', 'scrape_job', 'gateway'])
    for (const { multi, includeAll, refresh, label, current } of choices) {
      expect({ multi, includeAll, refresh, value: current?.value }).toEqual({
        multi: true,
        includeAll: true,
        refresh: 2,
        value: ['$__all'],
      })
      expect(label).not.toBe('')
    }
    // A Collector has metrics of the same names: all gateways are not all jobs.
    expect(choices.map(({ allValue }) => allValue)).toEqual(['.+', '.+', undefined, '.+'])
  })

  it('has ids that are all different', () => {
    const ids = json.panels!.map(({ id }) => id)
    expect(ids.filter((id) => typeof id !== 'number' || id < 1)).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { targets = [] } of panels) {
      const refIds = targets.map((target) => (target as { refId?: string }).refId)
      expect(refIds).toEqual([...'ABCDEFGH'].slice(0, refIds.length))
    }
  })

  it('covers the width of the screen without overlap', () => {
    const taken = new Map<string, number>()
    for (const { id, gridPos } of json.panels!) {
      const { x, y, w, h } = gridPos!
      expect(x + w).toBeLessThanOrEqual(24)
      for (let row = y; row < y + h; row++) {
        for (let column = x; column < x + w; column++) {
          expect(taken.get(`${column},${row}`)).toBe(undefined)
          taken.set(`${column},${row}`, id!)
        }
      }
    }
    // Everything from the left edge to the right one, but behind the last panel of the last line of a row.
    const bottom = Math.max(...json.panels!.map(({ gridPos }) => gridPos!.y + gridPos!.h))
    for (let row = 0; row < bottom; row++) expect(taken.has(`0,${row}`)).toBe(true)
  })

  it('says in words that are not used twice what each panel is', () => {
    const titles = panels.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
    for (const { title, description } of panels) {
      expect(title).toMatch(/^[A-Z].*[^.]$/)
      expect(description).toMatch(/^\S.*\.\n\n\*\*Why:\*\* .*\.\n\n\*\*What to do:\*\* .*\.$/)
    }
  })

  it.each(panels.map((panel) => ({ title: panel.title!, panel })))(
    '$title has a unit, a text for no data, and a source',
    ({ panel }) => {
      const { unit, noValue } = panel.fieldConfig!.defaults
      expect(['short', 'locale', 'eps', 'cps', 'recps', 's', 'percentunit']).toContain(unit)
      expect(noValue).toMatch(/^no/)
      expect(panel.targets!.length).toBeGreaterThan(0)
      const kinds = new Set(panel.targets!.map((target) => (target as { datasource?: unknown }).datasource))
      for (const source of kinds) expect(source).toEqual(panel.datasource)
    },
  )

  it('shows what the SDK hides unless told otherwise', () => {
    const ofType = (type: string): Panel[] => panels.filter((panel) => panel.type === type)
    for (const { options } of ofType('timeseries'))
      expect(optionsOf(options).legend).toMatchObject({ showLegend: true })
    for (const { options } of ofType('logs')) expect(options).toMatchObject({ showTime: true, enableLogDetails: true })
    for (const { options } of ofType('stat'))
      expect(optionsOf(options).reduceOptions).toMatchObject({ calcs: ['lastNotNull'] })
    expect(JSON.stringify(json)).not.toContain('inControlsMenu')
  })

  it('leads on to the other dashboards with the same time and variables', () => {
    expect(json.links).toEqual([
      expect.objectContaining({ type: 'dashboards', tags: ['automagik'], includeVars: true, keepTime: true }),
    ])
  })

  it('has the columns that its tables name', () => {
    for (const { title, queries, columns = [] } of spec.rows.flatMap((row) => row.panels)) {
      const values = queries.length === 1 ? ['Value'] : queries.map(({ refId }) => `Value #${refId}`)
      const labels = queries.map(({ expr }) => /\bby \(([^)]*)\)/.exec(expr)?.[1].split(', ') ?? [])
      const there = [...values, ...labels.flat()].filter((name) => name !== 'le')
      if (columns.length > 0)
        expect({ title, fields: columns.map(({ field }) => field).toSorted() }).toEqual({
          title,
          fields: [...new Set(there)].toSorted(),
        })
    }
  })

  it('says of every panel why it may stay empty', () => {
    expect(spec.rows.flatMap((row) => row.panels).filter(({ gaps }) => gaps.length === 0)).toEqual([])
  })

  it('can be read back: a query for each target', () => {
    const targets = panels.flatMap((panel) => panel.targets ?? [])
    expect(queriesOf(json).length).toBe(targets.length)
    expect(queriesOf(json).filter(({ expr }) => expr === '')).toEqual([])
  })
})

const optionsOf = (options: unknown): Record<string, unknown> => options as Record<string, unknown>

it('a figure turns bad where its alert fires', () => {
  const rules = readFileSync(new URL('deploy/prometheus/rules/automagik.yaml', root), 'utf8')
  const ruleOf = (alert: string): string => rules.split('- alert: ').find((rule) => rule.startsWith(alert)) ?? ''
  expect(ruleOf('ErrorRatioHigh')).toContain(`> ${errorRatioLevels[0].from}\n`)
  expect(ruleOf('QueueNearlyFull')).toContain(`> ${queueFillLevels[0].from}\n`)
})
