// Reads the configuration and the ruleset for a command, and says what is wrong with them.
import { existsSync, readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { defaultConfig, loadConfig } from '../config/load-config.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { EventSchema } from '../events/event-schema.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'
import type { Sources } from '../diagnostics/render.ts'
import { decodeKey, keyIdOf, minKeyBytes } from '../ruleset/keys.ts'
import type { NamedKey } from '../ruleset/keys.ts'
import { builtinFiles } from '../ruleset/layers.ts'
import type { Layer } from '../ruleset/layers.ts'
import { loadRuleset } from '../ruleset/load-ruleset.ts'
import type { LoadOptions } from '../ruleset/load-ruleset.ts'
import type { Program } from '../ruleset/program.ts'
import { InvalidConfiguration, print } from './command.ts'
import type { CommandContext } from './command.ts'

export interface Loaded {
  readonly program: Program
  /** The files it was read from, the lowest first. */
  readonly layers: readonly Layer[]
  /** What the user should know of, such as a new key. */
  readonly notes: readonly string[]
  /** The events whose schemas the ruleset brings with it. */
  readonly ownEvents: readonly EventSchema[]
}

/** The configuration of a file, or the defaults. Prints what is wrong with it. Throws InvalidConfiguration. */
export function configurationOf(context: CommandContext, file: string | undefined): Config {
  if (file === undefined) return defaultConfig()
  const { config, diagnostics, sources } = loadConfig(file, {
    env: context.env,
    builtinRulesets: Object.keys(builtinFiles),
  })
  report(context, diagnostics, sources)
  if (config === undefined) throw new InvalidConfiguration()
  return config
}

/** The program of a ruleset file, or of the shipped one. Prints warnings. Throws InvalidConfiguration. */
export function loadProgram(context: CommandContext, options: LoadOptions): Loaded {
  const { program, layers, diagnostics, sources, notes } = loadRuleset({ env: context.env, ...options })
  report(context, diagnostics, sources)
  if (program === undefined) throw new InvalidConfiguration()
  const ownEvents = layers.flatMap(({ events }) => events.map(({ schema }) => schema))
  return { program, layers, notes, ownEvents }
}

/** Prints diagnostics to standard error. */
export function report({ stderr, env }: CommandContext, diagnostics: readonly Diagnostic[], sources: Sources): void {
  const color = stderr.isTTY === true && !env['NO_COLOR']
  if (diagnostics.length > 0) print(stderr, `${renderDiagnostics(diagnostics, sources, color)}\n`)
}

/** Reads a key of pseudonyms. Prints what is wrong with it and throws InvalidConfiguration. */
export function readKeyFile({ stderr }: CommandContext, file: string): NamedKey {
  try {
    const bytes = decodeKey(new Uint8Array(readFileSync(file)))
    if (bytes !== undefined && bytes.length >= minKeyBytes) return { id: keyIdOf(bytes), bytes }
    print(
      stderr,
      `error: the key in ${file} is ${bytes === undefined ? 'no base64' : `shorter than ${minKeyBytes} bytes`}`,
    )
  } catch (error) {
    print(stderr, `error: cannot read the key file ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
  }
  throw new InvalidConfiguration()
}

/** The key that a gateway keeps in this data folder, where there is one. */
export function keyOfDataFolder(context: CommandContext, folder: string): NamedKey | undefined {
  const file = join(folder, 'pseudonym.key')
  return existsSync(file) ? readKeyFile(context, file) : undefined
}

/** Stands for the gateway's own key where nothing is hashed: a ruleset has the same digest wherever it is looked at. */
export const noKey: NamedKey = { id: 'own', bytes: new Uint8Array(minKeyBytes) }

/** A key that nobody keeps: its pseudonyms mean nothing outside this process. */
export function throwAwayKey(): NamedKey {
  const bytes = new Uint8Array(randomBytes(minKeyBytes))
  return { id: keyIdOf(bytes), bytes }
}
