// What ran and what was skipped, one line a peer; printed at the end and kept for the CI's last lines.
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../.cache')
const file = join(folder, 'e2e-report.txt')

/** Vitest's global set-up: a new report for each run. */
export function setup(): void {
  mkdirSync(folder, { recursive: true })
  rmSync(file, { force: true })
}

export function ran(peer: string): void {
  appendFileSync(file, `ran      ${peer}\n`)
}

export function skipped(peer: string, reason: string): void {
  appendFileSync(file, `skipped  ${peer}: ${reason}\n`)
  console.log(`skipped ${peer}: ${reason}`)
}
