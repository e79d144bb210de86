// `conventions:` of the layers → one table of names, with what would make renames depend on their order refused.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'
import type { Coerce, Conventions, EventConventions } from './program.ts'
import { roles } from './roles.ts'

interface Written {
  readonly to: string
  readonly place: Pick<Diagnostic, 'file' | 'position'>
}

interface WrittenEvent {
  readonly rename: Map<string, Written>
  readonly coerce: Map<string, Coerce>
  readonly routes: Set<string>
}

const newEvent = (): WrittenEvent => ({ rename: new Map(), coerce: new Map(), routes: new Set() })

export interface CompiledConventions {
  readonly conventions: Conventions
  readonly diagnostics: readonly Diagnostic[]
}

/** Merges the conventions of all layers; of two entries for one name the later layer's holds. */
export function compileConventions(layers: readonly Layer[]): CompiledConventions {
  const diagnostics: Diagnostic[] = []
  const rename = new Map<string, Written>()
  const values = new Map<string, Map<string, Written>>()
  const coerce = new Map<string, Coerce>()
  const services = new Map<string, string>()
  const aliases = new Map<string, string>()
  const events = new Map<string, WrittenEvent>()
  let metricIdentity: readonly string[] = []
  let keepOldNames = false

  for (const layer of layers) {
    const written = layer.content.conventions ?? {}
    addWritten(rename, layer, ['conventions', 'rename'], written.rename)
    for (const [name, words] of Object.entries(written.values ?? {})) {
      const known = values.get(name) ?? new Map<string, Written>()
      values.set(name, known)
      addWritten(known, layer, ['conventions', 'values', name], words)
    }
    for (const [name, type] of Object.entries(written.coerce ?? {})) coerce.set(name, type)
    metricIdentity = written.metric_identity ?? metricIdentity
    keepOldNames = written.keep_old_names ?? keepOldNames
    for (const [group, names] of Object.entries(written.services ?? {})) {
      for (const [index, name] of names.entries()) {
        const other = services.get(name) ?? group
        services.set(name, group)
        if (other === group) continue
        const message = `the service "${name}" is in two groups, "${other}" and "${group}"`
        diagnostics.push(fault('service-twice', message, placeOf(layer, ['conventions', 'services', group, index])))
      }
    }
    for (const [event, entry] of Object.entries(written.events ?? {})) {
      const path = ['conventions', 'events', event]
      const known = events.get(event) ?? newEvent()
      events.set(event, known)
      addWritten(known.rename, layer, [...path, 'rename'], entry.rename)
      for (const [name, type] of Object.entries(entry.coerce ?? {})) known.coerce.set(name, type)
      for (const route of entry.routes ?? []) known.routes.add(route)
      for (const [index, alias] of (entry.aliases ?? []).entries()) {
        const other = aliases.get(alias) ?? event
        aliases.set(alias, event)
        if (other === event) continue
        const message = `"${alias}" is the alias of two events, "${other}" and "${event}"`
        diagnostics.push(fault('alias-twice', message, placeOf(layer, [...path, 'aliases', index])))
      }
    }
  }

  diagnostics.push(...renameFaults(rename, undefined))
  for (const own of events.values()) diagnostics.push(...renameFaults(new Map([...rename, ...own.rename]), own.rename))
  for (const [name, words] of values) diagnostics.push(...wordFaults(name, words))
  for (const layer of layers)
    diagnostics.push(...oldNames(layer, 'values', rename), ...oldNames(layer, 'coerce', rename))
  const plain = (from: ReadonlyMap<string, Written>): Map<string, string> =>
    new Map([...from].map(([name, { to }]) => [name, to]))
  return {
    conventions: {
      rename: plain(rename),
      values: new Map([...values].map(([name, words]) => [name, plain(words)])),
      coerce,
      services,
      aliases,
      events: new Map<string, EventConventions>(
        [...events].map(([name, event]) => [
          name,
          { rename: plain(event.rename), coerce: event.coerce, routes: [...event.routes] },
        ]),
      ),
      metricIdentity,
      keepOldNames,
    },
    diagnostics,
  }
}

function addWritten(
  to: Map<string, Written>,
  layer: Layer,
  path: readonly string[],
  from: Record<string, string> = {},
): void {
  for (const [name, canonical] of Object.entries(from))
    to.set(name, { to: canonical, place: placeOfKey(layer, [...path, name]) })
}

/**
 * Renames to itself, in a chain or in a circle: each would make the result depend on an order.
 * @param own of an event: its own renames, the only ones to report again
 */
function renameFaults(
  rename: ReadonlyMap<string, Written>,
  own: ReadonlyMap<string, Written> | undefined,
): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const [name, { to, place }] of rename) {
    const next = rename.get(to)
    if (next === undefined || (own !== undefined && !own.has(name) && !own.has(to))) continue
    const at = own !== undefined && !own.has(name) ? next.place : place
    if (to === name) found.push(fault('rename-self', `"${name}" is renamed to itself`, at))
    else if (next.to === name) found.push(fault('rename-swap', `"${name}" and "${to}" are renamed to each other`, at))
    else {
      const help = `write "${name}": "${next.to}"`
      found.push({
        ...fault('rename-chain', `"${name}" is renamed to "${to}", which is itself renamed to "${next.to}"`, at),
        help,
      })
    }
  }
  return found
}

/** Words for an attribute that the gateway itself reads, and a word that becomes one that becomes another. */
function wordFaults(name: string, words: ReadonlyMap<string, Written>): Diagnostic[] {
  return [...words].flatMap(([text, { to, place }]) => {
    if (Object.hasOwn(roles, name))
      return [fault('read-name', `the gateway itself reads "${name}", before its values are in other words`, place)]
    const next = words.get(to)
    if (next === undefined || next.to === to) return []
    // What ships is right by itself.
    const at = place.file.startsWith('builtin:') ? next.place : place
    if (next.to === text) {
      // One of the two says it.
      if (at !== place || (next.place.file === place.file && text > to)) return []
      const message = `"${text}" and "${to}" become each other`
      return [{ ...fault('value-chain', message, at), help: `to leave one as it is, write "${to}": "${to}" too` }]
    }
    const message = `"${text}" becomes "${to}", which itself becomes "${next.to}"`
    return [{ ...fault('value-chain', message, at), help: `write "${text}": "${next.to}"` }]
  })
}

/** Under its old name an attribute has no words and no type: it has been renamed before. */
function oldNames(layer: Layer, section: 'values' | 'coerce', rename: ReadonlyMap<string, Written>): Diagnostic[] {
  return Object.keys(layer.content.conventions?.[section] ?? {}).flatMap((name) => {
    const canonical = rename.get(name)?.to
    if (canonical === undefined) return []
    const place = placeOfKey(layer, ['conventions', section, name])
    const found = fault('old-name', `nothing is called "${name}" here: it is renamed to "${canonical}" before`, place)
    return [{ ...found, severity: 'warning' as const, help: `write "${canonical}"` }]
  })
}

function fault(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
