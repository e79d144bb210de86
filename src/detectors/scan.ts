// The state of one scan, shared by the verifiers.
import { type Candidates, addCandidate } from './candidates.ts'
import { type DetectorId, detectorIds } from './detector.ts'

export interface Scan {
  /** The text: the source, or its plain reading. */
  bytes: Uint8Array
  start: number
  end: number
  /** Bits of `hints`. */
  hint: number
  readonly found: Candidates
  /** Detectors in use, as bits by index. */
  readonly use: number
  readonly phoneRegions: readonly string[]
  readonly defaultRegion: string | undefined
  /** `hm:<id>:` of each key of the ring. */
  readonly pseudonymPrefixes: readonly string[]
  readonly pseudonymChars: number
  /** How far each family of finds has been looked at, by the family's bit number. */
  readonly until: Int32Array
  /** No @ stands between the last place it was looked for from and this one. */
  nextAt: number
  /** The @ behind the last user and password of a URL: what follows is a host, no domain of an address. */
  credentialsAt: number
  /** The end of the last unquoted value, and from where on it holds. */
  valueStart: number
  valueEnd: number
  /** How many names stand within it. */
  valueTries: number
}

export const indexOf = Object.fromEntries(detectorIds.map((id, i) => [id, i])) as Record<DetectorId, number>

export const uses = (scan: Scan, detector: number): boolean => (scan.use & (1 << detector)) !== 0

/** Notes a find, if its detector is in use. */
export function find(scan: Scan, detector: number, start: number, end: number): void {
  if (uses(scan, detector)) addCandidate(scan.found, start, end, detector)
}

/** The byte at `i`, 0 outside of the text. */
export const byteAt = (scan: Scan, i: number): number => (i >= scan.start && i < scan.end ? scan.bytes[i] : 0)
