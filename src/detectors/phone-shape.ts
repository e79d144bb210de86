// Numbers whose punctuation alone says "phone": (11) 91234-5678, 555-123-4567; and dates, which never are one.
import { isLetter } from './bytes.ts'
import { type NumberRun, gapAfter, groupEnd, hasShape, separatorAfter } from './number-run.ts'
import { byteAt } from './scan.ts'

const northAmerican = [3, 3, 4]

/**
 * How many groups from g on are a phone number by their shape, 0 if none.
 * @param isRegional whether groups are valid digits of a region asked for
 */
export function hasPhoneShape(run: NumberRun, g: number, isRegional: IsRegional): number {
  const groups = regionalShape(run, g, isRegional)
  if (groups > 0) return groups
  if (isOpened(run, g) && byteAt(run.scan, groupEnd(run, g)) === 0x29) return afterParenthesis(run, g, g)
  // 1 (555) 123-4567
  if (g + 1 < run.count && isOpened(run, g + 1) && run.length[g] <= 3 && gapAfter(run, g) <= 2) {
    return afterParenthesis(run, g + 1, g)
  }
  const lead = run.length[g] === 1 && run.scan.bytes[run.start[g]] === 0x31 && hasShape(run, g, [1, 3, 3, 4]) ? 1 : 0
  if (!hasShape(run, g + lead, northAmerican)) return 0
  const separator = separatorAfter(run, g + lead)
  const same = separator === separatorAfter(run, g + lead + 1)
  return same && separator !== 0x20 && run.scan.bytes[run.start[g + lead]] >= 0x32 ? lead + 3 : 0
}

type IsRegional = (run: NumberRun, g: number, groups: number) => boolean

const isOpened = (run: NumberRun, g: number): boolean => byteAt(run.scan, run.start[g] - 1) === 0x28

/** Brazil's `91234-5678` and `3123-4567` with an area code, and others that end in four digits, by the region's plan. */
function regionalShape(run: NumberRun, g: number, isRegional: IsRegional): number {
  let best = 0
  let digits = run.length[g]
  if (!run.hasFour) return 0
  for (let k = g + 1; k < run.count && k <= g + 5; k++) {
    if (gapAfter(run, k - 1) > 2 || isDate(run, k - 1)) break
    digits += run.length[k]
    if (digits > 13) break
    const before = run.length[k - 1]
    if (run.length[k] !== 4 || before < 4) continue
    // Two and two thousands are a span of years.
    const landline = before === 4 && separatorAfter(run, k - 1) === 0x2d && !(isYear(run, k - 1) && isYear(run, k))
    const ends = k > g + 1 && (before === 5 || landline)
    if (ends && isRegional(run, g, k - g + 1)) best = k - g + 1
  }
  return best
}

/** `(11) 91234-5678`: a closed area code, then six to nine digits. */
function afterParenthesis(run: NumberRun, g: number, first: number): number {
  const { scan } = run
  const area = run.length[g]
  const open = run.start[g] - 1
  if (area < 2 || area > 5 || byteAt(scan, groupEnd(run, g)) !== 0x29 || isYear(run, g)) return 0
  if (first === g && isLetter(byteAt(scan, open - 1))) return 0
  let digits = 0
  for (let k = g + 1; k < run.count && k <= g + 4; k++) {
    const gap = gapAfter(run, k - 1)
    if (gap > (k === g + 1 ? 3 : 1)) return 0
    digits += run.length[k]
    if (digits > 9) return 0
    const ended = k + 1 >= run.count || gapAfter(run, k) > 1
    const enough = digits >= 6 && (digits >= 7 || area >= 4) && (k > g + 1 || digits >= 7)
    if (enough && (ended || digits >= 8 || digits === 7)) {
      // `(11) 3123-45 678` goes on; `(11) 3123-4567 2025` does not.
      const over = separatorAfter(run, k) !== 0x2d && digits + run.length[k + 1] > 9
      if (ended || over || digits >= 8 || area === 3) return k - first + 1
    }
  }
  return 0
}

const number = (run: NumberRun, g: number): number => {
  let value = 0
  for (let i = run.start[g]; i < groupEnd(run, g) && value < 10_000; i++) value = value * 10 + run.scan.bytes[i] - 0x30
  return value
}

function isYear(run: NumberRun, g: number): boolean {
  return run.length[g] === 4 && number(run, g) >= 1900 && number(run, g) < 2100
}

/** Whether group g begins a date: 2025-01-15, 15/01/2025, or the compact 20250115. */
export function isDate(run: NumberRun, g: number): boolean {
  if (run.length[g] === 8) {
    const value = Math.floor(eight(run, g) / 100)
    const year = Math.floor(value / 100)
    const month = value % 100
    const day = eight(run, g) % 100
    return year >= 1990 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
  }
  // By their lengths first: this is asked of every group.
  if (g + 2 >= run.count || run.length[g + 1] !== 2) return false
  const yearFirst = run.length[g] === 4 && run.length[g + 2] === 2
  if (!yearFirst && (run.length[g] !== 2 || run.length[g + 2] !== 4)) return false
  const separator = separatorAfter(run, g)
  if (separator === 0 || separator !== separatorAfter(run, g + 1)) return false
  const first = number(run, g)
  const second = number(run, g + 1)
  const third = number(run, g + 2)
  if (second < 1 || second > 31) return false
  if (yearFirst) return isYear(run, g) && second <= 12 && third >= 1 && third <= 31
  return isYear(run, g + 2) && first >= 1 && first <= 31
}

function eight(run: NumberRun, g: number): number {
  let value = 0
  for (let i = run.start[g]; i < run.start[g] + 8; i++) value = value * 10 + run.scan.bytes[i] - 0x30
  return value
}
