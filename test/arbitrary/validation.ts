// fast-check arbitraries of what becomes of events that do not fit their schema.
import * as fc from 'fast-check'
import type { KeyValue } from '../reference/model.ts'
import type { Validation, Verdict } from '../../src/ruleset/program.ts'

const verdict = fc.constantFrom<Verdict>('accept', 'annotate', 'annotate', 'drop')
export const validation: fc.Arbitrary<Validation> = fc.record({
  onViolation: verdict,
  services: fc
    .dictionary(fc.constantFrom('omni', 'hive'), verdict, { maxKeys: 1 })
    .map((own) => new Map(Object.entries(own))),
  unknownEvent: verdict,
})

const marks = (given: Verdict): Verdict => (given === 'drop' ? 'annotate' : given)

/** A gateway that refuses events refuses them again when its privacy has changed them: only marks outlive a pass. */
export function marking({ onViolation, unknownEvent }: Validation): Validation {
  return { onViolation: marks(onViolation), services: new Map(), unknownEvent: marks(unknownEvent) }
}

/** Marks as a gateway before this one, or anybody, may have written them. */
export const someMarks: readonly KeyValue[] = [
  { key: 'automagik.schema.status', value: { stringValue: 'valid' } },
  { key: 'automagik.schema.status', value: { stringValue: 'no "word" of ours' } },
  { key: 'automagik.schema.status', value: { intValue: 1n } },
  { key: 'automagik.schema.keyword', value: { stringValue: 'enum' } },
]
