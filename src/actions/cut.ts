// Cutting text to a number of bytes: at the end of a character, and never inside what stands for something else.
import { detectorIds, kindOf } from '../detectors/detector.ts'
import type { Action } from './action.ts'
import { replacementText } from './apply.ts'
import { literal, type Pseudonyms } from './pseudonym.ts'
import { binaryOf, binaryOfText, characterStart } from './utf8.ts'

/** Where to cut [start, end), which is longer than `limit` bytes: a position at most `limit` behind `start`. */
export type Cut = (bytes: Uint8Array, start: number, end: number, limit: number) => number

/**
 * A cut inside a replacement or pseudonym moves before it: half a pseudonym is nobody's, and half a `[REDACTED]` tells
 * less than nothing. What these are is told from the text itself, so those of an earlier pass count as well.
 * @param classes the actions by class, whose replacement texts are known by that
 * @param detectors the ids of all detectors
 */
export function createCut(
  classes: ReadonlyMap<string, Action>,
  pseudonyms: Pseudonyms,
  detectors: readonly string[] = detectorIds,
): Cut {
  const texts = [...replacements(classes, detectors)].map(binaryOfText).sort((a, b) => b.length - a.length)
  const source = [
    `(?:\\+\\d{1,3} |\\[email\\]@)?(?:${pseudonyms.pattern})(?:(?:@|%40)[a-z.]{1,32})?`,
    '\\[email\\]@[a-zA-Z0-9.-]{1,253}',
    '\\+\\d{1,3}(?:@|%40)[a-z.]{1,32}',
    ...texts.map(literal),
  ].join('|')
  const token = new RegExp(source, 'g')
  // No token is longer, so one that the cut would hit lies wholly within this reach of it.
  const reach = Math.max(512, ...pseudonyms.keyIds.map((id) => id.length + 192), ...texts.map((text) => text.length))
  return (bytes, start, end, limit) => {
    const at = characterStart(bytes, start, start + limit)
    const from = Math.max(start, at - reach)
    const window = binaryOf(bytes, from, Math.min(end, at + reach))
    for (const found of window.matchAll(token)) {
      const tokenStart = from + found.index
      if (tokenStart >= at) break
      if (tokenStart + found[0].length > at) return tokenStart
    }
    return at
  }
}

function replacements(classes: ReadonlyMap<string, Action>, detectors: readonly string[]): Set<string> {
  const texts = new Set(['****', '[REDACTED]', '[undecodable]', '[email]'])
  const kinds = detectors.map(kindOf)
  for (const kind of kinds) texts.add(`{${kind}}`)
  for (const [name, action] of classes) {
    if (action.is === 'path') texts.add(action.home)
    if (action.is === 'replace') for (const kind of [name, ...kinds]) texts.add(replacementText(action.text, kind))
  }
  texts.delete('')
  return texts
}
