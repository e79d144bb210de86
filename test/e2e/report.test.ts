// The end-to-end run can fail for what it did not do.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultsOf } from './support/faults.ts'
import { killOrphans, startServer, temporaryFolder, watchProcesses } from './support/processes.ts'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** A whole end-to-end run of one test that passes and skips every peer. */
function runThatSkips(peers: string): { status: number | null; output: string; report: string } {
  const report = join(temporaryFolder('e2e-report'), 'report.txt')
  const root = resolve(import.meta.dirname, '../..')
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', '--config', 'vitest.e2e.config.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      E2E_INCLUDE: 'test/e2e/support/fixtures/skips.test.ts',
      E2E_REPORT: report,
      PEERS_ONLY: peers,
    },
    timeout: 60_000,
  })
  return { status, output: stdout + stderr, report: readFileSync(report, 'utf8') }
}

describe('the end of an end-to-end run', () => {
  it('kills what a test left running, and names it', async () => {
    const ofTheRun = process.env['E2E_PROCESSES']
    try {
      watchProcesses()
      const [left, stopped] = [
        await startServer('sleep', ['600'], () => true),
        await startServer('sleep', ['600'], () => true),
      ]
      await stopped.stop()
      const ended = once(left.process, 'exit')
      expect(killOrphans()).toEqual(['sleep'])
      await ended
      expect(killOrphans()).toEqual([])
    } finally {
      // As it was: what is started from now on belongs to the run again.
      if (ofTheRun === undefined) delete process.env['E2E_PROCESSES']
      else process.env['E2E_PROCESSES'] = ofTheRun
    }
  })
})

describe('the report of an end-to-end run', () => {
  it('fails a run that skipped a peer at hand, and names it', () => {
    const peers = temporaryFolder('peers')
    writeFileSync(join(peers, 'loki'), '#!/bin/sh\n')
    chmodSync(join(peers, 'loki'), 0o755)
    const { status, output, report } = runThatSkips(peers)
    expect(report).toContain('skipped  loki: no reason')
    expect(output).toContain('loki is at hand and was skipped')
    expect(output).not.toContain('tempo is at hand')
    expect(output).toContain('1 passed')
    expect(status).not.toBe(0)
  })

  it('lets a run pass that had nothing at hand', () => {
    const { status, output } = runThatSkips(temporaryFolder('no-peers'))
    expect(output).toContain('1 passed')
    expect(status).toBe(0)
  })

  it('asks of every peer at hand that some test says that it ran', () => {
    const report =
      'ran      loki: read back\nran      otelcol behind the gateway\nskipped  jaeger: no\nmeasured loki: 3 ms\n'
    expect(faultsOf(report, ['loki', 'otelcol'])).toEqual([])
    expect(faultsOf(report, ['loki', 'jaeger'])).toEqual(['jaeger is at hand and was skipped'])
    expect(faultsOf(report, ['prometheus'])).toEqual(['prometheus is at hand, and no test says that it ran'])
    // The stand-in is not the thing.
    expect(faultsOf('ran      tempo-stand-in: all\n', ['tempo'])).toHaveLength(1)
  })
})
