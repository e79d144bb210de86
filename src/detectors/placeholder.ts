// What stands where a secret would stand and is none: what the gateway wrote, templates, variables, words of prose.
import { isAlnum, isLetter, matches } from './bytes.ts'

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
  const last = bytes[to - 1]
  const bracketed =
    (first === 0x5b && last === 0x5d) || (first === 0x7b && last === 0x7d) || (first === 0x3c && last === 0x3e)
  if (bracketed || isOpenBracket(bytes, from, to)) return true
  if (first === 0x24 && (bytes[from + 1] === 0x7b || bytes[from + 1] === 0x28 || isVariable(bytes, from + 1, to)))
    return true
  if (
    matches(bytes, from, to, 'process.env.') ||
    matches(bytes, from, to, 'os.environ') ||
    matches(bytes, from, to, '{{')
  )
    return true
  return isRepeated(bytes, from, to) || words.has(lower(bytes, from, to))
}

/** A value that was cut at its closing bracket: `[REDACTED`, `{token`. */
function isOpenBracket(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] !== 0x5b && bytes[from] !== 0x7b && bytes[from] !== 0x3c) return false
  for (let i = from + 1; i < to; i++) if (!isLetter(bytes[i]) && bytes[i] !== 0x5f && bytes[i] !== 0x2d) return false
  return true
}

/** `$API_TOKEN` */
function isVariable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const b = bytes[i]
    if (!((b >= 0x41 && b <= 0x5a) || b === 0x5f || (b >= 0x30 && b <= 0x39))) return false
  }
  return to > from
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
  if (i > from && words.has(lower(bytes, from, i)) && (i === to || !isAlnum(bytes[i]))) return true
  let spaces = 0
  for (let k = from; k < to; k++) {
    if (bytes[k] === 0x20) spaces++
    else if (!isLetter(bytes[k]) && bytes[k] !== 0x27 && bytes[k] !== 0x2e && bytes[k] !== 0x2c) return false
  }
  return spaces > 0
}

/** `/srv/gateway` (of PWD), a link, `0x02`, `options.password`: what stands behind a name in configuration and code. */
export function isCode(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] === 0x2f || matches(bytes, from, to, 'http', true)) return true
  let dots = 0
  let i = from
  for (; i < to && (isLetter(bytes[i]) || bytes[i] === 0x5f || bytes[i] === 0x2e); i++) if (bytes[i] === 0x2e) dots++
  return (i === to && dots > 0) || (matches(bytes, from, to, '0x', true) && to - from <= 10)
}

/** `readToken(…`, `secrets[0]`, `Secret{1}`, `[]string{…`. */
export function isCall(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  while (i < to && (isAlnum(bytes[i]) || bytes[i] === 0x5f || bytes[i] === 0x2e)) i++
  return i < to && (bytes[i] === 0x28 || bytes[i] === 0x5b || bytes[i] === 0x7b)
}
