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
  readonly 'x-class'?: string
}

interface Schema {
  readonly title: string
  readonly allOf?: readonly { readonly $ref: string }[]
  readonly properties: Readonly<Record<string, Property>>
}

/** What every shipped event schema says, by canonical event name. Reads the disk at each call. */
export function readEventSchemas(): ReadonlyMap<string, EventClasses> {
  const names = readdirSync(shipped).filter((name) => name.startsWith('automagik.'))
  return new Map(
    names.toSorted().map((name) => {
      const schema = read(name)
      const properties = [...(schema.allOf ?? []).map(({ $ref }) => read($ref)), schema].flatMap((each) =>
        Object.entries(each.properties),
      )
      return [schema.title, { attributes: new Map(properties.map(([key, each]) => [key, attributeClass(each)])) }]
    }),
  )
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
