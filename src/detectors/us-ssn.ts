// US social security numbers: 123-45-6789, and with the name before it also bare or with other separators.
import { type FindGroups, atEdges, findGroups, groupEnd, hasShape, separatorAfter, toldBefore } from './number-run.ts'
import { indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf['us-ssn']
const grouped = [3, 2, 4]

export const ssnGroups: FindGroups = (run, g) => {
  if (!uses(run.scan, detector)) return 0
  const { bytes } = run.scan
  const start = run.start[g]
  if (run.length[g] === 9) {
    const told = (toldBefore(run, g) & hints.ssn) !== 0
    return told && atEdges(run.scan, start, start + 9) && isIssuable(bytes, start, start + 3, start + 5)
      ? findGroups(run, g, 1, detector)
      : 0
  }
  if (run.length[g] !== 3 || !hasShape(run, g, grouped)) return 0
  const separator = separatorAfter(run, g)
  if (separator !== separatorAfter(run, g + 1) || !atEdges(run.scan, start, groupEnd(run, g + 2))) return 0
  if (separator !== 0x2d && (toldBefore(run, g) & hints.ssn) === 0) return 0
  // `011-15-2345-6789`: part of a longer number.
  if (separatorAfter(run, g + 2) === separator || (g > 0 && separatorAfter(run, g - 1) === separator)) return 0
  return isIssuable(bytes, start, run.start[g + 1], run.start[g + 2]) ? findGroups(run, g, 3, detector) : 0
}

/** No area 000, 666 or 9xx, no group 00, no serial 0000. */
function isIssuable(bytes: Uint8Array, area: number, group: number, serial: number): boolean {
  const of = (at: number, count: number): number => {
    let value = 0
    for (let i = at; i < at + count; i++) value = value * 10 + bytes[i] - 0x30
    return value
  }
  const first = of(area, 3)
  return first !== 0 && first !== 666 && first < 900 && of(group, 2) !== 0 && of(serial, 4) !== 0
}
