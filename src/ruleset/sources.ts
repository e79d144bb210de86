// Who gives a field its class: rules, exceptions, schemas of events and defaults, numbered for one program, so that
// counting them on the hot path is one addition. Outside of the engine they go by their names, which a new program shares.
import type { Program, Selector } from './program.ts'

/** One that gives fields their class. Its kind and name are the ruleset's own words. */
export interface Source {
  readonly is: 'rule' | 'exception' | 'schema' | 'default'
  /** A rule's id, what an exception is about, an event's canonical name, a key of `defaults`. */
  readonly name: string
}

type Classifying = Pick<Program, 'rules' | 'exceptions'> & Partial<Pick<Program, 'events'>>

/** Sets of more than one source. Rules that agree are few; when names are made up to meet them all, this is the end of it. */
const maxUnions = 256

/** Every set of a program's sources has a number below this. */
export function maxSetsOf({ rules, exceptions, events }: Program): number {
  return rules.length + exceptions.length + events.size + defaultNames.length + maxUnions
}

const defaultNames = ['attribute', 'body', 'name'] as const

/** Sets of sources by number: several may give one field the same class. */
export class SourceSets {
  /** The number of a source is that of the set of it alone. Rules come first, then exceptions, each in their order. */
  readonly sources: readonly Source[]
  readonly #sets: (readonly number[])[]
  readonly #unions = new Map<string, number>()
  readonly #exceptionsAt: number
  readonly #others = new Map<string, number>()

  constructor({ rules, exceptions, events }: Classifying) {
    const others: Source[] = [
      ...[...(events?.keys() ?? [])].map((name): Source => ({ is: 'schema', name })),
      ...defaultNames.map((name): Source => ({ is: 'default', name })),
    ]
    this.#exceptionsAt = rules.length
    const othersAt = rules.length + exceptions.length
    for (const [index, { is, name }] of others.entries()) this.#others.set(`${is} ${name}`, othersAt + index)
    this.sources = [
      ...rules.map(({ id }): Source => ({ is: 'rule', name: id })),
      ...exceptions.map(({ selectors }): Source => ({ is: 'exception', name: selectorsText(selectors) })),
      ...others,
    ]
    this.#sets = this.sources.map((_, index) => [index])
  }

  /** How many sets there are so far; grows as names are decided on. */
  get size(): number {
    return this.#sets.length
  }

  /** The set of the rule with this index in the program alone. */
  rule(index: number): number {
    return index
  }

  /** The same for an exception. */
  exception(index: number): number {
    return this.#exceptionsAt + index
  }

  default(name: (typeof defaultNames)[number]): number {
    return this.#other(`default ${name}`)
  }

  /** @param event one that has a schema in the program */
  schema(event: string): number {
    return this.#other(`schema ${event}`)
  }

  #other(key: string): number {
    const number = this.#others.get(key)
    if (number === undefined) throw new Error(`the program has no ${key}`)
    return number
  }

  /** The sources of a set, as indices into `sources`. */
  members(set: number): readonly number[] {
    return this.#sets[set]
  }

  /** The set of what is in either; just the first where there are too many sets already. */
  union(one: number, other: number): number {
    if (one === other) return one
    const all = [...new Set([...this.#sets[one], ...this.#sets[other]])].toSorted((a, b) => a - b)
    const [first] = all
    if (all.length === 1) return first
    const key = all.join()
    const known = this.#unions.get(key)
    if (known !== undefined) return known
    if (this.#unions.size === maxUnions) return one
    this.#unions.set(key, this.#sets.length)
    return this.#sets.push(all) - 1
  }
}

/** What a rule or an exception is about, as it is written. */
export function selectorsText(selectors: readonly Selector[]): string {
  return selectors.map(writtenAs).join(', ')
}

function writtenAs(selector: Selector): string {
  if (selector.is === 'attribute') return selector.glob
  if (selector.is === 'place') return selector.place
  return `log.body${selector.keys.map((key) => `['${key}']`).join('')}${selector.deep ? '.**' : ''}`
}
