// `automagik-gateway diff`: what another ruleset would change, cell by cell.
import { diffPrograms } from '../ruleset/closure-diff.ts'
import type { ReportFormat } from './check/report.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { diffText, refused } from './diff/report.ts'
import { loadProgram, noKey } from './load.ts'

export interface DiffOptions {
  readonly format: ReportFormat
  /** Names of causes that may loosen. */
  readonly allow?: readonly string[]
}

/** Prints what changes from one ruleset to another; 1 where something loosens that was not allowed. */
export function diff(context: CommandContext, before: string, after: string, options: DiffOptions): ExitCode {
  const { stdout, stderr, env } = context
  const [old, now] = [before, after].map((file) => loadProgram(context, { file, key: noKey, forAll: true }).program)
  const report = { before, after, changes: diffPrograms(old, now), allowed: options.allow ?? [] }
  const isTerminal = stdout.isTTY === true
  print(
    stdout,
    diffText(report, options.format, isTerminal ? (stdout.columns ?? 100) : 100, isTerminal && !env['NO_COLOR']),
  )
  const loosened = new Set(report.changes.flatMap(({ kind, name }) => (kind === 'loosens' ? [name] : [])))
  for (const name of report.allowed) if (!loosened.has(name)) print(stderr, `note: nothing loosens by ${name}`)
  return refused(report).length > 0 ? exitCode.failed : exitCode.ok
}
