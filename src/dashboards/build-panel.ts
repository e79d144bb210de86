// One panel in Grafana's classic JSON, made with the Foundation SDK. What the SDK leaves out or turns off by default is
// put right here: ids, legends, the time and details of log lines.
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { DataTransformerConfig, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapTooltipBuilder,
  PanelBuilder as Heatmap,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { PanelBuilder as Logs } from '@grafana/grafana-foundation-sdk/logs'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import { buildQuery } from './build-query.ts'
import type { Column, PanelSpec, Threshold } from './spec.ts'
import { sourceRef } from './variables.ts'

type AnyPanel = Stat | TimeSeries | Heatmap | Table | Logs

/** A panel; where it stands is the dashboard's. */
export function buildPanel(spec: PanelSpec): { build(): Panel } {
  const panel: AnyPanel = views[spec.view](spec)
  panel
    .id(spec.id)
    .title(spec.title)
    .description(`${spec.shows}\n\n**Why:** ${spec.why}\n\n**What to do:** ${spec.act}`)
    .unit(spec.unit)
    .noValue(spec.noValue)
    .span(spec.width)
    .height(spec.height)
    .datasource(sourceRef(spec.queries[0].source))
    .targets(spec.queries.map(buildQuery))
  if (spec.decimals !== undefined) panel.decimals(spec.decimals)
  return panel
}

const views: Readonly<Record<PanelSpec['view'], (spec: PanelSpec) => AnyPanel>> = {
  stat: ({ thresholds }) => {
    const panel = new Stat()
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
      .graphMode(BigValueGraphMode.None)
      .colorMode(thresholds === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    return thresholds === undefined ? panel : panel.thresholds(steps(thresholds)).colorScheme(byThreshold())
  },

  lines: ({ thresholds, max }) => {
    const panel = timeSeries().fillOpacity(10).lineWidth(1)
    if (max !== undefined) panel.max(max)
    if (thresholds === undefined) return panel
    const dashed = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed)
    return panel.thresholds(steps(thresholds)).thresholdsStyle(dashed)
  },

  bars: () =>
    timeSeries()
      .drawStyle(GraphDrawStyle.Bars)
      .fillOpacity(80)
      .lineWidth(0)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),

  heatmap: ({ unit }) =>
    new Heatmap()
      .calculate(false)
      .yAxis(new YAxisConfigBuilder().unit(unit))
      .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(64).exponent(0.5))
      .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true)),

  table: ({ columns, queries }) => {
    const panel = new Table().filterable(true)
    if (columns === undefined) return panel
    for (const { title, unit } of columns)
      if (unit !== undefined)
        panel.overrideByName(title, [
          { id: 'unit', value: unit },
          { id: 'decimals', value: 1 },
        ])
    return panel
      .transformations(inColumns(columns, queries.length > 1))
      .sortBy([new TableSortByFieldStateBuilder().displayName(columns.at(-1)!.title).desc(true)])
  },

  logs: () =>
    new Logs().showTime(true).enableLogDetails(true).wrapLogMessage(true).prettifyLogMessage(false).showLabels(false),
}

/** Colours by name: a project has the same one in every panel. */
const timeSeries = (): TimeSeries =>
  new TimeSeries()
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))

const byThreshold = (): FieldColorBuilder => new FieldColorBuilder().mode(FieldColorModeId.Thresholds)

const stateColors: Readonly<Record<Threshold['state'], string>> = { warning: 'yellow', critical: 'red' }

const steps = (thresholds: readonly Threshold[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: 'green' },
      ...thresholds.map(({ from, state }) => ({ value: from, color: stateColors[state] })),
    ])

/** Makes one table of the answers and gives it these columns; the time of each answer goes. */
function inColumns(columns: readonly Column[], isMerged: boolean): DataTransformerConfig[] {
  const organize = {
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
      renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
    },
  }
  return isMerged ? [{ id: 'merge', options: {} }, organize] : [organize]
}
