// Which events a derived metric is made from: `where` of the ruleset, made ready for one look at each event.
import type { Condition, DerivedMetric } from '../ruleset/program.ts'
import { isRecordWord, spanDuration } from '../ruleset/words.ts'
import type { EventAt } from './event.ts'
import { valueText } from './labels.ts'

/** Where a text comes from: one of the words, or the index of a wanted attribute. */
export type Source = 'event.name' | 'span.name' | 'outcome' | number

export function sourceOf(name: string, wanted: readonly string[]): Source {
  return isRecordWord(name) ? name : wanted.indexOf(name)
}

/** One of the words, an attribute of the event, or else of its resource. */
export function textFor(event: EventAt, source: Source, name: string): string | undefined {
  if (source === 'event.name') return event.name
  if (source === 'span.name') return event.spanName
  if (source === 'outcome') return event.outcome
  const start = event.valueStart[source]
  return start < 0 ? event.resource.text.get(name) : valueText(event.bytes, start, event.valueEnd[source])
}

/** What decides whether an event is one of those that a metric is made from. */
export function createFilter(
  { from, where }: Pick<DerivedMetric, 'from' | 'where'>,
  wanted: readonly string[],
): (event: EventAt) => boolean {
  // The words first: they are at hand, and tell most events apart.
  const inOrder = where.toSorted(
    (one, other) => Number(isRecordWord(other.attribute)) - Number(isRecordWord(one.attribute)),
  )
  const checks = inOrder.map((condition) => {
    const source = sourceOf(condition.attribute, wanted)
    const holds = createCheck(condition)
    return (event: EventAt): boolean => holds(textFor(event, source, condition.attribute))
  })
  return (event) => {
    if (from === 'event' ? !event.isEvent : event.spanName === undefined) return false
    for (const check of checks) if (!check(event)) return false
    return true
  }
}

function createCheck(condition: Condition): (text: string | undefined) => boolean {
  switch (condition.is) {
    case 'one-of': {
      const values = new Set(condition.values)
      return (text) => text !== undefined && values.has(text)
    }
    case 'there':
      return (text) => (text !== undefined && text !== '') === condition.wanted
    case 'status-class':
      return (text) => text !== undefined && condition.hundreds.includes(Math.floor(Number(text) / 100))
    default:
      return condition satisfies never
  }
}

/** How the spans of a metric are found among all: by their names, or by a text that a request with one of them holds. */
export interface SpanHints {
  readonly names: readonly string[]
  /** `''` where any request may have one. */
  readonly text: string | undefined
}

/** A rule about events needs no hints: events are always read. */
export function hintsOf({ from, where, value, distinct }: DerivedMetric): SpanHints {
  if (from === 'event') return { names: [], text: undefined }
  for (const condition of where)
    if (condition.attribute === 'span.name' && condition.is === 'one-of')
      return { names: condition.values, text: undefined }
  const needed = where.find(({ is, ...rest }) => is !== 'there' || ('wanted' in rest && rest.wanted))?.attribute
  const names = [needed, value?.attribute, distinct?.attribute]
  const name = names.find((each) => each !== undefined && each !== spanDuration && !isRecordWord(each))
  return { names: [], text: name ?? '' }
}
