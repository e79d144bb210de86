// Phone numbers in text. A number is one when it is possible and something tells: a +, a 00, the shape, the name, a word
// before it; and with nothing to tell when it is a valid number of a region asked for, in full international digits.
import { isAlnum, isDigit, isLetter } from './bytes.ts'
import {
  type FindGroups,
  type NumberRun,
  endsAtEdge,
  gapAfter,
  groupEnd,
  separatorAfter,
  startsAtEdge,
  toldBefore,
} from './number-run.ts'
import { callingCodeLength, isNational, isPossible, isValid } from './phone-plan.ts'
import { hasPhoneShape, isDate } from './phone-shape.ts'
import { type Scan, byteAt, find, indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf.phone
const maxDigits = 18
const scratch = new Uint8Array(maxDigits)

export const phoneGroups: FindGroups = (run, g) => {
  if (!uses(run.scan, detector) || run.length[g] > maxDigits) return 0
  const { scan } = run
  const start = run.start[g]
  const before = byteAt(scan, start - 1)
  const plus = before === 0x2b ? start - 1 : before === 0x28 && byteAt(scan, start - 2) === 0x2b ? start - 2 : -1
  if (plus >= 0) {
    const joined = isDigit(byteAt(scan, plus - 1)) || isLetter(byteAt(scan, plus - 1))
    const taken = international(run, g, 0, joined) || (joined ? 0 : improbable(run, g))
    return taken > 0 ? note(run, g, withRest(run, g, taken), plus) : 0
  }
  if (isLetter(before) && !startsAtEdge(scan, start)) return gluedToWord(run, g)
  if (!startsAtEdge(scan, start)) return 0
  if (run.length[g] >= 2 && scan.bytes[start] === 0x30 && scan.bytes[start + 1] === 0x30 && !goesOnFrom(run, start)) {
    const taken = dialled(run, g)
    if (taken > 0) return note(run, g, taken, start)
  }
  const taken = shaped(run, g) || told(run, g) || bare(run, g)
  return taken > 0 ? note(run, g, taken, before === 0x28 && opensHere(run, g, taken) ? start - 1 : start) : 0
}

/** As many digits as the longest numbers that people write have, all but a few. */
const usualDigits = 13

/**
 * `+47 984 19 32 8125`: what goes on in the same way belongs to the number, though its beginning is a valid one: no part of
 * a mistyped number may stay.
 */
function withRest(run: NumberRun, g: number, taken: number): number {
  let groups = taken
  const separator = taken > 2 ? separatorAfter(run, g + taken - 2) : 0
  if (separator !== 0x20 && separator !== 0x2d) return taken
  while (g + groups < run.count && goesOn(run, g + groups - 1) && separatorAfter(run, g + groups - 1) === separator) {
    const size = run.length[g + groups]
    const digits = run.offset[g + groups + 1] - run.offset[g]
    if (size < 2 || size > 4 || digits > usualDigits || !endsAtEdge(run.scan, groupEnd(run, g + groups))) break
    groups++
  }
  return groups
}

/** `10:00 …`, `978-00-…`: the zeros are minutes, or part of a longer number. */
function goesOnFrom(run: NumberRun, start: number): boolean {
  const before = byteAt(run.scan, start - 1)
  return (before === 0x3a || before === 0x2d || before === 0x2e) && isDigit(byteAt(run.scan, start - 2))
}

/** Behind the prefix 00; run together it is padding as often, so then it must be valid, and not behind `id` and the like. */
function dialled(run: NumberRun, g: number): number {
  const bits = toldBefore(run, g)
  if (run.length[g] === 2 || (bits & hints.phone) !== 0) return international(run, g, 2, false)
  if (run.length[g] <= 5) {
    const taken = international(run, g, 2, false)
    return taken > 1 ? taken : 0
  }
  const enough = (bits & hints.quantity) !== 0 ? 13 : 10
  return run.length[g] < enough ? 0 : international(run, g, 2, true)
}

/** A parenthesis that is closed within the number belongs to it. */
function opensHere(run: NumberRun, g: number, groups: number): boolean {
  for (let i = run.start[g]; i < groupEnd(run, g + groups - 1); i++) if (run.scan.bytes[i] === 0x29) return true
  return false
}

/** Collects the digits of groups g … g + groups - 1; returns how many, or -1 if too many. */
function collect(run: NumberRun, g: number, groups: number): number {
  let length = 0
  for (let k = g; k < g + groups && length >= 0; k++) length = append(run, g, k, length)
  return length
}

/** Puts the digits of group k behind `length` others, those of groups from g on; returns how many there are now, -1 if too many. */
function append(run: NumberRun, g: number, k: number, length: number): number {
  const from = run.offset[k]
  const to = run.offset[k + 1]
  if (run.hasTrunk && k > g && isTrunk(run, k)) return length
  if (length + to - from > maxDigits) return -1
  for (let i = from; i < to; i++) scratch[length + i - from] = run.digits[i]
  return length + to - from
}

/** The trunk zero of `+44 (0)20 7946 0958` is not dialled. */
function isTrunk(run: NumberRun, k: number): boolean {
  const { bytes } = run.scan
  const at = run.start[k]
  return run.length[k] === 1 && bytes[at] === 0x30 && bytes[at - 1] === 0x28 && bytes[at + 1] === 0x29
}

/** Whether group g + 1 can go on a number: no line break, no other number's beginning, no date. */
function goesOn(run: NumberRun, g: number): boolean {
  const gap = gapAfter(run, g)
  if (gap < 1 || gap > 3 || isDate(run, g + 1)) return false
  const { bytes } = run.scan
  for (let i = groupEnd(run, g); i < run.start[g + 1]; i++) {
    // A plus is a space of a query string, or the beginning of another number.
    if (bytes[i] === 0x2b && (gap > 1 || run.length[g + 1] < 2)) return false
    if (bytes[i] === 0x2f && gap > 1) return false
  }
  return true
}

/** Full international digits after `skipped` zeros: how many groups are a possible (or only a valid) number. */
function international(run: NumberRun, g: number, skipped: number, validOnly: boolean): number {
  let possible = 0
  let length = 0
  for (let k = 1; g + k <= run.count; k++) {
    length = append(run, g, g + k - 1, length)
    if (length < 0 || length - skipped > 17) break
    // No plan begins so.
    if (length - skipped >= 3 && callingCodeLength(scratch, skipped, length) === 0) break
    const to = length - skipped < 7 || isDecimal(run, g, k) ? 0 : possibleEnd(skipped, length)
    if (to > 0) {
      const edge = endsAtEdge(run.scan, groupEnd(run, g + k - 1))
      // Letters behind a full valid number do not make it another thing.
      if (edge || (skipped === 0 && !validOnly && to >= 11 && !isDecimalPoint(run, g + k - 1))) {
        // Longer is better, but what is valid as it stands is not given up for what is merely possible.
        if (isValid(reading, skipped, to)) return longerValid(run, g, k, skipped, length)
        if (edge) possible = k
      }
    }
    if (g + k < run.count && !goesOn(run, g + k - 1)) break
  }
  return validOnly ? 0 : possible
}

/** A plus and as many digits as numbers have, though no plan has such: mistyped, or newer than the plans. Not of +1. */
function improbable(run: NumberRun, g: number): number {
  const length = run.length[g]
  if (length < 11 || length > 14 || !endsAtEdge(run.scan, groupEnd(run, g))) return 0
  collect(run, g, 1)
  return scratch[0] !== 0x31 && callingCodeLength(scratch, 0, length) > 0 ? 1 : 0
}

const isDecimalPoint = (run: NumberRun, g: number): boolean => byteAt(run.scan, groupEnd(run, g)) === 0x2e

/** Where `possibleEnd` left what it says is possible. */
let reading = scratch
const untrunked = new Uint8Array(maxDigits)

/** How many of the digits are a possible number, a trunk zero behind the calling code left out; 0 if none. */
function possibleEnd(from: number, length: number): number {
  reading = scratch
  if (isPossible(scratch, from, length)) return length
  const zero = from + callingCodeLength(scratch, from, length)
  if (zero === from || scratch[zero] !== 0x30) return 0
  for (let i = 0; i < length - 1; i++) untrunked[i] = scratch[i < zero ? i : i + 1]
  reading = untrunked
  return isPossible(untrunked, from, length - 1) ? length - 1 : 0
}

/** `+35236450.6`, `+3.140000`; but `+1.5551234567`, with a calling code before the dot, is how registries write numbers. */
const isDecimal = (run: NumberRun, g: number, groups: number): boolean =>
  groups === 2 && separatorAfter(run, g) === 0x2e && callingCodeLength(scratch, 0, run.length[g]) !== run.length[g]

/** The most groups that are a valid number, where `valid` of them are one, of so many digits. */
function longerValid(run: NumberRun, g: number, valid: number, skipped: number, digits: number): number {
  let best = valid
  let length = digits
  for (let k = valid + 1; g + k <= run.count && goesOn(run, g + k - 2); k++) {
    length = append(run, g, g + k - 1, length)
    if (length < 0 || length - skipped > 15) break
    const to = possibleEnd(skipped, length)
    if (to > 0 && endsAtEdge(run.scan, groupEnd(run, g + k - 1)) && isValid(reading, skipped, to)) best = k
  }
  return best
}

/** `tel5511912345678`: a telling word without a space. */
function gluedToWord(run: NumberRun, g: number): number {
  if ((toldBefore(run, g) & hints.phone) === 0) return 0
  const length = collect(run, g, 1)
  const fits = length >= 10 && endsAtEdge(run.scan, groupEnd(run, g)) && isValid(scratch, 0, length)
  return fits ? note(run, g, 1, run.start[g]) : 0
}

/** Numbers whose punctuation alone tells. */
function shaped(run: NumberRun, g: number): number {
  const groups = hasPhoneShape(run, g, isRegional)
  if (groups === 0) return 0
  const end = groupEnd(run, g + groups - 1)
  return endsAtEdge(run.scan, end) || extension(run, end) > end ? groups : 0
}

/** Valid in one of the regions asked for, in national or international digits. */
function isRegional(run: NumberRun, g: number, groups: number): boolean {
  const length = collect(run, g, groups)
  if (length < 0) return false
  const { phoneRegions, defaultRegion } = run.scan
  if (isValid(scratch, 0, length, phoneRegions)) return true
  for (const region of phoneRegions) if (isNational(scratch, 0, length, region, true)) return true
  return defaultRegion !== undefined && isNational(scratch, 0, length, defaultRegion, true)
}

/** Behind a telling name or word. */
function told(run: NumberRun, g: number): number {
  const bits = toldBefore(run, g)
  const strong = (bits & hints.phone) !== 0
  if (!strong && (bits & (hints.contact | hints.direction)) === 0) return 0
  if ((bits & hints.quantity) !== 0 && (run.scan.hint & hints.phone) === 0) return 0
  // `CVE-2022-24675`: the words are said of the whole.
  const before = run.start[g] - 1
  if (isDate(run, g)) return 0
  if (byteAt(run.scan, before) === 0x2d && isAlnum(byteAt(run.scan, before - 1)) && !(strong && run.length[g] >= 11))
    return 0
  let best = 0
  let length = 0
  for (let k = 1; g + k <= run.count; k++) {
    length = append(run, g, g + k - 1, length)
    if (length < 0 || length > 15) break
    const end = groupEnd(run, g + k - 1)
    const ended = endsAtEdge(run.scan, end) && !isTime(run, end) && !goesOnIntoWord(run, g + k - 1)
    if (ended && length >= 7 && isTold(run, g, k, length, bits)) best = k
    if (g + k < run.count && !goesOn(run, g + k - 1)) break
  }
  return best
}

/** `91234-5678th`: what goes on with a dash and letters is not at its end. */
const goesOnIntoWord = (run: NumberRun, g: number): boolean =>
  separatorAfter(run, g) === 0x2d && !endsAtEdge(run.scan, groupEnd(run, g + 1))

function isTold(run: NumberRun, g: number, groups: number, length: number, bits: number): boolean {
  if (groups > 1 && !isPunctuated(run, g, groups)) return false
  const strong = (bits & hints.phone) !== 0
  if (!isValid(scratch, 0, length)) {
    if (!strong && groups === 1) return (bits & hints.contact) !== 0 && length >= 10 && isRegional(run, g, groups)
    return isToldNumber(run, groups, length, strong)
  }
  return strong || (length >= 9 && (groups > 1 || (bits & hints.contact) !== 0))
}

/** Possible, or at least as long as a national number. */
function isToldNumber(run: NumberRun, groups: number, length: number, strong: boolean): boolean {
  const { defaultRegion, phoneRegions, hint } = run.scan
  // An attribute whose name says phone holds nothing else, whatever plan the digits are of.
  if ((hint & hints.phone) !== 0 && groups === 1) return true
  // Seconds and milliseconds since 1970 are no number of any region.
  if (groups === 1 && (length === 10 || length === 13) && isEpoch()) {
    return phoneRegions.some((region) => isNational(scratch, 0, length, region, true))
  }
  if (defaultRegion !== undefined && isNational(scratch, 0, length, defaultRegion, false)) return true
  if (length >= 11 && isPossible(scratch, 0, length)) return true
  if (!strong) return length >= 9 && length <= (scratch[0] === 0x30 ? 12 : 11)
  return length >= 7 && length <= (scratch[0] === 0x30 ? 13 : 12)
}

const isEpoch = (): boolean => scratch[0] === 0x31 && scratch[1] >= 0x34

const isTime = (run: NumberRun, end: number): boolean =>
  byteAt(run.scan, end) === 0x3a && isDigit(byteAt(run.scan, end + 1))

/** Groups as people write them: up to six digits each (the last may be longer), dots not mixed with spaces. */
function isPunctuated(run: NumberRun, g: number, groups: number): boolean {
  if (groups > 6 || run.length[g + groups - 1] < 2) return false
  let dots = 0
  let spaces = 0
  let octets = 0
  for (let k = g; k < g + groups; k++) {
    if (k < g + 4 && run.length[k] <= 3) octets++
    if (k === g + groups - 1) break
    if (run.length[k] > (k === g && groups === 2 ? 7 : 6)) return false
    if (separatorAfter(run, k) === 0x2e) dots++
    else if (separatorAfter(run, k) === 0x20) spaces++
  }
  // Four dotted parts are an address or a version, whatever follows.
  return (dots === 0 || spaces === 0) && !(dots >= 3 && octets === 4)
}

/** Nothing tells: valid in full international digits in a region asked for. */
function bare(run: NumberRun, g: number): number {
  const length = run.length[g]
  const end = groupEnd(run, g)
  if (length < 10 || length > 15 || !endsAtEdge(run.scan, end)) return 0
  collect(run, g, 1)
  return isValid(scratch, 0, length, run.scan.phoneRegions) ? 1 : 0
}

/** Notes the find, with an extension that follows. */
function note(run: NumberRun, g: number, groups: number, start: number): number {
  find(run.scan, detector, start, extension(run, groupEnd(run, g + groups - 1)))
  return groups
}

const extensionWords = 'x ext extn extension ramal poste interno int durchwahl dw anexo доб wew toestel'.split(' ')
const extensionBytes = extensionWords.map((word) => new TextEncoder().encode(word))
const maxGap = 3

/** ` x123`, ` ext. 123`, `, poste 123`: up to six digits. */
function extension(run: NumberRun, end: number): number {
  const { scan } = run
  let i = end
  while (i < end + maxGap && (byteAt(scan, i) === 0x20 || byteAt(scan, i) === 0x2c)) i++
  const word = extensionBytes.find((bytes) => isWordAt(scan, i, bytes))
  if (word === undefined) return end
  const after = i + word.length
  i = after
  while (i < after + maxGap && (byteAt(scan, i) === 0x20 || byteAt(scan, i) === 0x2e || byteAt(scan, i) === 0x3a)) i++
  const digits = i
  while (i < digits + 6 && isDigit(byteAt(scan, i))) i++
  return i > digits && endsAtEdge(scan, i) ? i : end
}

/** Whether this word, in small letters or capitals, stands at `at` and ends there. */
function isWordAt(scan: Scan, at: number, word: Uint8Array): boolean {
  for (let k = 0; k < word.length; k++) {
    const b = byteAt(scan, at + k)
    if ((isLetter(b) ? b | 32 : b) !== word[k]) return false
  }
  return !isLetter(byteAt(scan, at + word.length))
}
