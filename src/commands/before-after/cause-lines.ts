// Who changed a field, in lines of text.
import type { Reason } from '../../ruleset/closure-because.ts'
import { actionText, dispositionText } from '../../ruleset/closure-words.ts'
import type { Layer } from '../../ruleset/layers.ts'
import type { Program } from '../../ruleset/program.ts'
import { placeText, reasonLine, reasonName } from '../explain/reasons.ts'
import type { Cause } from './causes.ts'

/** Empty where nobody is known to have done anything, as for times that are only written in another way. */
export function causeLines(
  { disposition, by, over, inside, detectors, repairs, dropped, renamed, note }: Cause,
  { program, layers }: { readonly program: Program; readonly layers: readonly Layer[] },
): string[] {
  const others = [
    ...over.map(({ reason, why }) => `over ${reasonLine(program, reason, layers, why)}`),
    ...(repairs.length === 0 ? [] : [`repaired: ${repairs.join(', ')}`]),
    ...(dropped.length === 0 ? [] : [`dropped: ${dropped.join(', ')}`]),
    ...(renamed === undefined ? [] : [`renamed by the conventions  ${placeText(renamed)}`]),
    ...(note === undefined ? [] : [note]),
  ]
  const keys = inside.map((reason) => `by ${reasonLine(program, reason, layers)} (a key inside)`)
  const isLeft = disposition?.action.is === 'detect' && disposition.closed === undefined
  // Where a field is left to the detectors, they did it: its class only says why they were asked.
  const left = isLeft && by.length > 0 ? `, in what ${by.map(reasonName).join(' and ')} leaves to the detectors` : ''
  const finds = detectors.map((detector) => `by ${detectorText(program, detector)}${left}`)
  const isDone = keys.length + finds.length + others.length > 0
  const givers = isLeft && isDone ? [] : by.map((reason) => `by ${giverText(reason)}`)
  return [...givers, ...keys, ...finds, ...others]

  function giverText(reason: Reason): string {
    return reason.is === 'schema' && disposition?.closed !== undefined
      ? `${reasonName(reason)}, ${dispositionText(disposition)}`
      : reasonLine(program, reason, layers)
  }
}

/** Who took out what may not be told: `detector email`, `rule people`; nobody for what is only mended or renamed. */
export function redactors({ disposition, by, inside, detectors }: Cause): string[] {
  if (disposition === undefined) return []
  const givers = disposition.action.is === 'detect' && disposition.closed === undefined ? [] : by
  return [...[...givers, ...inside].map(reasonName), ...detectors.map(({ name }) => `detector ${name}`)]
}

function detectorText({ classes }: Program, { name, class: className, finds }: Cause['detectors'][number]): string {
  const action = classes.get(className)
  const times = finds === 1 ? '' : ` (${finds} times)`
  return `detector ${name}${times}, ${className}: ${action === undefined ? 'replace [{kind}]' : actionText(action)}`
}
