// Before and after of one record, field by field: what stayed, what changed, what went, what is new.
import type { Conventions } from '../../ruleset/program.ts'
import type { Fields } from './fields.ts'

export interface Change {
  /** The field before; for a new one, after. */
  readonly name: string
  /** Its name after, where the conventions gave it another. */
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

export function compare(before: Fields, after: Fields, conventions: Conventions): Comparison {
  const left = new Map(after)
  const changes: Change[] = []
  let unchanged = 0
  const event = [...after].find(([name]) => name === 'span name' || name === 'log eventName')?.[1]
  for (const [name, value] of before) {
    const now = [name, ...canonicalNames(name, event, conventions)].find((candidate) => left.has(candidate))
    if (now === undefined) {
      changes.push({ name, before: value })
      continue
    }
    const clean = left.get(now)!
    left.delete(now)
    if (now === name && clean === value) unchanged++
    else changes.push({ name, before: value, after: clean, ...(now === name ? {} : { renamedTo: now }) })
  }
  for (const [name, value] of left) changes.push({ name, after: value })
  return { changes, unchanged }
}

/** What the conventions may call an attribute: repair takes its `event.` first. */
function canonicalNames(name: string, event: string | undefined, { rename, events }: Conventions): string[] {
  const [context = '', ...rest] = name.split(' ')
  const key = rest.join(' ')
  const bare = key.replace(/^event\./, '')
  const names = [bare, ...[events.get(event ?? '')?.rename, rename].flatMap((each) => each?.get(bare) ?? [])]
  const lifted = { trace_id: 'traceId', span_id: 'spanId' }[bare]
  return [...names, ...(lifted === undefined ? [] : [lifted])].map((each) => `${context} ${each}`)
}
