// The committed figures: their shape, and where they are. `npm run generate` makes the table of docs/delivery.md from them.
import { readFileSync } from 'node:fs'
import type { Account } from './rig.ts'

export interface Results {
  /** ISO date. */
  readonly date: string
  readonly node: string
  /** Processor and number of its cores. */
  readonly machine: string
  /** Requests of one signal that the exporter had under way at most. */
  readonly consumers: number
  readonly faults: readonly FaultResult[]
}

export interface FaultResult {
  readonly name: string
  readonly what: string
  /** How often the gateway was killed. */
  readonly kills: number
  readonly account: Account
}

export const resultsFile = new URL('results.json', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(resultsFile, 'utf8')) as Results
