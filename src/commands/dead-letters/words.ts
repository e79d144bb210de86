// The words for what lies on the two shelves: dead letters, and the quarantine.
import type { Shelf } from '../../queue/stored.ts'

interface Words {
  /** The command whose `list` shows them. */
  readonly command: string
  readonly one: string
  readonly many: string
  /** There is nothing. */
  readonly none: string
  /** What sends them again. */
  readonly replay: string
}

export const words: Readonly<Record<Shelf, Words>> = {
  'dead-letters': {
    command: 'dead-letters',
    one: 'dead letter',
    many: 'dead letters',
    none: 'There are no dead letters.',
    replay: 'replay',
  },
  quarantine: {
    command: 'quarantine',
    one: 'quarantine entry',
    many: 'quarantine entries',
    none: 'The quarantine is empty.',
    replay: 'quarantine replay',
  },
}

/** `3 dead letters`, `1 quarantine entry`. */
export function countedOn(shelf: Shelf, number: number): string {
  const { one, many } = words[shelf]
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}
