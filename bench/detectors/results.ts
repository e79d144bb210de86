// The committed figures: their shape, and where they are. `npm run generate` makes the documentation and
// `src/detectors/measured.ts` from them.
import { readFileSync } from 'node:fs'
import type { DetectorId } from '../../src/detectors/detector.ts'
import type { Measured } from './measure.ts'
import type { Speed } from './speed.ts'

export interface Results {
  /** Of the texts of the corpus that was measured on: SHA-256. */
  readonly corpus: string
  readonly node: string
  /** What was measured: ours first. */
  readonly measured: readonly (Measured & {
    readonly name: string
    readonly version: string
    readonly claims: readonly DetectorId[]
    readonly speed: Speed
  })[]
  /** Texts without personal data in which a detector of ours found something. */
  readonly falseAlarmsBy: Readonly<Record<DetectorId, number>>
  /** Values that went under the name of their own detector. */
  readonly named: Readonly<Record<DetectorId, number>>
  /** Ours on bytes: MB a second of CPU time on strings of spans and lines of logs; `growth` as in speed.ts. */
  readonly scan: {
    readonly spans: number
    readonly logs: number
    readonly growth: { readonly ratio: number; readonly slowest: number }
  }
}

export const resultsFile = new URL('results.json', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(resultsFile, 'utf8')) as Results
