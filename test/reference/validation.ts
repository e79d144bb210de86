// Events against their schemas, on plain objects: a second opinion on Ajv and on how the fast engine reads values.
import type { EventChecks, Property } from '../../src/events/event-classes.ts'
import type { Program, Verdict } from '../../src/ruleset/program.ts'
import type { Attribute } from './attributes.ts'
import { type AnyValue, messagesOf, type Message } from './model.ts'
import { lossy } from './values.ts'

const marks = ['status', 'violations', 'keyword', 'attribute'].map((each) => `automagik.schema.${each}`)
const isOurs = /^(?:[\w:.*~-]{1,80}|[[{]\w{1,40}[\]}])$/

export interface Judged {
  readonly refused: 'schema-violation' | 'unknown-event' | undefined
  readonly attributes: readonly Attribute[]
  /** To be added where all of them have room. */
  readonly marks: readonly Attribute[]
}

/** What becomes of a record's attributes. `isEvent`: it is an event even where no schema knows it. */
export function judge(
  program: Program,
  service: string | undefined,
  event: string | undefined,
  isEvent: boolean,
  attributes: readonly Attribute[],
): Judged {
  const untouched: Judged = { refused: undefined, attributes, marks: [] }
  const checks = event === undefined ? undefined : program.events.get(event)?.checks
  const { unknownEvent } = program.validation
  const verdict = checks === undefined ? unknownEvent : verdictFor(program, service ?? '')
  if (checks === undefined && event === undefined && !isEvent) return untouched
  if (verdict === 'accept') return untouched
  const given = attributes.find(({ canonical }) => canonical === marks[0])
  const status = preferred(attributes)?.value?.stringValue
  const isMarked = given !== undefined && status !== undefined && isOurs.test(lossy(status))
  if (verdict === 'annotate' && isMarked) return untouched
  const found = checks === undefined ? [] : faultsOf(attributes, checks)
  if (verdict === 'drop') {
    if (checks === undefined) return { ...untouched, refused: 'unknown-event' }
    return found.length > 0 ? { ...untouched, refused: 'schema-violation' } : untouched
  }
  const values: AnyValue[] = [
    { stringValue: checks === undefined ? 'unknown' : found.length > 0 ? 'invalid' : 'valid' },
  ]
  if (found.length > 0) {
    const [[keyword, attribute]] = found
    values.push({ intValue: BigInt(found.length) }, { stringValue: keyword }, { stringValue: attribute })
  }
  return {
    refused: undefined,
    attributes: attributes.filter(({ canonical }) => !marks.includes(canonical)),
    marks: values.map((value, at) => ({ received: marks[at], repaired: marks[at], canonical: marks[at], value })),
  }
}

/** The status that counts: the last under its own name, as roles are given. */
function preferred(attributes: readonly Attribute[]): Attribute | undefined {
  return attributes.findLast(({ canonical }) => canonical === marks[0])
}

function verdictFor({ validation, conventions }: Program, service: string): Verdict {
  const group = conventions.services.get(service)
  return validation.services.get(service) ?? validation.services.get(group ?? '') ?? validation.onViolation
}

type Fault = readonly [keyword: string, attribute: string]

/** In the order in which Ajv finds them: what is missing, then each attribute as the schema lists them. */
function faultsOf(attributes: readonly Attribute[], { required, properties }: EventChecks): Fault[] {
  const values = new Map<string, AnyValue>()
  for (const { canonical, value } of attributes) {
    const isMark = marks.includes(canonical)
    if (!isMark && value !== undefined && Object.keys(value).length > 0) values.set(canonical, value)
  }
  // Only what the schema speaks of is looked at.
  const missing = required.filter((name) => !values.has(name) || !Object.hasOwn(properties, name))
  return [
    ...missing.map((name): Fault => ['required', name]),
    ...Object.entries(properties).flatMap(([name, property]) =>
      faultsOfValue(values.get(name), property).map((keyword): Fault => [keyword, name]),
    ),
  ]
}

function faultsOfValue(value: AnyValue | undefined, property: Property): string[] {
  if (value === undefined) return []
  const plain = numberIn(plainOf(value), property)
  const found: string[] = []
  if (property.type !== undefined && !hasType(plain, property.type))
    return ['type', ...(isInEnum(plain, property) ? [] : ['enum'])]
  if (!isInEnum(plain, property)) found.push('enum')
  if (typeof plain === 'number') {
    if (property.maximum !== undefined && plain > property.maximum) found.push('maximum')
    if (property.minimum !== undefined && plain < property.minimum) found.push('minimum')
  }
  return found
}

const isInEnum = (plain: unknown, { enum: words }: Property): boolean => words === undefined || words.includes(plain)

function plainOf(value: AnyValue): unknown {
  if (value.stringValue !== undefined) return lossy(value.stringValue)
  if (value.boolValue !== undefined) return value.boolValue
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.doubleValue !== undefined) return value.doubleValue
  return value.arrayValue === undefined ? {} : messagesOf((value.arrayValue as Message).values)
}

const shortNumber = /^-?(?:0|[1-9]\d{0,7})(?:\.\d{1,6})?$/

/** A number that came as a short text is one. */
function numberIn(plain: unknown, { type }: Property): unknown {
  return type === 'number' && typeof plain === 'string' && shortNumber.test(plain) ? Number(plain) : plain
}

function hasType(plain: unknown, type: NonNullable<Property['type']>): boolean {
  if (type === 'array') return Array.isArray(plain)
  if (type === 'integer') return Number.isInteger(plain)
  if (type === 'number') return Number.isFinite(plain)
  return typeof plain === type
}
