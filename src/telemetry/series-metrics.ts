// The instruments of the metrics that the gateway writes itself: added up or derived.
import type { Instrument, SeriesFigures } from './instrument.ts'

export const seriesInstruments: readonly Instrument[] = [
  ofSeries('gauge', 'gateway_series', 'Live series that the gateway writes itself.', 'kind', ({ series }) =>
    Object.entries(series),
  ),
  seriesFigure(
    'gateway_points_absorbed',
    'Data points that were added to a series of the gateway instead of going on as they came.',
    ({ absorbed }) => absorbed,
  ),
  seriesFigure('gateway_points_emitted', 'Data points that the gateway wrote itself.', ({ emitted }) => emitted),
  ofSeries(
    'counter',
    'gateway_series_overflows',
    "Increments that went to a metric's overflow series.",
    'kind',
    ({ overflows }) => Object.entries(overflows),
  ),
  ofSeries(
    'counter',
    'gateway_series_expired',
    'Series that ended because nothing was added to them.',
    'kind',
    ({ expired }) => Object.entries(expired),
  ),
  ofSeries(
    'counter',
    'gateway_points_dropped',
    'Data points and events that could not be added to any series, by reason.',
    'reason',
    ({ dropped }) => dropped,
  ),
]

function seriesFigure(name: string, help: string, figure: (figures: SeriesFigures) => number): Instrument {
  return {
    kind: 'counter',
    name,
    help,
    labels: [],
    *read(sources) {
      const figures = sources.series()
      if (figures !== undefined) yield [{}, figure(figures)]
    },
  }
}

function ofSeries(
  kind: Instrument['kind'],
  name: string,
  help: string,
  label: string,
  figures: (figures: SeriesFigures) => Iterable<readonly [string, number]>,
): Instrument {
  return {
    kind,
    name,
    help,
    labels: [label],
    *read(sources) {
      const own = sources.series()
      if (own === undefined) return
      for (const [key, value] of figures(own)) yield [{ [label]: key }, value]
    },
  }
}
