// What stands where a secret would stand and is none: what the gateway wrote, templates, variables, words of prose.
import { isAlnum, isDigit, isLetter, isUpper, matches } from './bytes.ts'

const words = new Set(
  `null none undefined true false required missing invalid expired string optional empty redacted hidden masked removed filtered unset
  unknown default example changeme placeholder disabled enabled valid failed denied unauthorized forbidden provided expected received
  present absent changed updated created deleted reset revoked rotated incorrect wrong mismatch object function boolean number bearer
  basic token secret password header cookie refresh access nil nan n/a xxxx xxxxx xxxxxx xxxxxxxx unexpected identifier authentication
  authorization process.env`.split(/\s+/),
)

/** A replacement, a template (`{secret}`, `<token>`, `${TOKEN}`, `$TOKEN`, `%s`), stars, or a stock word. */
export function isPlaceholder(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]
  // The colours of a terminal.
  if (first < 0x20) return true
  if (first === 0x5b || first === 0x7b || first === 0x3c) return isBracketed(bytes, from, to)
  if (first === 0x24 && (bytes[from + 1] === 0x7b || bytes[from + 1] === 0x28)) return true
  if (first === 0x24 && isVariable(bytes, from + 1, to)) return true
  if (matches(bytes, from, to, 'process.env.') || matches(bytes, from, to, 'os.environ')) return true
  return isRepeated(bytes, from, to) || words.has(lower(bytes, from, to))
}

/** `[REDACTED]`, `{{ token }}`, `<your-token>`, also cut before the closing bracket: words, no digits. */
function isBracketed(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to && (bytes[i] === 0x5b || bytes[i] === 0x7b || bytes[i] === 0x3c)) i++
  for (; i < to; i++) {
    const b = bytes[i]
    if (b === 0x5d || b === 0x7d || b === 0x3e) return i === to - 1 || bytes[i + 1] === b || bytes[i + 1] === 0x40
    if (!isLetter(b) && b !== 0x5f && b !== 0x2d && b !== 0x20 && b !== 0x2e) return false
  }
  return true
}

/** `$API_TOKEN` */
function isVariable(bytes: Uint8Array, from: number, to: number): boolean {
  let joined = false
  let digits = false
  for (let i = from; i < to; i++) {
    if (bytes[i] === 0x5f) joined = true
    else if (isDigit(bytes[i])) digits = true
    else if (!isUpper(bytes[i])) return false
  }
  return to > from && (joined || !digits)
}

/** `****`, `......`, `xxxxxx` */
function isRepeated(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (bytes[i] !== bytes[from]) return false
  return !isAlnum(bytes[from]) || (bytes[from] | 32) === 0x78
}

function lower(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 16) return ''
  let text = ''
  for (let i = from; i < to; i++)
    text += String.fromCharCode(bytes[i] >= 0x41 && bytes[i] <= 0x5a ? bytes[i] | 32 : bytes[i])
  return text
}

/** Words with spaces, or one stock word and punctuation: what an error message says about a secret. */
export function isProse(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to && isLetter(bytes[i])) i++
  const ended =
    i === to || bytes[i] === 0x20 || bytes[i] === 0x2c || bytes[i] === 0x2e || bytes[i] === 0x3a || bytes[i] === 0x3d
  if (i > from && ended && words.has(lower(bytes, from, i))) return true
  let spaces = 0
  for (let k = from; k < to; k++) {
    if (bytes[k] === 0x20) spaces++
    else if (!isLetter(bytes[k]) && bytes[k] !== 0x27 && bytes[k] !== 0x2e && bytes[k] !== 0x2c) return false
  }
  return spaces > 0
}

/** `/srv/gateway` (of PWD), a link, `0x02` and the ids of sessions that are 64 bits, `options.password`: what stands behind a name in configuration and code. */
export function isCode(bytes: Uint8Array, from: number, to: number): boolean {
  if (matches(bytes, from, to, 'http://', true) || matches(bytes, from, to, 'https://', true)) return true
  if (bytes[from] === 0x2f && isPath(bytes, from, to)) return true
  let dots = 0
  let i = from
  for (; i < to && (isLetter(bytes[i]) || bytes[i] === 0x5f || bytes[i] === 0x2e); i++) if (bytes[i] === 0x2e) dots++
  if (i === to) return dots > 0
  // `com.example.Session@2bd79ce`, `com.example.sync/4505`: names of objects and services.
  if (dots > 1 && (bytes[i] === 0x40 || bytes[i] === 0x2f) && isLetter(bytes[from])) return true
  return matches(bytes, from, to, '0x', true) && to - from <= 18
}

/** Small letters and punctuation of paths; base64 has capitals. */
function isPath(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (isUpper(bytes[i]) || bytes[i] === 0x2b || bytes[i] === 0x3d) return false
  return true
}

/** `Token{78af589`: an object of Java. */
export function isObject(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to && isLetter(bytes[i])) i++
  return i > from && i < to && bytes[i] === 0x7b
}

/** `readToken(…`, `secrets[0]`, `Secret{1}`, `[]string{…`; of a password, only with what stands in brackets in code. */
export function isCall(bytes: Uint8Array, from: number, to: number, password: boolean): boolean {
  let i = from
  while (i < to && (isAlnum(bytes[i]) || bytes[i] === 0x5f || bytes[i] === 0x2e)) i++
  if (i === to || (bytes[i] !== 0x28 && bytes[i] !== 0x5b && bytes[i] !== 0x7b)) return false
  if (!password) return true
  const next = i + 1 < to ? bytes[i + 1] : 0x29
  return (
    isAlnum(next) || next === 0x29 || next === 0x5d || next === 0x7d || next === 0x22 || next === 0x27 || next === 0x24
  )
}
