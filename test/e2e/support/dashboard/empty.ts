// Which panels stay empty, by what docs/dashboards.md says: each reason there, and when it holds for some traffic.
import type { Gap, PanelSpec } from '../../../../src/dashboards/spec.ts'
import type { Traffic } from './expected.ts'

/** What one reason says, as the documentation does. */
export const textOf = ({ of, because }: Gap): string => `${of}: ${because}`

/** Reasons that are about a part of a panel: a dot, a link. The panel has data all the same. */
const ofParts = ['dots (exemplars)', 'the link from a line']

/** When a reason empties the panels that name it, by the beginning of its text. */
const holds: readonly (readonly [start: string, when: (traffic: Traffic) => boolean])[] = [
  ['Forge, Hive, Tools', ({ book: { events, spans, logs } }) => events.length + spans.length + logs.length === 0],
  ['programs that send only metrics, or spans', ({ book }) => book.events.length === 0],
  ['events without `duration_ms`', ({ book }) => book.events.every(({ durationS }) => durationS === undefined)],
  ['programs that do well: no event', ({ book }) => book.events.every(({ outcome }) => outcome === 'success')],
  ['programs that do well: no span', ({ book }) => !book.spans.some(({ failed }) => failed)],
  ['Omni v1 and Spark', ({ book }) => book.logs.length === 0],
  ['programs that send only logs and metrics', ({ book }) => book.spans.length === 0],
  ['gateways that Prometheus does not scrape', ({ gateway }) => gateway === undefined],
  [
    'gateways that refused nothing',
    ({ gateway }) => Object.keys({ ...gateway?.recordsRefused, ...gateway?.requestsRefused }).length === 0,
  ],
  // Validation is off in all of them.
  ['gateways to which every event fits', () => true],
  ['gateways that lost nothing', ({ gateway }) => Object.keys(gateway?.lost ?? {}).length === 0],
]

/** The reasons of a panel that hold for this traffic. Throws for one that is not known here. */
export function reasonsOf({ gaps }: PanelSpec, traffic: Traffic): Gap[] {
  return gaps.filter((gap) => {
    const text = textOf(gap)
    if (ofParts.some((start) => text.startsWith(start))) return false
    const known = holds.find(([start]) => text.startsWith(start))
    if (known === undefined) throw new Error(`when does this leave a panel empty? ${text}`)
    return known[1](traffic)
  })
}

export const isOfPart = (gap: Gap): boolean => ofParts.some((start) => textOf(gap).startsWith(start))
