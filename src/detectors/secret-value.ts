// Values behind a telling name: `password=…`, `"api_key": "…"`, `--token …`, `?sig=…`. The find is the value only.
import { isBetweenStrings } from './between-strings.ts'
import { byteSet, isAlnum, isDigit, isSpace, isUpper, matches, skip, skipBack } from './bytes.ts'
import { isMixed, sample } from './mixed.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'
import { type SecretName, secretNameOf } from './secret-name.ts'
import { isCall, isCode, isObject, isPlaceholder, isProse } from './placeholder.ts'

const apiKey = indexOf['api-key']
const urlCredentials = indexOf['url-credentials']

/** Of names; contraseña has an ñ. */
const nameBytes = byteSet('A-Za-z0-9_.-')
nameBytes[0xc3] = 1
nameBytes[0xb1] = 1
const maxName = 64
const maxValue = 8192
const minValue = 6
const maxTrailing = 6
/** Names within one unquoted value. */
const maxTries = 8

/** At the end of a fragment of a secret's name. Returns where to go on. */
export function verifySecret(scan: Scan, at: number, until: number): number {
  const { bytes } = scan
  const nameEnd = skip(bytes, at, Math.min(scan.end, at + maxName), nameBytes)
  const sign = separatorAfter(scan, nameEnd) || tagEnd(scan, nameEnd) || pairEnd(scan, nameEnd)
  if (sign === 0) return nameEnd
  const nameStart = skipBack(bytes, nameEnd, Math.max(scan.start, until, nameEnd - maxName), nameBytes)
  if (byteAt(scan, sign) === 0x3e && byteAt(scan, nameStart - 1) !== 0x3c) return nameEnd
  const flag = sign === nameEnd && isSpace(byteAt(scan, sign))
  if (flag && !matches(bytes, nameStart, scan.end, '-')) return verifyBeside(scan, nameStart, nameEnd)
  const query =
    byteAt(scan, nameStart - 1) === 0x3f || byteAt(scan, nameStart - 1) === 0x26 || isFragment(scan, nameStart)
  const first = nameEnd - nameStart === 3 ? withWordBefore(scan, nameStart) : nameStart
  const name = secretNameOf(bytes, first, nameEnd, query && byteAt(scan, sign) === 0x3d)
  if (name === undefined) return nameEnd
  return verifyValue(scan, sign, name, query ? urlCredentials : apiKey, query)
}

/** `invalid token "9f86d081…"`, `AuthToken 9f86d081…`: with nothing between but a space, only what looks random is one. */
function verifyBeside(scan: Scan, start: number, end: number): number {
  const { bytes } = scan
  const first = end - start === 3 ? withWordBefore(scan, start) : start
  const name = matches(bytes, end - 13, scan.end, 'identified by', true)
    ? 'password'
    : secretNameOf(bytes, first, end, false)
  const from = quoteAt(scan, end + 1) === 0 ? end + 1 : end + 2
  const to = skip(bytes, from, Math.min(scan.end, from + maxValue), opaqueBytes)
  if (name === 'password') return verifyPasswordBeside(scan, from, end)
  if (name !== 'secret' || !isOpaque(bytes, from, to) || isUuid(bytes, from, to)) return end
  const after = byteAt(scan, to)
  if (isAlnum(after) || after >= 0x80) return end
  find(scan, apiKey, from, to)
  return to
}

/** `PASSWORD 'hunter2!'`, `with password hunter22x failed`: what no word of prose is. */
function verifyPasswordBeside(scan: Scan, from: number, end: number): number {
  const { bytes } = scan
  const quote = quoteAt(scan, from - 1)
  const to = trimmed(bytes, from, valueEnd(scan, from, quote, false, false))
  let digits = 0
  let letters = 0
  for (let i = from; i < Math.min(to, from + sample); i++) {
    if (isDigit(bytes[i])) digits++
    else if (isAlnum(bytes[i])) letters++
    else if (isSpace(bytes[i]) || bytes[i] === 0x3d || bytes[i] === 0x28) return end
  }
  const enough = quote === 0 ? to - from >= 8 && digits >= 2 && letters >= 2 : to - from >= 6 && digits > 0
  if (!enough || isPlaceholder(bytes, from, to) || encodings.some((word) => matches(bytes, from, to, word, true)))
    return end
  find(scan, apiKey, from, to)
  return to
}

const encodings = ['base64', 'sha256', 'sha512', 'sha1', 'pbkdf2', 'utf-8', 'utf8', 'scram-sha']

const opaqueBytes = byteSet('A-Za-z0-9_+/=-')

/** Twenty characters and more, letters and digits among them. */
function isOpaque(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  let letters = 0
  for (let i = from; i < Math.min(to, from + sample); i++) {
    if (isDigit(bytes[i])) digits++
    else if (isAlnum(bytes[i])) letters++
    else if (opaqueBytes[bytes[i]] === 0) return false
  }
  return to - from >= 20 && digits >= 3 && letters >= 3
}

/** An id as often as a secret. */
const isUuid = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === 36 && bytes[from + 8] === 0x2d && bytes[from + 13] === 0x2d && bytes[from + 23] === 0x2d

/** `key="password" value="…"`, `"name":"DB_PASSWORD","value":"…"`: the sign before the value, 0 if there is none. */
function pairEnd(scan: Scan, end: number): number {
  let i = end
  while (byteAt(scan, i) === 0x5c) i++
  if (quoteAt(scan, i) === 0) return 0
  i++
  const gap = i
  while (i < gap + 4 && pairBytes[byteAt(scan, i)] === 1) i++
  if (!matches(scan.bytes, i, scan.end, 'value', true)) return 0
  i += 5
  while (byteAt(scan, i) === 0x5c) i++
  if (quoteAt(scan, i) !== 0) i++
  while (byteAt(scan, i) === 0x20) i++
  return byteAt(scan, i) === 0x3d || byteAt(scan, i) === 0x3a ? i : 0
}

const pairBytes = byteSet(' ,"\'\\')

/** `API key: …`, `secret key = …`: a name of two words. */
function withWordBefore(scan: Scan, start: number): number {
  if (byteAt(scan, start - 1) !== 0x20) return start
  return skipBack(scan.bytes, start - 1, Math.max(scan.start, start - 16), nameBytes)
}

/** `#access_token=…` */
const isFragment = (scan: Scan, start: number): boolean => byteAt(scan, start - 1) === 0x23

/** The whole text, where the attribute's name says that it is secret. */
export function verifyWhole(scan: Scan): void {
  const { bytes } = scan
  let from = scan.start
  let to = scan.end
  while (from < to && isSpace(bytes[from])) from++
  while (to > from && isSpace(bytes[to - 1])) to--
  if (to - from > maxValue) return
  for (let i = from; i < to; i++) if (isSpace(bytes[i])) return
  if (isSecretValue(scan, from, to, 'secret', 'assigned')) find(scan, apiKey, from, to)
}

/** The `=` or `:` behind a name that ends at `end`, its quote and spaces; or the space behind a flag. 0: none. */
export function separatorAfter(scan: Scan, end: number): number {
  let i = end
  while (byteAt(scan, i) === 0x5c) i++
  if (byteAt(scan, i) === 0x22 || byteAt(scan, i) === 0x27 || byteAt(scan, i) === 0x60) i++
  if (byteAt(scan, i) === 0x5d) i++
  const spaced = i
  while (i < spaced + 3 && (byteAt(scan, i) === 0x20 || byteAt(scan, i) === 0x09)) i++
  const b = byteAt(scan, i)
  // `setPassword("…")`
  if (b === 0x28 && spaced === end && quoteAt(scan, i + 1) !== 0) return i
  // `=>` and `:=` end in what the value begins after; `==` compares, `::` belongs to a path.
  if (b === 0x3d || b === 0x3a) {
    const next = byteAt(scan, i + 1)
    return next === b ? 0 : i
  }
  if (spaced !== end || i !== end + 1) return 0
  return linkEnd(scan, i) || end
}

/** `<password>…`: the bracket behind the name, 0 if there is none. */
const tagEnd = (scan: Scan, end: number): number => (byteAt(scan, end) === 0x3e ? end : 0)

const links = ['is ', 'was ', 'é ', 'era ', 'es ', 'ist ', 'lautet ', 'est '].map((word) =>
  new TextEncoder().encode(word),
)

/** `password is …`, `a senha é: …`: the last byte of what joins them, 0 if nothing does. */
function linkEnd(scan: Scan, at: number): number {
  const first = byteAt(scan, at)
  for (const link of links) if (link[0] === first && isLink(scan, at, link)) return at + link.length - 1
  return 0
}

/** A colon may stand for the space behind it. */
function isLink(scan: Scan, at: number, link: Uint8Array): boolean {
  for (let k = 1; k < link.length; k++) {
    const b = byteAt(scan, at + k)
    if (b !== link[k] && !(link[k] === 0x20 && b === 0x3a)) return false
  }
  return true
}

export function verifyValue(scan: Scan, sign: number, name: SecretName, detector: number, query: boolean): number {
  const { bytes } = scan
  let from = sign + 1
  if (byteAt(scan, from) === 0x3d || byteAt(scan, from) === 0x3e) from++
  const spaced = from
  while (from < spaced + 4 && isSpace(byteAt(scan, from))) from++
  if (matches(bytes, from, scan.end, '!secret ')) from += 8
  let escapes = 0
  while (byteAt(scan, from) === 0x5c) {
    from++
    escapes++
  }
  // `"x-api-key":["…"]`
  if (byteAt(scan, from) === 0x5b && quoteAt(scan, from + 1) !== 0) from++
  const quote = quoteAt(scan, from)
  // A quote and a space: the end of a piece of text, not the beginning of a value.
  if (quote !== 0 && byteAt(scan, from + 1) === 0x20) return sign + 1
  if (quote !== 0) from++
  else if (escapes > 0) from -= escapes
  from = afterScheme(scan, from)
  const end = valueEnd(scan, from, quote, query, name === 'password')
  // One token that is name after name: it has been looked at.
  if (quote === 0 && scan.valueTries > maxTries) return end
  const to = quote === 0 ? trimmed(bytes, from, end) : end
  if (quote !== 0 && closesText(scan, sign, from, to)) return sign + 1
  const loose = bytes[sign] === 0x3a || bytes[sign] === 0x20 || from > spaced
  // `client_token=client_token`: code.
  if (quote === 0 && isSame(scan, sign, from, to)) return sign + 1
  const style = quote !== 0 ? 'quoted' : query ? 'query' : loose ? 'said' : 'assigned'
  if (!isSecretValue(scan, from, to, name, style)) return sign + 1
  find(scan, detector, from, to)
  return to
}

/**
 * Whether the quote before `from` closes the text that the name is in, `{"cmd": "login password="}`, or the one behind
 * it does, `["--token '"]`. Behind a name in quotes and behind a bracket it opens the value.
 */
function closesText(scan: Scan, sign: number, from: number, to: number): boolean {
  if (quoteAt(scan, sign - 1) !== 0 || byteAt(scan, sign) === 0x28 || byteAt(scan, from) === 0x3a) return false
  return isBetweenStrings(scan.bytes, quoteAt(scan, from) === 0 ? from : from + 1, to)
}

const quoteAt = (scan: Scan, i: number): number => {
  const b = byteAt(scan, i)
  return b === 0x22 || b === 0x27 || b === 0x60 ? b : 0
}

const schemes = ['bearer ', 'basic ', 'token ', 'apikey ', 'bot ', 'digest ', 'negotiate ']

/** Behind `Bearer ` and the like. */
function afterScheme(scan: Scan, from: number): number {
  // As frameworks write keys of bytes.
  if (matches(scan.bytes, from, scan.end, 'base64:')) return from + 7
  for (const scheme of schemes) {
    if (matches(scan.bytes, from, scan.end, scheme, true)) {
      let i = from + scheme.length
      while (byteAt(scan, i) === 0x20) i++
      return i
    }
  }
  return from
}

const unquotedEnd = byteSet(' \t\r\n"\'`,;<>&')
unquotedEnd[0] = 1

/** Where the value that begins at `from` ends: at its quote, or at the next space or separator. */
function valueEnd(scan: Scan, from: number, quote: number, query: boolean, password: boolean): number {
  if (quote === 0 && from >= scan.valueStart && from < scan.valueEnd) {
    scan.valueTries++
    return scan.valueEnd
  }
  const { bytes } = scan
  const limit = Math.min(scan.end, from + maxValue)
  let i = from
  for (; i < limit; i++) {
    const b = bytes[i]
    if (quote === 0) {
      // A password may hold a comma; what goes on with `name=` is the next field.
      if (password && b === 0x2c && isInside(scan, i)) continue
      if (unquotedEnd[b] === 1 || (query && (b === 0x23 || b === 0x29 || b === 0x5d))) break
    } else if (b === quote) {
      while (i > from && bytes[i - 1] === 0x5c) i--
      return i
    } else if (b === 0x5c && bytes[i + 1] !== quote) i++
    else if (b === 0x0a) break
  }
  if (quote === 0) {
    scan.valueStart = from
    scan.valueEnd = i
    scan.valueTries = 0
  }
  return Math.min(i, scan.end)
}

const commaReach = 32

/** Whether what follows the comma goes on to a space or the end of the text, and is no field of its own. */
function isInside(scan: Scan, comma: number): boolean {
  let i = comma + 1
  for (; i < comma + commaReach; i++) {
    const b = byteAt(scan, i)
    if (b === 0x3d || b === 0x3a || b === 0x22 || b === 0x27 || b === 0x7b || b === 0x5b) return false
    if (b === 0x2c || b === 0 || isSpace(b)) break
  }
  return i > comma + 1 && i < comma + commaReach
}

/** Whether the value is the name before the sign once more. */
function isSame({ bytes, start: first }: Scan, sign: number, from: number, to: number): boolean {
  if (to - from > maxName) return false
  let end = sign
  while (isSpace(bytes[end - 1])) end--
  const start = end - (to - from)
  if (start < first || (start > first && (isAlnum(bytes[start - 1]) || bytes[start - 1] === 0x5f))) return false
  for (let i = 0; i < to - from; i++) if (bytes[start + i] !== bytes[from + i]) return false
  return true
}

/** Without full stops, colons and backslashes behind it, and brackets that were not opened in it. */
function trimmed(bytes: Uint8Array, from: number, end: number): number {
  let to = end
  const floor = Math.max(from, end - maxTrailing)
  while (to > floor && (isTrailing(bytes[to - 1]) || isUnopened(bytes, from, to - 1))) to--
  return to
}

const isTrailing = (b: number): boolean => b === 0x2e || b === 0x5c || b === 0x3a

function isUnopened(bytes: Uint8Array, from: number, at: number): boolean {
  const open = bytes[at] === 0x29 ? 0x28 : bytes[at] === 0x5d ? 0x5b : bytes[at] === 0x7d ? 0x7b : 0
  if (open === 0) return false
  for (let i = from; i < at; i++) if (bytes[i] === open) return false
  return true
}

/** `"x": "…"`, `?x=…`, `x: …` or `x = …`, `x=…`: in the third also prose and code stand behind the name. */
type Style = 'quoted' | 'query' | 'said' | 'assigned'

function isSecretValue(scan: Scan, from: number, to: number, name: SecretName, style: Style): boolean {
  const { bytes } = scan
  const min = name === 'password' ? 4 : minValue
  if (to - from < min || isPlaceholder(bytes, from, to)) return false
  if ((name !== 'password' || style !== 'quoted') && isProse(bytes, from, to)) return false
  if ((style === 'said' || style === 'assigned') && isCode(bytes, from, to)) return false
  if (style === 'said' && isCall(bytes, from, to, name === 'password')) return false
  if (style === 'assigned' && name !== 'password' && isObject(bytes, from, to)) return false
  let digits = 0
  let uppers = 0
  let words = 0
  const sampled = Math.min(to, from + sample)
  for (let i = from; i < sampled; i++) {
    if (isDigit(bytes[i])) digits++
    else if (isUpper(bytes[i])) uppers++
    else if (isAlnum(bytes[i]) || bytes[i] === 0x5f || bytes[i] >= 0x80) words++
  }
  // Counts and limits are numbers; so are one-time codes, but a name with "password" says which.
  if (digits === sampled - from) return name === 'password' || to - from >= 16
  if (name === 'key') return to - from >= 16 && isMixed(bytes, from, to)
  if (name === 'opaque') return isOpaque(bytes, from, to) && !isUuid(bytes, from, to)
  if (name === 'code') return to - from >= 10 && isMixed(bytes, from, to)
  // `password: required`, `token = nextchar`: a word.
  if (style === 'said' && digits === 0 && words + uppers === to - from) return isMixed(bytes, from, to)
  return true
}
