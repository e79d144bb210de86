// Before and after of one record, field by field: what stayed, what changed, what went, what is new.
import type { Field, Fields } from './fields.ts'

export interface Change {
  /** The field before; for a new one, after. */
  readonly key: string
  readonly field: Field
  /** Its path after, where it has another name there. */
  readonly renamedTo?: string
  /** Undefined: it was not there. */
  readonly before?: string
  /** Undefined: it is gone. */
  readonly after?: string
}

export interface Comparison {
  readonly changes: readonly Change[]
  /** How many fields are the same in both. */
  readonly unchanged: number
}

/** @param namesOf the other paths that a field may have afterwards */
export function compare(before: Fields, after: Fields, namesOf: (field: Field) => readonly string[]): Comparison {
  const left = new Map(after)
  const changes: Change[] = []
  let unchanged = 0
  for (const [key, field] of before) {
    const time = key.slice(field.path.length)
    const now = [key, ...namesOf(field).map((path) => path + time)].find((candidate) => left.has(candidate))
    if (now === undefined) {
      changes.push({ key, field, before: field.value })
      continue
    }
    const { path, value } = left.get(now)!
    left.delete(now)
    if (now === key && value === field.value) unchanged++
    else changes.push({ key, field, before: field.value, after: value, ...(now === key ? {} : { renamedTo: path }) })
  }
  for (const [key, field] of left) changes.push({ key, field, after: field.value })
  return { changes, unchanged }
}
