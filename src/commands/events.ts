// `automagik-gateway events …`: what the commands about events take. Each is a file in events/, loaded when it is asked for.
import { Option, type Command } from 'commander'
import type { CommandContext, ExitCode } from './command.ts'
import type { EventsListOptions } from './events/list.ts'
import type { EventsNewOptions } from './events/new.ts'
import type { EventsShowOptions } from './events/show.ts'
import type { EventsValidateOptions } from './events/validate.ts'

/** Runs what a command loads, and leaves its exit code to the process. */
type Run = (command: () => Promise<(context: CommandContext) => ExitCode | Promise<ExitCode>>) => Promise<void>

export function addEventsCommands(program: Command, run: Run): void {
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
      run(async () => {
        const { validate } = await import('./events/validate.ts')
        return (context) => validate(context, files, options)
      }),
    )

  events
    .command('list')
    .description('list the events that are known')
    .option('-r, --ruleset <file>', 'the ruleset that knows them', 'builtin:automagik')
    .option('--project <name>', 'of this project: omni, hive, forge, genie, spark, tools, any')
    .addOption(new Option('--status <status>', 'of this status').choices(['standard', 'observed', 'proposed']))
    .addOption(formatOption(['text', 'json']))
    .action((options: EventsListOptions) =>
      run(async () => {
        const { list } = await import('./events/list.ts')
        return (context) => list(context, options)
      }),
    )

  events
    .command('show')
    .description('show an event: its attributes, their types and classes, and what privacy makes of them')
    .argument('<name>', 'such as automagik.api.request, or the old name api_request')
    .option('-r, --ruleset <file>', 'the ruleset that knows it', 'builtin:automagik')
    .addOption(formatOption(['text', 'json']))
    .action((name: string, options: EventsShowOptions) =>
      run(async () => {
        const { show } = await import('./events/show.ts')
        return (context) => show(context, name, options)
      }),
    )

  events
    .command('new')
    .description('write the schema file of a new event to start from')
    .argument('<name>', 'automagik.PROJECT.NOUN.PAST_PARTICIPLE, such as automagik.omni.message.sent')
    .option('-o, --out <dir>', 'where to', './events')
    .option('-f, --force', 'replace a file that is there')
    .action((name: string, options: EventsNewOptions) =>
      run(async () => {
        const { newEvent } = await import('./events/new.ts')
        return (context) => newEvent(context, name, options)
      }),
    )
}

function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'what to print').choices(choices).default(choices[0])
}
