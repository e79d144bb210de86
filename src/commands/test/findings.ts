// What `test` says: of cases that do not hold, and of made-up personal data that came out. There is a finding for each
// thing that lets it out, and a line for each that an exception opens.
import type { TestResult } from '../../cases/run.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { list } from '../../diagnostics/suggest.ts'
import type { Leak, LeakRun } from '../../leak/run.ts'
import { placeOfDetectors, placeOfReason } from '../../ruleset/closure-findings.ts'
import { placesText, reasonText } from '../../ruleset/closure-words.ts'
import type { Layer } from '../../ruleset/layers.ts'
import type { Program } from '../../ruleset/program.ts'

/** A case that does not hold, where it is written. It quotes the case, which is made up. */
export function caseFinding({ test: { name, place }, failures }: TestResult): Diagnostic {
  return {
    code: 'ruleset/case',
    severity: 'error',
    message: `the case "${name}" does not hold: ${failures.join('; ')}`,
    ...place,
    help: 'automagik-gateway explain PLACE says which rule decides there; mend the rule, or the case',
  }
}

/** Leaks, one finding for each reason. Nothing of what was planted is quoted. */
export function leakFindings(
  { leaks }: LeakRun,
  { classes }: Pick<Program, 'classes'>,
  layers: readonly Layer[],
): Diagnostic[] {
  return byReason(leaks, ({ guard }) => guard.is).map((group): Diagnostic => {
    const [{ reason }] = group
    return {
      code: 'ruleset/leak',
      severity: 'error',
      message: `made-up values of ${whose(group)} come out of ${where(group)} (${reasonText(reason)})`,
      ...placeOfReason(reason, layers),
      help: isNamedNowhere(group, classes)
        ? `no rule gives their names the class: extend builtin:automagik, or write a rule for ${list(namesOf(group), 8)}`
        : 'give it a class such as internal, which the detectors look at, or write an exception with a reason and an owner',
    }
  })
}

/** Whether the detectors looked, and it is a rule for the names that is missing. */
function isNamedNowhere(group: readonly Leak[], classes: Program['classes']): boolean {
  const [{ reason }] = group
  const isKept = reason.is === 'default' && classes.get(reason.class)?.is === 'keep'
  return reason.is === 'default' && !isKept && group.every(({ guard }) => guard.is === 'class')
}

/** Detectors that are off: nothing of what they find was planted. */
export function offFinding({ off }: LeakRun, layers: readonly Layer[]): Diagnostic[] {
  if (off.length === 0) return []
  return [
    {
      code: 'ruleset/not-looked-for',
      severity: 'warning',
      message: `nobody looks for what these detectors find, so nothing of it was planted: ${list(off)}`,
      ...(placeOfDetectors(layers) ?? { file: layers[layers.length - 1].file }),
    },
  ]
}

/** The result in one line, and what exceptions open. */
export function leakLines(file: string, { leaks, excepted, values, places, bytes }: LeakRun): string[] {
  const count = (n: number): string => n.toLocaleString('en-US')
  const out = leaks.reduce((sum, leak) => sum + leak.values, 0)
  const found = out === 0 ? 'none came out' : `${count(out)} came out`
  return [
    `${file}: ${count(values)} made-up values planted in ${places} places, ${count(bytes)} bytes searched: ${found}`,
    ...byReason(excepted).map(
      (group) => `  opened by an ${reasonText(group[0].reason)}: values of ${whose(group)} in ${where(group)}`,
    ),
  ]
}

/** @param apart what else tells two groups apart */
function byReason(leaks: readonly Leak[], apart: (leak: Leak) => string = () => ''): Leak[][] {
  const groups = new Map<string, Leak[]>()
  for (const leak of leaks) {
    const key = JSON.stringify([leak.reason, leak.service, apart(leak)])
    groups.set(key, [...(groups.get(key) ?? []), leak])
  }
  return [...groups.values()]
}

function whose(group: readonly Leak[]): string {
  const of = (is: Leak['guard']['is']): string[] => {
    const names = group.flatMap(({ guard }) => (guard.is === is ? [guard.name] : []))
    const noun = is === 'class' ? 'class' : 'detector'
    const many = is === 'class' ? 'classes' : 'detectors'
    return names.length === 0 ? [] : [`the ${names.length === 1 ? noun : many} ${list(names)}`]
  }
  return [...of('detector'), ...of('class').map((text) => `${text}, under telling names,`)].join(' and of ')
}

function where(group: readonly Leak[]): string {
  const [{ service }] = group
  const places = placesText([...new Set(group.flatMap((leak) => leak.places))])
  return service === undefined ? places : `${places} of the service ${service}`
}

const namesOf = (group: readonly Leak[]): string[] => [...new Set(group.flatMap(({ names }) => names))]
