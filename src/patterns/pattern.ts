// A detector that a user writes: a regular expression in RE2's syntax, run in linear time, behind the literals that each
// match holds.
import { RE2JS } from 're2js'
import { requiredLiterals } from './required-literals.ts'

export interface Pattern {
  /** Whether there is something to look for before it is run; without, it runs on every text. */
  readonly hasLiteral: boolean
  /**
   * The first match in UTF-8 at or after `from`, as [start, end) in bytes; undefined: none. Linear in the length.
   */
  next(bytes: Uint8Array, from: number): readonly [start: number, end: number] | undefined
  /** Whether a match is possible at all: false where none of its literals is there. */
  mayMatch(bytes: Uint8Array): boolean
}

/** @throws Error that says what is wrong with the pattern, without quoting any text but the pattern's */
export function compilePattern(source: string): Pattern {
  const re = RE2JS.compile(source)
  const { literals, ignoreCase } = requiredLiterals(source)
  const wanted = literals.map((literal) => Buffer.from(literal))
  let last: Uint8Array | undefined
  let matcher = re.matcher('')
  return {
    hasLiteral: literals.length > 0,
    next(bytes, from) {
      if (bytes !== last) matcher = re.matcher(bytes)
      last = bytes
      return matcher.find(from) ? [matcher.start(), matcher.end()] : undefined
    },
    mayMatch(bytes) {
      if (wanted.length === 0) return true
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      if (!ignoreCase) return wanted.some((literal) => text.includes(literal))
      const lower = text.toString('latin1').toLowerCase()
      // Outside of ASCII there are letters that are another case of an ASCII one, such as the sign for kelvin.
      return literals.some((literal) => lower.includes(literal)) || /[^\0-\x7f]/.test(lower)
    },
  }
}
