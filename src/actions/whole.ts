// Values that an action replaces as a whole. User and session ids come with every record: what became of a text is
// remembered.
import type { Action } from './action.ts'
import { applyToText, replacementText, type Means, type Place } from './apply.ts'
import { Recent } from './recent.ts'
import { textOf } from './utf8.ts'

export interface WholeTreatment {
  /** What the action makes of valid UTF-8 [start, end), by what the text is; undefined: unchanged. Shared bytes. */
  apply(action: Action, bytes: Uint8Array, start: number, end: number, place: Place): Uint8Array | undefined
  /** What the action `replace` makes of [start, end), whatever it is; undefined: unchanged. Shared bytes. */
  replace(text: string, bytes: Uint8Array, start: number, end: number, className: string): Uint8Array | undefined
}

const generation = 4096
/** Longer texts are not remembered. */
const longestRemembered = 128

export function createWholeTreatment(means: Means): WholeTreatment {
  // Actions are few and live as long as the ruleset; null: unchanged.
  const known = new Map<Action, Record<'low' | 'other', Recent<Uint8Array | null>>>()
  const replacements = new Map<string, Uint8Array>()
  return {
    apply(action, bytes, start, end, place) {
      let recent = known.get(action)
      if (recent === undefined)
        known.set(action, (recent = { low: new Recent(generation), other: new Recent(generation) }))
      const own = place.low ? recent.low : recent.other
      const text = textOf(bytes, start, end)
      const remembered = own.get(text)
      if (remembered !== undefined) return remembered ?? undefined
      const applied = applyToText(action, text, place, means)
      const made = applied === text || applied === null ? null : Buffer.from(applied)
      if (text.length <= longestRemembered) own.set(text, made)
      return made ?? undefined
    },

    replace(text, bytes, start, end, className) {
      const filled = replacementText(text, className)
      let replacement = replacements.get(filled)
      if (replacement === undefined) replacements.set(filled, (replacement = Buffer.from(filled)))
      return isSame(replacement, bytes, start, end) ? undefined : replacement
    },
  }
}

function isSame(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== expected.length) return false
  for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false
  return true
}
