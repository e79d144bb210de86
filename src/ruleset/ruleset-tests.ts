// `tests:` of a ruleset → its cases, with what they name checked.
import { detectorIds } from '../detectors/detector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'
import type { CustomDetector, RulesetTest } from './program.ts'

export interface RulesetTests {
  readonly tests: readonly RulesetTest[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The cases of the uppermost layer: those of the layers below say what these do, and a ruleset may change that.
 * @param custom the detectors that there are beside the built-in ones
 */
export function readTests(layers: readonly Layer[], custom: readonly CustomDetector[]): RulesetTests {
  const known = [...detectorIds, ...custom.map(({ id }) => id)]
  const diagnostics: Diagnostic[] = []
  const layer = layers[layers.length - 1]
  const tests = (layer.content.tests ?? []).map((written, index): RulesetTest => {
    for (const id of Object.keys(written.hits ?? {})) {
      if (known.includes(id)) continue
      const message = `no detector is called "${id}"${didYouMean(id, known)}`
      const place = placeOfKey(layer, ['tests', index, 'hits', id])
      diagnostics.push({ code: 'ruleset/unknown-detector', severity: 'error', message, ...place })
    }
    const { name, out, never = [], hits = {} } = written
    const place = placeOf(layer, ['tests', index, 'name'])
    return { name, in: written.in, out, never, hits: new Map(Object.entries(hits)), place }
  })
  return { tests, diagnostics }
}
