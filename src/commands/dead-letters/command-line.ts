// What `dead-letters` and `replay` take on the command line. The commands themselves are loaded when they are asked for.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { signals } from '../../otlp/fields.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import type { ReplayOptions } from '../replay.ts'
import type { ExportOptions } from './export.ts'
import type { ListOptions } from './list.ts'
import { pointInTime } from './point-in-time.ts'
import type { RemoveOptions } from './remove.ts'
import type { ShowOptions } from './show.ts'

type Run = (command: () => Promise<ExitCode>) => Promise<void>

export function addDeadLetters(program: Command, context: CommandContext, run: Run): void {
  const letters = program
    .command('dead-letters')
    .description('look at what backends refused for good, take it out, or remove it')
  choosing(filed(letters.command('list')))
    .description('which there are, of whom and why')
    .option('--limit <number>', 'show the newest so many; all are counted', wholeNumber, 50)
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action((options: ListOptions) => run(async () => (await import('./list.ts')).listLetters(context, options)))
  filed(letters.command('show'))
    .description('what is in one, clean, as OTLP/JSON, why it was refused, and what to do about that')
    .argument('<id>', 'as list shows it', wholeNumber)
    .option('-r, --ruleset <file>', 'clean it again by these rules, if others have cleaned it')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action((id: number, options: ShowOptions) =>
      run(async () => (await import('./show.ts')).showLetter(context, id, options)),
    )
  choosing(filed(letters.command('export')))
    .description('write them as OTLP, one JSON body a line or one protobuf file each')
    .option('-r, --ruleset <file>', 'clean them again by these rules, if others have cleaned them')
    .option('-o, --out <dir>', 'into this folder instead of to standard output')
    .addOption(new Option('--format <format>', 'how to write them').choices(['json', 'protobuf']).default('json'))
    .action((options: ExportOptions) => run(async () => (await import('./export.ts')).exportLetters(context, options)))
  choosing(filed(letters.command('remove')))
    .description('take them away for good')
    .option('--all', 'all of them')
    .action((options: RemoveOptions) => run(async () => (await import('./remove.ts')).removeLetters(context, options)))

  choosing(filed(program.command('replay')))
    .description('put dead letters back into the queue, whether the gateway runs or not')
    .option('--to <name>', 'into the queue of this exporter (default: the one that refused it)')
    .option('--dry-run', 'only say what would be done')
    .action((options: ReplayOptions) => run(async () => (await import('../replay.ts')).replay(context, options)))
}

function filed(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration of the gateway, which names the data folder')
    .option('-d, --data-dir <dir>', 'the data folder of the gateway (default: ./data)')
}

function choosing(command: Command): Command {
  return command
    .option('--id <number...>', 'these', (text, ids: number[] | undefined) => [...(ids ?? []), wholeNumber(text)])
    .option('--exporter <name>', 'of this exporter')
    .addOption(new Option('--signal <signal>', 'of this signal').choices([...signals]))
    .option('--reason <reason>', 'refused for this reason, such as http-400')
    .option('--since <time>', 'refused since then: 2h ago, or 2026-11-29T12:00Z', time)
    .option('--before <time>', 'refused before then', time)
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
