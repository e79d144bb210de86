// Payment cards: 12 to 19 digits of a known issuer with a right check digit (Luhn), bare or in groups.
import { isDigit } from './bytes.ts'
import { type FindGroups, type NumberRun, atEdges, findGroups, gapAfter, groupEnd, toldBefore } from './number-run.ts'
import { indexOf, uses } from './scan.ts'
import { hints } from './telling-words.ts'

const detector = indexOf['credit-card']
const scratch = new Uint8Array(19)

export const cardGroups: FindGroups = (run, g) => {
  if (!uses(run.scan, detector) || run.length[g] > 19) return 0
  if (run.length[g] >= 12)
    return atEdges(run.scan, run.start[g], groupEnd(run, g)) && isCard(run, g, 1) ? findGroups(run, g, 1, detector) : 0
  if (run.length[g] !== 4 || g + 1 >= run.count) return 0
  const separator = run.scan.bytes[groupEnd(run, g)]
  if (separator !== 0x20 && separator !== 0x2d && separator !== 0x2e) return 0
  let digits = 4
  let best = 0
  for (let k = 1; g + k < run.count && digits <= 19; k++) {
    if (gapAfter(run, g + k - 1) !== 1 || run.scan.bytes[groupEnd(run, g + k - 1)] !== separator) break
    digits += run.length[g + k]
    if (digits > 19 || run.length[g + k] > 7 || (k > 1 && run.length[g + k - 1] < 4)) break
    if (k === 2 && run.length[g + 1] === 6 && run.length[g + 2] < 4) break
    if (digits >= 12 && k >= 2 && atEdges(run.scan, run.start[g], groupEnd(run, g + k)) && isCard(run, g, k + 1))
      best = k + 1
  }
  return best > 0 ? findGroups(run, g, best, detector) : 0
}

function isCard(run: NumberRun, g: number, groups: number): boolean {
  const { bytes } = run.scan
  let length = 0
  for (let i = run.start[g]; i < groupEnd(run, g + groups - 1); i++) {
    if (isDigit(bytes[i])) scratch[length++] = bytes[i] - 0x30
  }
  const grouped = groups > 1
  const told = toldBefore(run, g)
  // UATP begins with a 1, as every time does.
  const uatp = length === 15 && scratch[0] === 1 && (told & hints.card) !== 0
  if (!uatp && !isIssued(length, grouped)) return false
  if (!grouped && length <= 15 && (told & (hints.phone | hints.card)) === hints.phone) return false
  // Decimal ids of 64 bits are as long as the longest cards.
  if (!grouped && length >= 17 && (told & hints.card) === 0) return false
  if (hasLuhn(length) || isFiction(length)) return true
  // A typing error behind the word "card" is still a card number, all but one digit of it.
  return grouped && length >= 15 && (told & hints.card) !== 0
}

function hasLuhn(length: number): boolean {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const doubled = scratch[length - 1 - i] << (i & 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** Made-up numbers of examples, such as 4532 1234 5678 9010: sixteen digits that count up. */
function isFiction(length: number): boolean {
  if (length !== 16) return false
  let run = 1
  for (let i = 1; i < length; i++) {
    run = scratch[i] === scratch[i - 1] + 1 ? run + 1 : 1
    if (run === 9) return true
  }
  return false
}

const prefixOf = (digits: number): number => {
  let prefix = 0
  for (let i = 0; i < digits; i++) prefix = prefix * 10 + scratch[i]
  return prefix
}

/** Issuer ranges (ISO/IEC 7812) and the lengths each uses. Maestro's wide ranges count in groups only. */
function isIssued(length: number, grouped: boolean): boolean {
  const two = prefixOf(2)
  const three = prefixOf(3)
  const four = prefixOf(4)
  if (scratch[0] === 4) return length === 13 || length === 16 || length === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16
  if (two === 34 || two === 37) return length === 15
  if (four === 6011 || two === 65 || (three >= 644 && three <= 649)) return isUsual(length, grouped)
  if ((three >= 300 && three <= 305) || four === 3095 || two === 36 || two === 38 || two === 39)
    return length === 14 || (grouped && length > 14)
  if (four >= 3528 && four <= 3589) return isUsual(length, grouped)
  if (four >= 2200 && four <= 2204) return isUsual(length, grouped)
  // Uzcard, Humo, Napas, Troy: national schemes.
  if (four === 8600 || four === 9860 || four === 9704 || four === 9792) return length === 16
  if (two === 62 || two === 81 || two === 82 || two === 60 || two === 63 || two === 50)
    return isUsual(length, grouped) || isMaestro(four, length, grouped)
  return isMaestro(four, length, grouped)
}

/** Bare digits of other lengths that issuers could use are mostly ids. */
const isUsual = (length: number, grouped: boolean): boolean =>
  length === 16 || length === 19 || (grouped && length > 15)

function isMaestro(four: number, length: number, grouped: boolean): boolean {
  if (length < 12) return false
  const known = four === 5018 || four === 5020 || four === 5038 || four === 5893 || four === 6304 || four === 6759
  const rest =
    (four >= 6761 && four <= 6763) || four === 6767 || four === 6390 || four === 6706 || four === 6771 || four === 6709
  if (known || rest) return true
  return grouped && length >= 15 && (scratch[0] === 6 || (prefixOf(2) >= 56 && prefixOf(2) <= 58) || prefixOf(2) === 97)
}
