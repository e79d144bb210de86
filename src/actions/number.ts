// Numbers as privacy sees them: their decimal digits.

/**
 * The decimal text of a number. An integral double, an integer and its decimal string are one, so that they get one
 * pseudonym; `NaN` and infinities are as JavaScript writes them.
 */
export function canonicalNumber(value: number | bigint): string {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return String(BigInt(value))
  return value === 0 ? '0' : String(value)
}

const decimal = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const integer = /^-?\d+$/

/** The canonical decimal of a number as JSON or Python writes it; undefined for what is no number. */
export function canonicalOfLiteral(literal: string): string | undefined {
  if (integer.test(literal)) return literal
  return decimal.test(literal) ? canonicalNumber(Number(literal)) : undefined
}

/** Whether a canonical decimal is integral: only then can it be a phone, a card or an id of a person. */
export function isIntegral(text: string): boolean {
  return integer.test(text)
}
