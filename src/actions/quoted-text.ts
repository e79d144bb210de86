// The lexical side of structured text: where a string, a bracket or a bare word ends, and what a string's escapes mean.
// Strings here are binary: one character per byte of UTF-8, so that offsets are those of the bytes.
import { binaryOfText, textOfBinary } from './utf8.ts'

export type Quote = '"' | "'"

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
export function closingQuote(text: string, start: number, quote: Quote): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (backslashesBefore(text, at, start) % 2 === 0) return at
  }
  return -1
}

/**
 * The same for a string that must go: a quote that no `,`, bracket or end follows was meant as part of the text
 * (`"message": "he said "hi" and left"`), and what comes after it would stay.
 */
export function closingQuoteOfValue(text: string, start: number, quote: Quote): number {
  for (let at = closingQuote(text, start, quote); at !== -1; at = closingQuote(text, at + 1, quote)) {
    const next = skipSpace(text, at + 1)
    if (next >= text.length || ',}])'.includes(text[next])) return at
  }
  return -1
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
  ['"\'', Role.quote],
  ['{[(', Role.open],
  ['}])', Role.close],
  [',\n', Role.stop],
] as const) {
  for (const character of characters) roles[character.charCodeAt(0)] = role
}

/** The position of the closing quote of the string that opens at `at`, or the text's end. */
function stringEnd(text: string, at: number): number {
  const close = closingQuote(text, at + 1, text[at] as Quote)
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
export function unescape(binary: string, quote: Quote): string {
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
