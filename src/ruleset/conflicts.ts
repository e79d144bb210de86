// Two rules that give one place two different actions of the same strictness: neither is the strictest, so the ruleset
// does not say what happens. Looked for where both speak of one name, or one speaks of a name that the other's glob covers.
import { rankOf, type Action } from '../actions/action.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compileGlob, matchesGlob } from './glob.ts'
import type { Rule, Selector } from './program.ts'

export interface PlacedRule {
  readonly rule: Rule
  readonly place: Pick<Diagnostic, 'file' | 'position'>
}

/** One error for each pair of rules that contradict each other. */
export function findConflicts(rules: readonly PlacedRule[], classes: ReadonlyMap<string, Action>): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const [index, later] of rules.entries()) {
    for (const earlier of rules.slice(0, index)) {
      if (!contradict(earlier.rule.class, later.rule.class, classes) || !shareServices(earlier.rule, later.rule))
        continue
      const shared = sharedText(earlier.rule.selectors, later.rule.selectors)
      if (shared === undefined) continue
      found.push({
        code: 'ruleset/conflict',
        severity: 'error',
        message: `the rules "${earlier.rule.id}" and "${later.rule.id}" give "${shared}" two classes of one strictness, "${earlier.rule.class}" and "${later.rule.class}"`,
        ...later.place,
        help: `take "${shared}" out of one of them, or give it a stricter class in a third`,
      })
    }
  }
  return found
}

function contradict(one: string, other: string, classes: ReadonlyMap<string, Action>): boolean {
  const [a, b] = [classes.get(one), classes.get(other)]
  if (one === other || a === undefined || b === undefined || rankOf[a.is] !== rankOf[b.is]) return false
  return effectOf(a, one) !== effectOf(b, other)
}

/** What an action does to a whole value; `{kind}` is then the class's name. */
function effectOf(action: Action, name: string): string {
  return JSON.stringify(action.is === 'replace' ? { ...action, text: action.text.replaceAll('{kind}', name) } : action)
}

function shareServices({ services: a }: Rule, { services: b }: Rule): boolean {
  return a === undefined || b === undefined || a.some((name) => b.includes(name))
}

function sharedText(ones: readonly Selector[], others: readonly Selector[]): string | undefined {
  for (const one of ones) {
    for (const other of others) {
      const text = sharedBy(one, other)
      if (text !== undefined) return text
    }
  }
  return undefined
}

function sharedBy(one: Selector, other: Selector): string | undefined {
  if (one.is === 'attribute' && other.is === 'attribute') {
    const name = sharedName(one.glob, other.glob)
    return name !== undefined && [...one.contexts].some((context) => other.contexts.has(context)) ? name : undefined
  }
  if (one.is === 'place' && other.is === 'place') return one.place === other.place ? one.place : undefined
  if (one.is === 'body' && other.is === 'body') {
    const same = one.deep === other.deep && JSON.stringify(one.keys) === JSON.stringify(other.keys)
    return same ? ['log.body', ...one.keys].join('.') : undefined
  }
  return undefined
}

function sharedName(one: string, other: string): string | undefined {
  if (one === other) return one
  if (!one.includes('*')) return other.includes('*') && covers(other, one) ? one : undefined
  return !other.includes('*') && covers(one, other) ? other : undefined
}

function covers(glob: string, name: string): boolean {
  // Most names differ at once: no need to take the glob apart.
  return name.startsWith(glob.slice(0, glob.indexOf('*'))) && matchesGlob(compileGlob(glob), name)
}
