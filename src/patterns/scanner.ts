// A scanner that finds what patterns of a user find beside what the detectors do.
import { createFinds } from '../detectors/candidates.ts'
import { detectorIds, maxFinds, type Finds, type Scanner } from '../detectors/detector.ts'
import type { Pattern } from './pattern.ts'

interface Find {
  readonly start: number
  readonly end: number
  readonly detector: number
}

/**
 * Adds patterns to a scanner: they are the detectors behind the built-in ones, in their order. Of overlapping finds one
 * is left, under the name of the longest. What touches a pseudonym is no find.
 * @param pseudonym the source of a regular expression that matches pseudonyms
 */
export function withPatterns(scanner: Scanner, patterns: readonly Pattern[], pseudonym: string): Scanner {
  if (patterns.length === 0) return scanner
  const merged = createFinds()
  const shield = new RegExp(pseudonym, 'g')
  let finds: Finds = scanner.finds
  return {
    get finds() {
      return finds
    },
    get structured() {
      return scanner.structured
    },
    get nonAscii() {
      return scanner.nonAscii
    },
    scan(bytes, start, end, hint) {
      const count = scanner.scan(bytes, start, end, hint)
      finds = scanner.finds
      if (count < 0) return count
      const text = bytes.subarray(start, end)
      const found = findAll(text, patterns)
      if (found === undefined) return -1
      const shields = found.length === 0 ? [] : pseudonymsIn(text, shield)
      const own = found
        .filter((find) => !shields.some((each) => find.start < each.end && find.end > each.start))
        .map((find) => ({ ...find, start: find.start + start, end: find.end + start }))
      if (own.length === 0) return count
      return ((finds = merged).count = merge([...listOf(scanner.finds), ...own], merged))
    },
  }
}

/** Every match of every pattern; undefined: too many of them. */
function findAll(text: Uint8Array, patterns: readonly Pattern[]): Find[] | undefined {
  const found: Find[] = []
  for (const [index, pattern] of patterns.entries()) {
    if (!pattern.mayMatch(text)) continue
    for (let match = pattern.next(text, 0); match !== undefined;) {
      const [start, end] = match
      if (end > start) found.push({ start, end, detector: detectorIds.length + index })
      if (found.length > maxFinds) return undefined
      // After an empty match, which finds nothing, the next one begins a byte further.
      const from = end > start ? end : end + 1
      match = from >= text.length ? undefined : pattern.next(text, from)
    }
  }
  return found
}

function pseudonymsIn(text: Uint8Array, shield: RegExp): { start: number; end: number }[] {
  const binary = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1')
  return [...binary.matchAll(shield)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
}

function listOf(finds: Finds): Find[] {
  return Array.from({ length: finds.count }, (_, i) => ({
    start: finds.start[i],
    end: finds.end[i],
    detector: finds.detector[i],
  }))
}

/** Writes finds in order, each overlap as one; returns their number, -1 for too many. */
function merge(list: readonly Find[], into: Finds): number {
  const kept: Find[] = []
  for (const find of list.toSorted((a, b) => a.start - b.start)) {
    const last = kept.at(-1)
    if (last === undefined || find.start >= last.end) {
      kept.push(find)
      continue
    }
    const { detector } = find.end - find.start > last.end - last.start ? find : last
    kept[kept.length - 1] = { start: last.start, end: Math.max(last.end, find.end), detector }
  }
  if (kept.length > maxFinds) return -1
  for (const [i, { start, end, detector }] of kept.entries()) {
    into.start[i] = start
    into.end[i] = end
    into.detector[i] = detector
  }
  return kept.length
}
