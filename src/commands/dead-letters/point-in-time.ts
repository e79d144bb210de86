// `2h` (before now), or a date and time of ISO 8601, which is UTC unless it says otherwise.
import { durationMs, durationPattern } from '../../diagnostics/duration.ts'

const isoPattern = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** Milliseconds since 1970; undefined when it is neither. */
export function pointInTime(text: string, nowMs: number): number | undefined {
  if (durationPattern.test(text)) return nowMs - durationMs(text)
  const zone = isoPattern.exec(text)
  if (zone === null) return undefined
  const ms = Date.parse(text.replace(' ', 'T') + (zone[1] === undefined || zone[4] !== undefined ? '' : 'Z'))
  return Number.isNaN(ms) ? undefined : ms
}
