// Brazilian person numbers: 123.456.789-09, any usual grouping or bare, with right check digits.
import { isDigit } from './bytes.ts'
import { type FindGroups, type NumberRun, atEdges, findGroups, groupEnd, hasShape, toldBefore } from './number-run.ts'
import { indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf.cpf
const scratch = new Uint8Array(11)
const grouped = [3, 3, 3, 2]
const halved = [9, 2]

export const cpfGroups: FindGroups = (run, g) => {
  if (!uses(run.scan, detector)) return 0
  if (run.length[g] === 11) return isCpf(run, g, 1) ? findGroups(run, g, 1, detector) : 0
  if (run.length[g] === 9) return hasShape(run, g, halved) && isCpf(run, g, 2) ? findGroups(run, g, 2, detector) : 0
  if (run.length[g] !== 3 || !hasShape(run, g, grouped)) return 0
  return isCpf(run, g, 4) ? findGroups(run, g, 4, detector) : 0
}

function isCpf(run: NumberRun, g: number, groups: number): boolean {
  const { bytes } = run.scan
  if (!atEdges(run.scan, run.start[g], groupEnd(run, g + groups - 1))) return false
  let length = 0
  for (let i = run.start[g]; i < groupEnd(run, g + groups - 1); i++) {
    if (isDigit(bytes[i])) scratch[length++] = bytes[i] - 0x30
  }
  const told = toldBefore(run, g)
  if ((told & hints.cpf) !== 0) return true
  if (groups === 1 && (told & hints.phone) !== 0) return false
  return checks()
}

function checks(): boolean {
  let same = true
  let ascending = true
  for (let i = 1; i < 11; i++) {
    if (scratch[i] !== scratch[0]) same = false
    if (scratch[i] !== (scratch[i - 1] + 1) % 10) ascending = false
  }
  return !same && !ascending && checkDigit(9) === scratch[9] && checkDigit(10) === scratch[10]
}

/** Modulo 11 over the first `count` digits. */
function checkDigit(count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += scratch[i] * (count + 1 - i)
  const rest = (sum * 10) % 11
  return rest === 10 ? 0 : rest
}
