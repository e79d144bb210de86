// Demo traffic that goes on: for looking at a dashboard. Shows no record; a gateway that is away is waited for.
import { setTimeout as sleep } from 'node:timers/promises'
import { print } from '../command.ts'
import type { Output } from '../command.ts'
import { demoSender, NotTakenError } from './send.ts'
import { demoTraffic } from './traffic.ts'

export interface ContinuousOptions {
  /** `http://127.0.0.1:4318` */
  readonly endpoint: string
  /** Requests a second; each holds one record. */
  readonly rate: number
  /** When to end by itself, in milliseconds; never unless given. */
  readonly durationMs?: number
}

/** What a request that was not taken is followed by. */
const pauseMs = 1_000

/** Sends until it is stopped or the time is over. A request that is not taken is not sent again. */
export async function sendContinuously(
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
  { endpoint, rate, durationMs }: ContinuousOptions,
  stop: AbortSignal,
): Promise<void> {
  const over = durationMs === undefined ? stop : AbortSignal.any([stop, AbortSignal.timeout(durationMs)])
  const sender = demoSender({ http: endpoint })
  let sent = 0
  let notTaken = 0
  /** Said once for each time that the gateway goes away. */
  let trouble = false
  const end = durationMs === undefined ? 'until stopped' : `for ${durationMs / 1_000} s`
  print(stdout, `Made-up events of six projects, ${rate} a second, to ${endpoint}, ${end}.`)
  // Each request has its moment, so that a slow answer does not lower the rate.
  let next = performance.now()
  for (const request of demoTraffic({ seed: Date.now(), now: Date.now })) {
    try {
      await sender.send(request)
      if (trouble) print(stdout, 'sending again')
      trouble = false
      sent++
      next += 1_000 / rate
    } catch (error) {
      if (!(error instanceof NotTakenError)) throw error
      if (!trouble) print(stderr, `waiting: ${error.message}`)
      trouble = true
      notTaken++
      next = performance.now() + pauseMs
    }
    // What could not be sent in time is not made up for in a burst.
    next = Math.max(next, performance.now() - pauseMs)
    await sleep(Math.max(0, next - performance.now()), undefined, { signal: over }).catch(() => {})
    if (over.aborted) break
  }
  sender.close()
  print(stdout, `sent ${sent}, not taken ${notTaken}`)
}
