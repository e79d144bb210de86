// `automagik-gateway sanitize`: the gateway's engine as a filter, standard input to standard output.
import { createEngine } from '../processors/engine.ts'
import type { Program } from '../ruleset/program.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { keyOfDataFolder, loadProgram, readKeyFile, throwAwayKey } from './load.ts'
import { linesOf, maxLineBytes } from './sanitize/lines.ts'
import { otlpJsonLine, textLine } from './sanitize/line-formats.ts'
import { lineOutput } from './sanitize/output.ts'

/** Where `start` keeps its key unless told otherwise. */
const defaultDataDir = './data'

export interface SanitizeOptions {
  readonly format: 'text' | 'otlp-json'
  readonly ruleset?: string
  readonly keyFile?: string
}

/** A line that cannot be done is reported with its number and the others go on; then the exit code is 1. */
export async function sanitize(context: CommandContext, options: SanitizeOptions): Promise<ExitCode> {
  const engine = createEngine(loadRules(context, options))
  const output = lineOutput(context.stdout)
  const transform = { text: textLine, 'otlp-json': otlpJsonLine }[options.format]
  let number = 0
  let failed = false
  for await (const line of linesOf(context.stdin)) {
    number++
    if (line !== undefined && isBlank(line)) continue
    const result = line === undefined ? { error: `longer than ${maxLineBytes} bytes` } : transform(engine, line)
    if (result.error !== undefined) {
      failed = true
      print(context.stderr, `line ${number}: ${result.error}`)
    }
    if (result.output !== undefined) {
      const behind = output.line(result.output)
      if (behind !== undefined) await behind
    }
  }
  await output.flush()
  return failed ? exitCode.failed : exitCode.ok
}

function loadRules(context: CommandContext, { ruleset, keyFile }: SanitizeOptions): Program {
  const kept = keyFile === undefined ? keyOfDataFolder(context, defaultDataDir) : readKeyFile(context, keyFile)
  const key = kept ?? throwAwayKey()
  const { program } = loadProgram(context, { ...(ruleset === undefined ? {} : { file: ruleset }), key })
  const uses = [...program.keys.values()].some((ring) => ring.keys.has(key.id))
  if (kept === undefined && uses)
    print(
      context.stderr,
      'note: pseudonyms of this run have a key of their own; --key-file FILE gives them a lasting one',
    )
  return program
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
