// What derived metrics may speak of that is no attribute.

/** From a span's start to its end. */
export const spanDuration = 'span.duration' as const

/** What a label or a condition may be about. */
const recordWords = ['event.name', 'span.name', 'outcome'] as const
export type RecordWord = (typeof recordWords)[number]

export function isRecordWord(name: string): name is RecordWord {
  return recordWords.some((word) => word === name)
}
