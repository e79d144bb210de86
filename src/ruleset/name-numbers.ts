// Numbers of names, so that collisions in a record are seen without comparing text.
import { maxKeyBytes } from './bytes-map.ts'

/** More distinct canonical names than this are not numbered (0), and so not checked for collisions. */
export const maxIds = 65_536

/** The number of a name, from 1; a new one where it has none yet. 0 for what is not numbered. */
export function numberOf(ids: Map<string, number>, name: string): number {
  const known = ids.get(name)
  if (known !== undefined) return known
  // Nor are names that are too long to be remembered at all.
  if (ids.size >= maxIds - 1 || name.length > maxKeyBytes) return 0
  const id = ids.size + 1
  ids.set(name, id)
  return id
}
