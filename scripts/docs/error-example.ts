// What shows a code of a diagnostic: a file that earns it, and how to mend that.

export interface ErrorExample {
  /** The code without its area. */
  readonly name: string
  readonly yaml: string
  readonly mend: string
  readonly env?: Readonly<Record<string, string>>
  /** Said by `test`, which plants values of these. */
  readonly planted?: readonly string[]
  /** Other files that the example has, by name; a file that is not there cannot be read. */
  readonly files?: Readonly<Record<string, string>>
}
