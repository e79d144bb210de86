// Whether text looks random rather than like words: what tells a key from a name.
import { isDigit, isLetter, isUpper } from './bytes.ts'

/** What a value looks like is told by its beginning: so many bytes. */
export const sample = 128

/** No name of words: a digit, or no separator and both cases or great length. */
export function isMixed(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  let uppers = 0
  let lowers = 0
  let separators = 0
  for (let i = from, end = Math.min(to, from + sample); i < end; i++) {
    if (isDigit(bytes[i])) digits++
    else if (isUpper(bytes[i])) uppers++
    else if (isLetter(bytes[i])) lowers++
    else separators++
  }
  if (digits >= 2) return true
  return separators <= 1 && ((uppers > 2 && lowers > 2) || (to - from >= 20 && separators === 0))
}
