// What derived metrics ask for and nothing has: a metric of a misspelt event never begins, nor does one of a word that the
// conventions replace.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { isSlip } from '../diagnostics/suggest.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import type { EventSchema } from '../events/event-schema.ts'
import { asList, placeOf } from './layers.ts'
import type { PlacedMetric } from './metric-rules.ts'
import type { Conventions } from './program.ts'

interface Asked {
  readonly text: string
  readonly path: YamlPath
}

/** @param catalogue the events with a schema, by canonical name */
export function metricNameFaults(
  metrics: readonly PlacedMetric[],
  catalogue: ReadonlyMap<string, EventSchema>,
  conventions: Conventions,
): Diagnostic[] {
  const events = [...new Set([...catalogue.keys(), ...conventions.events.keys()])]
  const described = new Set([...catalogue.values()].flatMap(({ attributes }) => [...attributes.keys()]))
  return metrics.flatMap((metric) => [
    ...textsOf(metric, 'event.name').flatMap((asked) => eventFault(asked, events, conventions, metric)),
    ...attributesOf(metric).flatMap((asked) => attributeFault(asked, described, catalogue, metric)),
    ...[...conventions.values].flatMap(([name, words]) =>
      textsOf(metric, name).flatMap((asked) => wordFault(asked, words, metric)),
    ),
  ])
}

function eventFault(
  { text, path }: Asked,
  events: readonly string[],
  { aliases }: Conventions,
  metric: PlacedMetric,
): Diagnostic[] {
  const canonical = aliases.get(text)
  if (canonical !== undefined)
    return [warning(`what the Automagik SDKs call "${text}" is "${canonical}" here`, canonical, metric, path)]
  const meant = events.includes(text) ? undefined : events.find((event) => isSlip(text, event))
  return meant === undefined
    ? []
    : [warning(`no event is known as "${text}", did you mean "${meant}"?`, meant, metric, path)]
}

/**
 * Of events that all have a schema. Names with a dot are left alone: most are OpenTelemetry's, and any resource may have
 * them.
 */
function attributeFault(
  { text, path }: Asked,
  described: ReadonlySet<string>,
  catalogue: ReadonlyMap<string, EventSchema>,
  metric: PlacedMetric,
): Diagnostic[] {
  if (text.includes('.') || described.has(text)) return []
  const events = textsOf(metric, 'event.name').map((asked) => asked.text)
  const schemas = events.flatMap((event) => catalogue.get(event) ?? [])
  if (events.length === 0 || schemas.length < events.length) return []
  const meant = schemas.flatMap(({ attributes }) => [...attributes.keys()]).find((name) => isSlip(text, name))
  if (meant === undefined) return []
  return [warning(`no schema knows the attribute "${text}", did you mean "${meant}"?`, meant, metric, path)]
}

function wordFault({ text, path }: Asked, words: ReadonlyMap<string, string>, metric: PlacedMetric): Diagnostic[] {
  const word = words.get(text) ?? text
  if (word === text) return []
  return [warning(`nothing is "${text}" here: it becomes "${word}" before metrics are made`, word, metric, path)]
}

/** The texts that `where` asks an attribute to be one of. */
function textsOf({ written: { where = {} } }: PlacedMetric, attribute: string): Asked[] {
  const wanted = where[attribute]
  if (typeof wanted === 'string') return [{ text: wanted, path: ['where', attribute] }]
  if (!Array.isArray(wanted)) return []
  return wanted.flatMap((text, at) => (typeof text === 'string' ? [{ text, path: ['where', attribute, at] }] : []))
}

/** The attributes that a metric speaks of. */
function attributesOf({ written: { by, value, distinct, where = {} } }: PlacedMetric): Asked[] {
  return [
    ...by.map((text, at) => ({ text, path: ['by', at] })),
    ...Object.keys(where).map((text) => ({ text, path: ['where', text] })),
    ...asList(value).map((text) => ({ text, path: ['value'] })),
    ...asList(distinct).map((text) => ({ text, path: ['distinct'] })),
  ]
}

function warning(message: string, right: string, { layer, index }: PlacedMetric, path: YamlPath): Diagnostic {
  const place = placeOf(layer, ['metrics', 'derived', index, ...path])
  return { code: 'ruleset/unknown-name', severity: 'warning', message, ...place, help: `write "${right}"` }
}
