// Numbers whose punctuation alone says "phone": (11) 91234-5678, 555-123-4567; and dates, which never are one.
import { isLetter } from './bytes.ts'
import { type NumberRun, gapAfter, groupEnd, hasShape, separatorAfter } from './number-run.ts'
import { byteAt } from './scan.ts'

const northAmerican = [3, 3, 4]
/** `11 91234 5678` */
const mobile = [2, 5, 4]

/**
 * How many groups from g on are a phone number by their shape, 0 if none.
 * @param isRegional whether groups are valid digits of a region asked for
 */
export function hasPhoneShape(run: NumberRun, g: number, isRegional: (g: number, groups: number) => boolean): number {
  if (byteAt(run.scan, run.start[g] - 1) === 0x28) return afterParenthesis(run, g, g)
  const next = g + 1
  // 55 (11) 91234-5678, 1 (555) 123-4567
  if (
    next < run.count &&
    byteAt(run.scan, run.start[next] - 1) === 0x28 &&
    run.length[g] <= 3 &&
    gapAfter(run, g) <= 2
  ) {
    const groups = afterParenthesis(run, next, g)
    if (groups > 0) return groups
  }
  const lead = run.length[g] === 1 && run.scan.bytes[run.start[g]] === 0x31 && hasShape(run, g, [1, 3, 3, 4]) ? 1 : 0
  if (hasShape(run, g + lead, northAmerican)) {
    const separator = separatorAfter(run, g + lead)
    const same = separator === separatorAfter(run, g + lead + 1)
    const area = run.scan.bytes[run.start[g + lead]]
    if (same && (separator === 0x2d || separator === 0x2e) && area >= 0x32) return lead + 3
  }
  return dashed(run, g, isRegional)
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
      if (ended || digits + run.length[k + 1] > 9 || digits >= 8 || area === 3) return k - first + 1
    }
  }
  return 0
}

/** `55 11 91234-5678`, `11 91234-5678`, `11 3123-4567`: by a dash before the last four, and the region's plan. */
function dashed(run: NumberRun, g: number, isRegional: (g: number, groups: number) => boolean): number {
  if (hasShape(run, g, mobile) && separatorAfter(run, g) === separatorAfter(run, g + 1) && isRegional(g, 3)) return 3
  for (let k = 1; k <= 4 && g + k < run.count; k++) {
    if (gapAfter(run, g + k - 1) > 1 || isDate(run, g + k - 1)) return 0
    if (run.length[g + k] !== 4 || separatorAfter(run, g + k - 1) !== 0x2d || k < 2) continue
    const before = run.length[g + k - 1]
    // Two and two thousands are a span of years.
    const years = before === 4 && isYear(run, g + k - 1) && isYear(run, g + k)
    if ((before === 5 || (before === 4 && !years)) && isRegional(g, k + 1)) return k + 1
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
  if (g + 2 >= run.count || gapAfter(run, g) !== 1 || gapAfter(run, g + 1) !== 1) return false
  if (separatorAfter(run, g) !== separatorAfter(run, g + 1)) return false
  const first = number(run, g)
  const second = number(run, g + 1)
  const third = number(run, g + 2)
  if (run.length[g + 1] !== 2 || second > 31) return false
  if (isYear(run, g)) return run.length[g + 2] === 2 && second >= 1 && second <= 12 && third >= 1 && third <= 31
  return run.length[g] === 2 && isYear(run, g + 2) && first >= 1 && first <= 31 && second >= 1
}

function eight(run: NumberRun, g: number): number {
  let value = 0
  for (let i = run.start[g]; i < run.start[g] + 8; i++) value = value * 10 + run.scan.bytes[i] - 0x30
  return value
}
