// Verifies runs of digits: asks each kind of number, most specific first, what begins at each group.
import { isHex } from './bytes.ts'
import { cardGroups } from './credit-card.ts'
import { cnpjGroups } from './cnpj.ts'
import { cpfGroups } from './cpf.ts'
import {
  type FindGroups,
  type NumberRun,
  createRun,
  groupEnd,
  maxGroups,
  overlap,
  readGroups,
  runStart,
} from './number-run.ts'
import { phoneGroups } from './phone.ts'
import { isDate } from './phone-shape.ts'
import { type Scan, byteAt, indexOf, uses } from './scan.ts'
import { telegramToken } from './shaped-key.ts'
import { ssnGroups } from './us-ssn.ts'

const verifiers: readonly FindGroups[] = [cardGroups, cnpjGroups, cpfGroups, ssnGroups, phoneGroups]

let run: NumberRun | undefined

/** Looks at the whole run around `at`, from `until` on; returns where it ends. */
export function verifyDigits(scan: Scan, at: number, until: number): number {
  run ??= createRun(scan)
  run.scan = scan
  let from = runStart(scan, at, Math.max(scan.start, until))
  for (;;) {
    const end = readGroups(run, from)
    lookAt(run)
    if (run.count < maxGroups) return end
    from = run.start[maxGroups - overlap]
  }
}

function lookAt(run: NumberRun): void {
  // Most runs of a log are dates.
  if (run.count <= 3 && isDate(run, 0)) return
  for (let g = 0; g < run.count;) {
    if (uses(run.scan, indexOf['api-key']) && telegramToken(run.scan, run.start[g], groupEnd(run, g))) {
      g++
      continue
    }
    const start = run.start[g]
    if (isGlued(run.scan, start) && insideUuid(run.scan, start)) {
      g++
      continue
    }
    let taken = 0
    for (const verify of verifiers) {
      taken = verify(run, g)
      if (taken > 0) break
    }
    g += Math.max(taken, 1)
  }
}

function isGlued(scan: Scan, start: number): boolean {
  const before = byteAt(scan, start - 1)
  const far = byteAt(scan, start + 8)
  return before === 0x2d || far === 0x2d || isHex(before)
}

/** Where the parts of a UUID begin. */
const uuidParts = [0, 9, 14, 19, 24]
const longestPart = 12

/** Whether the digits at `start` are within a part of a UUID. */
function insideUuid(scan: Scan, start: number): boolean {
  // The part may begin with letters.
  let first = start
  while (first > start - longestPart && isHex(byteAt(scan, first - 1))) first--
  for (const part of uuidParts) if (isUuid(scan, first - part)) return true
  return false
}

function isUuid(scan: Scan, from: number): boolean {
  const { bytes } = scan
  if (from < scan.start || from + 36 > scan.end) return false
  if (bytes[from + 8] !== 0x2d || bytes[from + 13] !== 0x2d || bytes[from + 18] !== 0x2d || bytes[from + 23] !== 0x2d)
    return false
  for (let k = 0; k < 36; k++) {
    if (k !== 8 && k !== 13 && k !== 18 && k !== 23 && !isHex(bytes[from + k])) return false
  }
  return true
}
