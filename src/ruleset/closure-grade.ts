// How sure it is that nothing personal stays in a place: the grades of the closure.
import type { Action } from '../actions/action.ts'
import { detectorTable } from '../detectors/detector.ts'
import type { Program } from './program.ts'

/** From the surest to the worst; what each means is in `gradeMeanings`. */
export const grades = ['fixed', 'guarded', 'excepted', 'open'] as const
export type Grade = (typeof grades)[number]

export const gradeMeanings: Readonly<Record<Grade, string>> = {
  fixed: 'dropped, replaced, masked, a pseudonym, or of a closed type: proved by construction',
  guarded: 'text or numbers stay, and the detectors look at them: as good as the detectors are',
  excepted: 'kept as it is by an exception with a reason and an owner',
  open: 'kept as it is: check fails',
}

/** The detectors whose finds are replaced: those that are on, and whose class does something; the user's own last. */
export function activeDetectors({ detectors, classes }: Pick<Program, 'detectors' | 'classes'>): string[] {
  const all = [
    ...detectors.use.map((id) => ({ id, class: detectorTable[id].class as string })),
    ...(detectors.custom ?? []),
  ]
  const isActive = (className: string): boolean => {
    const action = classes.get(className)?.is
    return action !== 'keep' && action !== 'detect'
  }
  return all.filter((detector) => isActive(detector.class)).map(({ id }) => id)
}

/**
 * @param isClosed of a closed type, by the event's schema
 * @param isExcepted an exception says so
 * @param isGuarded any detector is active
 */
export function gradeOf(action: Action, isClosed: boolean, isExcepted: boolean, isGuarded: boolean): Grade {
  if (isClosed) return 'fixed'
  switch (action.is) {
    case 'keep':
      return isExcepted ? 'excepted' : 'open'
    case 'detect':
    case 'truncate':
    case 'path':
      return isGuarded ? 'guarded' : isExcepted ? 'excepted' : 'open'
    case 'email':
      // The domain stays, whoever's it is.
      return action.domain === 'keep' ? 'guarded' : 'fixed'
    default:
      return 'fixed'
  }
}
