// A fault in a user's text: a value, never an exception. Rendered by render.ts.

/** A place in a file. Lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
  /** Length of the marked text on that line, at least 1. */
  readonly length: number
}

export interface Diagnostic {
  /** Stable, such as `config/unknown-key`. */
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string
  readonly file: string
  readonly position?: Position
  /** Why it matters, or how to mend it. */
  readonly help?: string
}
