// Runs of digit groups: phone numbers, cards, CPF, CNPJ and SSN all look like one. Read once into groups, then asked.
import { byteSet, isAlnum, isDigit, skip } from './bytes.ts'
import { maxSeparators, numberSeparators } from './counters.ts'
import { type Scan, byteAt, find } from './scan.ts'
import { tellingBefore } from './telling-words.ts'

/** As many groups are looked at together; longer runs are read in pieces that overlap. */
export const maxGroups = 64
export const overlap = 8

/** Longer groups are no part of anything: of those no more digits are kept. */
const maxKept = 20

/** The groups of digits of a run: `start[g]`, `length[g]`. Reused. */
export interface NumberRun {
  scan: Scan
  count: number
  readonly start: Int32Array
  readonly length: Int32Array
  /** The digits of all groups one after the other, and where those of each begin: what a number reads as. */
  readonly digits: Uint8Array
  readonly offset: Int32Array
  /** Whether a `(0)` stands in it: a trunk zero that is not dialled. */
  hasTrunk: boolean
  /** Whether a group has four digits, as those have that numbers of Brazil end with. */
  hasFour: boolean
  /** What the words before the run tell, and where it begins: read when first asked (-1: not yet). */
  told: number
  toldFor: number
}

/** One serves all scans: nothing in it outlives a call. */
export const createRun = (scan: Scan): NumberRun => ({
  scan,
  count: 0,
  start: new Int32Array(maxGroups),
  length: new Int32Array(maxGroups),
  digits: new Uint8Array(maxGroups * maxKept),
  offset: new Int32Array(maxGroups + 1),
  hasTrunk: false,
  hasFour: false,
  told: 0,
  toldFor: -1,
})

/** Finds what begins with group `g`; returns the number of groups it takes, 0 for none. */
export type FindGroups = (run: NumberRun, g: number) => number

const separator = new Uint8Array(256)
for (const char of numberSeparators) separator[char.charCodeAt(0)] = 1

/** The first digit of the run around `at`. */
export function runStart(scan: Scan, at: number, floor: number): number {
  let first = at
  for (let i = at, gap = 0; i >= floor && gap <= maxSeparators; i--) {
    if (isDigit(scan.bytes[i])) {
      first = i
      gap = 0
    } else if (separator[scan.bytes[i]] === 1) gap++
    else break
  }
  return first
}

/** Reads the groups from `from` on; returns where they end. */
export function readGroups(run: NumberRun, from: number): number {
  const { scan, start, length, digits, offset } = run
  const { bytes, end } = scan
  run.count = 0
  run.toldFor = -1
  run.hasTrunk = false
  run.hasFour = false
  let i = from
  let last = from
  let kept = 0
  while (i < end && run.count < maxGroups) {
    const first = i
    start[run.count] = first
    offset[run.count] = kept
    while (i < end && isDigit(bytes[i])) {
      if (i - first < maxKept) digits[kept++] = bytes[i]
      i++
    }
    length[run.count] = i - first
    if (i - first === 4) run.hasFour = true
    if (i - first === 1 && bytes[first] === 0x30 && bytes[first - 1] === 0x28 && bytes[i] === 0x29) run.hasTrunk = true
    run.count++
    last = i
    while (i < end && i - last <= maxSeparators && separator[bytes[i]] === 1) i++
    if (i - last > maxSeparators || i >= end || !isDigit(bytes[i])) break
  }
  offset[run.count] = kept
  return last
}

export const groupEnd = (run: NumberRun, g: number): number => run.start[g] + run.length[g]

/** What stands between group g and the next: its length. */
export const gapAfter = (run: NumberRun, g: number): number =>
  g + 1 < run.count ? run.start[g + 1] - groupEnd(run, g) : -1

/** The one separator between group g and the next, 0 if there is none or more. */
export const separatorAfter = (run: NumberRun, g: number): number =>
  gapAfter(run, g) === 1 ? run.scan.bytes[groupEnd(run, g)] : 0

/** Whether groups from g on have these lengths, each pair one separator apart. */
export function hasShape(run: NumberRun, g: number, lengths: readonly number[]): boolean {
  if (g + lengths.length > run.count) return false
  for (let k = 0; k < lengths.length; k++) {
    if (run.length[g + k] !== lengths[k]) return false
    if (k < lengths.length - 1 && gapAfter(run, g + k) !== 1) return false
  }
  return true
}

/** Whether no letter, digit or decimal point continues the token at either side of `[start, end)`. */
export function atEdges(scan: Scan, start: number, end: number): boolean {
  return startsAtEdge(scan, start) && endsAtEdge(scan, end)
}

export function startsAtEdge(scan: Scan, start: number): boolean {
  const before = byteAt(scan, start - 1)
  if (before === 0x2e) return !isDigit(byteAt(scan, start - 2))
  // `7,529.982.247-25,x`: fields; `0,52998224725`: a fraction.
  if (before === 0x2c) return !isDigit(byteAt(scan, start - 2)) || isField(scan, start)
  return !isAlnum(before)
}

const fieldBytes = byteSet('0-9 ./-')
const longestField = 32

/** Whether the digits and what joins them are followed by another comma, a quote or the end of the line. */
function isField(scan: Scan, start: number): boolean {
  const end = skip(scan.bytes, start, Math.min(scan.end, start + longestField), fieldBytes)
  const after = byteAt(scan, end)
  return end - start > 10 && (after === 0x2c || after === 0x0a || after === 0x0d || (after === 0 && end === scan.end))
}

export function endsAtEdge(scan: Scan, end: number): boolean {
  const after = byteAt(scan, end)
  if (after === 0x2e || after === 0x2c) return !isDigit(byteAt(scan, end + 1)) || after === 0x2c
  return !isAlnum(after)
}

/** How far into a run the words before it still tell. */
const tellingReach = 48

/** Hint bits for the group: the attribute's name and the words before the run. */
export function toldBefore(run: NumberRun, g: number): number {
  const { scan } = run
  if (run.toldFor < 0) {
    run.toldFor = run.start[0]
    run.told = tellingBefore(scan.bytes, scan.start, run.start[0])
  }
  return scan.hint | (run.start[g] - run.toldFor <= tellingReach ? run.told : 0)
}

/** Notes a find from group g over `groups` groups. */
export function findGroups(run: NumberRun, g: number, groups: number, detector: number): number {
  find(run.scan, detector, run.start[g], groupEnd(run, g + groups - 1))
  return groups
}
