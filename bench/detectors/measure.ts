// Recall, partial leaks, false alarms, idempotence: the same yardstick for everybody.
import type { Corpus } from './corpus.ts'
import type { Rival } from './rivals.ts'
import type { Negative, Positive } from './sample.ts'
import { type DetectorId, detectorIds } from '../../src/detectors/detector.ts'

interface Outcome {
  readonly positives: number
  /** Values of which nothing was left. */
  readonly whole: number
  /** Values of which something went and something was left, and the most characters left of one. */
  readonly partial: number
  readonly longestRest: number
}

export interface Measured {
  readonly byDetector: Readonly<Record<DetectorId, Outcome>>
  readonly negatives: number
  /** Negatives in which something changed that is not personal. */
  readonly falseAlarms: number
  /** Texts that change again when what came out goes in again. */
  readonly unstable: number
}

/** Letters and digits that may stay of a value before it counts as left: two digits tell nothing. */
const tolerated = 2

const significant = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '')

/**
 * How much of the secret is left in what came out: the longest run of its letters and digits. Zero when it is gone.
 * @returns undefined when nothing was changed at all
 */
export function restOf(sample: Positive, out: string, marks: RegExp): number | undefined {
  const { text, secret, at } = sample
  const after = text.slice(at + secret.length)
  const before = text.slice(0, at)
  // Where the surroundings stayed, what came out in place of the value is what lies between them.
  const head = commonLength(before, out)
  const tail = Math.min(commonTail(after, out), out.length - head)
  const between = head === before.length && tail === after.length ? out.slice(head, out.length - tail) : out
  if (between === secret || (between === out && out.includes(secret))) return undefined
  const parts = secret.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '')
  let longest = 0
  const left = between.replace(marks, ' ')
  for (const part of parts) longest = Math.max(longest, longestIn(part, left, between === out ? before + after : ''))
  return longest <= tolerated ? 0 : longest
}

/** The longest beginning or end, or middle, of `part` that occurs in `out` and not in `around`. */
function longestIn(part: string, out: string, around: string): number {
  for (let length = part.length; length > tolerated; length--) {
    for (let from = 0; from + length <= part.length; from++) {
      const piece = part.slice(from, from + length)
      if (out.includes(piece) && !around.includes(piece)) return length
    }
  }
  return 0
}

function commonLength(a: string, b: string): number {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}

function commonTail(a: string, b: string): number {
  let i = 0
  while (i < a.length && a[a.length - 1 - i] === b[b.length - 1 - i]) i++
  return i
}

/** Whether something changed outside of what is personal in it. */
export function isFalseAlarm(sample: Negative, out: string): boolean {
  if (out === sample.text) return false
  if (sample.personal.length === 0) return true
  // Every piece between the personal parts must have stayed, in order.
  let from = 0
  let at = 0
  for (const [start, end] of [...sample.personal, [sample.text.length, sample.text.length]]) {
    const piece = sample.text.slice(from, start)
    const found = out.indexOf(piece, at)
    if (found < 0) return true
    at = found + piece.length
    from = end
  }
  return false
}

export async function measure(rival: Pick<Rival, 'marks' | 'redact'>, corpus: Corpus): Promise<Measured> {
  const counts = Object.fromEntries(
    detectorIds.map((id) => [id, { positives: 0, whole: 0, partial: 0, longestRest: 0 }]),
  ) as Record<DetectorId, { -readonly [key in keyof Outcome]: number }>
  let unstable = 0
  for (const sample of corpus.positives) {
    const count = counts[sample.detector]
    const out = await rival.redact(sample.text)
    const rest = restOf(sample, out, rival.marks)
    count.positives++
    if (rest === 0) count.whole++
    else if (rest !== undefined && rest < significant(sample.secret).length) {
      count.partial++
      count.longestRest = Math.max(count.longestRest, rest)
    }
    if ((await rival.redact(out)) !== out) unstable++
  }
  let falseAlarms = 0
  for (const sample of corpus.negatives) {
    const out = await rival.redact(sample.text)
    if (isFalseAlarm(sample, out)) falseAlarms++
    if ((await rival.redact(out)) !== out) unstable++
  }
  return { byDetector: counts, negatives: corpus.negatives.length, falseAlarms, unstable }
}
