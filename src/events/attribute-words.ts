// What an attribute may be, in words for people.
import type { Property } from './event-classes.ts'

/** `integer 0 to 999`, `one of GET, POST …`. @param most words of an enum that are named */
export function typeText(property: Property, most = 6): string {
  const { type = 'any value', enum: words, minimum, maximum, minLength, maxLength, pattern, items } = property
  if (words !== undefined) {
    const named = words.slice(0, most).map(String).join(', ')
    return `one of ${named}${words.length > most ? ` … (${words.length})` : ''}`
  }
  if (type === 'array') return `list of ${items === undefined ? 'values' : items.type}`
  const bounds = [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...(pattern === undefined ? [] : [`matching ${pattern}`]),
  ]
  return [type, ...bounds].join(' ')
}

function range(from: number | undefined, to: number | undefined, unit: string): string[] {
  if (from === undefined) return to === undefined ? [] : [`up to ${to}${unit}`]
  return to === undefined ? [`from ${from}${unit}`] : [`${from} to ${to}${unit}`]
}
