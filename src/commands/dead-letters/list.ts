// `dead-letters list`: which there are, of whom and why, never what is in them.
import { lettersOf, totalsOf, type LetterRow, type LetterTotal } from '../../queue/letter-file.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { adviceOn } from './advice.ts'
import { counted, filterOf, nothingFound, plain, withLetters, type ChoiceOptions, type FileOptions } from './options.ts'

export interface ListOptions extends FileOptions, ChoiceOptions {
  readonly format: 'text' | 'json'
  /** The newest so many are shown, and all are counted. */
  readonly limit: number
}

export function listLetters(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  return withLetters(context, options, true, (database) => {
    const filter = filterOf(options)
    const totals = totalsOf(database, filter)
    const letters = lettersOf(database, filter, options.limit)
    if (options.format === 'json') print(context.stdout, listJson(letters, totals))
    else print(context.stdout, totals.length === 0 ? nothingFound(database, options) : listText(letters, totals))
    return exitCode.ok
  })
}

function listJson(letters: readonly LetterRow[], totals: readonly LetterTotal[]): string {
  return JSON.stringify(
    {
      letters: letters.map(({ id, atMs, exporter, signal, reason, records, size }) => ({
        id,
        at: timeOf(atMs),
        exporter,
        signal,
        reason,
        records,
        bytes: size,
      })),
      totals: totals.map(({ size, ...total }) => ({ ...total, bytes: size })),
    },
    undefined,
    2,
  )
}

function listText(letters: readonly LetterRow[], totals: readonly LetterTotal[]): string {
  const rows = letters.map(({ id, atMs, exporter, signal, reason, records, size }) => [
    String(id),
    timeOf(atMs),
    plain(exporter),
    plain(signal),
    records.toLocaleString('en'),
    size.toLocaleString('en'),
    plain(reason),
  ])
  const all = totals.reduce((sum, total) => sum + total.letters, 0)
  const older = all - letters.length
  const sums = totals.flatMap(({ exporter, signal, reason, letters, records, size }) => [
    `${plain(exporter)}  ${plain(signal)}  ${plain(reason)}: ${counted(letters, 'dead letter')}, ${counted(records, 'record')}, ${counted(size, 'byte')}`,
    `  ${adviceOn(reason)}`,
  ])
  return [
    ...table(['id', 'when', 'exporter', 'signal', 'records', 'bytes', 'reason'], rows),
    ...(older > 0 ? [`… and ${older.toLocaleString('en')} older: --limit ${all}`] : []),
    '',
    ...sums,
  ].join('\n')
}

const isNumber = new Set(['id', 'records', 'bytes'])

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column].length), name.length),
  )
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (isNumber.has(head[column]) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  )
}

/** In UTC, as `--since` takes it. */
export function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().replace(/\.\d+Z$/, 'Z')
}
