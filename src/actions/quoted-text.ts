// The lexical side of structured text: where a string, a bracket or a bare word ends, and what a string's escapes mean.
// Strings here are binary: one character per byte of UTF-8, so that offsets are those of the bytes.
import { binaryOfText, textOfBinary } from './utf8.ts'

export type Quote = '"' | "'"
/** What a value may be quoted with: `util.inspect` takes a backtick for a text with both of the others. */
export type ValueQuote = Quote | '`'

export function isQuote(character: string | undefined): character is Quote {
  return character === '"' || character === "'"
}

/** The first position at or after `at` that is no white space. */
export function skipSpace(text: string, at: number): number {
  let i = at
  for (let c = text.charCodeAt(i); c === 0x20 || (c >= 0x09 && c <= 0x0d); c = text.charCodeAt(i)) i++
  return i
}

/** The position of the quote that ends a string whose content starts at `start`; -1 when the text ends before it. */
export function closingQuote(text: string, start: number, quote: ValueQuote): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (backslashesBefore(text, at, start) % 2 === 0) return at
  }
  return -1
}

/**
 * The same for a string that must go: a quote that no `,`, bracket or end follows was meant as part of the text
 * (`"message": "he said "hi" and left"`), and what comes after it would stay.
 */
export function closingQuoteOfValue(text: string, start: number, quote: ValueQuote): number {
  for (let at = closingQuote(text, start, quote); at !== -1; at = closingQuote(text, at + 1, quote)) {
    const next = skipSpace(text, at + 1)
    if (next >= text.length || '}])'.includes(text[next])) return at
    if (text[next] === ',' && !isProse(text, skipSpace(text, next + 1))) return at
  }
  return -1
}

/** Whether a word stands here that is no key, number, literal or call: `"hi", she said"` goes on. */
function isProse(text: string, at: number): boolean {
  if (!isLetter(text.charCodeAt(at))) return false
  let end = at
  while (end < text.length && isNamePart(text.charCodeAt(end))) end++
  // The prefix of a string, as in `b'…'`.
  if (end - at <= 2 && isQuote(text[end])) return false
  const next = skipSpace(text, end)
  return next < text.length && !':=(,}])'.includes(text[next])
}

/**
 * The same for the value of a key without quotes, whose writers escape what must be: the first quote ends it, unless
 * the text is continued, as in `'one\n' + 'two'`.
 */
export function closingQuoteOfParts(text: string, start: number, quote: ValueQuote): number {
  let own = quote
  let from = start
  for (;;) {
    const close = closingQuote(text, from, own)
    if (close === -1) return -1
    const plus = skipSpace(text, close + 1)
    const next = text[plus] === '+' ? text[skipSpace(text, plus + 1)] : undefined
    if (!isValueQuote(next)) return close
    own = next
    from = skipSpace(text, plus + 1) + 1
  }
}

export function isValueQuote(character: string | undefined): character is ValueQuote {
  return isQuote(character) || character === '`'
}

/** Where the value starts, at the soonest, when the sign between key and value, `:` or `=>`, stands at `at`; else -1. */
export function signEnd(text: string, at: number): number {
  if (text[at] === ':') return at + 1
  return text[at] === '=' && text[at + 1] === '>' ? at + 2 : -1
}

/** The longest name that is read backwards. */
const longestName = 256

/** Where the name that ends at `end` starts, not before `floor`; `end` when there is none. */
export function nameStart(text: string, end: number, floor: number): number {
  const lowest = Math.max(floor, end - longestName)
  let at = end
  while (at > lowest && isNamePart(text.charCodeAt(at - 1))) at--
  while (at < end && !isLetter(text.charCodeAt(at))) at++
  return at
}

/** Letters of any alphabet: from 0x80 on are bytes of them. */
function isLetter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x24 || code >= 0x80
  )
}

function isNamePart(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e
}

/** How many backslashes stand directly before a position, back to `start`. */
function backslashesBefore(text: string, at: number, start: number): number {
  let i = at
  while (i > start && text.charCodeAt(i - 1) === 0x5c) i--
  return at - i
}

/** Where the bracket that opens at `at` is closed (the position behind), or the text's end. */
export function nestedEnd(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const role = roles[text.charCodeAt(i)]
    if (role === Role.quote) i = stringEnd(text, i)
    else if (role === Role.open) depth++
    else if (role === Role.close && --depth <= 0) return i + 1
  }
  return text.length
}

/** Where a bare word, or a call such as `datetime(2024, 1, 1)`, ends: before the next `,`, closing bracket or line. */
export function bareEnd(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const role = roles[text.charCodeAt(i)]
    if (role === Role.quote) i = stringEnd(text, i)
    else if (role === Role.open) depth++
    else if (depth === 0 && (role === Role.close || role === Role.stop)) return i
    else if (role === Role.close) depth--
  }
  return text.length
}

const Role = { quote: 1, open: 2, close: 3, stop: 4 } as const
const roles = new Uint8Array(256)
for (const [characters, role] of [
  ['"\'`', Role.quote],
  ['{[(', Role.open],
  ['}])', Role.close],
  [',\n', Role.stop],
] as const) {
  for (const character of characters) roles[character.charCodeAt(0)] = role
}

/** The position of the closing quote of the string that opens at `at`, or the text's end. */
function stringEnd(text: string, at: number): number {
  const close = closingQuote(text, at + 1, text[at] as ValueQuote)
  return close === -1 ? text.length : close
}

/** Escapes of one letter, by JSON, Python and JavaScript. */
const named: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  a: '\x07',
  '0': '\0',
  '/': '/',
  '\\': '\\',
}
/** Escapes by number: how many hex digits follow. */
const digitsOf: Readonly<Record<string, number>> = { u: 4, x: 2, U: 8 }
const hex = /^[0-9a-fA-F]+$/

/**
 * The text that the content of a string stands for, by the rules of JSON, Python and JavaScript together; what none of
 * them knows stays as it is. Takes binary, returns text.
 */
export function unescape(binary: string, quote: ValueQuote): string {
  const text = textOfBinary(binary)
  let at = text.indexOf('\\')
  if (at === -1) return text
  let out = ''
  let from = 0
  for (; at !== -1; at = text.indexOf('\\', from)) {
    out += text.slice(from, at)
    from = at + 2
    const letter = text[at + 1] ?? ''
    const digits = digitsOf[letter]
    const meaning =
      digits === undefined
        ? letter === quote
          ? quote
          : named[letter]
        : character(text.slice(from, from + digits), digits)
    if (meaning !== undefined && digits !== undefined) from += digits
    out += meaning ?? `\\${letter}`
  }
  return out + text.slice(from)
}

function character(code: string, digits: number): string | undefined {
  const point = code.length === digits && hex.test(code) ? Number.parseInt(code, 16) : Infinity
  return point > 0x10ffff ? undefined : String.fromCodePoint(point)
}

/** The content of a string with these quotes that stands for the text; `unescape` takes it back. Returns binary. */
export function escape(text: string, quote: Quote): string {
  const quoted =
    quote === '"'
      ? JSON.stringify(text).slice(1, -1)
      : text.replace(/[\\'\p{Cc}]/gu, (c) =>
          c === '\\' || c === "'" ? `\\${c}` : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
        )
  return binaryOfText(quoted)
}
