// What the engine counts because of one field of a record: the record with no other text in it, less the same without it.
import type { Signal } from '../../otlp/fields.ts'
import type { Engine } from '../../processors/engine.ts'
import { attributePath, leavesOf } from './fields.ts'
import type { Json } from './records.ts'

/** What says who sends a record and which event it is: it stays beside the one field that is looked at. */
const context: ReadonlySet<string> = new Set([
  attributePath('resource', 'service.name'),
  attributePath('resource', 'telemetry.sdk.name'),
  'scope.name',
  'span.name',
  'log.event_name',
  attributePath('log', 'event.name'),
  'metric.name',
])

/** What the engine counts because of one field. */
export interface Counts {
  /** Detector → finds. */
  readonly found: ReadonlyMap<string, number>
  readonly repaired: readonly string[]
  readonly dropped: readonly string[]
  /** `rule phones` … */
  readonly decided: readonly string[]
}

/** @param key of the field @param request with the one record */
export function countsOfField(engine: Engine, signal: Signal, request: Json, key: string): Counts {
  const only = (kept: (leaf: { key: string; path: string }) => boolean): Json => {
    const copy = structuredClone(request)
    for (const leaf of leavesOf(copy)) if (leaf.spot !== undefined && !kept(leaf)) leaf.remove()
    return copy
  }
  const without = counted(
    engine,
    signal,
    only((leaf) => leaf.key !== key && context.has(leaf.path)),
  )
  const withIt = counted(
    engine,
    signal,
    only((leaf) => leaf.key === key || context.has(leaf.path)),
  )
  const more = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> =>
    new Map([...one].map(([name, n]) => [name, n - (other.get(name) ?? 0)] as const).filter(([, n]) => n > 0))
  return {
    found: more(withIt.found, without.found),
    repaired: [...more(withIt.repaired, without.repaired).keys()],
    dropped: [...more(withIt.dropped, without.dropped).keys()],
    decided: [...more(withIt.decided, without.decided).keys()],
  }
}

const figures = ['found', 'repaired', 'dropped'] as const
type Figures = Record<(typeof figures)[number] | 'decided', ReadonlyMap<string, number>>

/** What a request adds to the engine's counters. */
function counted({ tally, process }: Engine, signal: Signal, request: Json): Figures {
  const now = (): Figures => ({
    found: new Map(tally.found),
    repaired: new Map(tally.repaired),
    dropped: new Map(tally.dropped),
    decided: new Map([...tally.decided].map(([name, { fields }]) => [name, fields])),
  })
  const before = now()
  process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
  const after = now()
  return Object.fromEntries(
    [...figures, 'decided' as const].map((figure) => [
      figure,
      new Map([...after[figure]].map(([name, n]) => [name, n - (before[figure].get(name) ?? 0)])),
    ]),
  ) as unknown as Figures
}
