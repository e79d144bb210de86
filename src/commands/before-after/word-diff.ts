// Two texts word by word, for a terminal: what went is marked in the one, what came in the other.
import { diffWordsWithSpace } from 'diff'

/** A piece of a text, and whether the other text has it too. */
export interface Piece {
  readonly text: string
  readonly isSame: boolean
}

/** Texts that differ in more words than this are all different: to look further would take long and say little. */
const maxEdits = 400

/** The pieces of both texts; the texts of each side join to the text itself. */
export function wordDiff(before: string, after: string): { readonly before: Piece[]; readonly after: Piece[] } {
  const parts = diffWordsWithSpace(before, after, { maxEditLength: maxEdits }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ]
  const side = (other: 'added' | 'removed', own: 'added' | 'removed'): Piece[] =>
    parts.filter((part) => !part[other]).map((part) => ({ text: part.value, isSame: !part[own] }))
  return { before: side('added', 'removed'), after: side('removed', 'added') }
}
