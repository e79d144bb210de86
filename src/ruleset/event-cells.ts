// What the schema of a record's event says of an attribute, by the names that rules would match it by.
import type { AttributeClass } from '../events/event-classes.ts'
import type { Context } from '../otlp/fields.ts'
import { nameForms } from './name-forms.ts'
import type { Program } from './program.ts'

/** The contexts that hold an event's own attributes. */
export const eventContexts: ReadonlySet<Context> = new Set<Context>(['span', 'log'])

/** Given an attribute's names, the canonical one last; undefined: no schema speaks of it. */
export type SchemaOf = (names: readonly string[]) => AttributeClass | undefined

const nothing: SchemaOf = () => undefined

/**
 * Looks up attributes in the schema of an event. Of several entries the strictest class counts, and the type of the
 * one that stands nearest to the canonical name.
 */
export function schemaOf(
  program: Pick<Program, 'events'>,
  event: string | undefined,
  stricter: (a: string, b: string) => string,
): SchemaOf {
  const attributes = event === undefined ? undefined : program.events.get(event)?.attributes
  if (attributes === undefined) return nothing
  return (names) => {
    const found = new Set(
      names
        .toReversed()
        .flatMap(nameForms)
        .flatMap((name) => attributes.get(name) ?? []),
    )
    const [first, ...others] = found
    if (first === undefined || others.length === 0) return first
    const classes = [...found].flatMap((each) => each.class ?? [])
    return { ...first, class: classes.length === 0 ? undefined : classes.reduce(stricter) }
  }
}
