// Names as Prometheus stores them (translation strategy `UnderscoreEscapingWithSuffixes`): what is one name there must be
// one series here, because of two it keeps one in a request without a word, and refuses the whole request over two. What
// it has no name for makes it refuse the request too. Rules: github.com/prometheus/otlptranslator.
import type { Kind } from './value.ts'

/** What Prometheus puts on series itself; what a sender calls so is kept beside it, as of scraped targets. */
const ownLabels = new Set(['job', 'instance', 'le', 'quantile'])

/** @returns the label that an attribute becomes; '' when it cannot be one */
export function storedLabel(name: string): string {
  if (/^__.*__$/.test(name)) return ''
  const label = name.replace(/[^A-Za-z0-9]+/g, '_')
  if (label === '' || label === '_') return ''
  return /^[0-9]/.test(label) ? `key_${label}` : label
}

/** The attribute name under which one is kept that Prometheus would take for its own label. */
export function attributeName(name: string): string {
  return ownLabels.has(storedLabel(name)) ? `exported_${name}` : name
}

export interface NamedMetric {
  readonly name: string
  readonly unit: string
  readonly kind: Kind
  readonly isMonotonic: boolean
}

/** @returns the name of a metric's series, of histograms without `_bucket`, `_sum` and `_count`; '' when it has none */
export function storedMetric({ name, unit, kind, isMonotonic }: NamedMetric): string {
  let tokens = name.split(/[^A-Za-z0-9:]+/).filter((token) => token !== '')
  if (tokens.length === 0) return ''
  const slash = unit.indexOf('/')
  const per = slash < 0 ? '' : unitWord(unit.slice(slash + 1), perUnits)
  const suffixes = [unitWord(slash < 0 ? unit : unit.slice(0, slash), units), per === '' ? '' : `per_${per}`]
  for (const suffix of suffixes) if (suffix !== '' && !tokens.includes(suffix)) tokens.push(suffix)
  if (kind === 'sum' && isMonotonic) tokens = [...tokens.filter((token) => token !== 'total'), 'total']
  const joined = tokens.join('_')
  return /^[0-9]/.test(joined) ? `_${joined}` : joined
}

/** What a histogram's series are called behind its name. */
export const histogramSuffixes = ['_bucket', '_sum', '_count'] as const

function unitWord(unit: string, words: Readonly<Record<string, string>>): string {
  const text = unit.trim()
  if (/[{}]/.test(text)) return ''
  const word = Object.hasOwn(words, text) ? words[text] : text
  return word.replace(/[^A-Za-z0-9:]+/g, '_').replace(/^_|_$/g, '')
}

const units: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
}

const perUnits: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}
