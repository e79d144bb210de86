// The short version of `npm run faults`: each fault once, a kill of the gateway five times. What was accepted is nowhere
// lost, the books balance, nothing personal comes out, and what comes twice was under way at the fault.
import { describe, expect, it } from 'vitest'
import { faultCases, judge } from '../../bench/faults/faults.ts'
import { settle, startRig } from '../../bench/faults/rig.ts'
import { measured } from './support/report.ts'

const kills = 5

describe('what was accepted arrives', () => {
  it.for(faultCases.map((fault) => [fault.what, fault] as const))('%s', async ([what, fault], { skip }) => {
    const prepared = fault.prepare?.() ?? {}
    if ('why' in prepared) return skip(prepared.why)
    try {
      const rig = await startRig(prepared)
      await fault.run(rig, kills).catch(async (error: unknown) => {
        await rig.stop().catch(() => {})
        throw error
      })
      const account = await settle(rig)
      const { accepted, twice, twiceAtMost } = account
      const all = accepted.traces + accepted.logs + accepted.metrics
      measured(`fault, ${what}`, `${all} records accepted, none lost, ${twice} of at most ${twiceAtMost} twice`)
      expect(judge(fault, account)).toEqual([])
    } finally {
      prepared.cleanUp?.()
    }
  })
})
