// Puts replacements where the detectors found something: byte slices around them, only a find's own token is decoded.
import { maxFinds, type Finds } from '../detectors/detector.ts'
import { count, type Tally } from '../telemetry/tally.ts'
import type { Action } from './action.ts'
import { replaceFind, type Means } from './apply.ts'
import { escape } from './quoted-text.ts'
import { Recent } from './recent.ts'
import type { BareNumber } from './structured-text.ts'
import { textOf } from './utf8.ts'

/** What text the finds are in. */
interface FindPlace {
  readonly low: boolean
  /** What home directories become here, whatever their class says. */
  readonly home: string | undefined
  /** In structured text, its bare numbers (relative to the start): what replaces one is quoted. */
  readonly numbers: readonly BareNumber[] | undefined
}

export interface FindReplacer {
  /**
   * Replaces the finds in [start, end); undefined: all of them are left; null: one of them takes the whole value along.
   */
  replace(bytes: Uint8Array, start: number, end: number, finds: Finds, place: FindPlace): Uint8Array | undefined | null
  /** Counts a changed value once for each class of what was replaced in it since the last call. */
  countChanged(): void
}

interface Replacement {
  readonly text: string
  readonly bytes: Uint8Array
  /** As it stands inside quotes. */
  readonly escaped: Uint8Array
}

const generation = 1024
/** Longer tokens are not remembered. */
const longestRemembered = 128

/** A detector as what it finds is replaced. */
export interface FindKind {
  readonly id: string
  readonly class: string
  /** The action of its class. */
  readonly action: Action
}

/** @param kinds by the detector's index in the finds */
export function createFindReplacer(kinds: readonly FindKind[], means: Means, tally: Tally): FindReplacer {
  const isLeft = kinds.map(({ action }) => action.is === 'keep' || action.is === 'detect')
  const recent = kinds.flatMap(() => [
    new Recent<Replacement | null>(generation),
    new Recent<Replacement | null>(generation),
  ])
  const homes = new Map<string, Replacement>()
  const homePath = kinds.findIndex(({ id }) => id === 'home-path')
  const starts = new Int32Array(maxFinds)
  const ends = new Int32Array(maxFinds)
  const inserts: Uint8Array[] = []
  const touched = new Set<string>()

  function replacementOf(
    detector: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    place: FindPlace,
  ): Replacement | undefined | null {
    if (detector === homePath && place.home !== undefined) {
      let home = homes.get(place.home)
      if (home === undefined) homes.set(place.home, (home = replacementFrom(place.home)))
      return home
    }
    if (isLeft[detector]) return undefined
    const token = textOf(bytes, start, end)
    const known = recent[2 * detector + (place.low ? 1 : 0)]
    const remembered = known.get(token)
    if (remembered !== undefined) return remembered
    const text = replaceFind(kinds[detector].id, kinds[detector].action, token, place.low, means)
    if (text === undefined) return undefined
    const made = text === null ? null : replacementFrom(text)
    if (token.length <= longestRemembered) known.set(token, made)
    return made
  }

  return {
    replace(bytes, start, end, finds, place) {
      const { numbers } = place
      let replaced = 0
      let number = 0
      let behind = start
      let size = end - start
      for (let i = 0; i < finds.count; i++) {
        const detector = finds.detector[i]
        let from = finds.start[i]
        let to = finds.end[i]
        const replacement = replacementOf(detector, bytes, from, to, place)
        if (replacement === undefined) continue
        count(tally.found, kinds[detector].id)
        touched.add(kinds[detector].class)
        if (replacement === null) return null
        let insert = replacement.bytes
        if (numbers !== undefined) {
          while (number < numbers.length && start + numbers[number].end <= from) number++
          const bare = numbers[number]
          if (bare !== undefined && start + bare.start < to) {
            from = Math.min(from, start + bare.start)
            to = Math.max(to, start + bare.end)
            insert = Buffer.from(bare.quote + escape(replacement.text, bare.quote) + bare.quote, 'latin1')
          } else {
            from = escapeStart(bytes, start, from)
            to = escapeEnd(bytes, start, to, end)
            insert = replacement.escaped
          }
          from = Math.max(from, behind)
          if (to <= from) continue
        }
        starts[replaced] = from
        ends[replaced] = behind = to
        inserts[replaced++] = insert
        size += insert.length - (to - from)
      }
      return replaced === 0 ? undefined : joined(bytes, start, end, starts, ends, inserts, replaced, size)
    },

    countChanged() {
      for (const className of touched) count(tally.changed, className)
      touched.clear()
    },
  }
}

function replacementFrom(text: string): Replacement {
  const bytes = Buffer.from(text)
  const escaped = escape(text, '"')
  return { text, bytes, escaped: escaped.length === bytes.length ? bytes : Buffer.from(escaped, 'latin1') }
}

/** [start, end) with the first `n` ranges replaced. */
function joined(
  bytes: Uint8Array,
  start: number,
  end: number,
  starts: Int32Array,
  ends: Int32Array,
  inserts: readonly Uint8Array[],
  n: number,
  size: number,
): Uint8Array {
  const out = Buffer.allocUnsafe(size)
  let from = start
  let at = 0
  for (let i = 0; i < n; i++) {
    at = copy(bytes, from, starts[i], out, at)
    const insert = inserts[i]
    at = copy(insert, 0, insert.length, out, at)
    from = ends[i]
  }
  copy(bytes, from, end, out, at)
  return out
}

/** Short runs by hand, which is faster than a call. */
function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > 48) {
    to.set(from.subarray(start, end), at)
    return at + end - start
  }
  let position = at
  for (let i = start; i < end; i++) to[position++] = from[i]
  return position
}

const backslash = 0x5c
const letterU = 0x75

/** A find may begin with the last character of an escape, as in `\nana@…`: then the escape goes with it. */
function escapeStart(bytes: Uint8Array, start: number, at: number): number {
  if (isEscaped(bytes, start, at)) return at - 1
  for (let u = at - 1; u >= at - 4 && u > start; u--)
    if (bytes[u] === letterU && isEscaped(bytes, start, u)) return u - 1
  return at
}

/** The same at the end of a find. */
function escapeEnd(bytes: Uint8Array, start: number, at: number, end: number): number {
  for (let u = at; u >= at - 4 && u > start; u--) {
    if (bytes[u] === letterU && isEscaped(bytes, start, u)) return Math.min(end, u + 5)
  }
  return isEscaped(bytes, start, at) ? Math.min(end, at + 1) : at
}

function isEscaped(bytes: Uint8Array, start: number, at: number): boolean {
  let i = at
  while (i > start && bytes[i - 1] === backslash) i--
  return (at - i) % 2 === 1
}
