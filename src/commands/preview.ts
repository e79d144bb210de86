// `automagik-gateway preview [FILE…]`: what the rules make of recorded telemetry, or of made-up events, before they run.
import { readFileSync } from 'node:fs'
import { createReport } from './before-after/report.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { demoTraffic, storyCount } from './demo/traffic.ts'
import { loadProgram } from './load.ts'
import { requestsIn, UnreadableFile, type PreviewRequest } from './preview/requests.ts'

export interface PreviewOptions {
  readonly ruleset?: string
  /** Records that are shown; the others are counted. */
  readonly limit: number
}

/** Always the same, so that two previews differ in what the rules do only. Whoever sees a preview sees the values too. */
const previewKey = { id: 'preview', bytes: new Uint8Array(32) }

/** Shows every record of the files before and after; without files, one of each that the six projects send, made up. */
export function preview(context: CommandContext, files: readonly string[], options: PreviewOptions): ExitCode {
  const file = options.ruleset === undefined ? {} : { file: options.ruleset }
  const { program } = loadProgram(context, { ...file, key: previewKey })
  const report = createReport(context, program, options.limit)
  let code: ExitCode = exitCode.ok
  if (files.length === 0) for (const { signal, request } of madeUp()) report.add(signal, request)
  for (const name of files) {
    try {
      for (const { signal, request } of requestsIn(readFileSync(name), Date.now())) report.add(signal, request)
    } catch (error) {
      print(context.stderr, `error: cannot preview ${name}: ${reasonOf(error)}`)
      code = exitCode.failed
    }
  }
  report.totals()
  return code
}

function reasonOf(error: unknown): string {
  if (error instanceof UnreadableFile) return error.message
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return code === 'ENOENT' ? 'there is no such file' : code
}

/** The same at each call, so that the effect of a rule is the only difference. */
function* madeUp(): Generator<PreviewRequest> {
  const traffic = demoTraffic({ seed: 1, now: () => Date.UTC(2026, 0, 1) })
  for (let i = 0; i < storyCount; i++) {
    const { signal, body } = traffic.next().value
    yield { signal, request: body }
  }
}
