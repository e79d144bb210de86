// Random choices by a seed: the same seed makes the same corpus.

export interface Random {
  /** A whole number in [0, below). */
  int(below: number): number
  /** A whole number in [from, to]. */
  between(from: number, to: number): number
  pick<T>(list: readonly T[]): T
  /** So many characters of an alphabet. */
  of(alphabet: string, length: number): string
  digits(length: number): string
  hex(length: number): string
  alnum(length: number): string
}

export const alphabets = {
  digits: '0123456789',
  hex: '0123456789abcdef',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
} as const

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  const of = (alphabet: string, length: number): string => {
    let text = ''
    for (let i = 0; i < length; i++) text += alphabet[int(alphabet.length)]
    return text
  }
  return {
    int,
    between: (from, to) => from + int(to - from + 1),
    pick: (list) => list[int(list.length)],
    of,
    digits: (length) => of(alphabets.digits, length),
    hex: (length) => of(alphabets.hex, length),
    alnum: (length) => of(alphabets.alnum, length),
  }
}
