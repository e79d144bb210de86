// `validation:` of the layers → what becomes of events that do not fit their schema, and of events that have none.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { placeOfKey, type Layer } from './layers.ts'
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
    const { validation = {}, defaults = {} } = layer.content
    onViolation = validation.on_violation ?? onViolation
    unknownEvent = defaults.event ?? unknownEvent
    for (const [name, verdict] of Object.entries(validation.services ?? {})) {
      if (!known.has(name)) {
        const path = ['validation', 'services', name]
        const message = `no service or group is called "${name}"${didYouMean(name, known)}`
        const help = `declare it: conventions: {services: {${name}: [${name}]}}`
        diagnostics.push({ ...fault('unknown-service', message, placeOfKey(layer, path)), help })
      }
      byService.set(name, verdict)
    }
  }
  return { validation: { onViolation, services: byService, unknownEvent }, diagnostics }
}

/** Whether some event may have to be kept in the quarantine. */
export function mayQuarantine({ onViolation, services, unknownEvent }: Validation): boolean {
  return [onViolation, unknownEvent, ...services.values()].includes('quarantine')
}

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
