// Checked layers → the program that the engine runs, or what is wrong with them. Nothing unknown survives.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import type { YamlPath } from '../diagnostics/yaml.ts'
import { detectorTable } from '../detectors/detector.ts'
import type { EventSchema } from '../events/event-schema.ts'
import { hashFaults, idleRules } from './checks.ts'
import { findConflicts, type PlacedRule } from './conflicts.ts'
import { compileConventions } from './conventions.ts'
import { compileCustomDetectors } from './custom-detectors.ts'
import { digestOf } from './digest.ts'
import { labelFaults, withoutIdentifying } from './labels.ts'
import { asList, placeOf, placeOfKey, type Layer } from './layers.ts'
import { mergeClasses, mergeDefaults, mergeDetectors } from './merge.ts'
import { mergeEvents } from './merge-events.ts'
import { metricNameFaults } from './metric-names.ts'
import { mergeMetrics } from './metric-rules.ts'
import type { Exception, Program, Selector } from './program.ts'
import { readRings, type OwnKey } from './rings.ts'
import { readTests } from './ruleset-tests.ts'
import { attributeSelector, pathSelector } from './selectors.ts'
import { mergeValidation } from './validation.ts'

export interface CompileOptions {
  readonly own: OwnKey
  readonly env: Readonly<Record<string, string | undefined>>
  /** ISO date. */
  readonly today: string
}

export interface Compiled {
  /** Undefined when there is an error. */
  readonly program?: Program
  /** The events it knows, by canonical name. */
  readonly events: ReadonlyMap<string, EventSchema>
  readonly diagnostics: readonly Diagnostic[]
  /** What the user should know of, such as a new key. */
  readonly notes: readonly string[]
}

/** Merges the layers, the lowest first, and checks what only the whole can tell. */
export function compile(layers: readonly Layer[], options: CompileOptions): Compiled {
  const diagnostics: Diagnostic[] = []
  const { conventions: written, diagnostics: ofConventions } = compileConventions(layers)
  const classes = mergeClasses(layers)
  const { conventions, catalogue, events, diagnostics: ofEvents } = mergeEvents(layers, classes, written)
  const { validation, diagnostics: ofValidation } = mergeValidation(layers, conventions)
  diagnostics.push(...ofConventions, ...ofEvents, ...ofValidation)

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
    for (const [index, text] of asList(written.attr).entries()) {
      const isPattern = /[?^$\\|()]|\[.*\]|^\/.*\/$/.test(text)
      if (!isPattern) continue
      const at = placeOf(layer, [...path, 'attr', ...(Array.isArray(written.attr) ? [index] : [])])
      const message = `"${text}" is taken as it is: in a name only * stands for anything`
      const help = 'write the names, or * for what differs; patterns are for detectors of your own'
      diagnostics.push({ ...error('odd-name', message, at), severity: 'warning', help })
    }
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
      const place = placeOf(layer, ['rules', index, 'id'])
      rules.push({
        rule: { id: written.id, class: written.class, selectors, services, place },
        place,
      })
    }
    for (const [index, written] of (layer.content.exceptions ?? []).entries()) {
      const path = ['exceptions', index]
      const { selectors, services } = selectorsOf(layer, path, written)
      const { reason, owner, expires } = written
      if (expires === undefined || expires >= options.today) {
        const place = placeOf(layer, path)
        exceptions.push({ class: written.class, selectors, services, reason, owner, expires, place })
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
  const { custom, diagnostics: ofDetectors } = compileCustomDetectors(layers, knowsClass)
  const detectors = { ...mergeDetectors(layers), ...(custom.length === 0 ? {} : { custom }) }
  for (const id of detectors.use) {
    if (classes.has(detectorTable[id].class)) continue
    const message = `the detector "${id}" finds data of the class "${detectorTable[id].class}", which is not defined`
    diagnostics.push(error('unknown-class', message, { file: layers[layers.length - 1].file }))
  }
  const metrics = mergeMetrics(layers)
  const cases = readTests(layers, custom)
  const classified = { classes: actions, defaults, rules: rules.map(({ rule }) => rule), exceptions }
  const { rings, diagnostics: ofRings, notes } = readRings(layers, options.own, options.env, options.today)
  diagnostics.push(
    ...ofDetectors,
    ...cases.diagnostics,
    ...ofRings,
    ...hashFaults(classes, rings.keys()),
    ...findConflicts(rules, actions),
    ...idleRules(rules, actions, defaults),
    ...metrics.diagnostics,
    ...metricNameFaults(metrics.placed, catalogue, conventions),
    ...labelFaults(metrics.placed, { ...classified, events }, conventions),
  )

  if (diagnostics.some(({ severity }) => severity === 'error')) return { events: catalogue, diagnostics, notes }
  const program: Omit<Program, 'digest'> = {
    name: layers[layers.length - 1].content.name,
    ...classified,
    detectors,
    conventions,
    metrics: {
      ...metrics.rules,
      derived: withoutIdentifying(metrics.rules.derived, metrics.placed, classified, conventions),
    },
    repair: layers.reduce((on, { content }) => content.repair ?? on, false),
    keys: rings,
    events,
    validation,
    tests: cases.tests,
  }
  return { program: { ...program, digest: digestOf(program) }, events: catalogue, diagnostics, notes }
}

type Services = readonly string[] | undefined
type Selecting = Pick<NonNullable<Layer['content']['rules']>[number], 'attr' | 'path' | 'in' | 'service' | 'class'>

function error(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
