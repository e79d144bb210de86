// `automagik-gateway preview [FILE…]`: what the rules make of recorded telemetry, or of made-up events, before they run.
import { readFileSync } from 'node:fs'
import { createReport, type ReportOptions } from './before-after/report.ts'
import { legend } from './before-after/show.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { loadProgram } from './load.ts'
import { madeUp } from './preview/made-up.ts'
import { requestsIn, UnreadableFile } from './preview/requests.ts'

export interface PreviewOptions extends ReportOptions {
  readonly ruleset?: string
}

/** Always the same, so that two previews differ in what the rules do only. Whoever sees a preview sees the values too. */
const previewKey = { id: 'preview', bytes: new Uint8Array(32) }

const madeUpIntro =
  'Made-up events: each standard one, and each of your own, with people where text may be; then what the six projects send.'

/** Shows every record of the files before and after; without files, made-up ones. */
export function preview(context: CommandContext, files: readonly string[], options: PreviewOptions): ExitCode {
  const file = options.ruleset === undefined ? {} : { file: options.ruleset }
  const loaded = loadProgram(context, { ...file, key: previewKey })
  const report = createReport(context, loaded, options)
  let code: ExitCode = exitCode.ok
  if (options.format === 'text') print(context.stdout, files.length === 0 ? `${madeUpIntro}\n${legend}` : legend)
  if (files.length === 0) for (const { signal, request } of madeUp(loaded.ownEvents)) report.add(signal, request)
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
