// The digest of a program: two rulesets that say the same have the same one, however they are written.
import { createHash } from 'node:crypto'
import type { Program } from './program.ts'

/**
 * SHA-256 (hex) over the program as JSON in one canonical order. Of keys only the ids count, never the bytes; where
 * something is written and the ruleset's own tests do not count.
 */
export function digestOf(program: Omit<Program, 'digest'>): string {
  const rings = [...program.keys].map(
    ([name, { active, keys }]) => [name, { active, ids: [...keys.keys()].toSorted() }] as const,
  )
  const unplaced = <T extends { readonly place?: unknown }>(list: readonly T[]): readonly T[] =>
    list.map((each) => ({ ...each, place: undefined }))
  const said = {
    ...program,
    keys: new Map(rings),
    rules: unplaced(program.rules),
    exceptions: unplaced(program.exceptions),
    tests: undefined,
  }
  return createHash('sha256')
    .update(JSON.stringify(canonical(said)))
    .digest('hex')
}

/** Maps and objects by key, sets and lists by content: in a ruleset no order means anything. */
function canonical(value: unknown): unknown {
  if (value instanceof Map) return canonical(Object.fromEntries(value as Map<string, unknown>))
  if (value instanceof Set) return canonical([...(value as Set<unknown>)])
  if (Array.isArray(value)) {
    return value
      .map(canonical)
      .map((item) => [JSON.stringify(item), item] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item)
  }
  if (typeof value !== 'object' || value === null) return value
  // A path into a body is the one list whose order counts.
  const ordered = 'keys' in value && Array.isArray(value.keys) ? { ...value, keys: JSON.stringify(value.keys) } : value
  const entries = Object.entries(ordered).filter(([, each]) => each !== undefined)
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)])
}
