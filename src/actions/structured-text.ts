// Names reach into text that is JSON or a Python dict, whole, torn off, inside prose or inside a string of another:
// one tolerant pass that finds keys and hands their values to what the class of the name says: quoted keys, and bare ones
// whose value is quoted or nested, as in `{ message: 'hi' }` and `Message(text='hi')`. It never throws,
// and its time is linear in the text, times the depth of strings in strings.
import { rankOf, type Action } from './action.ts'
import { canonicalOfLiteral } from './number.ts'
import {
  bareEnd,
  closingQuote,
  closingQuoteOfParts,
  closingQuoteOfValue,
  escape,
  isQuote,
  isValueQuote,
  nameStart,
  nestedEnd,
  signEnd,
  skipSpace,
  unescape,
  type Quote,
  type ValueQuote,
} from './quoted-text.ts'
import { textOfBinary } from './utf8.ts'

/** What the name of a key asks for. */
export interface KeyCell {
  readonly action: Action
  readonly className: string
  /** Who gives the class, as the tally numbers them. */
  readonly sources: number
}

/** What is done to the parts of structured text; each returns the new text, or undefined for unchanged. */
export interface PartTreatment {
  keyAction(key: string): KeyCell
  /** The decoded text of a string, or the source of a nested value; no cell: as the text around it. */
  text(text: string, cell: KeyCell | undefined): string | undefined
  /** A number in canonical decimal. */
  number(text: string, cell: KeyCell | undefined): string | undefined
}

/** A number without quotes in the result: when a find replaces it, the replacement needs these quotes. */
export interface BareNumber {
  readonly start: number
  readonly end: number
  readonly quote: Quote
}

/**
 * @param text binary (one character per byte of UTF-8)
 * @param numbers takes the bare numbers of the result, in order
 * @returns the new text, binary; undefined when nothing changes
 */
export function treatStructured(text: string, parts: PartTreatment, numbers: BareNumber[]): string | undefined {
  return new StructuredPass(text, parts, numbers).run()
}

/** The levels of strings in strings whose quotes are told apart; deeper ones are not met within the depth limit. */
const levels = 16
/** Shorter numbers hold nothing that a detector knows. */
const shortestNumber = 5
const noValue = /^(?:null|None|undefined|NaN|nan)$/
const boolean = /^(?:true|false)$/i
/** A key of the other kind of quotes inside a string, or without: `"{'message': 'hi'}"`, `"{ message: 'hi' }"`. */
const keyInside = /["']\s*(?::|=>)|[\w$]\s*[:=]>?\s*["'`{[]/

const Role = { other: 0, space: 1, opens: 2, quote: 3, backslash: 4, equals: 5 } as const
const roles = new Uint8Array(256)
for (const [characters, role] of [
  [' \t\n\v\f\r', Role.space],
  ['{[(,:', Role.opens],
  ['"\'', Role.quote],
  ['\\', Role.backslash],
  ['=', Role.equals],
] as const) {
  for (const character of characters) roles[character.charCodeAt(0)] = role
}

class StructuredPass {
  readonly #text: string
  readonly #parts: PartTreatment
  readonly #numbers: BareNumber[]
  #out = ''
  /** The text before is in `#out`. */
  #copied = 0
  #at = 0
  /** Quotes before are consumed: they start no key. */
  #base = 0
  /** Whether a value or key may start here: after a bracket, `,` or `:`. */
  #isOpen = true
  /** The last quote of each kind: from `#base` on, the start of a key if one turns out to end. */
  #openedDouble = -1
  #openedSingle = -1
  /** The same for escaped quotes, by level. */
  #openedEscaped: Int32Array | undefined
  #quote: Quote = '"'
  /** Inside of an object or list of which every leaf is treated: its cell, and where it ends. */
  #leaves: KeyCell | undefined
  #leavesEnd = 0

  constructor(text: string, parts: PartTreatment, numbers: BareNumber[]) {
    this.#text = text
    this.#parts = parts
    this.#numbers = numbers
  }

  run(): string | undefined {
    const text = this.#text
    while (this.#at < text.length) {
      switch (roles[text.charCodeAt(this.#at)]) {
        case Role.space:
          this.#at++
          break
        case Role.opens:
          this.#isOpen = true
          this.#at++
          break
        case Role.quote:
          if (this.#isOpen) this.#string(text[this.#at] as Quote)
          else this.#strayQuote(text[this.#at] as Quote, this.#at, 0)
          break
        case Role.backslash:
          this.#backslashes()
          break
        case Role.equals:
          this.#isOpen = isQuote(text[++this.#at])
          break
        default:
          this.#word()
      }
    }
    if (this.#copied === 0 && this.#out === '') return undefined
    return this.#out + text.slice(this.#copied)
  }

  #word(): void {
    const text = this.#text
    const c = text[this.#at]
    if (this.#isOpen && isNumberStart(c)) return this.#number()
    // b'…', u'…': the prefix belongs to the string.
    if (this.#isOpen && isPrefix(c) && isQuote(text[this.#at + 1])) {
      this.#at++
      return
    }
    let end = this.#at + 1
    while (end < text.length && roles[text.charCodeAt(end)] === Role.other) end++
    const start = this.#at
    this.#goOn(end)
    this.#bareKey(start, end)
  }

  /** A word may be a key without quotes: then a quoted or nested value follows its `:`, `=` or `=>`. */
  #bareKey(start: number, end: number): void {
    const text = this.#text
    const sign = skipSpace(text, end)
    if (text[sign] !== ':' && text[sign] !== '=') return
    const at = skipSpace(text, text[sign + 1] === '>' ? sign + 2 : sign + 1)
    const c = text[at]
    if (!isValueQuote(c) && c !== '{' && c !== '[') return
    const from = nameStart(text, end, start)
    if (from < end) this.#value(at, text.slice(from, end), c === '"' ? '"' : "'", true)
  }

  #goOn(at: number): void {
    this.#at = at
    this.#isOpen = false
  }

  /** Goes on behind a string or value. */
  #consume(end: number): void {
    this.#base = end
    this.#goOn(end)
  }

  #replace(start: number, end: number, replacement: string): void {
    this.#out += this.#text.slice(this.#copied, start) + replacement
    this.#copied = end
  }

  /** A string where one may start: a key or an element. */
  #string(quote: Quote): void {
    const text = this.#text
    const start = this.#at + 1
    const close = closingQuote(text, start, quote)
    const end = close === -1 ? text.length : close
    const content = text.slice(start, end)
    // Should the string have begun at an apostrophe, its end may be the start of a key.
    this.#base = end
    this.#setOpened(quote, 0, end)
    this.#goOn(Math.min(end + 1, text.length))
    const value = signEnd(text, skipSpace(text, end + 1))
    this.#content(start, end, content, quote, value === -1 ? this.#cellOfLeaves(start) : undefined)
    if (value !== -1) this.#value(value, content, quote)
  }

  /** Notes a quote and returns where the last of its kind and level was. */
  #setOpened(quote: Quote, level: number, at: number): number {
    let before: number
    if (level > 0) {
      this.#openedEscaped ??= new Int32Array(2 * levels).fill(-1)
      const slot = quote === '"' ? level : levels + level
      before = this.#openedEscaped[slot]
      this.#openedEscaped[slot] = at
    } else if (quote === '"') {
      before = this.#openedDouble
      this.#openedDouble = at
    } else {
      before = this.#openedSingle
      this.#openedSingle = at
    }
    return before
  }

  #cellOfLeaves(at: number): KeyCell | undefined {
    if (at >= this.#leavesEnd) this.#leaves = undefined
    return this.#leaves
  }

  /** Treats what only decoding shows: escapes, and keys in strings. The rest the detectors see as it stands. */
  #content(start: number, end: number, content: string, quote: Quote, cell: KeyCell | undefined): void {
    if (cell === undefined && !content.includes('\\')) {
      if (!content.includes(quote === '"' ? "'" : '"') && !content.includes('`')) return
      if (!keyInside.test(content)) return
    }
    const treated = this.#parts.text(unescape(content, quote), cell)
    if (treated !== undefined) this.#replace(start, end, escape(treated, quote))
  }

  #backslashes(): void {
    const text = this.#text
    let end = this.#at
    while (text[end] === '\\') end++
    const quote = text[end]
    this.#isOpen = false
    if (isQuote(quote)) this.#strayQuote(quote, end, end - this.#at)
    else this.#at = end
  }

  /**
   * A quote where no string is known to start. When a colon follows it ends a key: prose with apostrophes, a text torn
   * off at its start, or the escaped inside of a string whose quotes are not there.
   */
  #strayQuote(quote: Quote, at: number, backslashes: number): void {
    const text = this.#text
    // At level n, a quote has 2^n - 1 backslashes, after the doubled ones of backslashes in the content.
    const level = Math.min(levels - 1, 31 - Math.clz32((backslashes + 1) & -(backslashes + 1)))
    const before = this.#setOpened(quote, level, at)
    const opened = before < this.#base ? -1 : before
    const value = signEnd(text, skipSpace(text, at + 1))
    if (value === -1) {
      this.#goOn(at + 1)
    } else if (level === 0) {
      // Torn off before its key's quote: the word is what is left of the key.
      const key = text.slice(opened === -1 ? nameStart(text, at, this.#base) : opened + 1, at)
      this.#base = at
      this.#value(value, key, quote)
    } else {
      const start = Math.max(this.#base, (opened === -1 ? at : opened) - (2 ** level - 1))
      const close = closingQuote(text, at + 1, quote)
      const end = close === -1 ? text.length : close
      this.#content(start, end, text.slice(start, end), quote, this.#cellOfLeaves(start))
      this.#consume(end)
    }
  }

  /** What follows a key's colon. */
  #value(at: number, rawKey: string, quote: Quote, isBare = false): void {
    this.#quote = quote
    const start = skipSpace(this.#text, at)
    const own = this.#parts.keyAction(unescape(rawKey, quote))
    const leaves = this.#cellOfLeaves(start)
    const cell = leaves !== undefined && rankOf[leaves.action.is] > rankOf[own.action.is] ? leaves : own
    this.#at = start
    this.#isOpen = true
    if (rankOf[cell.action.is] <= rankOf.detect || start >= this.#text.length) return
    const c = this.#text[start]
    if (isValueQuote(c)) this.#stringValue(start, start, cell, quote, isBare)
    else if (isPrefix(c) && isQuote(this.#text[start + 1])) this.#stringValue(start, start + 1, cell, quote, isBare)
    else if (c === '{' || c === '[' || c === '(') this.#nestedValue(start, cell, quote)
    else this.#bareValue(start, cell, quote)
  }

  #stringValue(start: number, open: number, cell: KeyCell, quote: Quote, isBare: boolean): void {
    const text = this.#text
    const own = text[open] as ValueQuote
    const close = isBare ? closingQuoteOfParts(text, open + 1, own) : closingQuoteOfValue(text, open + 1, own)
    const end = close === -1 ? text.length : close
    const treated = this.#parts.text(unescape(text.slice(open + 1, end), own), cell)
    if (treated !== undefined) this.#replace(start, Math.min(end + 1, text.length), quoted(treated, quote))
    this.#consume(Math.min(end + 1, text.length))
  }

  #nestedValue(start: number, cell: KeyCell, quote: Quote): void {
    const { is } = cell.action
    if (is === 'truncate' || is === 'path') {
      // Inside of leaves already, the stricter holds to the outer end: finding the inner one each time is quadratic.
      if (this.#leaves === undefined) this.#leavesEnd = nestedEnd(this.#text, start)
      this.#leaves = cell
      return
    }
    const end = nestedEnd(this.#text, start)
    const treated = this.#parts.text(textOfBinary(this.#text.slice(start, end)), cell)
    if (treated === undefined) return this.#consume(end)
    this.#replace(start, end, quoted(treated, quote))
    this.#consume(end)
  }

  #bareValue(start: number, cell: KeyCell, quote: Quote): void {
    const token = this.#text.slice(start, bareEnd(this.#text, start)).trimEnd()
    const end = start + token.length
    if (token === '' || noValue.test(token)) return
    const number = canonicalOfLiteral(token)
    let treated: string | undefined
    if (number !== undefined) treated = this.#parts.number(number, cell)
    else if (!boolean.test(token)) treated = this.#parts.text(textOfBinary(token), cell)
    else if (rankOf[cell.action.is] >= rankOf.hash) treated = this.#parts.text(token.toLowerCase(), cell)
    if (treated !== undefined) this.#replace(start, end, quoted(treated, quote))
    else if (number !== undefined) return
    this.#consume(end)
  }

  /** A bare number where a value may stand. */
  #number(): void {
    const text = this.#text
    const start = this.#at
    let end = start + 1
    while (isNumberPart(text[end])) end++
    this.#goOn(end)
    const next = skipSpace(text, end)
    if (end - start < shortestNumber || (next < text.length && !',}]):'.includes(text[next]))) return
    const literal = text.slice(start, end)
    const number = canonicalOfLiteral(literal)
    const cell = this.#cellOfLeaves(start)
    // The detectors see integers as they stand.
    const isSeen = cell === undefined && number === literal
    const treated = number === undefined || isSeen ? undefined : this.#parts.number(number, cell)
    if (treated !== undefined) return this.#replace(start, end, quoted(treated, this.#quote))
    const shift = this.#out.length - this.#copied
    this.#numbers.push({ start: start + shift, end: end + shift, quote: this.#quote })
  }
}

function quoted(text: string, quote: Quote): string {
  return quote + escape(text, quote) + quote
}

function isNumberStart(c: string): boolean {
  return (c >= '0' && c <= '9') || c === '-'
}

function isNumberPart(c: string | undefined): boolean {
  return c !== undefined && ((c >= '0' && c <= '9') || '.eE+-'.includes(c))
}

function isPrefix(c: string): boolean {
  return 'bBuUrRfF'.includes(c)
}
