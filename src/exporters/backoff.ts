// How long to wait before the next attempt: exponential with jitter, so that gateways which lost a backend together do
// not come back together. Between the attempts of the sending exporters and of the file exporter.
import type { RetryOptions } from './options.ts'

/** The longest wait that is taken from a server, and what a timer can hold. */
export const maxDelayMs = 24 * 3_600_000

/** The waits between one request's attempts, in ms. `random` is in [0, 1). */
export function createBackoff(options: RetryOptions, random: () => number = Math.random): () => number {
  let intervalMs = options.initialIntervalMs
  return () => {
    const delayMs = intervalMs * (1 + options.randomizationFactor * (2 * random() - 1))
    intervalMs = Math.min(intervalMs * options.multiplier, options.maxIntervalMs)
    return Math.min(delayMs, maxDelayMs)
  }
}

/**
 * A `Retry-After` header in ms from now: seconds, or an HTTP date (RFC 9110, 10.2.3). Undefined for anything else; a date
 * that has passed is 0.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, maxDelayMs)
  // Date.parse alone takes far more than dates: "-1" is the year 2001 to it.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(0, atMs - nowMs), maxDelayMs)
}
