// `dead-letters list`, `quarantine list`: which there are, of whom and why, never what is in them.
import type { DatabaseSync } from 'node:sqlite'
import { letterOf, lettersOf, totalsOf, type LetterRow, type LetterTotal } from '../../queue/letter-file.ts'
import type { Shelf } from '../../queue/stored.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { adviceOn } from './advice.ts'
import { contentOf, noteOnRules, rulesOf, type Rules } from './content.ts'
import { counted, filterOf, nothingFound, plain, withLetters, type ChoiceOptions, type FileOptions } from './options.ts'
import { countUnfit, type Misfit } from './unfit.ts'
import { countedOn } from './words.ts'

export interface ListOptions extends FileOptions, ChoiceOptions {
  readonly format: 'text' | 'json'
  /** The newest so many are shown, and all are counted. */
  readonly limit: number
}

export function listLetters(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  return withLetters(context, options, true, async (database, dataDir) => {
    const { shelf } = options
    const filter = filterOf(options)
    const totals = totalsOf(database, filter)
    const letters = lettersOf(database, filter, options.limit)
    // A name that is text of a sender is shown by the rules of now.
    const rules = shelf === 'quarantine' && letters.length > 0 ? rulesOf(context, options, dataDir) : undefined
    const unfit = shelf === 'quarantine' ? await unfitIn(database, letters, rules) : []
    if (unfit.length > 0) noteOnRules(context, rules)
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
  readonly unfit: readonly Misfit[]
}

/**
 * What does not fit in entries, read one after the other: all of them in the clear are many times what is on the disk.
 * Those that are damaged or have gone meanwhile say nothing.
 */
async function unfitIn(database: DatabaseSync, letters: readonly LetterRow[], rules: Rules | undefined) {
  const unfit = countUnfit()
  for (const { id } of letters) {
    const letter = letterOf(database, id, 'quarantine')
    const body = letter && (await contentOf(letter, rules))
    if (body !== undefined && body !== 'unreadable') unfit.add(letter!, body)
  }
  return unfit.all()
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
  const why = unfit
    .slice(0, mostShown)
    .map(({ event, reason, attribute, keyword, records }) => [
      event.length > longestName ? `${event.slice(0, longestName - 1)}…` : event,
      attribute ?? '',
      keyword ?? (reason === 'unknown-event' ? 'no schema knows it' : 'not marked'),
      records.toLocaleString('en'),
    ])
  const otherWhys = unfit.length - why.length
  return [
    ...table(head, rows),
    ...(older > 0 ? [`… and ${older.toLocaleString('en')} older: --limit ${all}`] : []),
    ...(why.length > 0 ? ['', ...table(['event', 'attribute', 'does not fit', 'records'], why)] : []),
    ...(otherWhys > 0 ? [`… and ${otherWhys.toLocaleString('en')} more: --format json`] : []),
    '',
    ...sums,
  ].join('\n')
}

/** Names of events that no schema knows are as many and as long as senders like. */
const mostShown = 50
const longestName = 80

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
