// The total table value type × action, on plain objects; text goes through the gateway's own text treatment.
import { rankOf } from '../../src/actions/action.ts'
import type { Cell } from './cells.ts'
import { type AnyValue, type KeyValue, type Text, bytesOf, textOf, utf8 } from './model.ts'

/** A cell at a spot: what its name tells the detectors, and whether finds become `{kind}`. */
export interface Spot extends Cell {
  readonly hint: number
  readonly low: boolean
  /** Who gives the class: the oracle does not ask. */
  readonly sources: number
  /** The spot of a key in text or in a map below this one. */
  readonly keyAction: (name: string) => Spot
}

/** Treats text under a spot: the text as it leaves, `undefined` when it goes. */
export type TreatText = (text: Buffer, spot: Spot) => Buffer | undefined

/** Treats a number's digits under a spot: a text in its place, `null` when it goes, `undefined` when it stays a number. */
export type TreatNumber = (digits: string, spot: Spot) => string | null | undefined

export interface ValueRules {
  readonly treat: TreatText
  readonly treatNumber: TreatNumber
  readonly depth: number
  readonly onError: 'drop' | 'replace'
  /** A key inside a map, as it leaves. */
  readonly name: (key: Text) => Text | undefined
}

const undecodable = '[undecodable]'

/** The stricter of two spots; the outer one when both are equally strict. */
export function innerSpot(outer: Spot, inner: Spot): Spot {
  const best = rankOf[inner.action.is] > rankOf[outer.action.is] ? inner : outer
  return { ...best, hint: inner.hint || outer.hint, low: inner.low || outer.low }
}

/** One number, one text: an integral double, an int and its digits are the same. */
export function canonicalNumber(value: number | bigint): string {
  return typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : String(value)
}

function treatNumber(value: AnyValue, number: number | bigint, spot: Spot, rules: ValueRules): AnyValue | undefined {
  const treated = rules.treatNumber(canonicalNumber(number), spot)
  if (treated === undefined) return value
  return treated === null ? undefined : { stringValue: treated }
}

function treatBytes(bytes: Buffer, spot: Spot, rules: ValueRules): AnyValue | undefined {
  if (spot.action.is === 'keep') return { bytesValue: bytes }
  if (utf8(bytes) === undefined && spot.action.is !== 'replace' && spot.action.is !== 'drop') {
    return rules.onError === 'drop' ? undefined : { bytesValue: Buffer.from(undecodable) }
  }
  const treated = rules.treat(bytes, spot)
  return treated && { bytesValue: treated }
}

/** The spot of a key below a value. */
export type SpotOf = (key: Text, path: readonly string[], outer: Spot, around: number) => Spot

/** @param around arrays and maps around the value */
export function treatValue(
  value: AnyValue,
  spot: Spot,
  spotOf: SpotOf,
  rules: ValueRules,
  path: readonly string[] = [],
  around = 0,
): AnyValue | undefined {
  const asText = (text: Text): AnyValue | undefined => {
    const treated = rules.treat(bytesOf(text), spot)
    return treated && { stringValue: textOf(treated) }
  }
  if (value.stringValue !== undefined) return asText(value.stringValue)
  if (value.bytesValue !== undefined) return treatBytes(value.bytesValue, spot, rules)
  if (value.boolValue !== undefined)
    return rankOf[spot.action.is] < rankOf.hash ? value : asText(String(value.boolValue))
  if (value.intValue !== undefined) return treatNumber(value, value.intValue, spot, rules)
  if (value.doubleValue !== undefined) return treatNumber(value, value.doubleValue, spot, rules)
  if (!value.arrayValue && !value.kvlistValue) return value
  if (spot.action.is === 'drop' || spot.action.is === 'replace') return asText('anything')
  if (around + 1 > rules.depth) return rules.onError === 'drop' ? undefined : { stringValue: undecodable }
  if (value.arrayValue) {
    const values = (value.arrayValue.values ?? []).flatMap(
      (element) => treatValue(element, spot, spotOf, rules, path, around + 1) ?? [],
    )
    return { arrayValue: values.length ? { values } : {} }
  }
  const values = (value.kvlistValue?.values ?? []).flatMap((pair): KeyValue[] => {
    const key = rules.name(pair.key ?? '')
    if (key === undefined) return []
    const named = key === '' ? {} : { key }
    if (pair.value === undefined) return [named]
    const below = [...path, lossy(pair.key ?? '')]
    const treated = treatValue(
      pair.value,
      spotOf(pair.key ?? '', below, spot, around),
      spotOf,
      rules,
      below,
      around + 1,
    )
    return treated === undefined ? [] : [{ ...named, value: treated }]
  })
  return { kvlistValue: values.length ? { values } : {} }
}

/** A name for matching: what is no UTF-8 becomes U+FFFD. */
export const lossy = (text: Text): string => (typeof text === 'string' ? text : text.toString('utf8'))
