// What a ruleset tells apart: names, services and events. The space of names is infinite, but rules cut it into finitely
// many groups, and one name of each, its witness, answers for all of the group.
//
// Why that is enough: the class of a name is the strictest of those that its rules give it. The witness of a glob has a
// filler for each star that no rule speaks of, so nothing matches it but what matches every name of the glob: it is the
// loosest of them. A name that several globs match is at least as strict as the witness of each; a name that is written
// out is asked for itself, since an exception that names it goes before globs.
import type { Program, Rule, Selector } from './program.ts'
import { createPlanner, ownTextKey } from './plan.ts'

/** Names that the rules treat alike, or more strictly than their witness. */
export interface NameGroup {
  /** `spelling`: other spellings of a name that is renamed, which are not; `other`: what no rule speaks of. */
  readonly is: 'name' | 'glob' | 'spelling' | 'other'
  /** The name or glob as it is written; empty for `other`. */
  readonly text: string
  /** A name of the group that has no stricter class than any other of it. */
  readonly witness: string
}

/** Services that the rules treat alike. */
export interface ServiceGroup {
  /** `unnamed`: the resource has no `service.name`; `other`: one that no rule asks for. */
  readonly is: 'named' | 'unnamed' | 'other'
  /** For `named`: a group's name, or a service's. Each is used once. */
  readonly text: string
  /** For `named`: the values of `service.name` that it stands for. */
  readonly names: readonly string[]
  /** A `service.name`; undefined: the resource has none. */
  readonly witness: string | undefined
}

/** What one ruleset tells apart, or several of them together. */
export interface Told {
  readonly names: readonly NameGroup[]
  readonly other: NameGroup
  /** One for every service where no rule asks for it. */
  readonly services: readonly ServiceGroup[]
  /** Known events → the names that mean something else in their records. */
  readonly events: ReadonlyMap<string, readonly NameGroup[]>
  /** Keys of log bodies that rules speak of by path. */
  readonly bodyPaths: readonly (readonly string[])[]
}

/** @param programs one, or those that are to be compared: what any of them tells apart */
export function toldApart(programs: readonly Program[]): Told {
  const selectors = programs.flatMap((program) => ruleLike(program).flatMap((rule) => rule.selectors))
  const globs = new Set(selectors.flatMap((one) => (one.is === 'attribute' ? [one.glob] : [])))
  const renamed = new Set(programs.flatMap(({ conventions }) => [...conventions.rename].flat()))
  const events = eventNames(programs)
  const ofEvents = [...events.values()].flatMap((all) => [...all])
  const serviceNames = servicesOf(programs)
  const filler = unusedIn([...globs, ...renamed, ...serviceNames, ...ofEvents])

  const renamedEverywhere = new Set(programs.flatMap(({ conventions }) => [...conventions.rename.keys()]))
  // The engine itself tells the log's own text apart, whether a rule names its key or not.
  const all = new Set([...globs, ...renamed, ...ofEvents, ownTextKey])
  all.delete('*')
  return {
    names: groupsOf(all, renamedEverywhere, filler),
    other: { is: 'other', text: '', witness: filler },
    services: serviceGroups(programs, serviceNames, filler),
    events: new Map(
      [...events].map(([event, names]) => {
        const ownRenames = programs.flatMap(({ conventions }) => [
          ...(conventions.events.get(event)?.rename.keys() ?? []),
        ])
        return [event, groupsOf(names, new Set([...renamedEverywhere, ...ownRenames]), filler)]
      }),
    ),
    bodyPaths: bodyPaths(selectors),
  }
}

/** A group for each name and glob, and for other spellings of what is renamed. */
function groupsOf(names: ReadonlySet<string>, renamed: ReadonlySet<string>, filler: string): NameGroup[] {
  return [...names]
    .toSorted()
    .flatMap((text): NameGroup[] => [
      text.includes('*')
        ? { is: 'glob', text, witness: text.replaceAll('*', filler) }
        : { is: 'name', text, witness: text },
      ...(renamed.has(text) ? [{ is: 'spelling', text, witness: `${text}[0]` } as const] : []),
    ])
}

function ruleLike({ rules, exceptions }: Program): readonly Pick<Rule, 'selectors' | 'services'>[] {
  return [...rules, ...exceptions]
}

/** For each event, names that its records have renamed, or that its schema speaks of. */
function eventNames(programs: readonly Program[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { conventions, events } of programs) {
    const known = [...conventions.events.keys(), ...conventions.aliases.values(), ...events.keys()]
    for (const event of known.toSorted()) {
      const names = found.get(event) ?? new Set()
      found.set(event, names)
      for (const [from, to] of conventions.events.get(event)?.rename ?? []) names.add(from).add(to)
      for (const name of events.get(event)?.attributes.keys() ?? []) names.add(name)
      // What is renamed to a name of the event's has its class as well.
      for (const [from, to] of conventions.rename) if (names.has(to)) names.add(from)
    }
  }
  return found
}

/** Every value of `service.name`, and every group, that a rule or the conventions name. */
function servicesOf(programs: readonly Program[]): string[] {
  const asked = programs.flatMap((program) => ruleLike(program).flatMap(({ services }) => services ?? []))
  if (asked.length === 0) return []
  const known = programs.flatMap(({ conventions }) => [...conventions.services].flat())
  return [...new Set([...asked, ...known])].toSorted()
}

/** Services with the same plans are one group: the engine itself says which. */
function serviceGroups(programs: readonly Program[], names: readonly string[], filler: string): ServiceGroup[] {
  const other: ServiceGroup = { is: 'other', text: '', names: [], witness: filler }
  if (names.length === 0) return [other]
  const planners = programs.map((program) => createPlanner(program, () => undefined))
  const ids = new Map<unknown, number>()
  const keyOf = (name: string | undefined): string =>
    planners
      .map((planner) => {
        const plans = planner.service(name)
        ids.set(plans, ids.get(plans) ?? ids.size)
        return ids.get(plans)
      })
      .join()
  const [unnamed, others] = [keyOf(undefined), keyOf(filler)]
  const found = new Map<string, string[]>()
  for (const name of names) {
    const key = keyOf(name)
    if (key !== unnamed && key !== others) found.set(key, [...(found.get(key) ?? []), name])
  }
  const texts = new Set<string>()
  const named = [...found.values()].map((members): ServiceGroup => {
    const groups = members.flatMap((name) => programs.map(({ conventions }) => conventions.services.get(name) ?? name))
    const text = [...groups, ...members].find((each) => !texts.has(each)) ?? members[0]
    texts.add(text)
    return { is: 'named', text, names: members, witness: members[0] }
  })
  return [other, { is: 'unnamed', text: '', names: [], witness: undefined }, ...named]
}

function bodyPaths(selectors: readonly Selector[]): string[][] {
  const found = new Map<string, string[]>()
  for (const one of selectors) {
    if (one.is !== 'body') continue
    for (let length = 1; length <= one.keys.length; length++) {
      const path = one.keys.slice(0, length)
      found.set(JSON.stringify(path).toLowerCase(), path)
    }
  }
  return [...found.values()]
}

/** A character that occurs in none of the texts. */
function unusedIn(texts: readonly string[]): string {
  const used = new Set(texts.join(''))
  for (const candidate of '~¤§') if (!used.has(candidate)) return candidate
  let code = 0x4e00
  while (used.has(String.fromCharCode(code))) code++
  return String.fromCharCode(code)
}
