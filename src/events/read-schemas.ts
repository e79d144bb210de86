// The schemas of events that ship (`schemas/events/`, JSON Schema 2020-12) → what they say to privacy. A property's
// `x-class` is its class; an enum, a boolean or a number within bounds is closed.
import { readdirSync, readFileSync } from 'node:fs'
import type { AttributeClass, EventClasses } from './event-classes.ts'

const shipped = new URL('../../schemas/events/', import.meta.url)

/** No phone number that a detector takes for one without a telling name, and no id of a person, has eight digits. */
const longestNumber = 10 ** 8

/** As much of a property's schema as privacy reads. */
interface Property {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly unknown[]
  readonly 'x-class'?: string
}

interface Schema {
  readonly title: string
  readonly allOf?: readonly { readonly $ref: string }[]
  readonly properties: Readonly<Record<string, Property>>
}

/** What every shipped event schema says, by canonical event name. Reads the disk at each call. */
export function readEventSchemas(): ReadonlyMap<string, EventClasses> {
  const events = shippedProperties().map(([event, properties]) => {
    const attributes = new Map(properties.map(([key, each]) => [key, attributeClass(each)]))
    return [event, { attributes }] as const
  })
  return new Map(events)
}

/** An attribute as its schema shows it. */
export interface AttributeExample {
  readonly name: string
  readonly value: unknown
  /** Any text fits. */
  readonly isText: boolean
}

/** The first example of every attribute, by canonical event name. Reads the disk at each call. */
export function readEventExamples(): ReadonlyMap<string, readonly AttributeExample[]> {
  const examplesOf = ([name, { type, enum: values, examples }]: readonly [string, Property]): AttributeExample[] =>
    (examples ?? []).slice(0, 1).map((value) => ({ name, value, isText: type === 'string' && values === undefined }))
  return new Map(shippedProperties().map(([event, properties]) => [event, properties.flatMap(examplesOf)]))
}

/** The attributes of every shipped event, those that all have first. */
function shippedProperties(): (readonly [event: string, properties: (readonly [name: string, Property])[]])[] {
  const names = readdirSync(shipped).filter((name) => name.startsWith('automagik.'))
  return names.toSorted().map((name) => {
    const schema = read(name)
    const all = [...(schema.allOf ?? []).map(({ $ref }) => read($ref)), schema]
    return [schema.title, all.flatMap((each) => Object.entries(each.properties))]
  })
}

/** What one property says: closed only where no value of it can be a text of somebody's own, or a phone number. */
export function attributeClass(property: Property): AttributeClass {
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

function read(name: string): Schema {
  return JSON.parse(readFileSync(new URL(name, shipped), 'utf8')) as Schema
}
