// What comes of reloads, and what the gateway says of itself, as Markdown.
import { statuses } from '../../src/reload/endpoint.ts'
import { triggers } from '../../src/reload/reloader.ts'
import { outcomes, type ReloadOutcome } from '../../src/reload/verdict.ts'
import { ownAttributes, ownEvents } from '../../src/telemetry/own-log.ts'
import { code, item } from './markdown.ts'

export function reloadOutcomes(): string {
  return Object.entries(outcomes)
    .map(([outcome, meaning]) => item(`${code(outcome)} (HTTP ${statuses[outcome as ReloadOutcome]}): ${meaning}`))
    .join('\n')
}

export function ownEventList(): string {
  return listOf(ownEvents)
}

export function ownAttributeList(): string {
  const asked = Object.entries(triggers).map(([trigger, meaning]) => `${code(trigger)}: ${meaning}`)
  return listOf({ ...ownAttributes, 'reload.trigger': `What asked for it; ${asked.join('; ')}.` })
}

function listOf(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .map(([name, meaning]) => item(`${code(name)}: ${meaning}`))
    .join('\n')
}
