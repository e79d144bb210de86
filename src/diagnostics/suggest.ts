// "Did you mean": the nearest of the names that would have been right.
import { distance } from 'fastest-levenshtein'

/** The nearest known name, or undefined when none is near enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase())
    if (away < bestDistance) {
      best = candidate
      bestDistance = away
    }
  }
  return best
}

/** Whether a name is another one misspelt: one letter in five or so, for where any name may be right. */
export function isSlip(name: string, meant: string): boolean {
  const away = distance(name.toLowerCase(), meant.toLowerCase())
  return away > 0 && away <= Math.max(1, Math.floor(Math.min(name.length, meant.length) / 5))
}

/** `, did you mean "x"?` for the end of a message; empty when nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `, did you mean "${near}"?`
}

/** `a, b and c`; of long lists the first `most` and how many more there are. */
export function list(names: Iterable<string>, most = 24): string {
  const all = [...names]
  if (all.length > most) return `${all.slice(0, most).join(', ')} and ${all.length - most} more`
  if (all.length < 2) return all.join('')
  return `${all.slice(0, -1).join(', ')} and ${all[all.length - 1]}`
}
