// What two rulesets say of no single cell: detectors, keys, limits, names of events, metrics and their labels.
import { detectorTable } from '../detectors/detector.ts'
import { activeDetectors } from './closure-grade.ts'
import { actionDirection, type Change } from './closure-levels.ts'
import { actionText } from './closure-words.ts'
import type { DerivedMetric, Program } from './program.ts'

type Kind = Change['kind']

/** Changes that no cell shows. */
export function programChanges(before: Program, after: Program): Change[] {
  return [
    ...detectorChanges(before, after),
    ...conventionChanges(before, after),
    ...metricChanges(before, after),
    ...settingChanges(before, after),
  ]
}

function change(kind: Kind, name: string, before: string, after: string): Change {
  return { kind, name, before, after, cells: 0, parts: [] }
}

/** Entries that went, and entries that came. */
function listChanges(
  before: readonly string[],
  after: readonly string[],
  nameOf: (entry: string) => string,
  [gone, come]: readonly [Kind, Kind],
): Change[] {
  return [
    ...before.filter((one) => !after.includes(one)).map((one) => change(gone, nameOf(one), one, 'none')),
    ...after.filter((one) => !before.includes(one)).map((one) => change(come, nameOf(one), 'none', one)),
  ]
}

function detectorChanges(before: Program, after: Program): Change[] {
  const [old, now] = [activeDetectors(before), activeDetectors(after)]
  const stay = old.filter((id) => now.includes(id))
  const finds = stay.flatMap((id): Change[] => {
    const [from, to] = [findAction(before, id), findAction(after, id)]
    const kind = actionDirection(from.action, to.action)
    if (kind === undefined) return []
    const text = ({ action }: typeof from): string => `finds: ${action === undefined ? 'replaced' : actionText(action)}`
    return [change(kind, `class.${to.class}`, `${id} ${text(from)}`, `${id} ${text(to)}`)]
  })
  const regions = ({ detectors }: Program): readonly string[] => detectors.phoneRegions
  const patterns = ({ detectors }: Program): Map<string, string> =>
    new Map((detectors.custom ?? []).map((one) => [one.id, JSON.stringify(one)]))
  const [oldPatterns, newPatterns] = [patterns(before), patterns(after)]
  const edited = stay.filter((id) => oldPatterns.get(id) !== newPatterns.get(id))
  return [
    ...listChanges(old, now, (id) => `detector.${id}`, ['loosens', 'tightens']),
    ...finds,
    ...edited.map((id) => change('changes', `detector.${id}`, 'its pattern', 'another pattern')),
    ...listChanges(regions(before), regions(after), () => 'detectors.phone_regions', ['loosens', 'tightens']),
    ...valueChange('detectors.default_region', before.detectors.defaultRegion, after.detectors.defaultRegion),
  ]
}

function findAction({ detectors, classes }: Program, id: string) {
  const own = detectors.custom?.find((one) => one.id === id)?.class
  const className = own ?? detectorTable[id as keyof typeof detectorTable].class
  return { class: className, action: classes.get(className) }
}

function conventionChanges({ conventions: before }: Program, { conventions: after }: Program): Change[] {
  const aliases = (of: typeof before): string[] => [...of.aliases].map(([alias, event]) => `${alias} → ${event}`)
  return [
    ...listChanges(aliases(before), aliases(after), (one) => `event.${one.split(' ')[0]}`, ['renames', 'renames']),
    ...[...new Set([...before.values.keys(), ...after.values.keys()])].flatMap((name) =>
      mapChanges(`values.${name}`, before.values.get(name), after.values.get(name)),
    ),
    ...mapChanges('coerce', before.coerce, after.coerce),
    ...[...new Set([...before.events.keys(), ...after.events.keys()])].flatMap((event) =>
      mapChanges(`coerce.${event}`, before.events.get(event)?.coerce, after.events.get(event)?.coerce),
    ),
    ...listChanges(before.metricIdentity, after.metricIdentity, () => 'conventions.metric_identity', [
      'loosens',
      'tightens',
    ]),
  ]
}

function mapChanges(
  prefix: string,
  before: ReadonlyMap<string, string> = new Map(),
  after: ReadonlyMap<string, string> = new Map(),
): Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names.flatMap((name) => valueChange(`${prefix}.${name}`, before.get(name), after.get(name)))
}

function metricChanges({ metrics: before }: Program, { metrics: after }: Program): Change[] {
  const labels = (metrics: readonly DerivedMetric[]): string[] =>
    metrics.flatMap(({ name, by }) => by.map((label) => `${name} by ${label}`))
  const metricOf = (entry: string): string => `metric.${entry.split(' by ')[0]}`
  const shape = ({ unit, from, where, value, distinct, buckets }: DerivedMetric): string =>
    JSON.stringify({ unit, from, where, value, distinct, buckets })
  const edited = after.derived.flatMap((metric) => {
    const old = before.derived.find(({ name }) => name === metric.name)
    return old === undefined || shape(old) === shape(metric)
      ? []
      : [change('changes', `metric.${metric.name}`, 'what it is made from, its unit, value or buckets', 'others')]
  })
  return [
    // A label shows more; so does a label that increments keep.
    ...listChanges(labels(before.derived), labels(after.derived), metricOf, ['tightens', 'loosens']),
    ...edited,
    ...listChanges(before.cumulative.dropLabels, after.cumulative.dropLabels, () => 'metrics.drop_labels', [
      'loosens',
      'tightens',
    ]),
    ...valueChange('metrics.max_series', before.maxSeries, after.maxSeries),
    ...valueChange('metrics.expire_after', before.expireAfterMs, after.expireAfterMs),
  ]
}

function settingChanges(before: Program, after: Program): Change[] {
  const rings = new Set([...before.keys.keys(), ...after.keys.keys()])
  const { defaults: old } = before
  const { defaults: now } = after
  return [
    ...[...rings].flatMap((ring) =>
      valueChange(`keys.${ring}`, before.keys.get(ring)?.active, after.keys.get(ring)?.active),
    ),
    ...keyChanges(before, after),
    ...valueChange('defaults.on_error', old.onError, now.onError),
    ...valueChange('limits.value_bytes', old.limits.valueBytes, now.limits.valueBytes),
    ...valueChange('limits.depth', old.limits.depth, now.limits.depth),
    ...valueChange('limits.attributes', old.limits.attributes, now.limits.attributes),
    ...valueChange('repair', before.repair, after.repair),
  ]
}

/** Keys that come, go, or are others under the same id: their pseudonyms change, or are no longer known for such. */
function keyChanges({ keys: before }: Program, { keys: after }: Program): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((ring) => {
    const [old, now] = [before, after].map((rings) => [...(rings.get(ring)?.keys ?? [])])
    const others = now.filter(([id, bytes]) => old.some((one) => one[0] === id && !Buffer.from(bytes).equals(one[1])))
    const ids = (keys: typeof old): string[] => keys.map(([id]) => id)
    return [
      ...listChanges(ids(old), ids(now), () => `keys.${ring}`, ['changes', 'changes']),
      ...others.map(([id]) => change('changes', `keys.${ring}`, id, `another key under the id ${id}`)),
    ]
  })
}

function valueChange(name: string, before: Setting, after: Setting): Change[] {
  const text = (value: Setting): string => (value === undefined ? 'none' : String(value))
  return text(before) === text(after) ? [] : [change('changes', name, text(before), text(after))]
}

type Setting = string | number | boolean | undefined
