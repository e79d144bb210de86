// Values of a closed type, on plain objects: what fits stays, another word of an enum is `_OTHER`, the rest goes.
import type { AttributeClass } from '../../src/events/event-classes.ts'
import { type AnyValue, utf8 } from './model.ts'

export function treatClosed(value: AnyValue, type: AttributeClass): AnyValue | undefined {
  if (Object.values(value).every((member) => member === undefined)) return value
  const { stringValue } = value
  const text = typeof stringValue === 'string' ? stringValue : stringValue && utf8(stringValue)
  if (text === '') return value
  if (type.closed === 'boolean') {
    return value.boolValue !== undefined || ['true', 'false'].includes(text?.toLowerCase() ?? '') ? value : undefined
  }
  if (type.closed === 'enum') {
    if (stringValue === undefined) return undefined
    return text !== undefined && type.values?.includes(text) ? value : { stringValue: '_OTHER' }
  }
  const number = value.intValue ?? value.doubleValue ?? numberIn(text)
  const { min, max } = type.range ?? { min: 1, max: 0 }
  return number !== undefined && Number(number) >= min && Number(number) <= max ? value : undefined
}

/** A decimal of at most eight digits before and six behind the point, without zeros in front. */
function numberIn(text: string | undefined): number | undefined {
  const digits = text?.replace(/^-/, '').split('.')
  if (text === undefined || digits === undefined || digits.length > 2) return undefined
  const [whole, fraction] = digits
  if (!/^[0-9]+$/.test(whole) || whole.length > 8 || (whole.length > 1 && whole.startsWith('0'))) return undefined
  if (fraction !== undefined && !/^[0-9]{1,6}$/.test(fraction)) return undefined
  return Number(text)
}
