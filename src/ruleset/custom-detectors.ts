// `detectors.custom` of the layers → detectors that are known to work: each pattern compiles, finds what its examples say
// and nothing else, and not what replaces it.
import { detectorIds } from '../detectors/detector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { compilePattern, type Pattern } from '../patterns/pattern.ts'
import { placeOf, type Layer } from './layers.ts'
import type { CustomDetector } from './program.ts'

type Written = NonNullable<NonNullable<Layer['content']['detectors']>['custom']>[number]
type Place = Pick<Diagnostic, 'file' | 'position'>

/** Finds are numbered in a byte. */
const most = 200

export interface CustomDetectors {
  /** By id. */
  readonly custom: readonly CustomDetector[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the detectors of all layers. */
export function compileCustomDetectors(
  layers: readonly Layer[],
  knowsClass: (name: string, layer: Layer, path: YamlPath) => void,
): CustomDetectors {
  const custom: CustomDetector[] = []
  const diagnostics: Diagnostic[] = []
  const homes = new Map<string, string>()
  for (const layer of layers) {
    for (const [index, written] of (layer.content.detectors?.custom ?? []).entries()) {
      const path = ['detectors', 'custom', index]
      const { id, pattern, class: className } = written
      const idPlace = placeOf(layer, [...path, 'id'])
      const other = (detectorIds as readonly string[]).includes(id) ? 'the gateway' : homes.get(id)
      if (other !== undefined) diagnostics.push(fault('duplicate-detector', `${other} has a detector "${id}"`, idPlace))
      else if (custom.length === most)
        diagnostics.push(fault('too-many-detectors', `there are more than ${most} detectors`, idPlace))
      else custom.push({ id, pattern, class: className })
      homes.set(id, layer.file)
      knowsClass(className, layer, [...path, 'class'])
      diagnostics.push(...patternFaults(written, layer, path))
    }
  }
  return { custom: custom.toSorted((a, b) => (a.id < b.id ? -1 : 1)), diagnostics }
}

function patternFaults({ id, pattern: source, tests }: Written, layer: Layer, path: YamlPath): Diagnostic[] {
  const at = placeOf(layer, [...path, 'pattern'])
  const bad = (why: string, help: string): Diagnostic[] => [
    { ...fault('bad-pattern', `the pattern of "${id}" ${why}`, at), help },
  ]
  let pattern: Pattern
  try {
    pattern = compilePattern(source)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : 'unknown error'
    return bad(`is none of RE2: ${why}`, 'RE2 has no back-references and no look-around; \\b, ^ and $ are there')
  }
  if (pattern.next(Buffer.from(''), 0) !== undefined)
    return bad('matches the empty text', 'ask for at least one character: + instead of *')
  const replaced = [`{${id}}`, `[${id}]`, '[REDACTED]', '****'].find((text) => finds(pattern, text))
  if (replaced !== undefined)
    return bad(`finds ${replaced}, which replaces what was found`, 'leave out the brackets, or ask for more')
  const found = exampleFaults(id, pattern, tests.match, true, (index) =>
    placeOf(layer, [...path, 'tests', 'match', index]),
  )
  found.push(
    ...exampleFaults(id, pattern, tests.miss, false, (index) => placeOf(layer, [...path, 'tests', 'miss', index])),
  )
  if (!pattern.hasLiteral) {
    const message = `the pattern of "${id}" has no text that each match must hold, so it is run on every text`
    const help = 'linear, but slow: about 10 MB/s. Make a word, an "_" or an "@" part of it, if there is always one'
    found.push({ ...fault('slow-pattern', message, at), severity: 'warning', help })
  }
  return found
}

function exampleFaults(
  id: string,
  pattern: Pattern,
  examples: readonly string[],
  wants: boolean,
  place: (index: number) => Place,
): Diagnostic[] {
  return examples.flatMap((text, index) => {
    if (finds(pattern, text) === wants) return []
    const message = wants ? `"${id}" finds nothing in this example` : `"${id}" finds something in this example`
    const help = wants ? 'every example under match must be found' : 'nothing may be found in an example under miss'
    return [{ ...fault('detector-example', message, place(index)), help }]
  })
}

/** As the engine runs it: behind its literals. */
function finds(pattern: Pattern, text: string): boolean {
  const bytes = Buffer.from(text)
  return pattern.mayMatch(bytes) && pattern.next(bytes, 0) !== undefined
}

function fault(code: string, message: string, place: Place): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
