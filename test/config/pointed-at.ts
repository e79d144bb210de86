// What a diagnostic points at, as text: easier to check than a column.
import { expect } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'

/** One of the diagnostics has the file's name and a position at which this stands. */
export function expectPointer(diagnostics: readonly Diagnostic[], text: string, mark: string): void {
  const lines = text.split('\n')
  const marked = diagnostics.map(({ file, position }) =>
    file.endsWith('gateway.yaml') && position ? lines[position.line - 1].slice(position.column - 1) : '',
  )
  expect(marked.map((rest) => rest.slice(0, mark.length))).toContain(mark)
}
