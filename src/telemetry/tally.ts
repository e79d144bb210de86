// What the engine counts while it works: plain numbers, read by /metrics, the status line and `sanitize`.
// Keys are names of the project's own (classes, detectors, kinds of repair), never text from a request.

export class Tally {
  /** Fields changed, by class. */
  readonly changed = new Map<string, number>()
  /** Finds, by detector. */
  readonly found = new Map<string, number>()
  /** Repairs, by kind. */
  readonly repaired = new Map<string, number>()
  /** Records refused, by reason. */
  readonly refused = new Map<string, number>()
  /** Parts of records that went without being personal data: unknown fields, attributes over the limit …, by reason. */
  readonly dropped = new Map<string, number>()
}

/** Adds to one of a tally's counters. */
export function count(counter: Map<string, number>, key: string, by = 1): void {
  counter.set(key, (counter.get(key) ?? 0) + by)
}
