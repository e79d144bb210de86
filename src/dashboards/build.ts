// A dashboard in Grafana's classic JSON ("schema v1"), which every Grafana in use reads; newer ones migrate it on load.
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { buildPanel } from './build-panel.ts'
import { gatewayLabel, gatewayMetric } from './names.ts'
import { ofGateway } from './queries.ts'
import type { DashboardSpec } from './spec.ts'
import { sourceRef, variables } from './variables.ts'

/** The same spec makes the same JSON, byte for byte. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([...spec.tags])
    .readonly()
    .timezone('utc')
    .time({ from: 'now-1h', to: 'now' })
    // As often as the gateway sends its metrics.
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables()])
    .annotations([rulesetChange()])
    .links([otherDashboards()])
  for (const row of spec.rows) {
    builder.withRow(new RowBuilder(row.title).id(row.id))
    for (const panel of row.panels) builder.withPanel(buildPanel(panel))
  }
  const dashboard = builder.build()
  // The SDK puts them into a menu, where nobody sees them.
  for (const each of [...dashboard.links!, ...dashboard.annotations.list!]) delete each.placement
  return dashboard
}

/** The file of a dashboard. */
export const dashboardText = (spec: DashboardSpec): string => `${JSON.stringify(buildDashboard(spec), undefined, 2)}\n`

/** Marks the moments at which a gateway began to work with other rules. */
function rulesetChange(): AnnotationQueryBuilder {
  const ruleset = ofGateway(gatewayMetric.ruleset)
  return new AnnotationQueryBuilder()
    .name('Ruleset changes')
    .enable(true)
    .iconColor('purple')
    .datasource(sourceRef('prometheus'))
    .target(new DataqueryBuilder().refId('Anno').expr(`${ruleset} unless (${ruleset} offset 1m)`).interval('60s'))
    .titleFormat('Ruleset {{name}}')
    .textFormat(`{{digest}} on {{${gatewayLabel.instance}}}`)
}

const otherDashboards = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Automagik')
    .type(DashboardLinkType.Dashboards)
    .tags(['automagik'])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
