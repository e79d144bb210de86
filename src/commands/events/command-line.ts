// What `events` takes on the command line. The commands themselves are loaded when they are asked for.
import { Option, type Command } from 'commander'
import type { CommandContext, ExitCode } from '../command.ts'
import type { EventsListOptions } from './list.ts'
import type { EventsNewOptions } from './new.ts'
import type { EventsShowOptions } from './show.ts'
import type { EventsValidateOptions } from './validate.ts'

type Run = (command: () => Promise<ExitCode>) => Promise<void>

export function addEvents(program: Command, context: CommandContext, run: Run): void {
  const events = program.command('events').description('the events that are known: validate, list, show, new')

  events
    .command('validate')
    .description('hold recorded events against their schemas, after repair and conventions')
    .argument(
      '<file...>',
      'what preview reads: events or OTLP/JSON, line by line or whole, or OTLP in protobuf; - is standard input',
    )
    .option('-r, --ruleset <file>', 'the ruleset that knows the events', 'builtin:automagik')
    .addOption(formatOption(['text', 'json', 'github']))
    .option('--strict', 'events and attributes that no schema knows are errors')
    .addHelpText(
      'after',
      '\nExit codes: 0 every event fits, 1 one does not, 2 wrong usage, 78 a file or the ruleset does not load.',
    )
    .action((files: string[], options: EventsValidateOptions) =>
      run(async () => (await import('./validate.ts')).validate(context, files, options)),
    )

  events
    .command('list')
    .description('list the events that are known')
    .option('-r, --ruleset <file>', 'the ruleset that knows them', 'builtin:automagik')
    .option('--project <name>', 'of this project: omni, hive, forge, genie, spark, tools, any')
    .addOption(new Option('--status <status>', 'of this status').choices(['standard', 'observed', 'proposed']))
    .addOption(formatOption(['text', 'json']))
    .action((options: EventsListOptions) => run(async () => (await import('./list.ts')).list(context, options)))

  events
    .command('show')
    .description('show an event: its attributes, their types and classes, and what privacy makes of them')
    .argument('<name>', 'such as automagik.api.request, or the old name api_request')
    .option('-r, --ruleset <file>', 'the ruleset that knows it', 'builtin:automagik')
    .addOption(formatOption(['text', 'json']))
    .action((name: string, options: EventsShowOptions) =>
      run(async () => (await import('./show.ts')).show(context, name, options)),
    )

  events
    .command('new')
    .description('write the schema file of a new event to start from')
    .argument('<name>', 'automagik.PROJECT.NOUN.PAST_PARTICIPLE, such as automagik.omni.message.sent')
    .option('-o, --out <dir>', 'where to', './events')
    .option('-f, --force', 'replace a file that is there')
    .action((name: string, options: EventsNewOptions) =>
      run(async () => (await import('./new.ts')).newEvent(context, name, options)),
    )
}

function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'what to print').choices(choices).default(choices[0])
}
