// Which class a cell (place × name × service) has: the strictest of all rules that match. Slow and exact; `plan.ts`
// asks once for each name and remembers.
import { rankOf } from '../actions/action.ts'
import type { Context } from '../otlp/fields.ts'
import { compileGlob, matchesGlob, type Glob } from './glob.ts'
import { nameForms } from './name-forms.ts'
import type { Exception, Program, Rule, Selector } from './program.ts'

/** Which rules apply to a record: those of its service, those of every service when it names none, none of another's. */
export type ServiceScope =
  | { readonly is: 'any' }
  | { readonly is: 'other' }
  | { readonly is: 'named'; readonly names: readonly string[] }

export type Classified = Pick<Program, 'classes' | 'defaults' | 'rules' | 'exceptions'>

interface NameRule {
  readonly rule: Rule | Exception
  readonly glob: Glob
  readonly contexts: ReadonlySet<Context>
}

/** Rules or exceptions on attribute names: by the name itself, and with a `*` in it. */
interface ByName {
  readonly exact: ReadonlyMap<string, readonly NameRule[]>
  readonly globs: readonly NameRule[]
}

export interface Classifier {
  /**
   * The class of an attribute, by any of its names (received, canonical).
   * @param ofSchema the class that its event's schema gives it: it counts like a rule's
   */
  attribute(names: readonly string[], context: Context, scope: ServiceScope, ofSchema?: string): string
  /** The class of an attribute by rules alone; undefined when none matches: for keys inside values. */
  attributeRule(names: readonly string[], context: Context, scope: ServiceScope): string | undefined
  place(place: string, scope: ServiceScope): string
  /** The class of the log body at a path of keys ([] for the whole body), by body rules alone or with the default. */
  body(path: readonly string[], scope: ServiceScope): string | undefined
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

  const exceptions = program.exceptions.filter(({ expires }) => expires === undefined || expires >= today)
  const rulesByName = namesOf(program.rules)
  const exceptionsByName = namesOf(exceptions)

  const strictestOf = (a: string | undefined, b: string | undefined): string | undefined =>
    a === undefined || b === undefined ? (a ?? b) : stricter(a, b)
  /** The strictest class of what names the attribute itself, and of what covers it with a `*`. */
  const byName = (list: ByName, names: readonly string[], context: Context, scope: ServiceScope) => {
    let exact: string | undefined
    let covering: string | undefined
    for (const name of new Set(names.flatMap(nameForms))) {
      for (const { rule, contexts } of list.exact.get(name) ?? []) {
        if (contexts.has(context) && applies(rule, scope)) exact = strictestOf(exact, rule.class)
      }
      for (const { rule, glob, contexts } of list.globs) {
        if (contexts.has(context) && applies(rule, scope) && matchesGlob(glob, name))
          covering = strictestOf(covering, rule.class)
      }
    }
    return { exact, covering }
  }
  const bySelector = (
    rules: readonly (Rule | Exception)[],
    scope: ServiceScope,
    hit: (selector: Selector) => boolean,
  ) => {
    let best: string | undefined
    for (const rule of rules) {
      if (applies(rule, scope) && rule.selectors.some(hit))
        best = best === undefined ? rule.class : stricter(best, rule.class)
    }
    return best
  }
  /** Below the default only by exception, unless the default drops: then rules are the allow-list. */
  const settle = (fallback: string, rule: string | undefined, exception: string | undefined): string => {
    const base = exception ?? fallback
    if (rule === undefined) return base
    if (exception === undefined && isAllowList(fallback)) return rule
    return levelOf(rule) >= levelOf(base) ? rule : base
  }

  return {
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
        program.defaults.attribute,
        isNamed ? ruled.exact : strictestOf(ofSchema, strictestOf(ruled.exact, ruled.covering)),
        strictestOf(excepted.exact, isNamed ? undefined : excepted.covering),
      )
    },
    place: (place, scope) => {
      const hit = (selector: Selector): boolean => selector.is === 'place' && selector.place === place
      return settle(program.defaults.name, bySelector(program.rules, scope, hit), bySelector(exceptions, scope, hit))
    },
    body: (path, scope) => {
      const hit = (selector: Selector): boolean => selector.is === 'body' && coversBody(selector, path)
      const rule = bySelector(program.rules, scope, hit)
      if (path.length > 0) return rule
      return settle(program.defaults.body, rule, bySelector(exceptions, scope, hit))
    },
  }
}

function namesOf(rules: readonly (Rule | Exception)[]): ByName {
  const exact = new Map<string, NameRule[]>()
  const globs: NameRule[] = []
  for (const rule of rules) {
    for (const selector of rule.selectors) {
      if (selector.is !== 'attribute') continue
      const glob = compileGlob(selector.glob.toLowerCase())
      const entry = { rule, glob, contexts: selector.contexts }
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
