// One fault, from the start of a gateway to the account.
import type { FaultCase } from './fault-case.ts'
import type { FaultResult } from './results.ts'
import { settle, startRig } from './rig.ts'

/** @returns the figures; a text: what this machine lacks for the fault */
export async function measure(fault: FaultCase, kills: number): Promise<FaultResult | string> {
  const prepared = fault.prepare?.() ?? {}
  if ('why' in prepared) return prepared.why
  try {
    const rig = await startRig(prepared)
    try {
      await fault.run(rig, kills)
    } catch (error) {
      await rig.stop().catch(() => {})
      throw error
    }
    const account = await settle(rig)
    return { name: fault.name, what: fault.what, kills: rig.kills, account }
  } finally {
    prepared.cleanUp?.()
  }
}
