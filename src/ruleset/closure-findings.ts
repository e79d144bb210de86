// Open cells as findings: what keeps text that nothing looks at, and where that is written.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { list } from '../diagnostics/suggest.ts'
import type { Reason } from './closure-because.ts'
import { groupCells, type ClosureGroup } from './closure-groups.ts'
import { placesText } from './closure-words.ts'
import type { Closure } from './closure.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'

/** One error for each thing that leaves cells open. @param layers the files of the ruleset, the lowest first */
export function openFindings({ cells }: Closure, layers: readonly Layer[]): Diagnostic[] {
  const open = cells.filter(({ disposition }) => disposition.grade === 'open')
  return groupCells(open).map((group): Diagnostic => {
    const isKept = group.disposition.action.is === 'keep'
    return {
      code: 'ruleset/open',
      severity: 'error',
      message: `${what(group)} ${isKept ? 'stays as it is: nothing looks at it' : 'is left to the detectors, and none is on'}`,
      ...whereOf(group, layers),
      help: isKept
        ? 'give it a class such as internal, which the detectors look at, or write an exception with a reason and an owner'
        : 'turn detectors on, or give the defaults a class that drops',
    }
  })
}

function what({ parts, cells }: ClosureGroup): string {
  const [{ names, places }] = parts
  const more = cells > names.length * places.length && names.length > 0 ? ' and more' : ''
  const where = placesText(parts.flatMap((part) => part.places))
  return names.length === 0 ? `what stands in ${where}` : `${list(names, 4)} in ${where}${more}`
}

function whereOf({ because, disposition }: ClosureGroup, layers: readonly Layer[]) {
  if (disposition.action.is !== 'keep') {
    const off = placeOfDetectors(layers)
    if (off !== undefined) return off
  }
  return placeOfReason(because[0], layers)
}

/** Where detectors are turned off. */
export function placeOfDetectors(layers: readonly Layer[]): Pick<Diagnostic, 'file' | 'position'> | undefined {
  const layer = layers.findLast(({ content }) => content.detectors?.use !== undefined || content.detectors?.off)
  return layer === undefined ? undefined : placeOfKey(layer, ['detectors'])
}

/** Where a reason is written; the last file of the ruleset where that is not known. */
export function placeOfReason(reason: Reason, layers: readonly Layer[]): Pick<Diagnostic, 'file' | 'position'> {
  const last = { file: layers[layers.length - 1]?.file ?? '' }
  if (reason.is === 'rule' || reason.is === 'exception') return reason.place ?? last
  if (reason.is !== 'default') return last
  const layer = layers.findLast(({ content }) => content.defaults?.[reason.name] !== undefined)
  return layer === undefined ? last : placeOf(layer, ['defaults', reason.name])
}

/** Where the class that holds is written. */
export function placeOfClass(
  name: string,
  layers: readonly Layer[],
): Pick<Diagnostic, 'file' | 'position'> | undefined {
  const layer = layers.findLast(({ content }) => Object.hasOwn(content.classes ?? {}, name))
  return layer === undefined ? undefined : placeOfKey(layer, ['classes', name])
}
