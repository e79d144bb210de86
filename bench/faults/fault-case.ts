// What a fault is: what is done while the senders send, and what it demands beyond what every fault does.
import type { Account, Rig, RigSettings } from './rig.ts'

export interface FaultCase {
  /** For `--only`. */
  readonly name: string
  /** For the table. */
  readonly what: string
  /** What the gateway is started with; `why`: what this machine lacks for the fault. */
  prepare?(): Prepared | { readonly why: string }
  /** @param kills how often the gateway is to be killed, where that is the fault */
  run(rig: Rig, kills: number): Promise<void>
  /** What else the account must show; words for what is wrong. */
  wants?(account: Account): string | undefined
}

interface Prepared extends RigSettings {
  cleanUp?(): void
}
