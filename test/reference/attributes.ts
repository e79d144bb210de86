// One list of attributes: names by dialect and convention, collisions, types. Privacy comes after it (`privacy.ts`).
import type { Coerce, Program } from '../../src/ruleset/program.ts'
import type { AnyValue, Message, Text } from './model.ts'
import { canonicalNumber, lossy } from './values.ts'

export interface Attribute {
  readonly received: Text
  /** Without the dialect's `event.` prefix. */
  readonly repaired: string
  readonly canonical: string
  value: AnyValue | undefined
  /** Under the name that it had before it was renamed. */
  readonly isOld?: boolean
}

/** What a record tells about its attributes' names. */
export interface Naming {
  readonly isDialect: boolean
  /** The canonical name of the record's event. */
  readonly event: string | undefined
}

export const plainNaming: Naming = { isDialect: false, event: undefined }

const dialectPrefix = /^event\.(?!name$|domain$)(?=.)/s

export function namesOf(received: Text, naming: Naming, program: Program): { repaired: string; canonical: string } {
  const { rename, events } = program.conventions
  const name = lossy(received)
  const repaired = naming.isDialect ? name.replace(dialectPrefix, '') : name
  const ofEvent = naming.event === undefined ? undefined : events.get(naming.event)
  return { repaired, canonical: ofEvent?.rename.get(repaired) ?? rename.get(repaired) ?? repaired }
}

/** The attributes of a list that stay, under their names and in their types. */
export function conventional(
  pairs: readonly Message[],
  naming: Naming,
  program: Program,
  keepsOld = program.conventions.keepOldNames,
): Attribute[] {
  const all = pairs.slice(0, program.defaults.limits.attributes).map((pair): Attribute => {
    const received = (pair.key ?? '') as Text
    return { received, ...namesOf(received, naming, program), value: pair.value as AnyValue | undefined }
  })
  const isAlias = (attribute: Attribute): boolean => attribute.canonical !== lossy(attribute.received)
  const kept = all.filter((attribute, at) => {
    if (!isAlias(attribute)) return true
    const rivals = all.filter(({ canonical }) => canonical === attribute.canonical)
    return rivals.every(isAlias) && all.indexOf(rivals[0]) === at
  })
  return keepsOld ? withOldNames(all, kept, naming, program) : kept.map((each) => retyped(each, naming, program))
}

/** The attribute in the type that the conventions give its name, where it fits. */
export function retyped(attribute: Attribute, { event }: Naming, { conventions }: Program): Attribute {
  const { canonical } = attribute
  const ofEvent = event === undefined ? undefined : conventions.events.get(event)
  const type = ofEvent?.coerce.get(canonical) ?? conventions.coerce.get(canonical)
  const typed = (value: AnyValue | undefined) => (type && value && coerce(value, type)) ?? value
  const own = type === 'string' ? typed(attribute.value) : attribute.value
  return { ...attribute, value: typed(worded(own, conventions.values.get(canonical))) }
}

/** Whether it has a word of the conventions under its old name: a schema knows the new word only. */
export function isKnownWord({ received, isOld, value }: Attribute, naming: Naming, program: Program): boolean {
  const { canonical } = namesOf(received, naming, program)
  return isOld === true && worded(value, program.conventions.values.get(canonical)) !== value
}

function worded(value: AnyValue | undefined, words: ReadonlyMap<string, string> | undefined): AnyValue | undefined {
  const text = value?.stringValue
  const word = typeof text === 'string' ? words?.get(text) : undefined
  return word === undefined ? value : { stringValue: word }
}

/** Each renamed attribute beside its new self under the name it had, or alone where it lost the new name to another. */
function withOldNames(
  all: readonly Attribute[],
  kept: readonly Attribute[],
  naming: Naming,
  program: Program,
): Attribute[] {
  const isRenamed = ({ repaired, canonical }: Attribute): boolean => repaired !== canonical
  const first = (attribute: Attribute): boolean =>
    all.find((other) => isRenamed(other) && other.repaired === attribute.repaired) === attribute
  const lost = new Set(all.filter((attribute) => !kept.includes(attribute) && isRenamed(attribute) && first(attribute)))
  const stay = all.filter((attribute) => kept.includes(attribute) || lost.has(attribute))
  let room = program.defaults.limits.attributes - stay.length
  return stay.flatMap((attribute) => {
    const old = { ...attribute, canonical: attribute.repaired, isOld: true }
    if (lost.has(attribute)) return [old]
    const own = retyped(attribute, naming, program)
    return isRenamed(attribute) && room-- > 0 ? [own, old] : [own]
  })
}

/** The value in another type; undefined when it has it already, or does not fit. */
function coerce(value: AnyValue, type: Coerce): AnyValue | undefined {
  const { stringValue: text, boolValue: bool, intValue: int, doubleValue: double } = value
  switch (type) {
    case 'int': {
      if (double !== undefined) return Number.isSafeInteger(double) ? { intValue: BigInt(double) } : undefined
      if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) return undefined
      return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? { intValue: BigInt(text) } : undefined
    }
    case 'double':
      if (int !== undefined) return { doubleValue: Number(int) }
      return typeof text === 'string' && /^-?\d{1,15}(\.\d{1,17})?$/.test(text)
        ? { doubleValue: Number(text) }
        : undefined
    case 'plain-number':
      return typeof text === 'string' && /^-?(0|[1-9]\d{0,7})(\.\d{1,6})?$/.test(text)
        ? { doubleValue: Number(text) }
        : undefined
    case 'bool':
      if (typeof text !== 'string' || !/^(true|false)$/i.test(text)) return undefined
      return { boolValue: text.toLowerCase() === 'true' }
    default:
      if (bool !== undefined) return { stringValue: String(bool) }
      if (int !== undefined) return { stringValue: String(int) }
      return double === undefined ? undefined : { stringValue: String(double) }
  }
}

/** What old names tell that the new ones do not: which runtime it is. */
export function impliedBy(attributes: readonly Attribute[]): [string, string][] {
  const runtimes: Readonly<Record<string, string>> = {
    'system.node_version': 'nodejs',
    'system.python_version': 'cpython',
  }
  const isSaid = attributes.some(({ canonical, isOld }) => !isOld && canonical === 'process.runtime.name')
  const by = attributes.find(
    ({ repaired, canonical, isOld }) => !isOld && repaired !== canonical && runtimes[repaired] !== undefined,
  )
  return by === undefined || isSaid ? [] : [['process.runtime.name', runtimes[by.repaired]]]
}

/** The plain number that a value is or says. */
export function numberOf(value: AnyValue | undefined): number | undefined {
  if (value?.doubleValue !== undefined) return value.doubleValue
  if (value?.intValue !== undefined) return Number(value.intValue)
  const text = value?.stringValue
  return typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
}

/** A value as one line of text, as far as it is one. */
export function plainText(value: AnyValue | undefined): string {
  if (value?.stringValue !== undefined) return lossy(value.stringValue)
  if (value?.intValue !== undefined) return String(value.intValue)
  if (value?.doubleValue !== undefined) return canonicalNumber(value.doubleValue)
  return value?.boolValue === undefined ? '' : String(value.boolValue)
}
