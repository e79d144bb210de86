// What `dead-letters`, `replay` and `quarantine` take on the command line. The commands themselves are loaded when they
// are asked for.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { signals } from '../../otlp/fields.ts'
import type { Shelf } from '../../queue/stored.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import type { ReplayOptions } from '../replay.ts'
import type { ExportOptions } from './export.ts'
import type { ListOptions } from './list.ts'
import { pointInTime } from './point-in-time.ts'
import type { RemoveOptions } from './remove.ts'
import type { ShowOptions } from './show.ts'

type Run = (command: () => Promise<ExitCode>) => Promise<void>

/** Adds `dead-letters`, `replay` and `quarantine`. */
export function addDeadLetters(program: Command, context: CommandContext, run: Run): void {
  const letters = program
    .command('dead-letters')
    .description('look at what backends refused for good, take it out, or remove it')
  addShelf(letters, 'dead-letters', context, run)
  addReplay(program, 'dead-letters', context, run)
    .description('put dead letters back into the queue, whether the gateway runs or not')
    .option('--to <name>', 'into the queue of this exporter (default: the one that refused it)')
  const quarantine = program
    .command('quarantine')
    .description('look at the events that did not fit their schema and were kept aside, send them on, or remove them')
  addShelf(quarantine, 'quarantine', context, run)
  addReplay(quarantine, 'quarantine', context, run)
    .description('put them into the queue, marked as they are, whether the gateway runs or not')
    .option('--to <name>', 'into the queue of this exporter (default: of every exporter of their signal)')
}

function addShelf(command: Command, shelf: Shelf, context: CommandContext, run: Run): void {
  choosing(filed(command.command('list')), shelf)
    .description(shelf === 'quarantine' ? 'which there are, and what does not fit' : 'which there are, of whom and why')
    .option('--limit <number>', 'show the newest so many; all are counted', wholeNumber, 50)
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action((options: Unshelved<ListOptions>) =>
      run(async () => (await import('./list.ts')).listLetters(context, { ...options, shelf })),
    )
  filed(command.command('show'))
    .description('what is in one, clean, as OTLP/JSON, why it did not go on, and what to do about that')
    .argument('<id>', 'as list shows it', wholeNumber)
    .option('-r, --ruleset <file>', 'clean it again by these rules, if others have cleaned it')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action((id: number, options: Unshelved<ShowOptions>) =>
      run(async () => (await import('./show.ts')).showLetter(context, id, { ...options, shelf })),
    )
  choosing(filed(command.command('export')), shelf)
    .description('write them as OTLP, one JSON body a line or one protobuf file each')
    .option('-r, --ruleset <file>', 'clean them again by these rules, if others have cleaned them')
    .option('-o, --out <dir>', 'into this folder instead of to standard output')
    .addOption(new Option('--format <format>', 'how to write them').choices(['json', 'protobuf']).default('json'))
    .action((options: Unshelved<ExportOptions>) =>
      run(async () => (await import('./export.ts')).exportLetters(context, { ...options, shelf })),
    )
  choosing(filed(command.command('remove')), shelf)
    .description('take them away for good')
    .option('--all', 'all of them')
    .action((options: Unshelved<RemoveOptions>) =>
      run(async () => (await import('./remove.ts')).removeLetters(context, { ...options, shelf })),
    )
}

function addReplay(parent: Command, shelf: Shelf, context: CommandContext, run: Run): Command {
  return choosing(filed(parent.command('replay')), shelf)
    .option('--dry-run', 'only say what would be done')
    .action((options: Unshelved<ReplayOptions>) =>
      run(async () => (await import('../replay.ts')).replay(context, { ...options, shelf })),
    )
}

type Unshelved<T> = Omit<T, 'shelf'>

function filed(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration of the gateway, which names the data folder')
    .option('-d, --data-dir <dir>', 'the data folder of the gateway (default: ./data)')
}

function choosing(command: Command, shelf: Shelf): Command {
  const isQuarantine = shelf === 'quarantine'
  const did = isQuarantine ? 'kept' : 'refused'
  command.option('--id <number...>', 'these', (text, ids: number[] | undefined) => [...(ids ?? []), wholeNumber(text)])
  if (!isQuarantine) command.option('--exporter <name>', 'of this exporter')
  // Metrics are no events.
  const theirs = isQuarantine ? signals.filter((signal) => signal !== 'metrics') : [...signals]
  return command
    .addOption(new Option('--signal <signal>', 'of this signal').choices(theirs))
    .option('--reason <reason>', `${did} for this reason, such as ${isQuarantine ? 'schema-violation' : 'http-400'}`)
    .option('--since <time>', `${did} since then: 2h ago, or 2026-11-29T12:00Z`, time)
    .option('--before <time>', `${did} before then`, time)
}

function time(text: string): number {
  const ms = pointInTime(text, Date.now())
  if (ms === undefined) throw new InvalidArgumentError('It is written as 2h, 2026-11-29 or 2026-11-29T12:00Z.')
  return ms
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}
