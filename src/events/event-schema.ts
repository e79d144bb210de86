// A schema file with its references followed: what commands and pages show, and what rulesets are made from.
import type { AttributeClass, EventClasses, EventChecks, Property } from './event-classes.ts'
import {
  otherWord,
  type CommonFile,
  type EventSchemaFile,
  type EventStatus,
  type WrittenAttribute,
} from './schema-file.ts'

/** One attribute of an event, with everything that is said of it. */
export interface EventAttribute extends Property {
  readonly description: string
  readonly 'x-class': string
  readonly 'x-unit'?: string
  readonly examples: readonly unknown[]
}

/** One event, with everything that is said of it. */
export interface EventSchema {
  readonly name: string
  readonly description: string
  readonly status: EventStatus
  readonly since: string
  readonly project: string
  readonly required: readonly string[]
  /** Its own attributes first, then those of every event. */
  readonly attributes: ReadonlyMap<string, EventAttribute>
  /** The names of its own attributes: those that `common.json` does not give to every event. */
  readonly own: ReadonlySet<string>
  readonly examples: readonly Readonly<Record<string, unknown>>[]
}

/** No phone number that a detector takes for one without a telling name, and no id of a person, has eight digits. */
const longestNumber = 10 ** 8

/** Follows the references of a file. @throws UnknownReference */
export function resolveSchema(file: EventSchemaFile, common: CommonFile): EventSchema {
  const own = new Map(
    Object.entries(file.properties).map(([name, written]) => [name, resolveAttribute(name, written, common)] as const),
  )
  const shared = file.allOf === undefined ? [] : Object.entries(common.properties)
  const others = shared
    .filter(([name]) => !own.has(name))
    .map(([name, each]) => [name, each as EventAttribute] as const)
  const attributes = new Map([...own, ...others])
  const blamed = attributes.get(blamedAttribute)
  if (blamed !== undefined) attributes.set(blamedAttribute, oneOf(blamed, [...attributes.keys()]))
  return {
    name: file.title,
    description: file.description,
    status: file['x-status'],
    since: file['x-since'],
    project: file['x-project'],
    required: file.required ?? [],
    attributes,
    own: new Set(own.keys()),
    examples: file.examples,
  }
}

/** What validation marks an event with: the name of one of its attributes, which closes the type. */
const blamedAttribute = 'automagik.schema.attribute'

function oneOf(attribute: EventAttribute, names: readonly string[]): EventAttribute {
  return { ...attribute, enum: [...names, otherWord], examples: names.slice(0, 1) }
}

/** A `$ref` names what `common.json` does not define. */
export class UnknownReference extends Error {
  override readonly name = 'UnknownReference'
  readonly attribute: string
  readonly wanted: string

  constructor(attribute: string, wanted: string) {
    super(`common.json has no definition "${wanted}"`)
    this.attribute = attribute
    this.wanted = wanted
  }
}

function resolveAttribute(name: string, { $ref, ...written }: WrittenAttribute, { $defs }: CommonFile): EventAttribute {
  if ($ref === undefined) return written as EventAttribute
  const wanted = $ref.slice($ref.lastIndexOf('/') + 1)
  if (!Object.hasOwn($defs, wanted)) throw new UnknownReference(name, wanted)
  return { ...$defs[wanted], ...written } as EventAttribute
}

/** What a ruleset takes from a schema: classes and closed types for privacy, and what validation holds events against. */
export function classesOf({ required, attributes }: EventSchema): EventClasses {
  return {
    attributes: new Map([...attributes].map(([name, each]) => [name, attributeClass(each)])),
    checks: {
      required: required.toSorted(),
      properties: Object.fromEntries([...attributes].map(([name, each]) => [name, assertionsOf(each)])),
    },
  }
}

/** What one property says: closed only where no value of it can be a text of somebody's own, or a phone number. */
export function attributeClass(property: Property & { readonly 'x-class'?: string }): AttributeClass {
  const { type, enum: values, minimum: min, maximum: max } = property
  const open = { class: property['x-class'], closed: undefined }
  if (values !== undefined) {
    return values.every((value) => typeof value === 'string') ? { ...open, closed: 'enum', values } : open
  }
  if (type === 'boolean') return { ...open, closed: 'boolean' }
  if ((type !== 'number' && type !== 'integer') || min === undefined || max === undefined) return open
  const isShort = Math.abs(min) < longestNumber && Math.abs(max) < longestNumber
  return isShort ? { ...open, closed: 'number', range: { min, max } } : open
}

const assertions = [
  'type',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'items',
] as const

/** Without what only people read. */
function assertionsOf(property: Property): EventChecks['properties'][string] {
  return Object.fromEntries(assertions.flatMap((key) => (property[key] === undefined ? [] : [[key, property[key]]])))
}
