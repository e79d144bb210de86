// What the verifiers found in one text, before overlaps are resolved.
import { type DetectorId, type Finds, detectorIds, maxFinds } from './detector.ts'

/** Verifiers may name one thing twice (a number and the JID around it); more than this and the text is full of finds. */
const capacity = maxFinds * 4

/** Where two finds overlap in equal length the earlier of this list is the more specific. */
const bySpecificity: readonly DetectorId[] = [
  ...(['private-key', 'jwt', 'url-credentials', 'api-key', 'whatsapp-jid', 'email', 'iban', 'credit-card'] as const),
  ...(['cnpj', 'cpf', 'us-ssn', 'phone', 'mac', 'ipv6', 'ipv4', 'home-path'] as const),
]
const specificity = Int32Array.from(detectorIds, (id) => bySpecificity.length - bySpecificity.indexOf(id))

export interface Candidates {
  count: number
  overflow: boolean
  readonly start: Int32Array
  readonly end: Int32Array
  readonly detector: Uint8Array
  /** Pseudonyms of ours: nothing that touches one is a find. */
  shields: number
  readonly shieldStart: Int32Array
  readonly shieldEnd: Int32Array
}

export const createCandidates = (): Candidates => ({
  count: 0,
  overflow: false,
  start: new Int32Array(capacity),
  end: new Int32Array(capacity),
  detector: new Uint8Array(capacity),
  shields: 0,
  shieldStart: new Int32Array(capacity),
  shieldEnd: new Int32Array(capacity),
})

export const createFinds = (): Finds => ({
  count: 0,
  start: new Int32Array(maxFinds),
  end: new Int32Array(maxFinds),
  detector: new Uint8Array(maxFinds),
})

export function addCandidate(list: Candidates, start: number, end: number, detector: number): void {
  if (list.count === capacity) {
    list.overflow = true
    return
  }
  list.start[list.count] = start
  list.end[list.count] = end
  list.detector[list.count++] = detector
}

export function addShield(list: Candidates, start: number, end: number): void {
  // A text of hundreds of pseudonyms is replaced as a whole rather than looked at in part.
  if (list.shields === capacity) {
    list.overflow = true
    return
  }
  list.shieldStart[list.shields] = start
  list.shieldEnd[list.shields++] = end
}

/** Offsets of the finds are `origin[offset]` where there is an origin. Returns their number, -1 for too many. */
export function resolve(list: Candidates, finds: Finds, origin: Int32Array | undefined): number {
  finds.count = 0
  if (list.overflow) return -1
  sortByStart(list)
  for (let i = 0; i < list.count; i++) {
    if (isShielded(list, i)) continue
    const last = finds.count - 1
    if (last >= 0 && list.start[i] < finds.end[last]) {
      merge(list, i, finds, last)
    } else if (finds.count === maxFinds) {
      return -1
    } else {
      finds.start[finds.count] = list.start[i]
      finds.end[finds.count] = list.end[i]
      finds.detector[finds.count++] = list.detector[i]
    }
  }
  if (origin !== undefined) {
    for (let i = 0; i < finds.count; i++) {
      finds.start[i] = origin[finds.start[i]]
      finds.end[i] = origin[finds.end[i]]
    }
  }
  return finds.count
}

/** Overlapping finds become one, under the name of the longer: nothing that either covers may stay. */
function merge(list: Candidates, i: number, finds: Finds, into: number): void {
  const length = list.end[i] - list.start[i]
  const longest = finds.end[into] - finds.start[into]
  const better =
    length > longest || (length === longest && specificity[list.detector[i]] > specificity[finds.detector[into]])
  if (better) finds.detector[into] = list.detector[i]
  if (list.end[i] > finds.end[into]) finds.end[into] = list.end[i]
}

function isShielded(list: Candidates, i: number): boolean {
  for (let s = 0; s < list.shields; s++) {
    if (list.start[i] < list.shieldEnd[s] && list.end[i] > list.shieldStart[s]) return true
  }
  return false
}

/** Insertion sort: few, nearly sorted. */
function sortByStart(list: Candidates): void {
  const { start, end, detector } = list
  for (let i = 1; i < list.count; i++) {
    const s = start[i]
    const e = end[i]
    const d = detector[i]
    let k = i
    for (; k > 0 && start[k - 1] > s; k--) {
      start[k] = start[k - 1]
      end[k] = end[k - 1]
      detector[k] = detector[k - 1]
    }
    start[k] = s
    end[k] = e
    detector[k] = d
  }
}
