// A ruleset and everything it extends, as checked files in order, the lowest first. Built-in layers are YAML files that
// users can read: the folder `rulesets/` beside the sources.
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { validate } from '../diagnostics/validate.ts'
import { loadYaml, positionOf, positionOfKey, type YamlFile, type YamlPath } from '../diagnostics/yaml.ts'
import { readOwnEvents, type OwnEvent } from './own-events.ts'
import { rulesetSchema, type RulesetFile } from './schema.ts'

/** One file of a ruleset. */
export interface Layer {
  /** What messages call it: `builtin:semconv`, or the file as the user named it. */
  readonly file: string
  /** The folder that relative files in it start from. */
  readonly folder: string
  readonly yaml: YamlFile
  readonly content: RulesetFile
  /** The event schemas that it brings. */
  readonly events: readonly OwnEvent[]
}

export interface Layers {
  /** The lowest first; `builtin:base` is always there. Incomplete when there are errors. */
  readonly layers: readonly Layer[]
  readonly diagnostics: readonly Diagnostic[]
  /** The text of every file read, for messages. */
  readonly sources: ReadonlyMap<string, string>
}

const shipped = new URL('../../rulesets/', import.meta.url)
/** The layers that a ruleset may extend by name. */
export const builtinFiles: Readonly<Record<string, string>> = {
  'builtin:automagik': 'automagik.yaml',
  'builtin:strict': 'strict.yaml',
  'builtin:base': 'builtin/base.yaml',
  'builtin:repair': 'builtin/repair.yaml',
  'builtin:semconv': 'builtin/semconv.yaml',
  'builtin:well-known': 'builtin/well-known.yaml',
  'builtin:automagik-legacy': 'builtin/automagik-legacy.yaml',
  'builtin:events': 'builtin/events.yaml',
  'builtin:metrics': 'builtin/metrics.yaml',
}

export type ReadText = (path: string) => string

/**
 * Reads a ruleset (a built-in name or a file) and its layers. Each layer counts once, however often it is extended.
 * @param readText reads files that are not built in
 */
export function readLayers(start: string, readText: ReadText = fromDisk): Layers {
  const layers: Layer[] = []
  const diagnostics: Diagnostic[] = []
  const sources = new Map<string, string>()
  const done = new Set<string>()
  const open: string[] = []

  const add = (name: string, path: string, asked: Pick<Diagnostic, 'file' | 'position'>): void => {
    if (open.includes(path)) {
      const message = `"${name}" extends itself: ${[...open.slice(open.indexOf(path)), path].map(short).join(' → ')}`
      diagnostics.push({ code: 'ruleset/cycle', severity: 'error', message, ...asked })
      return
    }
    if (done.has(path)) return
    done.add(path)
    const text = read(name, path, asked)
    if (text === undefined) return
    sources.set(name, text)
    const loaded = loadYaml(name, text, 'ruleset')
    const checked = loaded.diagnostics.length > 0 ? undefined : validate(rulesetSchema, loaded.yaml, 'ruleset')
    diagnostics.push(...loaded.diagnostics, ...(checked?.diagnostics ?? []))
    if (checked?.value === undefined) return
    const events: OwnEvent[] = []
    const layer: Layer = { file: name, folder: dirname(path), yaml: loaded.yaml, content: checked.value, events }
    for (const [index, entry] of (layer.content.events?.schemas ?? []).entries()) {
      const own = readOwnEvents(entry, layer.folder, placeOf(layer, ['events', 'schemas', index]), {
        readText,
        sources,
      })
      events.push(...own.events)
      diagnostics.push(...own.diagnostics)
    }
    open.push(path)
    for (const [index, below] of asList(layer.content.extends).entries()) extend(layer, below, index)
    open.pop()
    layers.push(layer)
  }

  const extend = (layer: Layer, below: string, index: number): void => {
    const at = Array.isArray(layer.content.extends) ? ['extends', index] : ['extends']
    const asked = placeOf(layer, at)
    if (!below.startsWith('builtin:')) return add(below, resolve(layer.folder, below), asked)
    const path = builtinPath(below)
    if (path !== undefined) return add(below, path, asked)
    const known = Object.keys(builtinFiles)
    const message = `no built-in layer is called "${below}"${didYouMean(below, known)}`
    diagnostics.push({
      code: 'ruleset/unknown-layer',
      severity: 'error',
      message,
      ...asked,
      help: `there are ${known.join(', ')}`,
    })
  }

  const read = (name: string, path: string, asked: Pick<Diagnostic, 'file' | 'position'>): string | undefined => {
    try {
      return name.startsWith('builtin:') ? fromDisk(path) : readText(path)
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      diagnostics.push({
        code: 'ruleset/unreadable',
        severity: 'error',
        message: `cannot read the ruleset "${name}" (${reason})`,
        ...asked,
        ...helpFor(name, path, asked.position !== undefined),
      })
      return undefined
    }
  }

  add('builtin:base', builtinPath('builtin:base') ?? '', { file: 'builtin:base' })
  const path = builtinPath(start) ?? resolve(start)
  add(start, path, { file: start })
  return { layers, diagnostics, sources }
}

/** @param isExtended by a file, in contrast to what was asked for on the command line */
function helpFor(name: string, path: string, isExtended: boolean): { help?: string } {
  if (Object.hasOwn(builtinFiles, `builtin:${name}`)) return { help: `the shipped one is called builtin:${name}` }
  return isExtended ? { help: `it is looked for at ${relative('', path)}, beside the file that names it` } : {}
}

/** The place of a value in a layer, as the fields of a diagnostic. */
export function placeOf(layer: Layer, path: YamlPath): Pick<Diagnostic, 'file' | 'position'> {
  const position = positionOf(layer.yaml, path)
  return { file: layer.file, ...(position === undefined ? {} : { position }) }
}

/** The place of a key in a layer, as the fields of a diagnostic. */
export function placeOfKey(layer: Layer, path: YamlPath): Pick<Diagnostic, 'file' | 'position'> {
  const position = positionOfKey(layer.yaml, path)
  return { file: layer.file, ...(position === undefined ? {} : { position }) }
}

/** One or many, as the language allows for many keys. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

function fromDisk(path: string): string {
  return readFileSync(path, 'utf8')
}

function builtinPath(name: string): string | undefined {
  const file = Object.hasOwn(builtinFiles, name) ? builtinFiles[name] : undefined
  return file === undefined ? undefined : fileURLToPath(new URL(file, shipped))
}

function short(path: string): string {
  return path.startsWith(fileURLToPath(shipped))
    ? `builtin:${path.replace(/^.*\//, '').replace('.yaml', '')}`
    : path.replace(/^.*\//, '')
}
