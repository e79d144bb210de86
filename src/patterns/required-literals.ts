// The literals of a regular expression of which every match holds one: what to look for before the pattern is run. Reads
// RE2 syntax; what it does not understand it takes for anything, so that it may miss a literal and never invents one.

/** What is known of a part of a pattern: its only text, if it has but one, and texts of which each match holds one. */
interface Part {
  readonly text: string | undefined
  readonly needs: readonly string[] | undefined
}

export interface RequiredLiterals {
  /** Printable ASCII; each match holds one of them. Empty: none could be derived. */
  readonly literals: readonly string[]
  /** Whether letters match in either case: then the literals are in lower case. */
  readonly ignoreCase: boolean
}

/** More alternatives than this are slower to look for than the pattern is to run. */
const most = 16
const anything: Part = { text: undefined, needs: undefined }
const empty: Part = { text: '', needs: undefined }

/** @param pattern one that RE2 has accepted */
export function requiredLiterals(pattern: string): RequiredLiterals {
  const ignoreCase = /\(\?[a-zA-Z]*i/.test(pattern)
  const reader = { pattern: [...pattern], at: 0, isLost: false }
  const part = alternation(reader)
  const needs = reader.isLost ? [] : ((part.text ? [part.text] : part.needs) ?? [])
  const literals = [...new Set(ignoreCase ? needs.map((text) => text.toLowerCase()) : needs)]
  return { literals: literals.length <= most ? literals : [], ignoreCase }
}

interface Reader {
  readonly pattern: readonly string[]
  at: number
  /** Met something that it does not read: nothing is known of the pattern. */
  isLost: boolean
}

function alternation(reader: Reader): Part {
  const branches = [sequence(reader)]
  while (reader.pattern[reader.at] === '|') {
    reader.at++
    branches.push(sequence(reader))
  }
  if (branches.length === 1) return branches[0]
  const needs = branches.map((part) => (part.text ? [part.text] : part.needs))
  return {
    text: undefined,
    needs: needs.some((each) => each === undefined) ? undefined : needs.flatMap((each) => each ?? []),
  }
}

/** Of a sequence the longest text that stands in one piece, or the best of what its parts need. */
function sequence(reader: Reader): Part {
  let whole: string | undefined = ''
  let run = ''
  let best: readonly string[] | undefined
  const offer = (needs: readonly string[] | undefined): void => {
    if (needs !== undefined && needs.length > 0 && (best === undefined || worth(needs) > worth(best))) best = needs
  }
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern[reader.at])) {
    const part = repeated(reader, atom(reader))
    if (part.text === undefined) {
      offer(run === '' ? undefined : [run])
      run = ''
      whole = undefined
      offer(part.needs)
    } else {
      run += part.text
      whole = whole === undefined ? undefined : whole + part.text
    }
  }
  offer(run === '' ? undefined : [run])
  return { text: whole, needs: best }
}

/** The shortest counts: it is found most often. */
function worth(needs: readonly string[]): number {
  return Math.min(...needs.map((text) => text.length)) - needs.length / 100
}

/** A part with the quantifier behind it. */
function repeated(reader: Reader, part: Part): Part {
  let result = part
  for (;;) {
    const rest = reader.pattern.slice(reader.at, reader.at + 12).join('')
    const counted = /^\{(\d+)(,\d*)?\}/.exec(rest)
    const mark = /^[*+?]/.exec(rest)
    if (counted === null && mark === null) return result
    reader.at += (counted ?? mark)?.[0].length ?? 0
    const isOptional = counted === null ? rest[0] !== '+' : counted[1] === '0'
    const isOnce = counted !== null && counted[1] === '1' && counted[2] === undefined
    if (isOptional) result = anything
    else if (!isOnce) result = { text: undefined, needs: result.text ? [result.text] : result.needs }
  }
}

function atom(reader: Reader): Part {
  const char = reader.pattern[reader.at++]
  switch (char) {
    case '(':
      return group(reader)
    case '[':
      return characterClass(reader)
    case '\\':
      return escaped(reader)
    case '.':
      return anything
    case '^':
    case '$':
      return empty
    default:
      return literal(char)
  }
}

function group(reader: Reader): Part {
  if (reader.pattern[reader.at] === '?') {
    const rest = reader.pattern.slice(reader.at).join('')
    const opening = /^\?(?:P?<[A-Za-z_]\w*>|[a-zA-Z-]*:|[a-zA-Z-]+\))/.exec(rest)
    if (opening === null) {
      reader.isLost = true
      return anything
    }
    reader.at += opening[0].length
    if (opening[0].endsWith(')')) return empty
  }
  const part = alternation(reader)
  reader.at++
  return part
}

/** Passes over `[…]`; which characters it takes does not matter. */
function characterClass(reader: Reader): Part {
  const { pattern } = reader
  if (pattern[reader.at] === '^') reader.at++
  if (pattern[reader.at] === ']') reader.at++
  while (reader.at < pattern.length && pattern[reader.at] !== ']') {
    if (pattern[reader.at] === '\\') reader.at++
    else if (pattern[reader.at] === '[' && pattern[reader.at + 1] === ':') {
      while (reader.at < pattern.length && !(pattern[reader.at] === ':' && pattern[reader.at + 1] === ']')) reader.at++
      reader.at++
    }
    reader.at++
  }
  reader.at++
  return anything
}

function escaped(reader: Reader): Part {
  const char = reader.pattern[reader.at++] ?? ''
  if ('AzbB'.includes(char)) return empty
  if (/[^a-zA-Z0-9]/.test(char)) return literal(char)
  // \pL, \p{Greek}, \x{10FFFF}, \x7F
  const rest = reader.pattern.slice(reader.at).join('')
  const operand = /^[pPx]/.test(char) ? /^(?:\{[^}]*\}|[0-9A-Fa-f]{2}|[A-Za-z])/.exec(rest) : null
  if (char === 'Q') reader.isLost = true
  reader.at += [...(operand?.[0] ?? '')].length
  return anything
}

/** Other than printable ASCII is not looked for: it may be written in several ways. */
function literal(char: string): Part {
  return char >= ' ' && char <= '~' ? { text: char, needs: undefined } : anything
}
