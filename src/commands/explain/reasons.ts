// What decides on a field and what does not, in words: for `explain`, and for everything that shows before and after.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Reason } from '../../ruleset/closure-because.ts'
import { placeOfReason } from '../../ruleset/closure-findings.ts'
import type { Disposition } from '../../ruleset/closure-judge.ts'
import { actionText } from '../../ruleset/closure-words.ts'
import type { Layer } from '../../ruleset/layers.ts'
import type { Program } from '../../ruleset/program.ts'

/** `rule names, person: drop  r.yaml:7:11`. @param why the reason does not decide; undefined: it does */
export function reasonLine(
  { classes }: Pick<Program, 'classes'>,
  reason: Reason,
  layers: readonly Layer[],
  why?: string,
): string {
  if (reason.is === 'format') return 'the wire format'
  const action = reason.class === undefined ? undefined : classes.get(reason.class)
  const text = [
    reasonName(reason),
    action === undefined ? '' : `, ${reason.class}: ${actionText(action)}`,
    reason.is === 'exception' ? ` (${reason.owner}: ${reason.reason})` : '',
    why === undefined ? '' : `; ${why}`,
    reason.is === 'schema' ? '' : `  ${placeText(placeOfReason(reason, layers))}`,
  ]
  return text.join('')
}

/** `rule names`, `defaults.attribute`. */
export function reasonName({ is, name }: Reason): string {
  return is === 'default' ? `defaults.${name}` : `${is} ${name}`
}

/** Why what speaks of a spot does not decide on it. */
export function whyNot(reason: Reason, { class: className }: Disposition, because: readonly Reason[]): string {
  if (reason.is === 'default') return 'holds where nothing else speaks'
  if (because.some(({ is }) => is === 'exception')) return 'an exception that names the attribute goes before it'
  if (reason.is === 'exception') return 'a rule is stricter, or another exception names the attribute'
  return because.some(({ is }) => is === 'default') ? 'below the default' : `${className} is stricter`
}

/** Those of the reasons that are none of the others. */
export function without(reasons: readonly Reason[], others: readonly Reason[]): Reason[] {
  return reasons.filter((reason) => !others.some(({ is, name }) => is === reason.is && name === reason.name))
}

/** `r.yaml:7:11` */
export function placeText({ file, position }: Pick<Diagnostic, 'file' | 'position'>): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`
}
