// Which class a cell (place × name × service) has: the strictest of all rules that match. Slow and exact; `plan.ts`
// asks once for each name and remembers.
import { rankOf } from '../actions/action.ts'
import type { Context } from '../otlp/fields.ts'
import { compileGlob, matchesGlob, type Glob } from './glob.ts'
import { nameForms } from './name-forms.ts'
import type { Exception, Program, Rule, Selector } from './program.ts'
import { SourceSets } from './sources.ts'
import { seenName } from './name-forms.ts'

/** Which rules apply to a record: those of its service, those of every service when it names none, none of another's. */
export type ServiceScope =
  | { readonly is: 'any' }
  | { readonly is: 'other' }
  | { readonly is: 'named'; readonly names: readonly string[] }

export type Classified = Pick<Program, 'classes' | 'defaults' | 'rules' | 'exceptions'> &
  Partial<Pick<Program, 'events'>>

/** A class, and who gives it: several may say the same. */
export interface Verdict {
  readonly class: string
  /** A set of `sources`. */
  readonly by: number
}

/** A rule or an exception, and what it says of all that it is about. */
interface Voter {
  readonly rule: Rule | Exception
  readonly verdict: Verdict
}

interface NameRule extends Voter {
  readonly glob: Glob
  readonly contexts: ReadonlySet<Context>
}

/** Rules or exceptions on attribute names: by the name itself, and with a `*` in it. */
interface ByName {
  readonly exact: ReadonlyMap<string, readonly NameRule[]>
  readonly globs: readonly NameRule[]
}

export interface Classifier {
  /** Who may give a class. */
  readonly sources: SourceSets
  /**
   * The class of an attribute, by any of its names (received, canonical).
   * @param ofSchema the class that its event's schema gives it: it counts like a rule's
   */
  attribute(names: readonly string[], context: Context, scope: ServiceScope, ofSchema?: Verdict): Verdict
  /** The class of an attribute by rules alone; undefined when none matches: for keys inside values. */
  attributeRule(names: readonly string[], context: Context, scope: ServiceScope): Verdict | undefined
  place(place: string, scope: ServiceScope): Verdict
  /** The class of the log body at a path of keys ([] for the whole body), by body rules alone or with the default. */
  body(path: readonly string[], scope: ServiceScope): Verdict | undefined
  stricter(a: string, b: string): string
}

/** @param program as much of one as says which class a place has */
export function createClassifier(
  program: Classified,
  today: string = new Date().toISOString().slice(0, 10),
): Classifier {
  const order = [...program.classes.keys()].toSorted()
  const strictness = new Map(
    order.map((name, index) => {
      const action = program.classes.get(name)
      const rank = action === undefined ? 0 : rankOf[action.is]
      // Of one rank, what leaves no text comes before `path`, which leaves all but the home directory.
      const level = 2 * rank + (action?.is === 'path' ? 0 : 1)
      return [name, level * 10_000 + (order.length - index)] as const
    }),
  )
  const stricter = (a: string, b: string): string => ((strictness.get(b) ?? 0) > (strictness.get(a) ?? 0) ? b : a)
  const levelOf = (name: string): number => Math.floor((strictness.get(name) ?? 0) / 10_000)
  const isAllowList = (name: string): boolean => program.classes.get(name)?.is === 'drop'

  const sources = new SourceSets(program)
  const rules = program.rules.map((rule, index): Voter => voterOf(rule, sources.rule(index)))
  const exceptions = program.exceptions
    .map((exception, index) => ({ exception, index }))
    .filter(({ exception: { expires } }) => expires === undefined || expires >= today)
    .map(({ exception, index }): Voter => voterOf(exception, sources.exception(index)))
  const rulesByName = namesOf(rules)
  const exceptionsByName = namesOf(exceptions)

  const strictestOf = (a: Verdict | undefined, b: Verdict | undefined): Verdict | undefined => {
    if (a === undefined || b === undefined || a === b) return a ?? b
    if (a.class === b.class) return { class: a.class, by: sources.union(a.by, b.by) }
    return stricter(a.class, b.class) === a.class ? a : b
  }
  /** The strictest class of what names the attribute itself, and of what covers it with a `*`. */
  const byName = (list: ByName, names: readonly string[], context: Context, scope: ServiceScope) => {
    let exact: Verdict | undefined
    let covering: Verdict | undefined
    for (const name of new Set(names.flatMap(nameForms))) {
      for (const { rule, verdict, contexts } of list.exact.get(name) ?? []) {
        if (contexts.has(context) && applies(rule, scope)) exact = strictestOf(exact, verdict)
      }
      for (const { rule, verdict, glob, contexts } of list.globs) {
        if (contexts.has(context) && applies(rule, scope) && matchesGlob(glob, name))
          covering = strictestOf(covering, verdict)
      }
    }
    return { exact, covering }
  }
  const bySelector = (voters: readonly Voter[], scope: ServiceScope, hit: (selector: Selector) => boolean) => {
    let best: Verdict | undefined
    for (const { rule, verdict } of voters) {
      if (applies(rule, scope) && rule.selectors.some(hit)) best = strictestOf(best, verdict)
    }
    return best
  }
  /** Below the default only by exception, unless the default drops: then rules are the allow-list. */
  const settle = (fallback: Verdict, rule: Verdict | undefined, exception: Verdict | undefined): Verdict => {
    const base = exception ?? fallback
    if (rule === undefined) return base
    if (exception === undefined && isAllowList(fallback.class)) return rule
    if (rule.class === exception?.class) return { class: rule.class, by: sources.union(rule.by, exception.by) }
    return levelOf(rule.class) >= levelOf(base.class) ? rule : base
  }
  const fallbackOf = (name: 'attribute' | 'body' | 'name'): Verdict => ({
    class: program.defaults[name],
    by: sources.default(name),
  })
  const fallback = { attribute: fallbackOf('attribute'), body: fallbackOf('body'), name: fallbackOf('name') }

  return {
    sources,
    stricter,
    attributeRule: (names, context, scope) => {
      const { exact, covering } = byName(rulesByName, names, context, scope)
      return strictestOf(exact, covering)
    },
    attribute: (names, context, scope, ofSchema) => {
      const ruled = byName(rulesByName, names, context, scope)
      const excepted = byName(exceptionsByName, names, context, scope)
      // Who names an attribute in an exception means it, not what a `*` happens to cover.
      const isNamed = excepted.exact !== undefined
      return settle(
        fallback.attribute,
        isNamed ? ruled.exact : strictestOf(strictestOf(ruled.exact, ruled.covering), ofSchema),
        strictestOf(excepted.exact, isNamed ? undefined : excepted.covering),
      )
    },
    place: (place, scope) => {
      const hit = (selector: Selector): boolean => selector.is === 'place' && selector.place === place
      return settle(fallback.name, bySelector(rules, scope, hit), bySelector(exceptions, scope, hit))
    },
    body: (path, scope) => {
      const hit = (selector: Selector): boolean => selector.is === 'body' && coversBody(selector, path)
      const rule = bySelector(rules, scope, hit)
      if (path.length > 0) return rule
      return settle(fallback.body, rule, bySelector(exceptions, scope, hit))
    },
  }
}

function voterOf(rule: Rule | Exception, by: number): Voter {
  return { rule, verdict: { class: rule.class, by } }
}

function namesOf(voters: readonly Voter[]): ByName {
  const exact = new Map<string, NameRule[]>()
  const globs: NameRule[] = []
  for (const voter of voters) {
    for (const selector of voter.rule.selectors) {
      if (selector.is !== 'attribute') continue
      const glob = compileGlob(selector.glob.toLowerCase())
      const entry = { ...voter, glob, contexts: selector.contexts }
      if (glob.length > 1) globs.push(entry)
      else exact.set(glob[0], [...(exact.get(glob[0]) ?? []), entry])
    }
  }
  return { exact, globs }
}

function applies(rule: Rule | Exception, scope: ServiceScope): boolean {
  if (rule.services === undefined) return true
  // An exception loosens, so it needs its service named; a rule tightens, so an unknown service gets it.
  if (scope.is === 'any') return !('reason' in rule)
  return scope.is === 'named' && scope.names.some((name) => rule.services?.includes(name))
}

function coversBody(selector: Extract<Selector, { is: 'body' }>, path: readonly string[]): boolean {
  const { keys, deep } = selector
  if (keys.length > path.length || (!deep && keys.length !== path.length)) return false
  return keys.every((key, index) => key.toLowerCase() === path[index].toLowerCase())
}

/** Only names that the ruleset speaks of are told apart; so the number of scopes is bounded. */
export function scopeOf(
  name: string | undefined,
  groups: ReadonlyMap<string, string>,
  named: ReadonlySet<string>,
): ServiceScope {
  if (name === undefined || name === '') return { is: 'any' }
  const seen = seenName(name)
  const names = [...new Set([name, seen, groups.get(name), groups.get(seen)])].filter((each) => named.has(each ?? ''))
  return names.length === 0 ? { is: 'other' } : { is: 'named', names: names as string[] }
}
