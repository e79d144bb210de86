// `validation:` of the layers → what becomes of events that do not fit their schema, and of events that have none.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'
import { seenName } from './name-forms.ts'
import type { Conventions, Validation, Verdict } from './program.ts'

export interface MergedValidation {
  readonly validation: Validation
  readonly diagnostics: readonly Diagnostic[]
}

/** Events go on whatever their schema says. */
export const noValidation: Validation = { onViolation: 'accept', services: new Map(), unknownEvent: 'accept' }

/** What a later layer says holds. */
export function mergeValidation(layers: readonly Layer[], { services }: Conventions): MergedValidation {
  const diagnostics: Diagnostic[] = []
  const known = new Set([...services.keys(), ...services.values()])
  const byService = new Map<string, Verdict>()
  let { onViolation, unknownEvent } = noValidation
  for (const layer of layers) {
    /** `quarantine` is in the language, and there is no store for it yet: records must not be lost to it. */
    const verdict = (written: Written | undefined, path: YamlPath): Verdict | undefined => {
      if (written !== 'quarantine') return written
      const message = '"quarantine" needs a store of refused records, which this version does not have'
      const help = 'write annotate: such events go on, and are marked'
      diagnostics.push({ ...fault('no-quarantine', message, placeOf(layer, path)), help })
      return undefined
    }
    const { validation = {}, defaults = {} } = layer.content
    onViolation = verdict(validation.on_violation, ['validation', 'on_violation']) ?? onViolation
    unknownEvent = verdict(defaults.event, ['defaults', 'event']) ?? unknownEvent
    for (const [name, written] of Object.entries(validation.services ?? {})) {
      const path = ['validation', 'services', name]
      if (!known.has(name)) {
        const message = `no service or group is called "${name}"${didYouMean(name, known)}`
        const help = `declare it: conventions: {services: {${name}: [${name}]}}`
        diagnostics.push({ ...fault('unknown-service', message, placeOfKey(layer, path)), help })
      }
      byService.set(name, verdict(written, path) ?? onViolation)
    }
  }
  return { validation: { onViolation, services: byService, unknownEvent }, diagnostics }
}

type Written = Verdict | 'quarantine'

/** What becomes of events of a service that do not fit their schema. @param name `service.name` */
export function verdictOf({ onViolation, services }: Validation, conventions: Conventions, name = ''): Verdict {
  if (services.size === 0) return onViolation
  const seen = seenName(name)
  const names = [name, seen, conventions.services.get(name), conventions.services.get(seen)]
  const own = names.find((each) => each !== undefined && services.has(each))
  return own === undefined ? onViolation : (services.get(own) ?? onViolation)
}

function fault(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
