// What the commands about dead letters and the quarantine have in common: which file, which letters, and words for a
// choice that finds none.
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { didYouMean, list } from '../../diagnostics/suggest.ts'
import type { Signal } from '../../otlp/fields.ts'
import { QueueFileError } from '../../queue/durable-queue.ts'
import { openLetterFile, toQueueFileError, totalsOf, type LetterFilter } from '../../queue/letter-file.ts'
import type { Shelf } from '../../queue/stored.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { configOf } from '../start/options.ts'
import { words } from './words.ts'

/** Of every command. */
export interface FileOptions {
  readonly shelf: Shelf
  readonly config?: string
  readonly dataDir?: string
}

/** Which letters; without any of them all. */
export interface ChoiceOptions {
  readonly id?: readonly number[]
  readonly exporter?: string
  readonly signal?: Signal
  readonly reason?: string
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly before?: number
}

export function filterOf({
  shelf,
  id,
  exporter,
  signal,
  reason,
  since,
  before,
}: FileOptions & ChoiceOptions): LetterFilter {
  return { shelf, ids: id, exporter, signal, reason, sinceMs: since, beforeMs: before }
}

/**
 * Opens the dead letters, does the work, and closes them.
 * Says what is wrong with the file. @throws InvalidConfiguration
 */
export async function withLetters(
  context: CommandContext,
  options: FileOptions,
  readOnly: boolean,
  work: (database: DatabaseSync, dataDir: string) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  const { dataDir } = configOf(context, {
    ...(options.config !== undefined && { config: options.config }),
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
  })
  const file = join(dataDir, 'queue.db')
  let database: DatabaseSync | undefined
  try {
    const opened = openLetterFile(file, { readOnly })
    database = opened
    return await work(opened, dataDir)
  } catch (thrown) {
    const error = toQueueFileError(file, thrown)
    if (!(error instanceof QueueFileError)) throw thrown
    print(context.stderr, `error: ${error.message}`)
    return exitCode.failed
  } finally {
    database?.close()
  }
}

/** Why nothing was found, with what there is. */
export function nothingFound(database: DatabaseSync, { shelf, exporter, reason }: FileOptions & ChoiceOptions): string {
  const { one, none } = words[shelf]
  const all = totalsOf(database, { shelf })
  if (all.length === 0) return none
  const exporters = [...new Set(all.map((total) => plain(total.exporter)))]
  const reasons = [...new Set(all.map((total) => plain(total.reason)))]
  if (exporter !== undefined && !exporters.includes(exporter))
    return `No ${one} is of the exporter "${plain(exporter)}"${orThere(exporter, exporters)}`
  if (reason !== undefined && !reasons.includes(reason))
    return `No ${one} has the reason "${plain(reason)}"${orThere(reason, reasons)}`
  return `No ${one} is chosen by all of these options.`
}

export function orThere(name: string, known: readonly string[]): string {
  return didYouMean(name, known) || `; there are ${list(known)}`
}

/** Without what a terminal would obey. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '�')
}

export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
