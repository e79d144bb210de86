// What may be a label of a derived metric. Labels stay in the store of metrics, for all who may look at a dashboard.
import type { Action } from '../actions/action.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Context } from '../otlp/fields.ts'
import { createClassifier, type Classified } from './cells.ts'
import { placeOf } from './layers.ts'
import { storedName, type PlacedMetric } from './metric-rules.ts'
import type { Conventions } from './program.ts'

/** Actions of classes that say nothing of who someone is. */
const telling: ReadonlySet<Action['is']> = new Set(['keep', 'detect', 'truncate', 'path'])
/** Where the attributes of an event are. */
const contexts: readonly Context[] = ['resource', 'scope', 'span', 'log']

/** Labels that would identify people, that are one in Prometheus, or that no event has any more. */
export function labelFaults(
  metrics: readonly PlacedMetric[],
  ruleset: Classified,
  conventions: Conventions,
): Diagnostic[] {
  const classOf = classifierOf(ruleset, conventions)
  return metrics.flatMap(({ written, layer, index }) =>
    written.by.flatMap((name, label) => {
      const found: Diagnostic[] = []
      const place = placeOf(layer, ['metrics', 'derived', index, 'by', label])
      const same = written.by.slice(0, label).find((other) => storedName(other) === storedName(name))
      if (same !== undefined) {
        const message = `"${same}" and "${name}" are one label in Prometheus`
        found.push(error('duplicate-label', message, place))
      }
      const given = classOf(name)
      if (given !== undefined) {
        const message = `"${name}" may be no label: the rule "${given.rule}" gives it the class "${given.class}"`
        const help = 'labels must not identify anyone: leave it out, or count by what it is one of'
        found.push({ ...error('identifying-label', message, place), help })
      }
      const canonical = conventions.rename.get(name)
      if (canonical !== undefined) {
        const message = `no event has "${name}": it is renamed to "${canonical}" before metrics are made`
        found.push({ ...error('renamed-label', message, place), severity: 'warning', help: `write "${canonical}"` })
      }
      return found
    }),
  )
}

/** A name → the class that protects it and a rule that says so, under any service; undefined: it may be shown. */
function classifierOf(ruleset: Classified, conventions: Conventions) {
  const named = (rules: Classified['rules']) => {
    const classifier = createClassifier({ ...ruleset, rules })
    return (names: readonly string[]): string | undefined =>
      contexts
        .map((context) => classifier.attributeRule(names, context, { is: 'any' })?.class)
        .reduce((a, b) => (a === undefined || b === undefined ? (a ?? b) : classifier.stricter(a, b)), undefined)
  }
  const classOf = named(ruleset.rules)
  return (name: string): { class: string; rule: string } | undefined => {
    const names = [name, ...receivedNames(name, conventions)]
    const found = classOf(names)
    if (found === undefined || telling.has(ruleset.classes.get(found)?.is ?? 'keep')) return undefined
    const rule = ruleset.rules.find((each) => each.class === found && named([each])(names) !== undefined)
    return { class: found, rule: rule?.id ?? '' }
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
