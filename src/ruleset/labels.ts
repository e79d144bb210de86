// What may be a label of a derived metric. Labels stay in the store of metrics, for all who may look at a dashboard.
import type { Action } from '../actions/action.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Context } from '../otlp/fields.ts'
import { createClassifier, type Classified } from './cells.ts'
import { placeOf } from './layers.ts'
import { storedName, type PlacedMetric } from './metric-rules.ts'
import type { Conventions, DerivedMetric, Program } from './program.ts'

/** Actions of classes that say nothing of who someone is. */
const telling: ReadonlySet<Action['is']> = new Set(['keep', 'detect', 'truncate', 'path'])
/** Actions that leave different values different. */
const distinguishing: ReadonlySet<Action['is']> = new Set(['hash', 'phone'])
type Place = Pick<Diagnostic, 'file' | 'position'>
/** A name → the class that protects it, and the rule or schema that says so; undefined: it may be shown. */
type ClassOf = (name: string) => { class: string; by: string; action: Action['is'] } | undefined
/** Where the attributes of an event are. */
const contexts: readonly Context[] = ['resource', 'scope', 'span', 'log']

/**
 * The metrics without the labels that would identify people, where it is a shipped metric that has them: who classifies a
 * field need not know which of those speak of it. Shipped rules were written with them at hand: where one makes a
 * pseudonym of a shipped label, as of the name of an instance, the pseudonym is what is counted by.
 */
export function withoutIdentifying(
  derived: readonly DerivedMetric[],
  placed: readonly PlacedMetric[],
  ruleset: Classified,
  conventions: Conventions,
): DerivedMetric[] {
  const classOf = classifierOf(ownRules(ruleset), conventions)
  const shipped = new Set(placed.filter(isShipped).map(({ written }) => written.name))
  return derived.map((metric) =>
    shipped.has(metric.name) ? { ...metric, by: metric.by.filter((name) => classOf(name) === undefined) } : metric,
  )
}

function ownRules(ruleset: Classified): Classified {
  return { ...ruleset, rules: ruleset.rules.filter(({ place }) => place?.file.startsWith('builtin:') !== true) }
}

function isShipped({ layer }: PlacedMetric): boolean {
  return layer.file.startsWith('builtin:')
}

/** Labels that would identify people, that are one in Prometheus, or that no event has any more. */
export function labelFaults(
  metrics: readonly PlacedMetric[],
  ruleset: Classified & Pick<Program, 'events'>,
  conventions: Conventions,
): Diagnostic[] {
  const classOf = classifierOf(ruleset, conventions)
  const byOwnRules = classifierOf(ownRules(ruleset), conventions)
  // What shipped metrics count by, others may count by as well.
  const shipped = new Set(metrics.filter(isShipped).flatMap(({ written }) => written.by))
  const ofLabel = (metric: PlacedMetric): ClassOf => {
    const bySchemas = schemaClassOf(metric, ruleset)
    return (name) => (shipped.has(name) ? byOwnRules(name) : (classOf(name) ?? bySchemas(name)))
  }
  return metrics.flatMap((metric) => [
    ...faultsOfLabels(metric, ofLabel(metric), conventions),
    ...faultsOfSources(metric, classOf, conventions),
  ])
}

function faultsOfLabels(metric: PlacedMetric, classOf: ClassOf, conventions: Conventions): Diagnostic[] {
  const { written, layer, index } = metric
  return written.by.flatMap((name, label) => {
    const found: Diagnostic[] = []
    const place = placeOf(layer, ['metrics', 'derived', index, 'by', label])
    const same = written.by.slice(0, label).find((other) => storedName(other) === storedName(name))
    if (same !== undefined) {
      const message = `"${same}" and "${name}" are one label in Prometheus`
      found.push(error('duplicate-label', message, place))
    }
    const given = isShipped(metric) ? undefined : classOf(name)
    if (given !== undefined) {
      const message = `"${name}" may be no label: the ${given.by} gives it the class "${given.class}"`
      const help = 'labels must not identify anyone: leave it out, or count by what it is one of'
      found.push({ ...error('identifying-label', message, place), help })
    }
    return [...found, ...renamed(name, place, conventions)]
  })
}

/** What a metric is made from must be there when it is made, and still tell one from another. */
function faultsOfSources(metric: PlacedMetric, classOf: ClassOf, conventions: Conventions): Diagnostic[] {
  const { written, layer, index } = metric
  const at = (...path: string[]): Place => placeOf(layer, ['metrics', 'derived', index, ...path])
  const { where = {}, value, distinct } = written
  const found = Object.keys(where).flatMap((name) => renamed(name, at('where', name), conventions))
  if (value !== undefined) found.push(...renamed(value, at('value'), conventions))
  if (distinct === undefined) return found
  found.push(...renamed(distinct, at('distinct'), conventions))
  // Who drops all ids has no active users; the shipped metric then never begins.
  const given = isShipped(metric) ? undefined : classOf(distinct)
  if (given !== undefined && !distinguishing.has(given.action)) {
    const message = `nothing can be counted by "${distinct}": the ${given.by} gives it the class "${given.class}", and all values become one, or go`
    const help = 'count by an attribute that becomes a pseudonym, such as user.id'
    found.push({ ...error('distinct-lost', message, at('distinct')), help })
  }
  return found
}

function renamed(name: string, place: Place, conventions: Conventions): Diagnostic[] {
  const canonical = conventions.rename.get(name)
  if (canonical === undefined) return []
  const message = `no event has "${name}": it is renamed to "${canonical}" before metrics are made`
  return [{ ...error('renamed-label', message, place), severity: 'warning', help: `write "${canonical}"` }]
}

/** A name → the class that protects it and a rule that says so, under any service; undefined: it may be shown. */
function classifierOf(ruleset: Classified, conventions: Conventions): ClassOf {
  const named = (rules: Classified['rules']) => {
    const classifier = createClassifier({ ...ruleset, rules })
    return (names: readonly string[]): string | undefined =>
      contexts
        .map((context) => classifier.attributeRule(names, context, { is: 'any' })?.class)
        .reduce((a, b) => (a === undefined || b === undefined ? (a ?? b) : classifier.stricter(a, b)), undefined)
  }
  const classOf = named(ruleset.rules)
  return (name) => {
    const names = [name, ...receivedNames(name, conventions)]
    const found = classOf(names)
    const action = found === undefined ? undefined : ruleset.classes.get(found)?.is
    if (found === undefined || action === undefined || telling.has(action)) return undefined
    const rule = ruleset.rules.find((each) => each.class === found && named([each])(names) !== undefined)
    return { class: found, by: `rule "${rule?.id ?? ''}"`, action }
  }
}

/** The same by the schemas of the events that a metric is made from, of all where it does not say. */
function schemaClassOf({ written }: PlacedMetric, { events, classes }: Pick<Program, 'events' | 'classes'>): ClassOf {
  const wanted = written.where?.['event.name']
  const named = typeof wanted === 'string' ? [wanted] : Array.isArray(wanted) ? wanted.map(String) : [...events.keys()]
  return (name) => {
    for (const event of named) {
      const found = events.get(event)?.attributes.get(name)?.class
      const action = found === undefined ? undefined : classes.get(found)?.is
      if (found !== undefined && action !== undefined && !telling.has(action))
        return { class: found, by: `schema of ${event}`, action }
    }
    return undefined
  }
}

/** The names that become this one: a rule on any of them holds for it. */
function receivedNames(name: string, { rename, events }: Conventions): string[] {
  const tables = [rename, ...[...events.values()].map((event) => event.rename)]
  return tables.flatMap((table) => [...table].flatMap(([from, to]) => (to === name ? [from] : [])))
}

function error(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
