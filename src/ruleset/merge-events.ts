// The events that a ruleset knows: those that ship and those of its own files, a later layer's before an earlier one's.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { attributeClass, classesOf, type EventAttribute, type EventSchema } from '../events/event-schema.ts'
import type { Action } from '../actions/action.ts'
import type { EventClasses } from '../events/event-classes.ts'
import { createValidator } from '../events/validate.ts'
import { shippedEvents } from '../events/read-schemas.ts'
import type { Layer } from './layers.ts'
import { placeIn, placeOfKeyIn, type OwnEvent } from './own-events.ts'
import type { Coerce, Conventions } from './program.ts'

export interface MergedEvents {
  /** By canonical name, with everything that is said of them: for commands and pages. */
  readonly catalogue: ReadonlyMap<string, EventSchema>
  /** The same as the program takes it. */
  readonly events: ReadonlyMap<string, EventClasses>
  /** The conventions, and the types that the schemas give attributes. */
  readonly conventions: Conventions
  readonly diagnostics: readonly Diagnostic[]
}

export function mergeEvents(layers: readonly Layer[], classes: Classes, conventions: Conventions): MergedEvents {
  const diagnostics: Diagnostic[] = []
  const usesShipped = layers.reduce((on, { content }) => content.event_schemas ?? on, false)
  const catalogue = new Map<string, EventSchema>(usesShipped ? shippedEvents() : [])
  for (const { events } of layers) {
    const files = new Map<string, string>()
    for (const own of events) {
      const { name } = own.schema
      const other = files.get(name)
      if (other !== undefined) {
        const message = `the event "${name}" has two schemas, here and in ${other}`
        diagnostics.push(fault('schema-twice', message, placeIn(own.yaml, ['title'])))
      }
      files.set(name, own.yaml.file)
      catalogue.set(name, own.schema)
      const faults = [...classFaults(own, classes), ...nameFaults(own, conventions)]
      diagnostics.push(...(faults.length > 0 ? faults : [...requiredFaults(own, classes), ...exampleFaults(own)]))
    }
  }
  return {
    catalogue,
    events: new Map([...catalogue].map(([name, schema]) => [name, classesOf(schema)])),
    conventions: withTypes(conventions, catalogue),
    diagnostics,
  }
}

type Classes = ReadonlyMap<string, { readonly action: Action }>

function classFaults({ schema, yaml }: OwnEvent, classes: Classes): Diagnostic[] {
  return [...schema.own].flatMap((name) => {
    const wanted = schema.attributes.get(name)?.['x-class'] ?? ''
    if (classes.has(wanted)) return []
    const message = `no class is called "${wanted}"${didYouMean(wanted, classes.keys())}`
    const place = placeIn(yaml, ['properties', name, 'x-class'])
    return [{ ...fault('unknown-class', message, place), help: `the classes are ${list([...classes.keys()])}` }]
  })
}

/** An event that fits would not fit again behind another gateway. */
function requiredFaults({ schema, yaml }: OwnEvent, classes: Classes): Diagnostic[] {
  return schema.required.flatMap((name) => {
    const className = schema.attributes.get(name)?.['x-class'] ?? ''
    if (!schema.own.has(name) || classes.get(className)?.action.is !== 'drop') return []
    const message = `"${name}" is required, and its class "${className}" leaves nothing of it`
    const place = placeOfKeyIn(yaml, ['properties', name])
    const help = 'take it out of "required": behind a gateway the event would not fit any more'
    return [{ ...fault('required-goes', message, place), severity: 'warning' as const, help }]
  })
}

/** `preview` shows examples as events that are sent. */
function exampleFaults({ schema, yaml }: OwnEvent): Diagnostic[] {
  const { checks } = classesOf(schema)
  if (checks === undefined || schema.examples.length === 0) return []
  const check = createValidator(checks)
  return schema.examples.flatMap((example, index) =>
    check(example).map(({ pointer, expected }) => {
      const message = `example ${index + 1} does not fit its schema: ${pointer}: ${expected}`
      const place = placeIn(yaml, ['examples', index])
      const help = 'mend the example, or the schema'
      return { ...fault('example', message, place), severity: 'warning' as const, help }
    }),
  )
}

/** Rules, privacy and validation see canonical names only: under an old one the schema would say nothing. */
function nameFaults({ schema, yaml }: OwnEvent, { rename, events }: Conventions): Diagnostic[] {
  return [...schema.own].flatMap((name) => {
    const canonical = events.get(schema.name)?.rename.get(name) ?? rename.get(name)
    if (canonical === undefined) return []
    const message = `"${name}" is renamed to "${canonical}" before schemas are asked`
    return [
      {
        ...fault('renamed-attribute', message, placeOfKeyIn(yaml, ['properties', name])),
        help: `write "${canonical}"`,
      },
    ]
  })
}

/**
 * Of a `number` only the texts that a closed one takes: a text of many digits, which it does not, would become one that it
 * takes. And of a closed one only: in any other the detectors look at texts more closely than at numbers.
 */
function typeOf(attribute: EventAttribute): Coerce | undefined {
  if (attribute.type === 'integer') return 'int'
  if (attribute.type === 'boolean') return 'bool'
  return attribute.type === 'number' && attributeClass(attribute).closed === 'number' ? 'plain-number' : undefined
}

/** Attributes get the type that their event's schema gives them, where no convention gives them another. */
function withTypes(conventions: Conventions, catalogue: ReadonlyMap<string, EventSchema>): Conventions {
  const events = new Map(conventions.events)
  for (const [name, { attributes }] of catalogue) {
    const known = events.get(name)
    const coerce = new Map<string, Coerce>()
    for (const [attribute, described] of attributes) {
      const type = typeOf(described)
      if (type !== undefined && !conventions.coerce.has(attribute)) coerce.set(attribute, type)
    }
    for (const [attribute, type] of known?.coerce ?? []) coerce.set(attribute, type)
    events.set(name, { rename: known?.rename ?? new Map(), coerce, routes: known?.routes ?? [] })
  }
  return { ...conventions, events }
}

function fault(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
