// Writes the generated parts of the documentation: what stands between `<!-- generated: NAME -->` and
// `<!-- end of NAME -->` in docs/*.md comes from the code it describes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { actionsList, derivedMetrics, shippedClasses, shippedMetrics } from './docs/classes.ts'
import {
  contractLimits,
  gradesList,
  guardedAttributes,
  guardedExplained,
  shippedContracts,
  wholeContract,
} from './docs/contract.ts'
import { gapsList, panelSections } from './docs/dashboards.ts'
import { deadLetterAdvice } from './docs/dead-letters.ts'
import { errorSections } from './docs/errors.ts'
import { faultTable } from './docs/faults.ts'
import { detectorsTable, findsTable, placesList } from './docs/finds.ts'
import { commonAttributes, eventFindings, eventSections } from './docs/events.ts'
import { configReference, rulesetReference, schemaFileReference } from './docs/languages.ts'
import { measuredBeside, measuredRecall, measuredScan } from './docs/measured.ts'
import { metricsList, statusExample } from './docs/metrics.ts'
import { ownAttributeList, ownEventList, reloadOutcomes } from './docs/reload.ts'
import {
  droppedList,
  pointsList,
  lostList,
  recordsRefusedList,
  repairsList,
  requestsRefusedList,
} from './docs/reason-lists.ts'

const parts: Readonly<Record<string, () => string | Promise<string>>> = {
  'configuration keys': configReference,
  'ruleset keys': rulesetReference,
  'schema file keys': schemaFileReference,
  events: eventSections,
  'attributes of every event': commonAttributes,
  'findings in events': eventFindings,
  'configuration errors': () => errorSections('config'),
  'ruleset errors': () => errorSections('ruleset'),
  'policy errors': () => errorSections('policy'),
  'contract grades': gradesList,
  'shipped contracts': shippedContracts,
  'guarded attributes': guardedAttributes,
  'guarded attributes explained': guardedExplained,
  'contract limits': contractLimits,
  'contract of automagik': () => wholeContract('builtin:automagik'),
  'contract of strict': () => wholeContract('builtin:strict'),
  actions: actionsList,
  'shipped classes': shippedClasses,
  'derived metrics': derivedMetrics,
  'shipped metrics': shippedMetrics,
  detectors: detectorsTable,
  finds: findsTable,
  'measured recall': measuredRecall,
  'measured scan': measuredScan,
  'measured beside': measuredBeside,
  'fault table': faultTable,
  places: placesList,
  'dead letter advice': deadLetterAdvice,
  metrics: metricsList,
  'dashboard panels': panelSections,
  'dashboard gaps': gapsList,
  'status line': statusExample,
  'reload outcomes': reloadOutcomes,
  'own events': ownEventList,
  'own attributes': ownAttributeList,
  'requests refused': requestsRefusedList,
  'records refused': recordsRefusedList,
  'records lost': lostList,
  'parts dropped': droppedList,
  'points dropped': pointsList,
  repairs: repairsList,
}

const root = new URL('../', import.meta.url)
const part = /<!-- generated: ([a-z ]+) -->\n[\s\S]*?<!-- end of \1 -->/g

/** Path in the repository → text. Throws for a part that nobody makes, and for one that no file has. */
export async function docFiles(): Promise<Record<string, string>> {
  const made = new Map<string, string>()
  for (const [name, make] of Object.entries(parts)) made.set(name, await make())
  const unused = new Set(made.keys())
  const files = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'))
  const texts = files.map((name) => {
    const text = readFileSync(new URL(`docs/${name}`, root), 'utf8')
    const filled = text.replace(part, (_whole, key: string) => {
      const content = made.get(key)
      if (content === undefined) throw new Error(`docs/${name}: nothing makes the part "${key}"`)
      unused.delete(key)
      return `<!-- generated: ${key} -->\n\n${content}\n\n<!-- end of ${key} -->`
    })
    return [`docs/${name}`, filled] as const
  })
  if (unused.size > 0) throw new Error(`no file in docs has the parts ${[...unused].join(', ')}`)
  return Object.fromEntries(texts)
}

if (import.meta.main) {
  for (const [path, content] of Object.entries(await docFiles())) writeFileSync(new URL(path, root), content)
}
