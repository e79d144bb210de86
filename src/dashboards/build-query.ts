// One query of a panel, made with the Foundation SDK, which sets no refId of its own.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  DataqueryBuilder as LokiQuery,
  LokiQueryDirection,
  QueryEditorMode as LokiEditor,
} from '@grafana/grafana-foundation-sdk/loki'
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
  QueryEditorMode as PrometheusEditor,
} from '@grafana/grafana-foundation-sdk/prometheus'
import { DataqueryBuilder as TempoQuery, SearchTableType, TempoQueryType } from '@grafana/grafana-foundation-sdk/tempo'
import type { QuerySpec, SourceKind } from './spec.ts'
import { sourceRef } from './variables.ts'

/** So many log lines, and so many traces, are fetched. */
const mostLines = 500
const mostTraces = 50

export function buildQuery(spec: QuerySpec): Builder<Dataquery> {
  return bySource[spec.source](spec)
}

const bySource: Readonly<Record<SourceKind, (spec: QuerySpec) => Builder<Dataquery>>> = {
  prometheus({ refId, expr, result, legend, exemplars = false }) {
    const query = new PrometheusQuery()
      .datasource(sourceRef('prometheus'))
      .editorMode(PrometheusEditor.Code)
      .refId(refId)
      .expr(expr)
      .exemplar(exemplars)
    if (legend !== undefined) query.legendFormat(legend)
    if (result === 'instant') return query.instant().format(PromQueryFormat.Table)
    return query.range().format(result === 'buckets' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries)
  },

  loki({ refId, expr, result, legend }) {
    const query = new LokiQuery()
      .datasource(sourceRef('loki'))
      .editorMode(LokiEditor.Code)
      .refId(refId)
      .expr(expr)
      .queryType('range')
    if (legend !== undefined) query.legendFormat(legend)
    return result === 'lines' ? query.direction(LokiQueryDirection.Backward).maxLines(mostLines) : query
  },

  tempo: ({ refId, expr }) =>
    new TempoQuery()
      .datasource(sourceRef('tempo'))
      .queryType(TempoQueryType.Traceql)
      .refId(refId)
      .query(expr)
      .limit(mostTraces)
      .tableType(SearchTableType.Traces),
}
