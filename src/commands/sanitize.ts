// `automagik-gateway sanitize`: the gateway's engine as a filter, standard input to standard output.
import { createEngine } from '../processors/engine.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { linesOf, maxLineBytes } from './sanitize/lines.ts'
import { otlpJsonLine, textLine } from './sanitize/line-formats.ts'
import { lineOutput } from './sanitize/output.ts'

export interface SanitizeOptions {
  readonly format: 'text' | 'otlp-json'
  readonly ruleset?: string
  readonly keyFile?: string
}

/** A line that cannot be done is reported with its number and the others go on; then the exit code is 1. */
export async function sanitize(context: CommandContext, options: SanitizeOptions): Promise<ExitCode> {
  const engine = createEngine(program)
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

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
