// Checked layers → the program that the engine runs, or what is wrong with them. Nothing unknown survives.
import type { Action } from '../actions/action.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { detectorIds, detectorTable, type DetectorId } from '../detectors/detector.ts'
import { actionOf, hashOfAction } from './action-of.ts'
import { findConflicts, type PlacedRule } from './conflicts.ts'
import { compileConventions } from './conventions.ts'
import { digestOf } from './digest.ts'
import { asList, placeOf, placeOfKey, type Layer } from './layers.ts'
import type { Exception, Program, Selector } from './program.ts'
import { readRings, type OwnKey } from './rings.ts'
import { attributeSelector, pathSelector } from './selectors.ts'

export interface CompileOptions {
  readonly own: OwnKey
  readonly env: Readonly<Record<string, string | undefined>>
  /** ISO date. */
  readonly today: string
}

export interface Compiled {
  /** Undefined when there is an error. */
  readonly program?: Program
  readonly diagnostics: readonly Diagnostic[]
  /** What the user should know of, such as a new key. */
  readonly notes: readonly string[]
}

/** Merges the layers, the lowest first, and checks what only the whole can tell. */
export function compile(layers: readonly Layer[], options: CompileOptions): Compiled {
  const diagnostics: Diagnostic[] = []
  const { conventions, diagnostics: ofConventions } = compileConventions(layers)
  diagnostics.push(...ofConventions)

  const classes = mergeClasses(layers)
  const actions = new Map([...classes].map(([name, { action }]) => [name, action]))
  const knowsClass = (name: string, layer: Layer, path: YamlPath): void => {
    if (classes.has(name)) return
    const message = `no class is called "${name}"${didYouMean(name, classes.keys())}`
    diagnostics.push({
      ...error('unknown-class', message, placeOf(layer, path)),
      help: `the classes are ${list(classes.keys())}`,
    })
  }
  const serviceNames = new Set([...conventions.services.keys(), ...conventions.services.values()])
  const selectorsOf = (
    layer: Layer,
    path: YamlPath,
    written: Selecting,
  ): Selecting & { selectors: Selector[]; services: Services } => {
    const selectors: Selector[] = asList(written.attr).map((name) =>
      attributeSelector(name, written.in && asList(written.in)),
    )
    for (const [index, text] of asList(written.path).entries()) {
      const found = pathSelector(text)
      if ('selector' in found) selectors.push(found.selector)
      else {
        const at = placeOf(layer, [...path, 'path', ...(Array.isArray(written.path) ? [index] : [])])
        diagnostics.push({ ...error('unknown-path', found.error, at), help: found.help })
      }
    }
    if (written.in !== undefined && written.attr === undefined) {
      const message = '"in" narrows "attr"; a path names its context itself'
      diagnostics.push(error('idle-in', message, placeOfKey(layer, [...path, 'in'])))
    }
    for (const [index, name] of asList(written.service).entries()) {
      if (serviceNames.has(name)) continue
      const at = placeOf(layer, [...path, 'service', ...(Array.isArray(written.service) ? [index] : [])])
      const message = `no service or group is called "${name}"${didYouMean(name, serviceNames)}`
      diagnostics.push({
        ...error('unknown-service', message, at),
        help: `declare it: conventions: {services: {${name}: [${name}]}}`,
      })
    }
    knowsClass(written.class, layer, [...path, 'class'])
    return { ...written, selectors, services: written.service === undefined ? undefined : asList(written.service) }
  }

  const rules: PlacedRule[] = []
  const exceptions: Exception[] = []
  const ids = new Map<string, Layer>()
  for (const layer of layers) {
    for (const [index, written] of (layer.content.rules ?? []).entries()) {
      const first = ids.get(written.id)
      if (first !== undefined) {
        const message = `two rules have the id "${written.id}"${first === layer ? '' : `, the other is in ${first.file}`}`
        diagnostics.push(error('duplicate-rule', message, placeOf(layer, ['rules', index, 'id'])))
      }
      ids.set(written.id, layer)
      const { selectors, services } = selectorsOf(layer, ['rules', index], written)
      rules.push({
        rule: { id: written.id, class: written.class, selectors, services },
        place: placeOf(layer, ['rules', index, 'id']),
      })
    }
    for (const [index, written] of (layer.content.exceptions ?? []).entries()) {
      const path = ['exceptions', index]
      const { selectors, services } = selectorsOf(layer, path, written)
      const { reason, owner, expires } = written
      if (expires === undefined || expires >= options.today) {
        exceptions.push({ class: written.class, selectors, services, reason, owner, expires })
      } else {
        const message = `this exception ended on ${expires}: the default holds again`
        const help = `ask ${owner} whether it is still needed: "${reason}"`
        diagnostics.push({
          ...error('expired-exception', message, placeOf(layer, [...path, 'expires'])),
          severity: 'warning',
          help,
        })
      }
    }
  }

  const defaults = mergeDefaults(layers, knowsClass)
  const detectors = mergeDetectors(layers)
  for (const id of detectors.use) {
    if (classes.has(detectorTable[id].class)) continue
    const message = `the detector "${id}" finds data of the class "${detectorTable[id].class}", which is not defined`
    diagnostics.push(error('unknown-class', message, { file: layers[layers.length - 1].file }))
  }
  const { rings, diagnostics: ofRings, notes } = readRings(layers, options.own, options.env)
  diagnostics.push(...ofRings, ...hashFaults(classes, rings.keys()), ...findConflicts(rules, actions))

  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics, notes }
  const program: Omit<Program, 'digest'> = {
    name: layers[layers.length - 1].content.name,
    classes: actions,
    defaults,
    detectors,
    rules: rules.map(({ rule }) => rule),
    exceptions,
    conventions,
    repair: layers.reduce((on, { content }) => content.repair ?? on, false),
    keys: rings,
  }
  return { program: { ...program, digest: digestOf(program) }, diagnostics, notes }
}

type Services = readonly string[] | undefined
type Selecting = Pick<NonNullable<Layer['content']['rules']>[number], 'attr' | 'path' | 'in' | 'service' | 'class'>

interface PlacedAction {
  readonly action: Action
  readonly place: Pick<Diagnostic, 'file' | 'position'>
}

function mergeClasses(layers: readonly Layer[]): Map<string, PlacedAction> {
  const classes = new Map<string, PlacedAction>()
  for (const layer of layers) {
    for (const [name, form] of Object.entries(layer.content.classes ?? {})) {
      classes.set(name, { action: actionOf(form), place: placeOfKey(layer, ['classes', name]) })
    }
  }
  return classes
}

function mergeDefaults(
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

function mergeDetectors(layers: readonly Layer[]): Program['detectors'] {
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

function hashFaults(classes: ReadonlyMap<string, PlacedAction>, ringNames: Iterable<string>): Diagnostic[] {
  const found: Diagnostic[] = []
  const rings = [...ringNames]
  let length: { name: string; chars: number } | undefined
  for (const [name, { action, place }] of classes) {
    const hash = hashOfAction(action)
    if (hash === undefined) continue
    if (hash.method === 'sha256') {
      const message = `the class "${name}" uses SHA-256 without a key`
      const help =
        'whoever has the hashes can try all phone numbers of a prefix in a minute; a key prevents that: {hash: {key: pseudonym}}'
      found.push({ ...error('unkeyed-hash', message, place), severity: 'warning', help })
      continue
    }
    if (!rings.includes(hash.key)) {
      const message = `the class "${name}" names the key ring "${hash.key}", which is not there${didYouMean(hash.key, rings)}`
      found.push({ ...error('unknown-ring', message, place), help: `the rings under keys: are ${list(rings)}` })
    }
    // A pseudonym is recognised by its exact length, in every class.
    if (length !== undefined && length.chars !== hash.chars) {
      const message = `the classes "${length.name}" and "${name}" make pseudonyms of ${length.chars} and ${hash.chars} digits; want one length`
      found.push(error('pseudonym-length', message, place))
    }
    length ??= { name, chars: hash.chars }
  }
  return found
}

function error(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
