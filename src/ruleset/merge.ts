// Classes, defaults and detectors of all layers → one of each; what a later layer says holds.
import type { Action } from '../actions/action.ts'
import { detectorIds, type DetectorId } from '../detectors/detector.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { actionOf } from './action-of.ts'
import { placeOfKey, type Layer } from './layers.ts'
import type { Program } from './program.ts'

export interface PlacedAction {
  readonly action: Action
  readonly place: Pick<Diagnostic, 'file' | 'position'>
}

export function mergeClasses(layers: readonly Layer[]): Map<string, PlacedAction> {
  const classes = new Map<string, PlacedAction>()
  for (const layer of layers) {
    for (const [name, form] of Object.entries(layer.content.classes ?? {})) {
      classes.set(name, { action: actionOf(form), place: placeOfKey(layer, ['classes', name]) })
    }
  }
  return classes
}

export function mergeDefaults(
  layers: readonly Layer[],
  knowsClass: (name: string, layer: Layer, path: YamlPath) => void,
): Program['defaults'] {
  // What holds when no layer says, `builtin:base` says all of it.
  let merged: Program['defaults'] = {
    attribute: 'internal',
    body: 'internal',
    name: 'internal',
    onError: 'drop',
    limits: { valueBytes: 4096, depth: 8, attributes: 128 },
  }
  for (const layer of layers) {
    const { attribute, body, name, on_error, limits = {} } = layer.content.defaults ?? {}
    for (const [key, value] of Object.entries({ attribute, body, name })) {
      if (value !== undefined) knowsClass(value, layer, ['defaults', key])
    }
    merged = {
      attribute: attribute ?? merged.attribute,
      body: body ?? merged.body,
      name: name ?? merged.name,
      onError: on_error ?? merged.onError,
      limits: {
        valueBytes: limits.value_bytes ?? merged.limits.valueBytes,
        depth: limits.depth ?? merged.limits.depth,
        attributes: limits.attributes ?? merged.limits.attributes,
      },
    }
  }
  return merged
}

export function mergeDetectors(layers: readonly Layer[]): Program['detectors'] {
  let use: readonly DetectorId[] = detectorIds
  let phoneRegions: readonly string[] = []
  let defaultRegion: string | undefined
  for (const { content } of layers) {
    const written = content.detectors ?? {}
    const off = new Set<string>(written.off)
    use = ((written.use ?? use) as DetectorId[]).filter((id) => !off.has(id))
    phoneRegions = written.phone_regions ?? phoneRegions
    defaultRegion = written.default_region ?? defaultRegion
  }
  // In the table's order, each once: what a ruleset says does not depend on the order it says it in.
  const chosen = new Set(use)
  return {
    use: detectorIds.filter((id) => chosen.has(id)),
    phoneRegions: [...new Set(phoneRegions)].toSorted(),
    ...(defaultRegion === undefined ? {} : { defaultRegion }),
  }
}
