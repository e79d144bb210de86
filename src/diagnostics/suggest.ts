// "Did you mean": the nearest of the names that would have been right.
import { distance } from 'fastest-levenshtein'

/**
 * The nearest known name, or undefined when none is near enough to be meant.
 * @param most letters that may differ; a third of the name unless given
 */
export function nearest(
  name: string,
  known: Iterable<string>,
  most = Math.max(2, Math.floor(name.length / 3)),
): string | undefined {
  let best: string | undefined
  let bestDistance = most + 1
  for (const candidate of known) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase())
    if (away < bestDistance) {
      best = candidate
      bestDistance = away
    }
  }
  return best
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
