// Names in derived metrics that nothing has: a metric of a misspelt event never begins.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { nearest } from '../diagnostics/suggest.ts'
import type { EventSchema } from '../events/event-schema.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { placeOf } from './layers.ts'
import type { PlacedMetric } from './metric-rules.ts'
import type { Conventions } from './program.ts'

/** Letters that a slip gets wrong. More, and it may be an event or attribute that no schema describes. */
const slip = 2

/** @param catalogue the events with a schema, by canonical name */
export function metricNameFaults(
  metrics: readonly PlacedMetric[],
  catalogue: ReadonlyMap<string, EventSchema>,
  { events, aliases }: Conventions,
): Diagnostic[] {
  const known = new Set([...catalogue.keys(), ...events.keys()])
  return metrics.flatMap((metric) => {
    const wanted = metric.written.where?.['event.name']
    const names = (Array.isArray(wanted) ? wanted : [wanted]).filter((each) => typeof each === 'string')
    const schemas = names.flatMap((name) => catalogue.get(name) ?? [])
    const inEvents = names.flatMap((name, at): Diagnostic[] => {
      const canonical = aliases.get(name) ?? (known.has(name) ? undefined : nearest(name, known, slip))
      if (canonical === undefined) return []
      const message = aliases.has(name)
        ? `no event is called "${name}": it is renamed to "${canonical}" before metrics are made`
        : `no event is known as "${name}", did you mean "${canonical}"?`
      return [fault(message, canonical, metric, ['where', 'event.name', ...(Array.isArray(wanted) ? [at] : [])])]
    })
    // Of an event without a schema nobody knows the attributes.
    if (names.length === 0 || schemas.length < names.length) return inEvents
    const described = new Set(schemas.flatMap(({ attributes }) => [...attributes.keys()]))
    return [
      ...inEvents,
      ...attributesOf(metric).flatMap(([name, path]) => attributeFault(name, path, described, metric)),
    ]
  })
}

/** The attributes that a metric speaks of, and where. */
function attributesOf({ written: { by, value, distinct, where = {} } }: PlacedMetric): [string, YamlPath][] {
  return [
    ...by.map((name, at): [string, YamlPath] => [name, ['by', at]]),
    ...Object.keys(where).map((name): [string, YamlPath] => [name, ['where', name]]),
    ...(value === undefined ? [] : [[value, ['value']] as [string, YamlPath]]),
    ...(distinct === undefined ? [] : [[distinct, ['distinct']] as [string, YamlPath]]),
  ]
}

function attributeFault(
  name: string,
  path: YamlPath,
  described: ReadonlySet<string>,
  metric: PlacedMetric,
): Diagnostic[] {
  const near = described.has(name) ? undefined : nearest(name, described, slip)
  if (near === undefined) return []
  return [fault(`the event has no attribute "${name}", did you mean "${near}"?`, near, metric, path)]
}

function fault(message: string, right: string, { layer, index }: PlacedMetric, path: YamlPath): Diagnostic {
  const place = placeOf(layer, ['metrics', 'derived', index, ...path])
  return { code: 'ruleset/unknown-name', severity: 'warning', message, ...place, help: `write "${right}"` }
}
