// What stands between two strings of JSON or a Python literal, where a quote may open a value or close a string:
// `{"cmd": "login password="}]}`.
import { byteSet, isSpace, matches } from './bytes.ts'

const literals = ['true', 'false', 'null', 'True', 'False', 'None']
const numberBytes = byteSet('0-9.eE+-')

/**
 * Whether [from, to) are brackets, commas, colons, numbers and literals as they follow the quote that closes a string, up to
 * the quote that opens the next one, or to the end.
 */
export function isBetweenStrings(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  let last = 0
  let separated = false
  while (i < to) {
    const b = bytes[i]
    if (isSpace(b)) {
      i++
      continue
    }
    if (isCloser(b) || isSeparator(b)) i++
    else if (!separated) return false
    else if (isOpener(b)) i++
    else {
      const end = scalarEnd(bytes, i, to)
      if (end === i) return false
      i = end
    }
    separated ||= isSeparator(b)
    last = b
  }
  return isSeparator(last) || isOpener(last) || isCloser(last)
}

const isSeparator = (b: number): boolean => b === 0x2c || b === 0x3a
const isOpener = (b: number): boolean => b === 0x5b || b === 0x7b || b === 0x28
const isCloser = (b: number): boolean => b === 0x5d || b === 0x7d || b === 0x29

/** Where the number or literal at `at` ends; `at` if there is none. */
function scalarEnd(bytes: Uint8Array, at: number, to: number): number {
  for (const literal of literals) if (matches(bytes, at, to, literal)) return at + literal.length
  let i = at
  while (i < to && numberBytes[bytes[i]] === 1) i++
  return i
}
