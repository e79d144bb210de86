// What ran and what was skipped, one line a peer; printed at the end and kept for the CI's last lines. The run fails
// when a peer that is at hand was skipped, and when a process that it started outlived it.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { faultsOf } from './faults.ts'
import { findPeer, peerNames } from './peers.ts'
import { killOrphans, watchProcesses } from './processes.ts'

const file = process.env['E2E_REPORT'] ?? resolve(import.meta.dirname, '../../../.cache/e2e-report.txt')

let isWholeRun: () => Promise<boolean>

/** Vitest's global set-up: a new report for each run. */
export function setup(project: TestProject): void {
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  watchProcesses()
  isWholeRun = async () => {
    const { vitest } = project
    const ran = vitest.state.getFiles().length
    return vitest.config.testNamePattern === undefined && ran === (await project.globTestFiles()).testFiles.length
  }
}

/** Prints the report. Throws, which fails the run, when something at hand was skipped or is still running. */
export async function teardown(): Promise<void> {
  const report = existsSync(file) ? readFileSync(file, 'utf8') : ''
  console.log(`\n${report}`)
  const faults = killOrphans().map((name) => `${name} was still running at the end and was killed`)
  // A run of some files says nothing of the others' peers.
  if (await isWholeRun()) {
    const found = peerNames.filter((name) => 'path' in findPeer(name))
    faults.push(...faultsOf(report, found))
  }
  if (faults.length > 0) throw new Error(`the end-to-end run does not count:\n  ${faults.join('\n  ')}`)
}

/** @param what the peer's name first: `loki: read back over HTTP` */
export function ran(what: string): void {
  appendFileSync(file, `ran      ${what}\n`)
}

export function skipped(peer: string, reason: string): void {
  appendFileSync(file, `skipped  ${peer}: ${reason}\n`)
  console.log(`skipped ${peer}: ${reason}`)
}

/** A figure of this run. It is printed and never asserted: the machine decides about it. */
export function measured(what: string, figure: string): void {
  appendFileSync(file, `measured ${what}: ${figure}\n`)
}
