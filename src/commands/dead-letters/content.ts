// What is in a dead letter, in the clear: as it was cleaned, or cleaned again where the rules have changed since.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { countRecords } from '../../otlp/count.ts'
import { WireError } from '../../otlp/wire-error.ts'
import { createEngine, type Engine } from '../../processors/engine.ts'
import type { Letter } from '../../queue/letter-file.ts'
import { print } from '../command.ts'
import type { CommandContext } from '../command.ts'
import { keyOfDataFolder, loadProgram, throwAwayKey } from '../load.ts'
import { configOf } from '../start/options.ts'
import type { FileOptions } from './options.ts'

const inflate = promisify(gunzip)
/** No request is as large. */
const mostBytes = 256 * 2 ** 20

export interface RulesetOptions extends FileOptions {
  readonly ruleset?: string
}

/** The rules in force, when they are known. */
export interface Rules {
  readonly digest: string
  readonly engine: Engine
}

/** Those of `--ruleset` or the configuration; undefined when neither is given. @throws InvalidConfiguration */
export function rulesOf(context: CommandContext, options: RulesetOptions, dataDir: string): Rules | undefined {
  if (options.config === undefined && options.ruleset === undefined) return undefined
  const file = options.ruleset ?? configOf(context, { config: options.config! }).ruleset
  const { program } = loadProgram(context, { file, key: keyOfDataFolder(context, dataDir) ?? throwAwayKey() })
  return { digest: program.digest, engine: createEngine(program) }
}

/** OTLP in protobuf; undefined where the rules of now leave nothing, `unreadable` where it is no OTLP. */
export async function contentOf(letter: Letter, rules?: Rules): Promise<Uint8Array | undefined | 'unreadable'> {
  const body = await plainOf(letter)
  if (body === undefined) return 'unreadable'
  if (rules === undefined || rules.digest === letter.digest) return body
  try {
    return rules.engine.clean(letter.signal, body)?.bytes
  } catch (error) {
    if (error instanceof WireError) return 'unreadable'
    throw error
  }
}

/** Undefined when it is damaged. */
export async function plainOf({ signal, data }: Letter): Promise<Uint8Array | undefined> {
  try {
    const body = await inflate(data, { maxOutputLength: mostBytes })
    countRecords(signal, body)
    return body
  } catch {
    return undefined
  }
}

/** Says by which rules they are shown, when that is not known. */
export function noteOnRules({ stderr }: CommandContext, rules: Rules | undefined): void {
  if (rules === undefined)
    print(stderr, 'note: shown as it was cleaned when it came; with --config or --ruleset, by the rules of now')
}
