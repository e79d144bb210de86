// Reads a dashboard's JSON back: its panels and their queries, as tests run them against real stores and the
// documentation lists them.
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { SourceKind } from './spec.ts'

export interface PanelQuery {
  readonly panelId: number
  /** The panel's title. */
  readonly panel: string
  readonly refId: string
  readonly kind: SourceKind
  /** With Grafana's variables in it. */
  readonly expr: string
  /** One value for each series at the end of the time range, not a series over it. */
  readonly instant: boolean
  readonly exemplars: boolean
}

/** Every panel but the rows. */
export const panelsOf = ({ panels = [] }: Dashboard): readonly Panel[] =>
  panels.flatMap((each) => (each.type === 'row' ? ((each as { panels?: Panel[] }).panels ?? []) : [each as Panel]))

/** What all queries have, whatever their data source. */
interface Target {
  readonly refId: string
  readonly datasource: { readonly type: SourceKind }
  readonly expr?: string
  readonly query?: string
  readonly instant?: boolean
  readonly exemplar?: boolean
}

/** Every query of every panel, in the order of the dashboard. */
export const queriesOf = (dashboard: Dashboard): readonly PanelQuery[] =>
  panelsOf(dashboard).flatMap(({ id = 0, title = '', targets = [] }) =>
    (targets as unknown as readonly Target[]).map(({ refId, datasource, expr, query, instant, exemplar }) => ({
      panelId: id,
      panel: title,
      refId,
      kind: datasource.type,
      expr: expr ?? query ?? '',
      instant: instant ?? false,
      exemplars: exemplar ?? false,
    })),
  )
