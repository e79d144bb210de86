// The counting machines of the automaton: runs of digits, dotted numbers, colons between hex digits, MAC addresses.
import { isDigit, isHex } from './bytes.ts'
import type { Machine } from './machine.ts'

const dot = 0x2e
const colon = 0x3a

/** What may stand between the digits of one number: up to three of these. */
export const numberSeparators = ' ()+-./'
export const maxSeparators = 3

/** Fires at the seventh digit of a run in which at most three separators stand between two digits. */
export function digitRuns(out: number): Machine {
  const enough = 7
  const separators = new Set([...numberSeparators].map((c) => c.charCodeAt(0)))
  return {
    classOf: (byte) => (isDigit(byte) ? 1 : separators.has(byte) ? 2 : 0),
    next: (state, byte) => {
      const count = state >> 2
      if (isDigit(byte)) return Math.min(enough + 1, count + 1) << 2
      if (count === 0 || !separators.has(byte) || (state & 3) === maxSeparators) return 0
      return (Math.max(count === enough ? enough + 1 : count, 1) << 2) | ((state & 3) + 1)
    },
    out: (state) => (state === enough << 2 ? out : 0),
  }
}

/** Fires at the first digit of the fourth part of `1.2.3.4`, once a token. */
export function dottedNumbers(out: number): Machine {
  // 0: none; 1–12: part × (digits in it); 13: fired; 14: too long a part, 15: fired before.
  const fired = 13
  const over = 14
  const past = 15
  return {
    classOf: (byte) => (isDigit(byte) ? 1 : byte === dot ? 2 : 0),
    next: (state, byte) => {
      if (!isDigit(byte) && byte !== dot) return 0
      if (state === fired || state === past) return past
      if (state === over) return over
      const part = state >> 2
      const digits = state & 3
      if (byte === dot) return digits === 0 ? 0 : (part + 1) << 2
      if (part === 3) return fired
      return digits === 3 ? over : (part << 2) | (digits + 1)
    },
    out: (state) => (state === fired ? out : 0),
  }
}

/** Fires at `::` beside a hex digit and at the third colon between groups of up to four hex digits, once a token. */
export function colonGroups(out: number): Machine {
  // colons × digits in the group (0–4, 5: too many), times two for "a colon came just before".
  const wide = 6
  const fired = 100
  const past = 101
  const pair = 102
  return {
    classOf: (byte) => (byte === colon ? 1 : isHex(byte) ? 2 : 0),
    next: (state, byte) => {
      if (byte !== colon && !isHex(byte)) return 0
      if (state === fired || state === past) return past
      if (state === pair) return byte === colon ? pair : fired
      const just = state & 1
      const colons = Math.floor((state >> 1) / wide)
      const digits = (state >> 1) % wide
      if (byte !== colon) return (colons * wide + Math.min(5, digits + 1)) << 1
      if (just === 1) return colons > 0 ? fired : pair
      if (digits === 0 || digits === 5) return 1
      return colons === 2 ? fired : (((colons + 1) * wide) << 1) | 1
    },
    out: (state) => (state === fired ? out : 0),
  }
}

/** Fires at the last digit of so many groups: `aa-bb-cc-dd`, `aabb.ccdd`. */
export function macGroups(out: number, separator: '-' | '_' | '.', groups: number, width: number): Machine {
  const between = separator.charCodeAt(0)
  const wide = width + 2
  return {
    classOf: (byte) => (byte === between ? 1 : isHex(byte) ? 2 : 0),
    next: (state, byte) => {
      const done = Math.floor(state / wide)
      const digits = state % wide
      if (byte === between) return digits === width && done < groups - 1 ? (done + 1) * wide : 0
      if (!isHex(byte)) return 0
      return digits > width ? state : digits === width ? width + 1 : done * wide + digits + 1
    },
    out: (state) => (state === (groups - 1) * wide + width ? out : 0),
  }
}
