// What is wrong, or idle, in a ruleset whose parts are right each for itself.
import { rankOf, type Action } from '../actions/action.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { defaultRing, hashOfAction } from './action-of.ts'
import type { PlacedRule } from './conflicts.ts'
import type { PlacedAction } from './merge.ts'
import type { Program, Selector } from './program.ts'

/** Pseudonyms under rings that are not there, without a key, or of several lengths. */
export function hashFaults(classes: ReadonlyMap<string, PlacedAction>, ringNames: Iterable<string>): Diagnostic[] {
  const found: Diagnostic[] = []
  // Where the gateway's own key cannot be had, that has been said.
  const rings = [...new Set([...ringNames, defaultRing])]
  let length: { name: string; chars: number } | undefined
  for (const [name, { action, place }] of classes) {
    const hash = hashOfAction(action)
    if (hash === undefined) continue
    if (hash.method === 'sha256') {
      const message = `the class "${name}" uses SHA-256 without a key`
      const help =
        'whoever has the hashes can try all phone numbers of a prefix in a minute; a key prevents that: {hash: {key: pseudonym}}'
      found.push({ ...error('unkeyed-hash', message, place), severity: 'warning', help })
      continue
    }
    if (!rings.includes(hash.key)) {
      const message = `the class "${name}" names the key ring "${hash.key}", which is not there${didYouMean(hash.key, rings)}`
      found.push({ ...error('unknown-ring', message, place), help: `the rings under keys: are ${list(rings)}` })
    }
    // A pseudonym is recognised by its exact length, in every class.
    if (length !== undefined && length.chars !== hash.chars) {
      const message = `the classes "${length.name}" and "${name}" make pseudonyms of ${length.chars} and ${hash.chars} digits; want one length`
      found.push(error('pseudonym-length', message, place))
    }
    length ??= { name, chars: hash.chars }
  }
  return found
}

/** Rules whose class is below the default: they change nothing, and whoever wrote one believes otherwise. */
export function idleRules(
  rules: readonly PlacedRule[],
  classes: ReadonlyMap<string, Action>,
  defaults: Program['defaults'],
): Diagnostic[] {
  const rank = (name: string): number => rankOf[classes.get(name)?.is ?? 'keep']
  const defaultOf = ({ is }: Selector): string =>
    is === 'attribute' ? defaults.attribute : is === 'body' ? defaults.body : defaults.name
  return rules.flatMap(({ rule, place }) => {
    const fallbacks = rule.selectors.map(defaultOf)
    const idle =
      classes.has(rule.class) &&
      fallbacks.every((name) => classes.get(name)?.is !== 'drop' && rank(rule.class) < rank(name))
    if (!idle || fallbacks.length === 0) return []
    const message = `the rule "${rule.id}" changes nothing: "${rule.class}" is below the default "${fallbacks[0]}"`
    const help = 'to put a field below the default, write an exception with a reason and an owner'
    return [{ ...error('idle-rule', message, place), severity: 'warning' as const, help }]
  })
}

function error(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
