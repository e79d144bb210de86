// What the corpus is made of, and which half of it a text belongs to.
import type { DetectorId } from '../../src/detectors/detector.ts'

/** A made-up value as one form writes it, before it stands in a text. */
export interface Value {
  readonly detector: DetectorId
  /** What the recall is broken down by: a format, a brand, a vendor. */
  readonly form: string
  /** As it is written. */
  readonly written: string
  /** What of it must go: the part that tells. The whole of `written` if not given. */
  readonly secret?: string
  /** The kind of surroundings it is found in. */
  readonly frames: FrameKind
}

/**
 * `any`: the value tells what it is. `phone`, `ssn` …: a word before it does. `whole`: it brings its own surroundings.
 */
export type FrameKind = 'any' | 'phone' | 'card' | 'cnpj' | 'ssn' | 'password' | 'secret' | 'mac' | 'whole'

/** A text with a value in it. */
export interface Positive {
  readonly detector: DetectorId
  readonly form: string
  readonly text: string
  /** What must go, as it stands in the text. */
  readonly secret: string
  /** Where it stands. */
  readonly at: number
}

/** A text in which only what is marked may be found. */
export interface Negative {
  /** What it is: a scheme of ids, a tool. */
  readonly kind: string
  readonly text: string
  /** Where something personal stands in it after all: [start, end) pairs. */
  readonly personal: readonly (readonly [start: number, end: number])[]
}

/** Detectors are improved on one half and measured on the other, which nobody looks at. */
export type Half = 'tuning' | 'held-out'

/** The half a collected line belongs to: by its text, for good. */
export function halfOf(text: string): Half {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 15)) & 1) === 0 ? 'tuning' : 'held-out'
}

/** The seeds of the values. */
export const seeds: Readonly<Record<Half, number>> = { tuning: 4711, 'held-out': 20261122 }
