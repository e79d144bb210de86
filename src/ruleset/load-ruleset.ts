// From the name of a ruleset to the program: the one entry that commands, tests and benches use.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compile, type Compiled } from './compile.ts'
import { readLayers, type Layer, type ReadText } from './layers.ts'
import type { OwnKey } from './rings.ts'

export type LoadOptions = OwnKey & {
  /** A file, or the name of a built-in layer; the shipped ruleset unless given. */
  readonly file?: string
  /** Reads a ruleset file; from the disk unless given. */
  readonly readText?: ReadText
  readonly env?: Readonly<Record<string, string | undefined>>
  /** ISO date; today unless given. */
  readonly today?: string
}

export interface LoadedRuleset extends Compiled {
  /** The files it was read from, the lowest first; incomplete when there are errors. */
  readonly layers: readonly Layer[]
  /** The texts that diagnostics point into. */
  readonly sources: ReadonlyMap<string, string>
}

/**
 * Loads and compiles a ruleset. With `key` nothing is written to the disk; with `dataDir` the key is kept there.
 * @returns a program when there is no error; warnings may come with it
 */
export function loadRuleset(options: LoadOptions): LoadedRuleset {
  const {
    file = 'builtin:automagik',
    readText,
    env = process.env,
    today = new Date().toISOString().slice(0, 10),
  } = options
  const { layers, diagnostics, sources } = readLayers(file, readText)
  if (hasErrors(diagnostics)) return { layers, diagnostics, sources, events: new Map(), notes: [] }
  const compiled = compile(layers, { own: options, env, today })
  return { ...compiled, diagnostics: [...diagnostics, ...compiled.diagnostics], layers, sources }
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}
