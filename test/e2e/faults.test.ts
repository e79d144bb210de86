// The short version of `npm run faults`: each fault once, a kill of the gateway five times. What was accepted is nowhere
// lost, the books balance, nothing personal comes out, and what comes twice was under way at the fault.
import { describe, expect, it } from 'vitest'
import { faultCases, judge } from '../../bench/faults/faults.ts'
import { measure } from '../../bench/faults/measure.ts'
import { measured, skipped } from './support/report.ts'

const kills = 5

describe('what was accepted arrives', () => {
  it.for(faultCases.map((fault) => [fault.what, fault] as const))('%s', async ([what, fault], { skip }) => {
    const result = await measure(fault, kills)
    if (typeof result === 'string') {
      skipped('faults', `${what}: ${result}`)
      skip(result)
      return
    }
    const { accepted, twice, twiceAtMost } = result.account
    const all = accepted.traces + accepted.logs + accepted.metrics
    measured(`fault, ${what}`, `${all} records accepted, none lost, ${twice} of at most ${twiceAtMost} twice`)
    expect(judge(fault, result.account)).toEqual([])
  })
})
