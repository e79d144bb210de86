// The variables of a dashboard: the data sources, the projects, and the gateways. All of them are there once for each
// dashboard, under the same names, so that links between dashboards carry them.
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { eventLabel, eventMetric, gatewayLabel, gatewayMetric } from './names.ts'
import { sourceKinds } from './spec.ts'
import type { SourceKind } from './spec.ts'

type Builder = { build(): VariableModel }

/** A reference to the data source that the user has chosen. */
export const sourceRef = (kind: SourceKind): { type: SourceKind; uid: string } => ({
  type: kind,
  uid: `\${${kind}_datasource}`,
})

const sourceNames: Readonly<Record<SourceKind, string>> = { prometheus: 'Prometheus', loki: 'Loki', tempo: 'Tempo' }

/** Prometheus stands first: tools that check dashboards look at the first one. */
export const variables = (): readonly Builder[] => [
  ...sourceKinds.map((kind) =>
    new DatasourceVariableBuilder(`${kind}_datasource`)
      .label(`${sourceNames[kind]} data source`)
      .description(`Where ${sourceNames[kind]} is asked.`)
      .type(kind),
  ),
  valuesOf('job', eventMetric.count, eventLabel.project)
    .label('Project')
    .description('The programs that send events: their service.name. Others are there under All.')
    .allValue('.+'),
  valuesOf('instance', `${eventMetric.count}{${eventLabel.project}=~"$job"}`, eventLabel.instance)
    .label('Counted by')
    .description(
      'Who counted the events: the id of a gateway, behind the instance of the program where it is not one of Automagik.',
    )
    .allValue('.+'),
  // Without a value of its own "All" is the jobs that scrape gateways: a Collector has metrics of the same names.
  valuesOf('scrape_job', gatewayMetric.build, gatewayLabel.job)
    .label('Gateway job')
    .description('The jobs with which Prometheus scrapes gateways.')
    .hide(VariableHide.HideVariable),
  valuesOf('gateway', `${gatewayMetric.build}{${gatewayLabel.job}=~"$scrape_job"}`, gatewayLabel.instance)
    .label('Gateway')
    .description('The gateways of the last row, by the address that is scraped.')
    .allValue('.+'),
]

/** Several values or all of them, read again whenever the time range changes. */
function valuesOf(name: string, series: string, label: string): QueryVariableBuilder {
  const query = `label_values(${series}, ${label})`
  return new QueryVariableBuilder(name)
    .datasource(sourceRef('prometheus'))
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}
