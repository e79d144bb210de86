#!/usr/bin/env node
// The command line: which commands there are and what they take. Each command is a file in commands/, loaded when it is
// asked for; the only place that ends the process is here.
import { closeSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { CheckOptions } from './commands/check.ts'
import { exitCode, InvalidConfiguration, print } from './commands/command.ts'
import type { CommandContext, ExitCode } from './commands/command.ts'
import { addDeadLetters } from './commands/dead-letters/command-line.ts'
import type { ContractOptions } from './commands/contract.ts'
import type { DashboardsOptions } from './commands/dashboards.ts'
import type { DemoOptions } from './commands/demo.ts'
import type { InspectOptions } from './commands/inspect.ts'
import type { PreviewOptions } from './commands/preview.ts'
import type { DiffOptions } from './commands/diff.ts'
import type { DoctorOptions } from './commands/doctor.ts'
import { addEvents } from './commands/events/command-line.ts'
import type { ExplainOptions } from './commands/explain.ts'
import type { PseudonymOptions } from './commands/pseudonym.ts'
import type { SanitizeOptions } from './commands/sanitize.ts'
import type { StartOptions } from './commands/start/options.ts'
import type { TestOptions } from './commands/test.ts'
import { durationMs, durationPattern, parseEndpoint, type Endpoint } from './config/units.ts'

const { version, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
  engines: { node: string }
}

const oldestNode = Number(engines.node.match(/\d+/)?.[0])
if (Number.parseInt(process.version.slice(1)) < oldestNode) {
  print(process.stderr, `error: automagik-gateway needs Node.js ${oldestNode} or newer, this is ${process.version}`)
  process.exit(exitCode.failed)
}

const context: CommandContext = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version,
  stopSignal,
  onHangUp,
}

/** Whether the command has asked to be told of signals. */
let stoppable = false

/** Runs a command and leaves its exit code to the process. */
const run = async (command: () => Promise<number> | number): Promise<void> => {
  try {
    process.exitCode = await command()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

const hostPort = '<host:port>'
const program = new Command('automagik-gateway')
  .enablePositionalOptions()
  .description('A privacy gateway for OpenTelemetry: takes OTLP, repairs it, takes personal data out, and sends it on.')
  .version(version, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .addHelpText(
    'after',
    `
Examples:
  automagik-gateway start                          listen on 4318 (HTTP) and 4317 (gRPC), keep clean telemetry in ./data
  automagik-gateway demo                           watch made-up personal data go in and come out clean
  automagik-gateway init && automagik-gateway start --config gateway.yaml

Exit codes: 0 fine, 1 failed, 2 wrong usage, 78 invalid configuration or ruleset.`,
  )
  .showHelpAfterError('(automagik-gateway --help shows the commands and options)')
  .configureHelp({ showGlobalOptions: false })
  .exitOverride()

program
  .command('start')
  .description('run the gateway')
  .option('-c, --config <file>', 'configuration; without it everything has its default')
  .option('-r, --ruleset <file>', 'privacy rules, over those that the configuration names')
  .option('-d, --data-dir <dir>', 'where files, keys and the lock live (default: ./data)')
  .option(`--http ${hostPort}`, 'listen for OTLP/HTTP here (default: 127.0.0.1:4318)', endpoint)
  .option(`--grpc ${hostPort}`, 'listen for OTLP/gRPC here (default: 127.0.0.1:4317)', endpoint)
  .option(
    `--admin ${hostPort}`,
    'serve /health and /metrics here (default: 127.0.0.1:8882, or the next free port)',
    endpoint,
  )
  .addOption(
    new Option('--log-format <format>', 'how to log (default: text on a terminal, json otherwise)').choices([
      'text',
      'json',
    ]),
  )
  .option('--allow-loosening', 'put a changed ruleset in force even when it loosens')
  .action((options: StartOptions) => run(async () => (await import('./commands/start.ts')).start(context, options)))

program
  .command('demo')
  .description('send made-up events of the six projects through a gateway and show them before and after')
  .option('-e, --endpoint <url>', 'send to the OTLP/HTTP port of a running gateway instead of a throw-away one')
  .option('-r, --ruleset <file>', 'privacy rules to show (default: the built-in ones)')
  .option('--continuous', 'send to --endpoint until stopped, and show nothing')
  .addOption(
    new Option('--rate <number>', 'with --continuous: requests a second (default: 5)')
      .argParser(rate)
      .implies({ continuous: true }),
  )
  .addOption(
    new Option('--duration <time>', 'with --continuous: end after this time, such as 10m (default: never)')
      .argParser(duration)
      .implies({ continuous: true }),
  )
  .action((options: DemoOptions) => run(async () => (await import('./commands/demo.ts')).demo(context, options)))

program
  .command('inspect')
  .description('run a program with a throw-away gateway, and show what it sent before and after')
  .argument('<command...>', 'the program and its arguments, behind --')
  .option('-r, --ruleset <file>', 'privacy rules to show (default: the built-in ones)')
  .option('--limit <number>', 'records to show; the others are counted', wholeNumber, 50)
  .option('--no-values', 'show which fields changed and why, and nothing of what is in them')
  .addOption(formatOption(['text', 'json']))
  .addOption(
    new Option(
      '--protocol <protocol>',
      "what OpenTelemetry SDKs are told to speak (default: the environment's, or http/protobuf)",
    ).choices(['grpc', 'http/protobuf', 'http/json']),
  )
  .passThroughOptions()
  .action((command: [string, ...string[]], options: InspectOptions) =>
    run(async () => (await import('./commands/inspect.ts')).inspect(context, command, options)),
  )

program
  .command('preview')
  .description('show what the rules make of recorded telemetry, or of made-up events')
  .argument('[file...]', 'OTLP/JSON, OTLP in protobuf, or lines of {"event", "service", "attributes"}')
  .option('-r, --ruleset <file>', 'privacy rules to show (default: the built-in ones)')
  .option('--limit <number>', 'records to show; the others are counted', wholeNumber, 50)
  .option('--no-values', 'show which fields changed and why, and nothing of what is in them')
  .addOption(formatOption(['text', 'json']))
  .action((files: string[], options: PreviewOptions) =>
    run(async () => (await import('./commands/preview.ts')).preview(context, files, options)),
  )

program
  .command('init')
  .description('write a gateway.yaml, a ruleset.yaml and a gateway.env.example to start from')
  .argument('[dir]', 'where to', '.')
  .option('-f, --force', 'replace files that are there')
  .action((folder: string, options: { force?: boolean }) =>
    run(async () => (await import('./commands/init.ts')).init(context, folder, options)),
  )

program
  .command('check')
  .description('say what is wrong with configurations and rulesets, and what rulesets leave open')
  .argument('[file...]', 'gateway.yaml (with the ruleset it names) or rulesets; without any what start uses by itself')
  .addOption(formatOption(['text', 'json', 'github']))
  .option('--strict', 'warnings count as findings')
  .option('--no-keys', 'do not read the keys of rulesets, as where the secrets are not at hand')
  .option('--policy <file>', 'hold the rulesets to this policy: how many cells may be guarded, how many excepted')
  .addOption(new Option('--max-guarded <number>', 'at most so many cells may be guarded').argParser(wholeNumber))
  .addHelpText('after', '\nExit codes: 0 fine, 1 findings, 2 wrong usage, 78 a file that does not load.')
  .action((files: string[], options: CheckOptions) =>
    run(async () => (await import('./commands/check.ts')).check(context, files, options)),
  )

program
  .command('doctor')
  .description('look whether what a configuration needs is there: backends and their settings, disk, key, ports')
  .option('-c, --config <file>', 'configuration; without it what start uses by itself')
  .option('--no-probe', 'send backends a request with nothing in it, and not one marked record of each signal')
  .addOption(formatOption(['text', 'json']))
  .addHelpText('after', '\nExit codes: 0 nothing to mend, 1 something, 2 wrong usage, 78 a file that does not load.')
  .action((options: DoctorOptions) => run(async () => (await import('./commands/doctor.ts')).doctor(context, options)))

program
  .command('test')
  .description(
    'run the cases written in rulesets (`tests:`), and look for made-up personal data planted in every place',
  )
  .argument('[ruleset...]', 'rulesets', ['builtin:automagik'])
  .option('--no-leaks', 'run the cases only')
  .option('--only <name...>', 'plant values of these detectors and classes only')
  .option('--no-keys', 'do not read the keys that a ruleset names')
  .addOption(formatOption(['text', 'json', 'github']))
  .addHelpText(
    'after',
    `
Values of each detector and class are planted in every place of OTLP that holds text: as attributes, in nested maps and
lists, as bytes and numbers, in names and keys, in text that is JSON or a Python dict; in protobuf and in JSON. What comes
out is searched for them as they are and in lower case, URL-encoded, in base64 and in hex.

Exit codes: 0 every case holds and nothing came out, 1 otherwise, 2 wrong usage, 78 a ruleset that does not load.`,
  )
  .action((files: string[], options: TestOptions) =>
    run(async () => (await import('./commands/test.ts')).test(context, files, options)),
  )

program
  .command('contract')
  .description('print what a ruleset guarantees: what becomes of every place, and how sure that is')
  .argument('[ruleset]', 'a ruleset', 'builtin:automagik')
  .addOption(formatOption(['text', 'markdown', 'json']))
  .action((file: string, options: ContractOptions) =>
    run(async () => (await import('./commands/contract.ts')).contract(context, file, options)),
  )

program
  .command('diff')
  .description('say what another ruleset would loosen, tighten, rename or change; fails when it loosens')
  .argument('<old>', 'a ruleset')
  .argument('<new>', 'another one')
  .addOption(formatOption(['text', 'json', 'github']))
  .option('--allow <name...>', 'what may loosen, by the names that diff prints')
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing loosens but what is allowed, 1 it does, 2 wrong usage, 78 a ruleset does not load.',
  )
  .action((before: string, after: string, options: DiffOptions) =>
    run(async () => (await import('./commands/diff.ts')).diff(context, before, after, options)),
  )

program
  .command('explain')
  .description('say which rules touch a place, which one wins and why, and what values become there')
  .argument('<place>', "such as span.name, log.body['user'] or span.attributes['user.email']")
  .option('-r, --ruleset <file>', 'privacy rules', 'builtin:automagik')
  .option('--service <name>', 'of records with this service.name (default: of records without one)')
  .option('--event <name>', 'of records of this event (default: of no known event)')
  .option('--value <text...>', 'show what becomes of these texts, in place of made-up personal data')
  .action((place: string, options: ExplainOptions) =>
    run(async () => (await import('./commands/explain.ts')).explain(context, place, options)),
  )

addEvents(program, context, run)

program
  .command('sanitize')
  .description('run the privacy rules over standard input, line by line, and write the result to standard output')
  .addOption(
    new Option('--format <format>', 'text: lines of {"id", "text"}; otlp-json: one OTLP/JSON body a line')
      .choices(['text', 'otlp-json'])
      .makeOptionMandatory(),
  )
  .option('-r, --ruleset <file>', 'privacy rules (default: the built-in ones)')
  .option('-k, --key-file <file>', 'key of the pseudonyms: 32 raw bytes or more, or base64:…')
  .action((options: SanitizeOptions) =>
    run(async () => (await import('./commands/sanitize.ts')).sanitize(context, options)),
  )

program
  .command('pseudonym')
  .description(
    'print the pseudonyms of the subject on standard input, under every key, to find and erase their records',
  )
  .option('-r, --ruleset <file>', 'privacy rules', 'builtin:automagik')
  .option('-d, --data-dir <dir>', 'where the gateway keeps its key', './data')
  .option('-k, --key-file <file>', 'the key itself, in place of the one in the data folder')
  .addOption(formatOption(['text', 'json']))
  .allowExcessArguments()
  .action((options: PseudonymOptions, { args }: Command) =>
    run(async () => (await import('./commands/pseudonym.ts')).pseudonym(context, options, args)),
  )

program
  .command('dashboards')
  .description('write the Grafana dashboards as JSON files, to import or to provision')
  .option('-o, --out <dir>', 'where to', './dashboards')
  .addOption(new Option('--stdout <name>', 'print this one instead').conflicts('list'))
  .option('--list', 'print the names instead')
  .action((options: DashboardsOptions) =>
    run(async () => (await import('./commands/dashboards.ts')).dashboards(context, options)),
  )

addDeadLetters(program, context, run)

process.stdout.on('error', () => {
  // The reader is gone (`… | head`): a gateway goes on without it, anything else has nothing left to do.
  if (!stoppable) process.exit(exitCode.ok)
})
process.on('uncaughtException', (error) => process.exit(exitCodeOf(error)))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  // Commander has printed help, the version or what is wrong.
  process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage
}

function endpoint(text: string): Endpoint {
  const parsed = parseEndpoint(text)
  if (parsed === undefined) throw new InvalidArgumentError('It is written as 127.0.0.1:4318, [::1]:4318 or :4318.')
  return parsed
}

function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'what to print').choices(choices).default(choices[0])
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.')
  return Number(text)
}

function rate(text: string): number {
  const perSecond = Number(text)
  if (!(perSecond > 0 && perSecond <= 1_000)) throw new InvalidArgumentError('It is a number from above 0 to 1000.')
  return perSecond
}

function duration(text: string): number {
  if (!durationPattern.test(text)) throw new InvalidArgumentError('It is written as 30s, 10m or 1h30m.')
  return durationMs(text)
}

function exitCodeOf(error: unknown): ExitCode {
  // What is wrong has been printed.
  if (error instanceof InvalidConfiguration) return exitCode.invalidConfiguration
  // A fault of the gateway. Its message may quote what was being read: only its kind and place are shown.
  const { name, code = '', stack = '' } = error as NodeJS.ErrnoException
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '))
  print(process.stderr, [`internal error: ${name} ${code}`.trimEnd(), ...frames].join('\n'))
  return exitCode.failed
}

function stopSignal(): AbortSignal {
  stoppable = true
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(128 + constants.signals[signal])
      stop.abort(signal)
    })
  }
  return stop.signal
}

function onHangUp(listener: () => void): void {
  process.on('SIGHUP', () => {
    // A terminal that is closed sends it as well: what writes there ends with it.
    if (process.stdout.isTTY && !hasTerminal()) process.kill(process.pid, 'SIGTERM')
    else listener()
  })
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
