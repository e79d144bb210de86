// `conventions:` of the layers → one table of names, with what would make renames depend on their order refused.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'
import type { Coerce, Conventions, EventConventions } from './program.ts'

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
    addRenames(rename, layer, ['conventions', 'rename'], written.rename)
    for (const [name, words] of Object.entries(written.values ?? {})) {
      const known = values.get(name) ?? new Map<string, Written>()
      values.set(name, known)
      addRenames(known, layer, ['conventions', 'values', name], words)
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
      addRenames(known.rename, layer, [...path, 'rename'], entry.rename)
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
  for (const words of values.values()) diagnostics.push(...wordFaults(words))
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

function addRenames(
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

/** A text that becomes one that becomes another: the next gateway would go on. */
function wordFaults(words: ReadonlyMap<string, Written>): Diagnostic[] {
  return [...words].flatMap(([text, { to, place }]) => {
    const next = words.get(to)?.to ?? to
    if (next === to) return []
    const message = `"${text}" becomes "${to}", which itself becomes "${next}"`
    return [{ ...fault('value-chain', message, place), help: `write "${text}": "${next}"` }]
  })
}

function fault(code: string, message: string, place: Pick<Diagnostic, 'file' | 'position'>): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
