// What stands between two strings of JSON or a Python literal, where a quote may open a value or close a string:
// `{"cmd": "login password="}]}`.
import { byteSet, isSpace, matches } from './bytes.ts'

const first = byteSet(',:)]}')
const separators = byteSet(',:')
const structure = byteSet(',:()[]{}')
const numberBytes = byteSet('0-9.eE+-')
const literals = ['true', 'false', 'null', 'True', 'False', 'None', 'NaN', 'Infinity', '-Infinity']

/**
 * Whether [from, to) are brackets and separators, numbers and literals between them, as they follow the quote that closes
 * a string, up to the quote that opens the next one, or to the end.
 */
export function isBetweenStrings(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to && isSpace(bytes[i])) i++
  if (i === to || first[bytes[i]] === 0) return false
  let isSeparated = false
  let endsInScalar = false
  while (i < to) {
    const b = bytes[i]
    if (isSpace(b)) {
      i++
    } else if (structure[b] === 1) {
      isSeparated ||= separators[b] === 1
      endsInScalar = false
      i++
    } else {
      const end = isSeparated ? scalarEnd(bytes, i, to) : i
      if (end === i) return false
      endsInScalar = true
      i = end
    }
  }
  return !endsInScalar
}

/** Where the literal, or the run of what numbers are written with, at `at` ends; `at` if there is none. */
function scalarEnd(bytes: Uint8Array, at: number, to: number): number {
  for (const literal of literals) if (matches(bytes, at, to, literal)) return at + literal.length
  let i = at
  while (i < to && numberBytes[bytes[i]] === 1) i++
  return i
}
