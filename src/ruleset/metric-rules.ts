// `metrics:` of all layers → one set of rules.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { asList, placeOf, type Layer } from './layers.ts'
import type { DerivedForm, MetricsForm } from './metric-schema.ts'
import type { Condition, DerivedMetric, MetricRules } from './program.ts'
import { spanDuration } from './words.ts'

/** What holds when no layer says; `builtin:base` says all but `derived`. */
export const emptyMetricRules: MetricRules = {
  derived: [],
  cumulative: { dropLabels: [], buckets: new Map() },
  maxSeries: 2000,
  expireAfterMs: 3_600_000,
}

/** A derived metric as it was written, for what can be judged only beside the other sections. */
export interface PlacedMetric {
  readonly written: DerivedForm
  readonly layer: Layer
  /** Its place in `metrics.derived`. */
  readonly index: number
}

export interface MergedMetrics {
  readonly rules: MetricRules
  readonly placed: readonly PlacedMetric[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Merges the section of all layers: metrics and dropped labels add up, of the rest the later layer's holds. */
export function mergeMetrics(layers: readonly Layer[]): MergedMetrics {
  const diagnostics: Diagnostic[] = []
  const placed = new Map<string, PlacedMetric>()
  const dropLabels = new Set(emptyMetricRules.cumulative.dropLabels)
  const buckets = new Map(emptyMetricRules.cumulative.buckets)
  let { maxSeries, expireAfterMs } = emptyMetricRules
  for (const layer of layers) {
    const section: MetricsForm = layer.content.metrics ?? {}
    for (const [index, name] of (section.off ?? []).entries()) {
      if (placed.delete(storedName(name))) continue
      const names = [...placed.values()].map(({ written }) => written.name)
      const message = `no layer below has a metric called "${name}"${didYouMean(name, names)}`
      const help = names.length === 0 ? 'no layer below has any' : `they have ${list(names)}`
      diagnostics.push({ ...error('unknown-metric', message, placeOf(layer, ['metrics', 'off', index])), help })
    }
    for (const [index, written] of (section.derived ?? []).entries()) {
      const other = placed.get(storedName(written.name))
      if (other === undefined) placed.set(storedName(written.name), { written, layer, index })
      else diagnostics.push(duplicate(written, other, layer, index))
    }
    for (const glob of section.cumulative?.drop_labels ?? []) dropLabels.add(glob.toLowerCase().replace(/\*+/g, '*'))
    for (const [unit, bounds] of Object.entries(section.cumulative?.buckets ?? {})) buckets.set(unit, bounds)
    maxSeries = section.max_series ?? maxSeries
    expireAfterMs = section.expire_after ?? expireAfterMs
  }
  const derived = [...placed.values()].map(({ written }) => derivedMetric(written, buckets))
  const cumulative = { dropLabels: [...dropLabels], buckets }
  return { rules: { derived, cumulative, maxSeries, expireAfterMs }, placed: [...placed.values()], diagnostics }
}

/** Names and labels that differ in their punctuation only are one in Prometheus. */
export function storedName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '_')
}

function duplicate({ name }: DerivedForm, other: PlacedMetric, layer: Layer, index: number): Diagnostic {
  const where = other.layer === layer ? '' : `, the other is in ${other.layer.file}`
  const message =
    other.written.name === name
      ? `two metrics are called "${name}"${where}`
      : `"${name}" and "${other.written.name}" are one name in Prometheus${where}`
  const found = error('duplicate-metric', message, placeOf(layer, ['metrics', 'derived', index, 'name']))
  return other.layer === layer
    ? found
    : { ...found, help: `to replace the other, write metrics: {off: [${other.written.name}]} too` }
}

function derivedMetric(written: DerivedForm, ofUnits: ReadonlyMap<string, readonly number[]>): DerivedMetric {
  const { name, description = '', from, by, value, distinct, window = 0 } = written
  const where = Object.entries(written.where ?? {}).map(([attribute, form]) => conditionOf(attribute, form))
  const common = { name, description, from, where, by }
  if (value === undefined) {
    const counted = distinct === undefined ? undefined : { attribute: distinct, windowMs: window }
    const unit = written.unit ?? `{${counted ? 'value' : from}}`
    return { ...common, unit, value: undefined, distinct: counted, buckets: [] }
  }
  const own = value === spanDuration ? 'ns' : unitOfName(value)
  const unit = written.unit ?? (value === spanDuration ? 's' : own) ?? ''
  const buckets = written.buckets ?? ofUnits.get(unit) ?? ofUnits.get('*') ?? []
  return { ...common, unit, value: { attribute: value, scale: scaleOf(own, unit) }, distinct: undefined, buckets }
}

function conditionOf(attribute: string, form: NonNullable<DerivedForm['where']>[string]): Condition {
  if (typeof form !== 'object') return { is: 'one-of', attribute, values: [String(form)] }
  if (Array.isArray(form)) return { is: 'one-of', attribute, values: form.map(String) }
  if ('exists' in form) return { is: 'there', attribute, wanted: form.exists }
  return { is: 'status-class', attribute, hundreds: asList(form.status_class).map((word) => Number(word[0])) }
}

/** Units of time → their power of ten in seconds. */
const powers: Readonly<Record<string, number>> = { s: 0, ms: -3, us: -6, ns: -9 }

/** `duration_ms` → `ms`; undefined for a name that tells no unit. */
function unitOfName(attribute: string): string | undefined {
  const suffix = /_(ms|us|ns|s|seconds)$/i.exec(attribute)?.[1].toLowerCase()
  return suffix === 'seconds' ? 's' : suffix
}

/** What to multiply with, the nearest double to the power of ten; 1 between units that are not both of time. */
function scaleOf(from: string | undefined, to: string): number {
  if (from === undefined || !Object.hasOwn(powers, to)) return 1
  return Number(`1e${powers[from] - powers[to]}`)
}

function error(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
