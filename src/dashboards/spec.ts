// A dashboard as plain data: what the rows say and `build.ts` turns into Grafana's JSON.

/** The kinds of data source; each has one variable. */
export const sourceKinds = ['prometheus', 'loki', 'tempo'] as const
export type SourceKind = (typeof sourceKinds)[number]

export interface QuerySpec {
  readonly source: SourceKind
  /** A letter, unique in the panel and never reused for another meaning. */
  readonly refId: string
  /** PromQL, LogQL or TraceQL, with variables of Grafana. */
  readonly expr: string
  /** `range`: over time; `instant`: one value for each series; `buckets`: over time, for a heatmap; `lines`: as they are. */
  readonly result: 'range' | 'instant' | 'buckets' | 'lines'
  readonly legend?: string
  /** Exemplars are fetched too: points that lead to a trace. */
  readonly exemplars?: boolean
}

/** From `from` on, the state is this one. Not colour alone says it: the value is shown as well. */
export interface Threshold {
  readonly from: number
  readonly state: 'warning' | 'critical'
}

export interface Column {
  /** The name of the field in the answer: a label, or `Value #A` of the query A. */
  readonly field: string
  readonly title: string
  /** Of the values, where it is not the panel's. */
  readonly unit?: string
}

/** Why a panel has no data although all works. */
export interface Gap {
  /** The programs, or the part of their telemetry. */
  readonly of: string
  readonly because: string
}

export interface PanelSpec {
  /** Unique in the dashboard; links and alerts point at it, so it never changes. */
  readonly id: number
  readonly view: 'stat' | 'lines' | 'bars' | 'heatmap' | 'table' | 'logs'
  readonly title: string
  readonly shows: string
  readonly why: string
  readonly act: string
  /** A unit of Grafana. Counts that are exact have `locale` (1,234): `short` would make 1.23 K, and 1 K without decimals. */
  readonly unit: string
  /** Instead of "No data". */
  readonly noValue: string
  /** In columns of 24. */
  readonly width: number
  /** In cells of 30 pixels. */
  readonly height: number
  readonly queries: readonly QuerySpec[]
  readonly thresholds?: readonly Threshold[]
  /** Places behind the point; whole numbers for what is counted, which `increase` makes fractions of. */
  readonly decimals?: number
  /** Of the axis. */
  readonly max?: number
  /** Of a table, in this order; other fields are left out. The last one sorts, the largest first. */
  readonly columns?: readonly Column[]
  readonly gaps: readonly Gap[]
}

export interface RowSpec {
  readonly id: number
  readonly title: string
  readonly panels: readonly PanelSpec[]
}

export interface DashboardSpec {
  /** Name of its file, without `.json`, and uid in Grafana: at most 40 characters. */
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly rows: readonly RowSpec[]
}
