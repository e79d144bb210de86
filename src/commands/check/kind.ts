// Whether a file is a configuration or a ruleset, by the keys at its top: names of files say nothing.
import { isMap, isScalar, parseDocument } from 'yaml'
import { z } from 'zod'
import { configSchema } from '../../config/schema.ts'
import { rulesetSchema } from '../../ruleset/schema.ts'

export type FileKind = 'configuration' | 'ruleset'

const rulesetKeys = new Set(Object.keys(rulesetSchema.shape))
const anything = z.record(z.string(), z.unknown())
const configKeys = new Set(Object.keys(configSchema({ receivers: anything, exporters: anything }).shape))

/** What a file is; a ruleset where its keys do not tell, since every ruleset must begin with `version`. */
export function kindOf(text: string): FileKind {
  const { contents } = parseDocument(text, { logLevel: 'silent' })
  if (contents === null || (isScalar(contents) && contents.value === null)) return 'configuration'
  if (!isMap(contents)) return 'ruleset'
  const keys = contents.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []))
  const ofConfig = keys.filter((key) => configKeys.has(key)).length
  const ofRuleset = keys.filter((key) => rulesetKeys.has(key)).length
  return ofConfig > ofRuleset ? 'configuration' : 'ruleset'
}
