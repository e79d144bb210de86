// Compares what a panel answers with what it should.
import type { Figures } from './ask.ts'
import type { Expected } from './expected.ts'

/** What differs; figures that are computed in another order differ in their last bits. */
export function faultsOf(figures: Figures, expected: Expected): string[] {
  const keys = new Set([...Object.keys(figures), ...Object.keys(expected)])
  return [...keys].sort().flatMap((key) => {
    const [found, wanted] = [figures[key], expected[key]]
    if (found !== undefined && wanted !== undefined && isRight(found, wanted)) return []
    return [`{${key}} is ${found ?? 'not there'}, and should be ${describe(wanted)}`]
  })
}

function isRight(found: number, wanted: Expected[string]): boolean {
  const [from, to] = typeof wanted === 'number' ? [wanted, wanted] : wanted
  const slack = 1e-9 * Math.abs(to)
  return found >= from - slack && found <= to + slack
}

function describe(wanted: Expected[string] | undefined): string {
  if (wanted === undefined) return 'nothing'
  return typeof wanted === 'number' ? String(wanted) : `from ${wanted[0]} to ${wanted[1]}`
}
