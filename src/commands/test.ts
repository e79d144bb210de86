// `automagik-gateway test [RULESET…]`: runs the cases that are written in rulesets.
import { runRulesetTests } from '../cases/run.ts'
import type { TestResult } from '../cases/run.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { loadRuleset } from '../ruleset/load-ruleset.ts'
import { githubLine, type ReportFormat } from './check/report.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { noKey } from './load.ts'

export interface TestOptions {
  readonly format: ReportFormat
}

/** What came of the cases of one ruleset. */
interface Tested {
  readonly file: string
  readonly cases: number
  readonly failed: number
}

/** Exit codes: 0 every case holds, 1 one does not, 78 a ruleset does not load. */
export function test(context: CommandContext, files: readonly string[], { format }: TestOptions): ExitCode {
  const findings: Diagnostic[] = []
  const tested: Tested[] = []
  const sources = new Map<string, string>()
  let isInvalid = false
  for (const file of files) {
    const loaded = loadRuleset({ file, env: context.env, key: noKey })
    for (const [name, text] of loaded.sources) sources.set(name, text)
    findings.push(...loaded.diagnostics)
    if (loaded.program === undefined) {
      isInvalid = true
      continue
    }
    const results = runRulesetTests(loaded.program)
    const failed = results.filter(({ failures }) => failures.length > 0)
    findings.push(...failed.map(findingOf))
    tested.push({ file, cases: results.length, failed: failed.length })
  }
  const color = context.stdout.isTTY === true && !context.env['NO_COLOR']
  print(context.stdout, textOf(findings, tested, sources, format, color))
  if (isInvalid) return exitCode.invalidConfiguration
  return tested.some(({ failed }) => failed > 0) ? exitCode.failed : exitCode.ok
}

/** A case that does not hold, where it is written. It quotes the case, which is made up. */
function findingOf({ test: { name, place }, failures }: TestResult): Diagnostic {
  return {
    code: 'ruleset/case',
    severity: 'error',
    message: `the case "${name}" does not hold: ${failures.join('; ')}`,
    ...place,
  }
}

function textOf(
  findings: readonly Diagnostic[],
  tested: readonly Tested[],
  sources: ReadonlyMap<string, string>,
  format: ReportFormat,
  color: boolean,
): string {
  if (format === 'json') return JSON.stringify({ rulesets: tested, findings }, undefined, 2)
  const lines = tested.map(lineOf)
  if (format === 'github') return [...findings.map(githubLine), ...lines].join('\n')
  return [renderDiagnostics(findings, sources, color), lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

function lineOf({ file, cases, failed }: Tested): string {
  if (cases === 0) return `${file}: no cases (write some under \`tests:\`)`
  const outcome = failed === 0 ? 'all hold' : `${failed} ${failed === 1 ? 'does' : 'do'} not hold`
  return `${file}: ${cases} ${cases === 1 ? 'case' : 'cases'}, ${outcome}`
}
