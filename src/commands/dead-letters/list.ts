// `dead-letters list`, `quarantine list`: which there are, of whom and why, never what is in them.
import type { DatabaseSync } from 'node:sqlite'
import type { Signal } from '../../otlp/fields.ts'
import { letterOf, lettersOf, totalsOf, type LetterRow, type LetterTotal } from '../../queue/letter-file.ts'
import type { Shelf } from '../../queue/stored.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { adviceOn } from './advice.ts'
import { plainOf } from './content.ts'
import { counted, filterOf, nothingFound, plain, withLetters, type ChoiceOptions, type FileOptions } from './options.ts'
import { unfitOf, type Unfit } from './unfit.ts'
import { countedOn } from './words.ts'

export interface ListOptions extends FileOptions, ChoiceOptions {
  readonly format: 'text' | 'json'
  /** The newest so many are shown, and all are counted. */
  readonly limit: number
}

export function listLetters(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  return withLetters(context, options, true, async (database) => {
    const { shelf } = options
    const filter = filterOf(options)
    const totals = totalsOf(database, filter)
    const letters = lettersOf(database, filter, options.limit)
    const unfit = shelf === 'quarantine' ? unfitOf(await bodiesOf(database, letters)) : []
    const listed = { shelf, letters, totals, unfit }
    if (options.format === 'json') print(context.stdout, listJson(listed))
    else print(context.stdout, totals.length === 0 ? nothingFound(database, options) : listText(listed))
    return exitCode.ok
  })
}

interface Listed {
  readonly shelf: Shelf
  readonly letters: readonly LetterRow[]
  readonly totals: readonly LetterTotal[]
  /** Of the quarantine, what does not fit in what is listed. */
  readonly unfit: readonly Unfit[]
}

/** In the clear; without those that are damaged or have gone meanwhile. */
async function bodiesOf(
  database: DatabaseSync,
  letters: readonly LetterRow[],
): Promise<{ signal: Signal; body: Uint8Array }[]> {
  const bodies: { signal: Signal; body: Uint8Array }[] = []
  for (const { id, signal } of letters) {
    const letter = letterOf(database, id, 'quarantine')
    const body = letter && (await plainOf(letter))
    if (body !== undefined) bodies.push({ signal, body })
  }
  return bodies
}

function listJson({ shelf, letters, totals, unfit }: Listed): string {
  const isQuarantine = shelf === 'quarantine'
  const of = (exporter: string): object => (isQuarantine ? {} : { exporter })
  return JSON.stringify(
    {
      [isQuarantine ? 'entries' : 'letters']: letters.map(({ id, atMs, exporter, signal, reason, records, size }) => ({
        id,
        at: timeOf(atMs),
        ...of(exporter),
        signal,
        reason,
        records,
        bytes: size,
      })),
      totals: totals.map(({ exporter, signal, reason, letters: number, records, size }) => ({
        ...of(exporter),
        signal,
        reason,
        [isQuarantine ? 'entries' : 'letters']: number,
        records,
        bytes: size,
      })),
      ...(isQuarantine && { unfit }),
    },
    undefined,
    2,
  )
}

function listText({ shelf, letters, totals, unfit }: Listed): string {
  const ofExporter = (exporter: string): string[] => (shelf === 'quarantine' ? [] : [plain(exporter)])
  const rows = letters.map(({ id, atMs, exporter, signal, reason, records, size }) => [
    String(id),
    timeOf(atMs),
    ...ofExporter(exporter),
    plain(signal),
    records.toLocaleString('en'),
    size.toLocaleString('en'),
    plain(reason),
  ])
  const all = totals.reduce((sum, total) => sum + total.letters, 0)
  const older = all - letters.length
  const sums = totals.flatMap(({ exporter, signal, reason, letters: number, records, size }) => [
    `${[...ofExporter(exporter), plain(signal), plain(reason)].join('  ')}: ${countedOn(shelf, number)}, ${counted(records, 'record')}, ${counted(size, 'byte')}`,
    `  ${adviceOn(reason)}`,
  ])
  const head = ['id', 'when', ...(shelf === 'quarantine' ? [] : ['exporter']), 'signal', 'records', 'bytes', 'reason']
  const why = unfit.map(({ event, attribute, keyword, records }) => [
    event,
    attribute ?? '',
    keyword ?? 'no schema knows it',
    records.toLocaleString('en'),
  ])
  return [
    ...table(head, rows),
    ...(older > 0 ? [`… and ${older.toLocaleString('en')} older: --limit ${all}`] : []),
    ...(why.length > 0 ? ['', ...table(['event', 'attribute', 'does not fit', 'records'], why)] : []),
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
