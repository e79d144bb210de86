// Reads a whole value as a phone number: E.164 digits for pseudonyms, the calling code to show.
import { type Digits, callingCodeLength, isPossible, isValid, nationalNumber } from './phone-plan.ts'

const jid = /^\+?(\d{5,20})(?:[.:]\d+)*@(?:s\.whatsapp\.net|whatsapp\.net|c\.us|hosted)$/i
const scheme = /^(?:whatsapp|tel|sms|callto|phone|wa):(?:\/\/)?/i
const extension = /[\s,]*(?:x|ext\.?|ramal)\.?\s*\d{1,6}$/i

/**
 * A phone number, a JID that holds one, or a `whatsapp:`, `tel:` id, spaces around it aside.
 * @returns `digits`: E.164 without the plus; `country`: the calling code. Undefined if the text is none, or is national
 * and there is no `defaultRegion`.
 */
export function phoneOf(
  text: string,
  options: { readonly defaultRegion?: string | undefined },
): { digits: string; country: string } | undefined {
  if (text.length > 120) return undefined
  const plain = decoded(text).trim()
  const named = jid.exec(plain)
  if (named !== null) return international(named[1], isPossible)
  const bare = plain.replace(scheme, '').replace(extension, '')
  const marked = bare.length < plain.length && /^[a-z]+:/i.test(plain)
  if (!/^\(?\+?[\d\s().\-/]*\d\)?$/.test(bare)) return undefined
  const plus = bare.includes('+')
  // The trunk zero of +44 (0)20 is not dialled.
  const digits = bare.replace(plus ? /(?<=\d[\s.-]*)\(0\)/ : /(?!)/, '').replace(/\D/g, '')
  if (digits.length < 4 || digits.length > 20) return undefined
  if (plus) return international(digits, isPossible)
  if (digits.startsWith('00')) return international(digits.slice(2), isPossible)
  const { defaultRegion } = options
  return (
    (defaultRegion === undefined ? undefined : national(digits, defaultRegion, true)) ??
    international(digits, isValid) ??
    (defaultRegion === undefined ? undefined : national(digits, defaultRegion, false)) ??
    (marked ? international(digits, isPossible) : undefined)
  )
}

/** Percent escapes, digits of other scripts, invisible characters. */
function decoded(text: string): string {
  const unescaped = text.includes('%')
    ? text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text
  return /^[\x20-\x7e]*$/.test(unescaped) ? unescaped : plainDigits(unescaped)
}

function plainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\0]/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0) ?? 0)))
}

/** Decimal digits come in tens that begin with their zero. */
function digitValue(cp: number): number {
  let zero = cp
  while (cp - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return cp - zero
}

function national(digits: string, region: string, valid: boolean): { digits: string; country: string } | undefined {
  const found = nationalNumber(digits, region, valid)
  return found && { digits: found.callingCode + found.national, country: found.callingCode }
}

function international(
  digits: string,
  accepts: (digits: Digits, from: number, to: number) => boolean,
): { digits: string; country: string } | undefined {
  const bytes = Uint8Array.from(digits, (digit) => digit.charCodeAt(0))
  const country = digits.slice(0, callingCodeLength(bytes, 0, bytes.length))
  if (country === '') return undefined
  if (accepts(bytes, 0, bytes.length)) return { digits, country }
  // +44 020 …: a trunk zero that should not be there.
  const untrunked = country + digits.slice(country.length).replace(/^0/, '')
  const shorter = bytes.subarray(0, untrunked.length)
  for (let i = 0; i < untrunked.length; i++) shorter[i] = untrunked.charCodeAt(i)
  return untrunked !== digits && accepts(shorter, 0, shorter.length) ? { digits: untrunked, country } : undefined
}
