// A made-up value that stands for personal data: what is planted, and what must not be found afterwards.

export interface Secret {
  readonly kind: string
  /** What is planted. */
  readonly text: string
  /** What must not be found anywhere: the whole, and parts that give it away. Each has four bytes or more. */
  readonly traces: readonly string[]
  /** The digits of a number, without separators and signs. */
  readonly digits?: string
  /** The attribute name that it stands under; without one, a name that tells nothing. */
  readonly key?: string
  /** It is found only as a whole value, not in the middle of a sentence. */
  readonly isWhole?: boolean
}
