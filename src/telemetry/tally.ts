// What the engine counts while it works: plain numbers, read by /metrics, the status line and `sanitize`.
// Keys are names of the project's own (classes, detectors, kinds of repair) and of the ruleset's (rules, exceptions),
// never text from a request.

/** What one rule, exception, schema or default decided on. */
export interface Decided {
  /** Its kind. */
  readonly source: string
  readonly name: string
  /** Fields that it gave their class. */
  fields: number
}

export class Tally {
  /** Fields changed, by class. */
  readonly changed = new Map<string, number>()
  /** Finds, by detector. */
  readonly found = new Map<string, number>()
  /** Repairs, by kind. */
  readonly repaired = new Map<string, number>()
  /** Records refused, by reason. */
  readonly refused = new Map<string, number>()
  /** Records that are kept in the quarantine instead of going on, by reason. */
  readonly quarantined = new Map<string, number>()
  /** Parts of records that went without being personal data: unknown fields, attributes over the limit …, by reason. */
  readonly dropped = new Map<string, number>()
  /** Events that did not fit their schema, by their name; `unknown`: those that have no schema. */
  readonly invalid = new Map<string, number>()
  /** Fields by what gave them their class; changed or not. @see decidedBy */
  readonly decided = new Map<string, Decided>()
  /** The same while one request is at hand, by the number of a set of the engine's sources. */
  readonly bySources: Uint32Array

  /** @param sets how many sets of sources the engine has at most; 0 where `decided` only is counted in */
  constructor(sets = 0) {
    this.bySources = new Uint32Array(sets)
  }
}

/** The counter of a source, from 0 where it is new: one of the same kind and name in another program goes on with it. */
export function decidedBy({ decided }: Tally, source: string, name: string): Decided {
  const key = `${source} ${name}`
  const known = decided.get(key)
  if (known !== undefined) return known
  const counter = { source, name, fields: 0 }
  decided.set(key, counter)
  return counter
}

/** Adds to one of a tally's counters. */
export function count(counter: Map<string, number>, key: string, by = 1): void {
  counter.set(key, (counter.get(key) ?? 0) + by)
}
